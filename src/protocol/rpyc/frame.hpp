// The frame of RPyC: length, compression flag, body, newline (docs/wire/rpyc.md, section 2).
#pragma once

#include <cstddef>

#include "beckon/base/bytes.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon::rpyc {

inline constexpr std::size_t frame_header_bytes = 5;   ///< Length of the body and flag.
inline constexpr std::size_t frame_overhead_bytes = 6; ///< Header and the newline behind the body.
/// RPyC compresses what is longer, and so do we where the options say so.
inline constexpr std::size_t compress_above_bytes = 3000;

/// How many bytes the frame has that the input begins with; 0 where its header is not whole yet.
[[nodiscard]] std::size_t frame_size(byte_view input) noexcept;

/// A frame taken off the input.
struct frame {
    std::size_t bytes = 0; ///< Of the whole frame; 0: it is not whole yet.
    byte_view
        message; ///< Its content, inflated. Empty where the peer sent none, which means nothing.
};

/// Takes frames off the input of one connection.
///
/// Thread-safety: none.
/// Lifetime: borrows the limits.
class frame_reader {
public:
    explicit frame_reader(const limits& limits) noexcept : limits_(&limits) {}

    /// The frame that the input begins with. The byte behind the body is not looked at, as RPyC does not.
    ///
    /// Errors: limit_exceeded; protocol_error, where the zlib stream is broken. Both are final.
    /// Limits: `max_message_bytes`, of the body as sent and as inflated. Memory grows with the bytes that really come
    /// out of the stream, never with what a header says.
    /// Lifetime: the message lies in the input or in the reader, until the next `take`.
    [[nodiscard]] result<frame> take(byte_view input);

    /// Memory kept for inflated messages. After a refusal: what was spent until then.
    [[nodiscard]] std::size_t held_bytes() const noexcept { return inflated_.capacity(); }

private:
    result<void> inflate(byte_view body);

    const limits* limits_;
    buffer inflated_;
};

/// Makes room for the header of a frame; the message is to be written behind it. Returns where the frame begins.
[[nodiscard]] std::size_t begin_frame(buffer& out);

/// Completes the frame that begins at `start` and whose message is the rest of `out`. With `compress` it is compressed
/// where it is longer than `compress_above_bytes` and that makes it shorter.
///
/// Errors: limit_exceeded, where the message is longer than `most_bytes`; the frame is taken off again.
[[nodiscard]] result<void> finish_frame(buffer& out, std::size_t start, bool compress,
                                        std::size_t most_bytes);

} // namespace beckon::rpyc
