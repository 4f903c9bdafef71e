// What peers say of themselves when a conversation begins, and who decides what to believe of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "beckon/base/bytes.hpp"
#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"

namespace beckon {

/// What a peer allows; until its greeting has come, what the protocol promises of everybody.
struct peer_limits {
    std::uint32_t max_message_bytes = 16u << 20;
    std::uint32_t max_calls_in_flight = 1024;
    std::uint32_t max_call_bytes = 32u << 20;
    std::uint32_t stream_window_bytes = 256u << 10;
};

/// What a peer says of itself when the conversation begins.
struct greeting {
    peer_limits limits;
    std::string user;     ///< Who it claims to be; believed only where an authenticator says so.
    bytes secret;         ///< Its proof.
    std::string software; ///< For logs.
    /// Who it is by proof of its transport, a certificate that was checked. Filled in here, never sent.
    std::optional<io::peer_identity> proven{};
};

/// Decides who a peer is, from its greeting. Null where all are who the transport has proven them to be, else anonymous.
using authenticator = std::shared_ptr<function<result<std::string>(const greeting&)>>;

} // namespace beckon
