// What stands around the body of a message: its kind, its sequence number, and in each dialect where they are
// (docs/wire/rpyc.md, section 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/brine_reader.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/protocol/rpyc/options.hpp"
#include "protocol/rpyc/handler.hpp"

namespace beckon::rpyc {

enum class message_kind : std::uint8_t {
    request = 1,   ///< The body is (handler, boxed arguments).
    reply = 2,     ///< The body is a boxed result.
    exception = 3, ///< The body is a dump, not boxed.
};

/// How both sides of a conversation lay out their messages.
struct layout {
    rpyc::dialect dialect = rpyc::dialect::v6;
    bool bind_threads = false;
};

/// With `bind_threads`: who sends, and whom it is for. To be answered with both swapped.
struct thread_binding {
    std::uint64_t sender = 0;
    std::uint64_t target = 0; ///< 0: any thread.
};

/// The dialect of a message by its first bytes; nothing where it is of neither.
[[nodiscard]] std::optional<dialect> dialect_of(byte_view message, bool bind_threads) noexcept;

/// A message whose body is still to be read.
///
/// Lifetime: borrows the message and the limits.
struct envelope {
    message_kind kind = message_kind::request;
    /// As it came, to be sent back with the answer: RPyC takes any value and never looks into it.
    byte_view sequence;
    /// Of an answer to us: our number. Nothing where the peer's sequence is no integer of 64 bits.
    std::optional<std::int64_t> number;
    thread_binding threads;
    /// Stands at the body. Counts its bytes from the first one that is brine: in v6 that is the second of the message.
    brine::reader body;
};

/// Reads all but the body. What follows the body is ignored, as RPyC does.
///
/// Errors: protocol_error; limit_exceeded. Either is final.
/// REQUIRES: the message is not empty.
[[nodiscard]] result<envelope> read_envelope(byte_view message, layout laid_out,
                                             const limits& limits);

/// Whether the rest of a body that could not be understood is brine all the same. If so the request is answered with
/// an exception and the connection lives on; if not it is broken.
[[nodiscard]] bool is_brine(byte_view message, layout laid_out, const limits& limits);

/// The handler number of a request, which need not name a handler; the reader then stands at the boxed arguments.
///
/// Errors: protocol_error.
[[nodiscard]] result<std::int64_t> read_handler(brine::reader& body);

/// Writes all but the body, which is to follow. `sequence` is the brine of a value.
void put_envelope(buffer& out, layout laid_out, message_kind kind, byte_view sequence,
                  thread_binding threads = {});
/// Writes the head of a request of ours; its boxed arguments are to follow.
void put_request(buffer& out, layout laid_out, std::int64_t number, handler asked,
                 thread_binding threads = {});

} // namespace beckon::rpyc
