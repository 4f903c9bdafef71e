// Brine: how RPyC writes values (docs/wire/rpyc.md, section 3). One tag byte, then what the tag says.
//
//   brine        value                     what else is written so
//   None         null
//   bool, int    boolean, integer
//   float        float64                   float32
//   complex      complex
//   str          string                    an enumeration's name; dates, times, datetimes and durations in ISO 8601
//   bytes        bytes
//   tuple        tuple                     a variant, as (name, content)
//   slice        slice
//   frozenset    frozen set
//   NotImplemented, Ellipsis               the extensions below
//
// Everything else, such as lists, maps, records and references, has no form in brine: a peer gets a reference to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"

namespace beckon::brine {

/// Nesting of tuples, slices and frozen sets. Readers allow less where `limits::max_depth` is below 64: they stop at
/// twice that number, since a boxed tuple is two in brine.
inline constexpr std::size_t max_depth = 128;
/// Python refuses to turn longer integers into text or back, and drops the connection.
inline constexpr std::size_t max_written_digits = 4300;

// Types of the extensions that stand for Python's two constants. They lie outside MessagePack's range.
inline constexpr std::int64_t not_implemented_type = 0x6272'0005;
inline constexpr std::int64_t ellipsis_type = 0x6272'0006;

/// Python's NotImplemented and Ellipsis, which no kind of value has.
[[nodiscard]] value not_implemented();
[[nodiscard]] value ellipsis();
[[nodiscard]] bool is_not_implemented(const value& candidate) noexcept;
[[nodiscard]] bool is_ellipsis(const value& candidate) noexcept;

/// Whether `write` has a form for the value and all that it holds. Looks at kinds and depth, not at the text of
/// strings nor at the size of integers.
[[nodiscard]] bool is_brinable(const value& candidate);

/// Appends a value in the shortest form, which is the one that RPyC itself writes.
///
/// Errors: unsupported, for kinds without a form; invalid_argument, for strings that are not UTF-8; limit_exceeded;
/// each with the path: "[1][0]: list has no form in brine". `out` is then as it was.
/// Limits: `max_depth`, `max_written_digits`. Does not recurse.
[[nodiscard]] result<void> write(buffer& out, const value& from);

/// Reads one value. Takes the longer forms that RPyC takes too, but nothing that is cut short.
///
/// Errors: protocol_error, "peer sent tag 0x07 at byte 5; expected a value"; limit_exceeded, which names the limit.
/// Limits: `max_depth`; `max_nodes`, `min_decoded_bytes` and `decoded_bytes_factor`; integers of `max_written_digits`.
/// Memory is never taken for what was only announced. Does not recurse.
/// Lifetime: nothing is kept. `used` becomes the number of bytes read; what follows them is the caller's.
[[nodiscard]] result<value> read(byte_view in, const limits& limits, std::size_t* used = nullptr);

// Single items, for messages that are put together without a value.

inline void put_none(buffer& out) { *out.grow(1) = std::byte{0x00}; }
inline void put_boolean(buffer& out, bool flag) { *out.grow(1) = std::byte(flag ? 3 : 4); }
void put_integer(buffer& out, std::int64_t number);
void put_float(buffer& out, double number);
/// The head of a tuple; its `count` items are to follow. REQUIRES: count < 2^32.
void put_tuple(buffer& out, std::size_t count);
/// Errors: invalid_argument, where the text is not UTF-8; limit_exceeded, from 4 GiB on. `out` is then as it was.
[[nodiscard]] result<void> put_text(buffer& out, std::string_view text);
/// Errors: limit_exceeded, from 4 GiB on.
[[nodiscard]] result<void> put_bytes(buffer& out, byte_view content);

} // namespace beckon::brine
