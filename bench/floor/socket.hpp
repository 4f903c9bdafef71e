#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace bench::floor {

inline int check(int result, const char* attempted) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), attempted);
    return result;
}

/// Owns one descriptor.
class descriptor {
public:
    explicit descriptor(int number = -1) : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) close(number_);
    }

    int get() const { return number_; }

private:
    int number_;
};

inline void send_without_delay(int socket) {
    const int on = 1;
    check(setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "setsockopt TCP_NODELAY");
}

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Listens on a free port of the loopback address.
inline descriptor listen_on_loopback(std::uint16_t& port) {
    descriptor listener(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    check(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), "bind");
    check(listen(listener.get(), 1024), "listen");
    check(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    port = ntohs(address.sin_port);
    return listener;
}

inline descriptor connect_to_loopback(std::uint16_t port) {
    descriptor connected(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    const sockaddr_in address = loopback(port);
    check(connect(connected.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "connect");
    send_without_delay(connected.get());
    return connected;
}

/// Bytes moved, or 0 where `flags` has MSG_DONTWAIT and nothing could be; throws when the other
/// end has gone.
inline std::size_t receive(int socket, char* into, std::size_t size, int flags) {
    for (;;) {
        const ssize_t got = recv(socket, into, size, flags);
        if (got > 0) return static_cast<std::size_t>(got);
        if (got == 0) throw std::system_error(ECONNRESET, std::generic_category(), "recv");
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) check(-1, "recv");
    }
}

inline std::size_t send_some(int socket, const char* from, std::size_t size, int flags) {
    for (;;) {
        const ssize_t sent = send(socket, from, size, flags | MSG_NOSIGNAL);
        if (sent >= 0) return static_cast<std::size_t>(sent);
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) check(-1, "send");
    }
}

inline void send_all(int socket, const char* from, std::size_t size) {
    while (size > 0) {
        const std::size_t sent = send_some(socket, from, size, 0);
        from += sent;
        size -= sent;
    }
}

} // namespace bench::floor
