// What rpclib's client sends, 64 in flight, without the library: ids from 1, one write for each call, and a reader that does no
// more with a response than find its end. Usage: PORT METHOD SECONDS; the method gives back its argument. Prints calls a second.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view payload = "0123456789abcdef0123456789abcdef";

void put_number(std::string& out, std::uint32_t number) {
    out += '\xce';
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

/// [0, id, method, [payload]]; the id has always five bytes, so that every response has one size.
std::string request(std::uint32_t id, std::string_view method) {
    std::string out("\x94\x00", 2);
    put_number(out, id);
    out += static_cast<char>(0xa0 + method.size());
    out += method;
    out += '\x91';
    out += "\xd9\x20";
    out += payload;
    return out;
}

void send_all(int socket, std::string_view data) {
    while (!data.empty()) {
        const ssize_t sent = ::send(socket, data.data(), data.size(), MSG_NOSIGNAL);
        if (sent <= 0) std::exit(1);
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
}

} // namespace

int main(int count, char** words) {
    if (count != 4 || std::strlen(words[2]) > 31) {
        std::fprintf(stderr, "usage: %s PORT METHOD SECONDS\n", words[0]);
        return 2;
    }
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[1])));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 1;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    using clock_type = std::chrono::steady_clock;
    const auto begin = clock_type::now();
    const auto end = begin + std::chrono::microseconds(
                                 static_cast<std::int64_t>(std::atof(words[3]) * 1'000'000));
    // Ids from 65536 on, which the server writes in five bytes; rpclib's own count from 1.
    std::uint32_t id = 65536;
    constexpr std::size_t response_bytes = 2 + 5 + 1 + 2 + payload.size();
    std::size_t in_flight = 0;
    std::size_t done = 0;
    std::string input;
    char piece[65536];
    bool running = true;
    while (running || in_flight != 0) {
        running = running && clock_type::now() < end;
        for (; running && in_flight < 64; ++in_flight) send_all(socket, request(id++, words[2]));
        if (in_flight == 0) break; // the time was over just when everything was there
        const ssize_t got = ::recv(socket, piece, sizeof piece, 0);
        if (got <= 0) return 1;
        input.append(piece, static_cast<std::size_t>(got));
        std::size_t at = 0;
        for (; input.size() - at >= response_bytes; at += response_bytes) {
            if (input.compare(at, 2, "\x94\x01") != 0 || input[at + 7] != '\xc0') return 1;
            --in_flight;
            ++done;
        }
        input.erase(0, at);
    }
    ::close(socket);
    const std::chrono::duration<double> passed = clock_type::now() - begin;
    std::printf("%.0f\n", static_cast<double>(done) / passed.count());
    return 0;
}
