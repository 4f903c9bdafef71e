// What a statically linked server costs before any remote-call system is added: one that echoes.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

int main() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0) return 1;
    if (listen(listener, 16) != 0) return 1;
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("ready %u\n", ntohs(address.sin_port));
    std::fflush(stdout);
    for (;;) {
        const int connection = accept(listener, nullptr, nullptr);
        char bytes[4096];
        for (ssize_t got; (got = recv(connection, bytes, sizeof bytes, 0)) > 0;)
            if (send(connection, bytes, static_cast<size_t>(got), MSG_NOSIGNAL) != got) break;
        close(connection);
    }
}
