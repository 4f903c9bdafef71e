// Where a message begins and ends in a stream of bytes (docs/wire/json-rpc.md, section 4).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/protocol/jsonrpc/options.hpp"

namespace beckon::jsonrpc {

/// What stood at the front of the input.
struct framed {
    std::size_t bytes = 0; ///< How many to drop; 0: there is no whole message yet.
    /// Its text; nothing where those bytes are no message: a blank line.
    std::optional<std::string_view> text;
};

/// One way of putting messages on a stream, for one conversation.
///
/// The input always begins where the message before it ended. What has been looked through without finding an end is
/// not looked through again, so that a long message in many pieces costs each byte once.
///
/// Thread-safety: none.
class framing {
public:
    virtual ~framing() = default;
    framing() = default;
    framing(const framing&) = delete;
    framing& operator=(const framing&) = delete;

    /// The message that the input begins with.
    ///
    /// Errors: limit_exceeded, protocol_error: the stream cannot be read on.
    /// Lifetime: the text is a part of the input.
    [[nodiscard]] virtual result<framed> take(byte_view input, std::size_t most_bytes) = 0;
    /// The same at the end of the stream: what is left may be a message without its end mark.
    [[nodiscard]] virtual result<framed> take_last(byte_view input, std::size_t most_bytes) {
        return take(input, most_bytes);
    }
    /// Of the message that the input begins with, end mark included; 0 where that is not known yet. More than the input has,
    /// where it is known to go on.
    [[nodiscard]] virtual std::size_t size(byte_view input) const noexcept = 0;

    /// Begins a message; what is appended then is its text. Gives the number that `finish` wants.
    [[nodiscard]] virtual std::size_t begin(buffer& out) = 0;
    /// Whether a blank between messages means nothing to peers.
    [[nodiscard]] virtual bool allows_blanks() const noexcept { return false; }
    /// An error leaves nothing of the message; framings that protect none have none.
    virtual result<void> finish(buffer& out, std::size_t start) = 0;
};

[[nodiscard]] std::unique_ptr<framing> make_framing(framing_kind kind);
/// For transports that have messages: each has its size before it, as io::byte_stream::keep_messages says.
[[nodiscard]] std::unique_ptr<framing> make_message_framing();

} // namespace beckon::jsonrpc
