// JSON text (RFC 8259) and values.
//
// Written here, not taken from simdjson or RapidJSON: integers stay exact at any size, every limit of a session
// applies while the text is read, errors say line, column and offset, and the result is a `value`, not a second
// tree that would have to be turned into one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/plain.hpp"
#include "beckon/value/value.hpp"

namespace beckon::json {

/// What becomes of an object's member whose key is there already.
enum class duplicate_keys : std::uint8_t { last_wins, refuse };

/// What becomes of an escaped half of a surrogate pair without its other half.
enum class lone_surrogates : std::uint8_t {
    refuse,
    replace, ///< By U+FFFD, as JSON-RPC peers expect.
};

/// Longest integer, either way: as in Python. The work of reading one grows with the square of its length.
inline constexpr std::size_t max_digits = 4300;

struct parse_options {
    std::size_t max_bytes = 64u << 20;
    std::size_t max_depth = 256;
    std::size_t max_nodes = 1'000'000;        ///< Values, keys not counted.
    std::size_t min_decoded_bytes = 1u << 20; ///< Memory for values that is always allowed.
    std::size_t decoded_bytes_factor = 64;    ///< Memory for values per byte of text.
    json::duplicate_keys duplicate_keys = duplicate_keys::last_wins;
    json::lone_surrogates lone_surrogates = lone_surrogates::refuse;
    /// Takes NaN, Infinity and -Infinity, and numbers beyond the range of float64 as infinities, as Python does.
    bool non_finite = false;
};

/// Reads one JSON text that takes up all of `text` but for white space around it.
///
/// Objects become maps, arrays lists; numbers without fraction and exponent integers of any size (up to
/// `max_digits`), others float64. Special objects such as {"$bytes": ...} stay maps: `from_plain` and `coerce`
/// (value/plain.hpp, value/coerce.hpp) turn them into what they stand for.
///
/// Errors: parse_error, "json text: expected ',' or ']', found '}' at line 3, column 7 (byte 45)": with columns
/// and offsets in bytes; limit_exceeded, which names the limit.
/// Limits: `options`. Does not recurse.
/// Lifetime: nothing is kept.
[[nodiscard]] result<value> parse(std::string_view text, const parse_options& options = {});

/// How floats look.
enum class float_form : std::uint8_t {
    shortest, ///< Plain up to 10^17, then "1e22"; "1e-6".
    python, ///< As Python prints them: "1e+22", "1e-05"; an exponent below 0.0001 and from 10^16 on.
};

struct write_options {
    bool pretty = false;     ///< A member or item a line.
    bool spaced = false;     ///< ", " and ": " in place of ',' and ':'; not with `pretty`.
    bool ascii = false;      ///< What is not printable ASCII is escaped.
    bool non_finite = false; ///< Writes NaN, Infinity and -Infinity, which few readers take.
    bool text_keys = false;  ///< Maps with keys null, true, 1, 1.5 are objects, too.
    float_form floats = float_form::shortest;
    std::uint8_t indent = 2;         ///< Spaces a level, where pretty.
    std::string_view prefix = "$";   ///< Of special keys; quickrpc's is "__".
    handle_forms* handles = nullptr; ///< Without them references and streams are refused.
    std::size_t max_depth = 256;     ///< Deeper text would be refused by most readers.
};

/// Appends a value as JSON text: values without counterpart in JSON in their plain form (value/plain.hpp).
/// Floats get the shortest digits that read back as the same number, and always a point or an exponent, so
/// that they read back as floats. Never a byte order mark, and on one line unless `pretty`.
///
/// Errors: unsupported, for NaN, infinities and kinds without a plain form; invalid_argument, for strings
/// that are not UTF-8; limit_exceeded; each with the path. `out` is then as it was.
/// Limits: `options.max_depth`. Does not recurse.
[[nodiscard]] result<void> write(buffer& out, const value& from, const write_options& options = {});

/// As `write`, into a string.
[[nodiscard]] result<std::string> to_string(const value& from, const write_options& options = {});

} // namespace beckon::json
