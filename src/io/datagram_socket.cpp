#include "io/datagram_socket.hpp"

#include <arpa/inet.h>

#include <cerrno>
#include <cstring>

#include "io/os_error.hpp"
#include "io/socket_stream.hpp"

namespace beckon::io {

result<descriptor> open_datagram_socket(int family) {
    descriptor socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return os_fail(errc::io_error, errno, "cannot open a datagram socket");
    set_option(socket.get(), SOL_SOCKET, SO_BROADCAST, 1);
    return socket;
}

result<void> bind_datagram_socket(const descriptor& socket, const socket_address& address,
                                  const std::string& name) {
    if (::bind(socket.get(), address.get(), address.size) == 0) return {};
    const int number = errno;
    return os_fail(number == EADDRINUSE ? errc::address_in_use : errc::io_error, number,
                   "cannot bind ", name);
}

result<descriptor> open_shared_port(std::uint16_t port, const std::string& name) {
    BECKON_ASSIGN(descriptor socket, open_datagram_socket(AF_INET));
    set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(socket.get(), SOL_SOCKET, SO_REUSEPORT, 1);
    BECKON_ASSIGN(const socket_address all, numeric_address("0.0.0.0", port, "address"));
    BECKON_TRY(bind_datagram_socket(socket, all, name));
    return socket;
}

socket_address bound_address(const descriptor& socket) {
    socket_address out;
    ::getsockname(socket.get(), out.get(), &out.size);
    return out;
}

result<socket_address> numeric_address(const std::string& digits, std::uint16_t port,
                                       const std::string& what) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    if (::inet_pton(AF_INET, digits.c_str(), &in.sin_addr) != 1) {
        return fail(errc::invalid_argument, what, " is ", quoted(digits),
                    ", expected an IPv4 address");
    }
    socket_address out;
    out.size = sizeof in;
    std::memcpy(&out.storage, &in, sizeof in);
    return out;
}

} // namespace beckon::io
