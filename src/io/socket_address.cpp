#include "io/socket_address.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/os_error.hpp"

namespace beckon::io {

std::uint16_t socket_address::port() const noexcept {
    if (family() == AF_INET6) {
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
    }
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

std::string socket_address::host() const {
    char digits[INET6_ADDRSTRLEN] = {};
    if (family() == AF_INET6) {
        const in6_addr& six = reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&six)) {
            ::inet_ntop(AF_INET, six.s6_addr + 12, digits, sizeof digits);
        } else {
            ::inet_ntop(AF_INET6, &six, digits, sizeof digits);
        }
    } else {
        const in_addr& four = reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr;
        ::inet_ntop(AF_INET, &four, digits, sizeof digits);
    }
    return digits;
}

result<std::vector<socket_address>> look_up(const host_address& where, int type, address_use use) {
    if (where.path.size() > 1) { // many write a slash behind every address
        return fail(errc::invalid_argument, "address ", to_string(where), " has the path ",
                    quoted(where.path, 256),
                    ", and this transport has none; expected HOST:PORT alone");
    }
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = type;
    const int always = AI_NUMERICSERV | (use == address_use::listening ? AI_PASSIVE : 0);
    hints.ai_flags = always | AI_NUMERICHOST;
    const std::string port = concat(where.port);
    addrinfo* found = nullptr;
    int code = ::getaddrinfo(where.host.c_str(), port.c_str(), &hints, &found);
    if (code == EAI_NONAME) {
        hints.ai_flags = always;
        code = ::getaddrinfo(where.host.c_str(), port.c_str(), &hints, &found);
    }
    if (code != 0) {
        const std::string words =
            code == EAI_SYSTEM ? os_error_text(errno) : std::string(::gai_strerror(code));
        return fail(errc::not_found, "host ", quoted(where.host), " has no address: ", words);
    }
    std::vector<socket_address> addresses;
    for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
        socket_address copy;
        copy.size = std::min<socklen_t>(next->ai_addrlen, sizeof copy.storage);
        std::memcpy(&copy.storage, next->ai_addr, copy.size);
        addresses.push_back(copy);
    }
    ::freeaddrinfo(found);
    if (use == address_use::listening) {
        std::stable_partition(addresses.begin(), addresses.end(),
                              [](const socket_address& each) { return each.family() == AF_INET; });
    }
    return addresses;
}

} // namespace beckon::io
