// A stream over another one whose two sides greet each other first: TLS, WebSocket.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/transport_options.hpp"

namespace beckon::io {

enum class greeting { done, wants_input, wants_room, failed };

/// First `advance` until the greeting is done, by one thread; then it is a byte stream.
class greeting_stream : public byte_stream {
public:
    /// Does what can be done of the greeting without waiting. Wait below for what it wants.
    [[nodiscard]] virtual greeting advance() noexcept = 0;
    /// REQUIRES: advance gave `failed`, or nothing more is expected of it.
    [[nodiscard]] virtual const std::optional<error>& failure() const noexcept = 0;
    [[nodiscard]] virtual byte_stream& below() noexcept = 0;
    /// Whether the peer has sent anything at all.
    [[nodiscard]] virtual bool has_heard() const noexcept = 0;
};

/// What a kind of greeting is called.
struct greeting_words {
    std::string_view name;      ///< "TLS", in errors.
    std::string_view transport; ///< "tls", of an endpoint.
    std::string_view log_id;    ///< Of one that failed at a listener.
};

/// Does the greeting on the calling thread, until `attempt_ends` and within `options.handshake_within`.
///
/// Errors: the stream's own; timeout. Both name the peer.
[[nodiscard]] result<void> greet(greeting_stream& connection, time_point attempt_ends,
                                 const connect_options& options, const greeting_words& words);

} // namespace beckon::io
