// What all WebSockets of one client or listener share: what the endpoint says of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/endpoint.hpp"
#include "io/descriptor.hpp"
#include "transport/ws/frames.hpp"
#include "transport/ws/handshake.hpp"

namespace beckon::transport::ws {

/// Pings that a peer may leave unanswered, one after the other.
inline constexpr unsigned dead_after_pings = 3;

struct side {
    role plays = role::client;
    client_rules asks;                                 ///< Of a client.
    server_rules takes;                                ///< Of a listener.
    nanoseconds ping_after = std::chrono::seconds(15); ///< Of silence; 0: never.
    std::size_t max_message_bytes = 16u << 20;
    /// Always polls readable: put beside a stream's own where there is input that no system call tells.
    io::descriptor always_ready;
};

/// From the endpoint and its options. `subprotocols` hold where it has no such option, and then need not be agreed on.
///
/// Errors: parse_error, invalid_argument naming the option; io_error without descriptors.
[[nodiscard]] result<std::shared_ptr<const side>> make_side(role plays, const io::endpoint& where,
                                                            std::vector<std::string> subprotocols,
                                                            std::size_t max_message_bytes);

} // namespace beckon::transport::ws
