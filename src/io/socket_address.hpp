// Addresses of internet sockets: looked up from names, and told as text.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"

namespace beckon::io {

/// An IPv4 or IPv6 address with its port.
struct socket_address {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    [[nodiscard]] int family() const noexcept { return storage.ss_family; }
    [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] std::uint16_t port() const noexcept;
    /// Numeric. An IPv4 address mapped into IPv6 is told as what it is: a listener that takes both kinds sees IPv4
    /// peers so.
    [[nodiscard]] std::string host() const;
    [[nodiscard]] host_address host_and_port() const { return {host(), port()}; }
};

/// For whom an address is looked up.
enum class address_use : std::uint8_t {
    calling, ///< In the system's order, which knows which ones are likely to be reached.
    listening, ///< IPv4 first: "localhost" may name both, and most clients of a server there say 127.0.0.1.
};

/// All addresses of a host, at least one. `type` is SOCK_STREAM or SOCK_DGRAM. A name may ask the network, without a
/// time limit of ours; numbers never do, nor do they load the system's resolver modules.
///
/// Errors: not_found; invalid_argument, where it has a path, which belongs to the web's transports.
[[nodiscard]] result<std::vector<socket_address>> look_up(const host_address& where, int type,
                                                          address_use use);

} // namespace beckon::io
