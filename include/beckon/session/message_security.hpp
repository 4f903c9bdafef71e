// Protection of messages one by one, whatever carries them: what a security provider is to a protocol.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/object/call.hpp"

namespace beckon {

/// Signs, seals or marks each message that leaves, and judges each that comes. One for each conversation: it may count.
///
/// What it says of a message travels before it as a header of pairs of texts; protocols that carry none refuse providers.
///
/// Thread-safety: none; a session calls it under its lock.
class message_security {
public:
    struct outgoing {
        metadata header{}; ///< Empty: the message goes without.
        /// What goes in place of the message. A JSON string, quotes included, where `needs_text` was told.
        std::optional<bytes> replaced{};
    };
    struct incoming {
        std::optional<bytes>
            replaced{};     ///< What the message says, where it is not the payload itself.
        std::string user{}; ///< Whose message this is proven to be; empty: nobody's.
    };

    message_security() = default;
    message_security(const message_security&) = delete;
    message_security& operator=(const message_security&) = delete;
    virtual ~message_security() = default;

    /// "signed", as in endpoints.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// Once, before anything else: the protocol's messages are texts (JSON), so that what replaces them must be too.
    virtual void needs_text() noexcept {}

    /// Of one message that is about to leave.
    ///
    /// Errors: access_denied: there is no key to send with, or nobody has proven yet to be at the other end.
    [[nodiscard]] virtual result<outgoing> protect(byte_view message) = 0;

    /// Of one message that came with a header. An error drops that message; the conversation goes on.
    ///
    /// Errors: access_denied: forged, replayed, too old, or of a user that nobody knows; the error says which.
    [[nodiscard]] virtual result<incoming> check(byte_view message, const metadata& header) = 0;

    /// Whether messages that came without a header are taken, as nobody's.
    [[nodiscard]] virtual bool takes_bare_messages() const noexcept = 0;
};

/// Which end of a conversation a provider is for. What one end sends counts at the other alone.
enum class security_side : std::uint8_t {
    connecting,
    accepting, ///< It learns who the peer is by the first message that proves it.
};

/// Makes the provider of each conversation. Null: none is used.
using message_security_maker =
    std::function<result<std::unique_ptr<message_security>>(security_side)>;

} // namespace beckon
