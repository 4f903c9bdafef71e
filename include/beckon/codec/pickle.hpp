// Pickle: how Python writes values (docs/wire/pyrpc.md, sections 9 and 10). A pickle is a program for a small machine; this
// one builds plain values and never looks anything up, imports or calls.
//
//   pickle                      value                 what else is written so
//   None, bool, int, float      null, boolean, integer, floating of 64 bits
//   complex                     complex
//   str                         string                an enumeration's name; dates, times, datetimes, durations in ISO 8601
//   bytes                       bytes
//   bytearray                   bytes                 `byte_array`
//   list, tuple, set            list, tuple, set      a variant, as the tuple (name, content)
//   frozenset                   frozen set
//   dict                        map                   a record
//   uuid.UUID                   `uuid`, an extension
//   exception                   exception
//
// Everything else has no form: a pickle that names another class or function is refused, and so is a value of another kind.
// A str may hold lone surrogates, which are no UTF-8: they stay as they are, in three bytes each, both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"

namespace beckon::pickle {

/// Python's own bound on the digits of an integer that it turns into text or back.
inline constexpr std::size_t max_integer_digits = 4300;
/// Of an integer in bytes.
inline constexpr std::size_t max_integer_bytes = 2048;
/// Nesting of containers and exceptions.
inline constexpr std::size_t usual_max_depth = 256;

// Types of the extensions that stand for what no kind of value is. They lie outside MessagePack's range.
inline constexpr std::int64_t uuid_type = 0x706b'0001;
inline constexpr std::int64_t byte_array_type = 0x706b'0002;

/// A uuid.UUID of 16 bytes, most significant first.
[[nodiscard]] value uuid(std::span<const std::byte, 16> number);
[[nodiscard]] bool is_uuid(const value& candidate) noexcept;
/// "12345678-1234-4678-9234-567812345678". REQUIRES: is_uuid(of).
[[nodiscard]] std::string uuid_text(const value& of);
/// To be written as a bytearray; what is read of one is plain bytes.
[[nodiscard]] value byte_array(byte_view content);

/// Whether a name, "builtins.ValueError" or "socket.timeout", is that of an exception that any Python has. Such travel as
/// themselves.
[[nodiscard]] bool is_known_exception(std::string_view type) noexcept;

struct read_options {
    std::size_t max_depth = usual_max_depth;
    /// Nodes of the value, those that it shares counted at each place; and half as many operations as this twice.
    std::size_t max_nodes = limits().max_nodes;
    /// Texts, bytes and long integers, those that are shared counted at each place: what the value is without sharing.
    std::size_t max_content_bytes = std::size_t{64} << 20;
    std::size_t min_decoded_bytes = limits().min_decoded_bytes;
    std::size_t decoded_bytes_factor = limits().decoded_bytes_factor;
    /// The pickle is a reply, a pair of result and exception: in the exception, classes of any name are taken, and become
    /// exceptions of that name with what they hold. Still nothing is looked up.
    bool is_reply = false;
};

/// Reads one pickle of protocol 0 to 5, all of the input.
///
/// An exception's `type` has its module, "builtins.ValueError"; `trace` is what it holds as "traceback", `fields` are its
/// other attributes.
///
/// Errors: protocol_error, "peer sent a pickle that names os.system at byte 1; expected ..."; limit_exceeded, which names
/// the limit. A container inside itself is a protocol_error, since values have no cycles.
/// Limits: `read_options`, `max_integer_digits` and `max_integer_bytes`. Memory is never taken for what was only announced.
/// Does not recurse.
/// Lifetime: nothing of the input is kept.
[[nodiscard]] result<value> read(byte_view in, const read_options& options = {});

/// Appends a pickle of protocol 4, which every Python from 3.4 on loads.
///
/// An exception whose type is no Python's own goes as builtins.Exception with its name as `className`, for a peer could not
/// load another; so do those that would end a peer's program (SystemExit) or that need other arguments than they have.
/// Every exception has a `traceback`.
///
/// Errors: unsupported, for kinds without a form; invalid_argument, for strings that are no UTF-8 but for surrogates;
/// limit_exceeded; each with the path: "[1][0]: slice has no form in pickle". `out` is then as it was.
/// Limits: `usual_max_depth`, `max_integer_bytes`. Does not recurse.
[[nodiscard]] result<void> write(buffer& out, const value& from);

} // namespace beckon::pickle
