// What the two protocols of pyrpc and the streams below them tell each other. Bytes alone do not do: a caller's stream has a
// connection for each call, with times of its own, and a callee's ends after a reply.
//
// Each is a size of four bytes, least significant first, a byte that says what it is, and what that needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/time.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon::pyrpc {

/// The size that each begins with.
inline constexpr std::size_t size_bytes = 4;

enum class order_kind : std::uint8_t {
    exchange, ///< The content is sent over a connection of its own, and the reply awaited.
    cancel,   ///< An exchange is given up.
    bounce,   ///< Comes back as an outcome, so that the protocol is asked what to do.
};
/// From a caller's protocol to its stream.
struct order {
    order_kind kind = order_kind::exchange;
    std::uint32_t number =
        0;                ///< The protocol's own; an exchange's has ended when there is an outcome.
    nanoseconds delay{0}; ///< Before it begins.
    nanoseconds connect{0}; ///< Times from its beginning: for a connection,
    nanoseconds send{0};    ///< for the content to leave, once there is one,
    nanoseconds reply{0};   ///< and for all of it.
};
inline constexpr std::size_t order_bytes = 1 + 4 + 4 * 8;

enum class outcome_kind : std::uint8_t {
    reply,         ///< The content is the frame's, without its length.
    no_connection, ///< The content says why.
    unsent,        ///< In time.
    no_header,     ///< In time.
    no_body,       ///< In time; the content is as much as came.
    closed,        ///< Before a header. The content says how.
    closed_inside, ///< Within the body, or the header.
    too_large,     ///< The content is the length that was announced, as a frame begins.
    bounced,
};
/// From the stream: what became of it.
struct outcome {
    outcome_kind kind = outcome_kind::reply;
    std::uint32_t number = 0;
    time_point at{}; ///< Of the stream's clock.
};
inline constexpr std::size_t outcome_bytes = 1 + 4 + 8;

/// Each begins a record, whose content may follow, and says where it begins, for `end_record`.
[[nodiscard]] std::size_t begin_order(buffer& out, const order& of);
[[nodiscard]] std::size_t begin_outcome(buffer& out, const outcome& of);
/// From a callee's protocol to its stream: the one frame follows that it answers with.
[[nodiscard]] std::size_t begin_answer(buffer& out);
void end_record(buffer& out, std::size_t begins_at) noexcept;

/// The size of what is at the beginning, without the size itself; nothing while that is not whole.
[[nodiscard]] std::optional<std::size_t> size_at(byte_view in) noexcept;
/// REQUIRES: `in` has order_bytes, of one that `begin_order` made.
[[nodiscard]] order order_at(byte_view in) noexcept;
/// REQUIRES: `in` has outcome_bytes. What is no kind is read as `bounced`.
[[nodiscard]] outcome outcome_at(byte_view in) noexcept;

} // namespace beckon::pyrpc
