// What RPyC's registry knows: names of services and where they listen (docs/wire/rpyc.md, section 13).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace beckon::naming::rpyc_registry {

inline constexpr std::uint16_t default_port = 18'811;
/// Longest request, and longest reply but for lists over UDP: what the peers of either side read.
inline constexpr std::size_t max_packet_bytes = 1'500;
inline constexpr std::size_t max_list_reply_bytes = 15'000;
/// Every registry of the local network.
inline constexpr std::string_view broadcast_host = "255.255.255.255";

/// How packets travel. RPyC's programs use UDP unless told otherwise.
enum class transport : std::uint8_t { udp, tcp };

/// Where a service listens on its host.
struct service_port {
    std::uint16_t number = 0;
    std::string path{}; ///< Of a unix socket, with `number` 0; else empty.

    bool operator==(const service_port&) const = default;
};

/// Where a service listens.
struct service_address {
    std::string host; ///< Numeric: the address that its registration came from.
    service_port port;

    bool operator==(const service_address&) const = default;
};

} // namespace beckon::naming::rpyc_registry
