// quickrpc's terse lines: messages that a person can type (docs/wire/quickrpc.md).
//
//   say text:"hello" loud:1          a notification
//   add/5 a:1 b:2                    a call; "add[5]" is read as well
//   [5]:3                            its reply
//   [5]! message:"why" details:""    or its error
//
// Values are numbers, "text", 'base64', [1 "two"] and {key:1}. There is no null.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"

namespace beckon::terse {

inline constexpr std::size_t default_depth = 256;

struct line {
    enum class what : std::uint8_t { call, reply, failure };
    what kind = what::call;
    std::string method{};
    value params = value::map(); ///< Of a call.
    std::uint64_t id = 0;        ///< 0 of a call: it is a notification.
    value outcome{};             ///< Of a reply.
    std::string message{};       ///< Of a failure.
    std::string details{};       ///< Of a failure.
};

/// Whether nothing stands in a line: such a one is passed over. A carriage return counts as nothing.
[[nodiscard]] bool is_blank(std::string_view text) noexcept;

/// Reads one line without its line feed. Of equal keys the last one wins; numbers without fraction and exponent are
/// integers of any size up to json::max_digits; those beyond float64 are infinities.
///
/// Errors: parse_error, "terse line: expected ':' after a key at byte 9"; limit_exceeded, which names the limit.
/// Limits: max_nodes, min_decoded_bytes and decoded_bytes_factor of `allowed`; and `max_depth`.
[[nodiscard]] result<line> read(std::string_view text, const limits& allowed,
                                std::size_t max_depth = default_depth);

struct write_options {
    /// Numbers as the original prints them, with six digits: 1234567 becomes 1.23457e+06, 1.0 becomes 1.
    bool six_digits = false;
    std::size_t max_depth = default_depth;
};

// Append one line with its line feed. Dates, times and durations are dictionaries such as {__date:"2024-02-29"}; a record
// is one without those of its fields that are null.
//
// Errors: unsupported, for null and all else that has no form; invalid_argument, for text that is not UTF-8 and names and
// keys that could not be read back; limit_exceeded; each with the path. `out` is then as it was.

/// `params` is a map; a notification has the id 0.
[[nodiscard]] result<void> write_call(buffer& out, std::string_view method, const value& params,
                                      std::uint64_t id, const write_options& options = {});
[[nodiscard]] result<void> write_reply(buffer& out, std::uint64_t id, const value& outcome,
                                       const write_options& options = {});
[[nodiscard]] result<void> write_failure(buffer& out, std::uint64_t id, std::string_view message,
                                         std::string_view details);

} // namespace beckon::terse
