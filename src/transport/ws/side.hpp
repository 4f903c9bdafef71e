// What all WebSockets of one client or listener share: what the endpoint says of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/endpoint.hpp"
#include "transport/ws/frames.hpp"
#include "transport/ws/handshake.hpp"

namespace beckon::transport::ws {

/// Pings that a peer may leave unanswered, one after the other.
inline constexpr unsigned dead_after_pings = 3;

/// Of messages of the peer's that are kept; see io::listen_options.
struct message_bounds {
    std::size_t most_bytes = 16u << 20;
    nanoseconds within = std::chrono::seconds(5);
    std::size_t least_progress = 4096;

    /// `options`: of connecting, or of listening.
    template <typename Options>
    [[nodiscard]] static message_bounds of(const Options& options) noexcept {
        return {options.max_message_bytes, options.message_within, options.min_message_progress};
    }
};

struct side {
    role plays = role::client;
    client_rules asks;                                 ///< Of a client.
    server_rules takes;                                ///< Of a listener.
    nanoseconds ping_after = std::chrono::seconds(15); ///< Of silence; 0: never.
    message_bounds messages;
};

/// From the endpoint and its options. `subprotocols` hold where it has no such option, and then need not be agreed on.
///
/// Errors: parse_error, invalid_argument naming the option.
[[nodiscard]] result<std::shared_ptr<const side>> make_side(role plays, const io::endpoint& where,
                                                            std::vector<std::string> subprotocols,
                                                            const message_bounds& messages);

} // namespace beckon::transport::ws
