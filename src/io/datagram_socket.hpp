// Datagram sockets: what the udp transport and announcers have in common.
#pragma once

#include <cstdint>
#include <string>

#include "beckon/base/result.hpp"
#include "io/descriptor.hpp"
#include "io/socket_address.hpp"

namespace beckon::io {

/// Opens one that may send to broadcast addresses, close-on-exec and blocking.
[[nodiscard]] result<descriptor> open_datagram_socket(int family);

/// Errors: address_in_use; io_error.
[[nodiscard]] result<void> bind_datagram_socket(const descriptor& socket,
                                                const socket_address& address,
                                                const std::string& name);

/// One at a port on all interfaces of IPv4 that other programs of this machine may have too. `port` 0 is any free one.
[[nodiscard]] result<descriptor> open_shared_port(std::uint16_t port, const std::string& name);

[[nodiscard]] socket_address bound_address(const descriptor& socket);

/// Of IPv4, from digits. Errors: invalid_argument, which names `what`.
[[nodiscard]] result<socket_address> numeric_address(const std::string& digits, std::uint16_t port,
                                                     const std::string& what);

} // namespace beckon::io
