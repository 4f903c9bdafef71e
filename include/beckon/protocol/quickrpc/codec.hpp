// How quickrpc's messages look as bytes: jrpc, terse, msgpack, or a program's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/session/openings.hpp"
#include "beckon/value/plain.hpp"
#include "beckon/value/value.hpp"

namespace beckon::quickrpc {

enum class message_kind : std::uint8_t {
    call,
    reply,
    failure, ///< An error in place of a reply.
    bad,     ///< Stands for one that could not be read: `wrong` says why.
};

/// What all codecs carry, each as it can.
struct message {
    message_kind kind = message_kind::bad;
    std::string method{};
    value params = value::map(); ///< A map by name; a list, or any other single value, by position.
    /// Null, 0 and empty text: none. Of a bad message that is certainly a call it is the call's.
    value id{};
    value outcome{};              ///< Of a reply.
    std::int64_t code = 0;        ///< Of a failure.
    std::string text{};           ///< Of a failure.
    value details{};              ///< Of a failure; mostly text.
    std::optional<error> wrong{}; ///< Of a bad one.
};

/// Whether an id says that an answer is expected.
[[nodiscard]] bool is_id(const value& id) noexcept;

/// What a codec is told besides the message.
struct codec_rules {
    beckon::limits limits{};         ///< What one message may cost to read.
    std::size_t max_depth = 256;     ///< Nesting, both ways.
    handle_forms* handles = nullptr; ///< Null: references and streams are refused.
};

/// Finds the messages in a stream of bytes. One for each direction of each conversation.
class splitter {
public:
    struct piece {
        byte_view telegram{};  ///< One message without its end mark.
        std::size_t bytes = 0; ///< Of the input, end mark included; 0: no message is whole yet.
    };
    virtual ~splitter() = default;
    /// The first message of `input`. What was looked at and held none comes again, with more behind it. `is_last`: no
    /// more will come, so that the rest is a message without its end mark.
    ///
    /// Errors: limit_exceeded, for one of more than `most` bytes, and parse_error; both are final.
    [[nodiscard]] virtual result<piece> take(byte_view input, std::size_t most, bool is_last) = 0;
    /// How many bytes the first message has with its end mark, or has at least; 0 where that is not known. Of the same
    /// input as `take`.
    [[nodiscard]] virtual std::size_t size(byte_view input) const noexcept = 0;
};

/// Turns messages into bytes and back. Keeps nothing between messages.
///
/// Thread-safety: all functions, from any thread.
class codec {
public:
    virtual ~codec() = default;
    /// "jrpc", as in expressions.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual std::unique_ptr<splitter> make_splitter() const = 0;
    /// Reads one telegram; never fails: what cannot be read is a bad message. Nothing, for one that holds nothing.
    [[nodiscard]] virtual std::optional<message> decode(byte_view telegram,
                                                        const codec_rules& rules) const = 0;
    /// Appends one message without its end mark.
    ///
    /// Errors: unsupported, invalid_argument, limit_exceeded: what the codec cannot carry. `out` is then as it was.
    [[nodiscard]] virtual result<void> encode(buffer& out, const message& what,
                                              const codec_rules& rules) const = 0;
    /// Appends what `encode` made, or what a security provider made of it, with its end mark.
    ///
    /// Errors: invalid_argument, where the end mark stands inside.
    [[nodiscard]] virtual result<void> frame(buffer& out, byte_view encoded) const = 0;
    /// Whether the header of a security provider can go before a message; see options::security.
    [[nodiscard]] virtual bool carries_security() const noexcept { return false; }
    /// The message in a telegram that came behind such a header, and the telegram's content for a message sent so.
    [[nodiscard]] virtual result<byte_view> unwrap(byte_view telegram) const { return telegram; }
    [[nodiscard]] virtual result<void> frame_secured(buffer& out, byte_view payload) const {
        return frame(out, payload);
    }
    /// Whether references and streams can be told; a session has none with a codec that cannot.
    [[nodiscard]] virtual bool carries_references() const noexcept { return false; }
    /// How the messages of a peer that speaks first begin; by itself, they may begin with anything.
    [[nodiscard]] virtual openings begins() const { return {}; }
    /// Whether null can be told. Else arguments that may be left out are, where they are null.
    [[nodiscard]] virtual bool carries_null() const noexcept { return true; }
    /// Whether messages are printable ASCII, and what stands for one must be so too.
    [[nodiscard]] virtual bool is_text() const noexcept { return false; }
};

/// A splitter at each occurrence of a delimiter. REQUIRES: it is not empty.
[[nodiscard]] std::unique_ptr<splitter> split_at(std::string delimiter);

struct jrpc_options {
    std::string delimiter = std::string(1, '\0'); ///< ASCII, behind each message.
    bool non_finite = false; ///< Sends NaN and infinities as Python does; they are always read.
};
/// JSON objects; the original's default.
///
/// Errors: invalid_argument, for a delimiter that is empty or not ASCII.
[[nodiscard]] result<std::shared_ptr<const codec>> make_jrpc_codec(jrpc_options options = {});
/// Lines that people can type; `six_digits`: with numbers exactly as the original prints them.
[[nodiscard]] std::shared_ptr<const codec> make_terse_codec(bool six_digits = false);
/// Arrays of MessagePack-RPC with a map as parameters: between Beckons only.
[[nodiscard]] std::shared_ptr<const codec> make_msgpack_codec();

/// From an expression: "jrpc", "jrpc:DELIMITER", "terse", "terse:ref", "msgpack".
///
/// Errors: invalid_argument: "could not find a codec class with shorthand X".
[[nodiscard]] result<std::shared_ptr<const codec>> make_codec(std::string_view expression);

} // namespace beckon::quickrpc
