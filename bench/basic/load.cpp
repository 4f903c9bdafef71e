// Commands to any server of basic-socket-rpc, as bytes: calls a second, and microseconds of processor time of the server for
// each; or how long an echo takes. Usage: PORT PID add IN_FLIGHT SECONDS, or PORT PID echo BYTES TIMES
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using clock_type = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

int connect_to(const char* port) {
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    if (::connect(made, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
        ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        fail("connect");
    return made;
}

void put(std::string& to, std::uint64_t number, int width) {
    for (int i = 0; i < width; ++i) to.push_back(static_cast<char>(number >> (8 * i)));
}

std::string message(char type, const std::string& payload) {
    std::string made;
    put(made, payload.size() + 5, 4);
    return made + type + payload;
}

void send_all(int to, const std::string& what) {
    for (std::size_t at = 0; at < what.size();) {
        const ssize_t sent = ::send(to, what.data() + at, what.size() - at, MSG_NOSIGNAL);
        if (sent < 0) fail("send");
        at += static_cast<std::size_t>(sent);
    }
}

std::size_t receive(int from, std::vector<char>& into) {
    const ssize_t got = ::recv(from, into.data(), into.size(), 0);
    if (got <= 0) fail("recv");
    return static_cast<std::size_t>(got);
}

/// User and all processor time of a process so far, in microseconds.
std::pair<double, double> processor_time(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string word;
    double user = 0;
    double system = 0;
    for (int i = 0; i < 13; ++i) file >> word;
    file >> user >> system;
    const double tick = 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return {user * tick, (user + system) * tick};
}

/// Keeps so many in flight: for each whole answer another question.
void measure_adds(int peer, const std::string& pid, std::size_t in_flight, double seconds) {
    std::string arguments;
    put(arguments, 2, 2);
    put(arguments, 1000, 4);
    put(arguments, 2050, 4);
    const std::string question = message(1, arguments);
    constexpr std::size_t answer_bytes = 9;
    std::vector<char> input(64u << 10);
    std::string batch;
    std::size_t left_over = 0;
    const auto run = [&](double length) {
        long calls = 0;
        batch.clear();
        for (std::size_t i = 0; i < in_flight; ++i) batch += question;
        send_all(peer, batch);
        const auto start = clock_type::now();
        std::chrono::duration<double> passed{};
        std::size_t open = in_flight;
        while (open != 0) {
            const std::size_t got = receive(peer, input) + left_over;
            const std::size_t answers = got / answer_bytes;
            left_over = got % answer_bytes;
            calls += static_cast<long>(answers);
            open -= answers;
            passed = clock_type::now() - start;
            if (passed.count() >= length) continue;
            batch.clear();
            for (std::size_t i = 0; i < answers; ++i) batch += question;
            send_all(peer, batch);
            open += answers;
        }
        return std::pair(static_cast<double>(calls), passed.count());
    };
    run(0.2); // warm
    const auto before = processor_time(pid);
    const auto [calls, passed] = run(seconds);
    const auto after = processor_time(pid);
    std::printf("%.0f %.2f %.2f\n", calls / passed, (after.first - before.first) / calls,
                (after.second - before.second) / calls);
}

/// The median of so many, in milliseconds.
void measure_echo(int peer, std::size_t bytes, int times) {
    std::string arguments;
    put(arguments, 3, 2);
    put(arguments, bytes, 4);
    arguments.append(bytes, 'x');
    const std::string question = message(1, arguments);
    std::vector<char> input(1u << 20);
    std::vector<double> all;
    for (int i = 0; i < times; ++i) {
        const auto start = clock_type::now();
        send_all(peer, question);
        for (std::size_t open = bytes + 9; open != 0;) open -= receive(peer, input);
        all.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - start).count());
    }
    std::nth_element(all.begin(), all.begin() + times / 2, all.end());
    std::printf("%.1f\n", all[static_cast<std::size_t>(times) / 2]);
}

} // namespace

int main(int count, char** words) {
    if (count != 6) {
        std::fprintf(stderr,
                     "usage: %s PORT PID add IN_FLIGHT SECONDS | PORT PID echo BYTES TIMES\n",
                     words[0]);
        return 2;
    }
    const int peer = connect_to(words[1]);
    send_all(peer, message(0, std::string("\0\0\1", 3)));
    std::vector<char> answer(64);
    for (std::size_t got = 0; got < 6;) got += receive(peer, answer);
    const auto number = static_cast<std::size_t>(std::atoll(words[4]));
    if (std::strcmp(words[3], "add") == 0) {
        measure_adds(peer, words[2], number, std::atof(words[5]));
    } else {
        measure_echo(peer, number, std::atoi(words[5]));
    }
    return 0;
}
