// Asks a pyrpc server as its clients do, a connection for each call, from some threads: pyrpc-load PORT THREADS SECONDS.
// Prints calls a second.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace {

/// ("add", (2, 3), {}) as Python pickles it in protocol 4, and its length before it.
constexpr unsigned char request[] = {0, 0,   0, 28,   0x80, 4,   0x95, 17,   0,    0,    0,
                                     0, 0,   0, 0,    0x8c, 3,   'a',  'd',  'd',  0x94, 'K',
                                     2, 'K', 3, 0x86, 0x94, '}', 0x94, 0x87, 0x94, '.'};

[[noreturn]] void fail(const char* doing) {
    std::perror(doing);
    std::exit(1);
}

void read_all(int from, unsigned char* into, std::size_t size) {
    while (size != 0) {
        const ssize_t got = ::read(from, into, size);
        if (got <= 0) fail("reading");
        into += got;
        size -= static_cast<std::size_t>(got);
    }
}

void call(const sockaddr_in& server) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) fail("socket");
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0)
        fail("connecting");
    if (::write(socket, request, sizeof request) != static_cast<ssize_t>(sizeof request))
        fail("writing");
    std::array<unsigned char, 4096> reply{};
    read_all(socket, reply.data(), 4);
    const std::size_t size = reply[2] * 256u + reply[3];
    if (size > reply.size()) fail("size");
    read_all(socket, reply.data(), size);
    // The pair (5, None) has a small integer 5 in it, and ends with two of what closes a tuple of two.
    const std::string_view text(reinterpret_cast<const char*>(reply.data()), size);
    if (text.find("K\x05N\x86") == text.npos) fail("answer");
    const linger at_once{1, 0}; // no ports are left waiting
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket);
}

} // namespace

int main(int count, char** words) {
    if (count != 4) return 2;
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[1])));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const double seconds = std::atof(words[3]);
    std::atomic<std::uint64_t> calls{0};
    const auto begin = std::chrono::steady_clock::now();
    const auto elapsed = [begin] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < std::atoi(words[2]); ++i) {
        threads.emplace_back([&] {
            for (; elapsed() < seconds; ++calls) call(server);
        });
    }
    for (std::thread& each : threads) each.join();
    std::printf("%.1f\n", static_cast<double>(calls.load()) / elapsed());
}
