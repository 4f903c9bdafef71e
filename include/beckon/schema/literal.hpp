// Default values as the IDL writes them: reading, checking against a type, and the one canonical spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema {

enum class literal_form : std::uint8_t {
    null, ///< An empty optional, an empty `any`, or the value `null` of an enum; then in `text` too.
    name,      ///< `true`, `false`, an enum value, `inf`, `nan`: in `text`.
    integer,   ///< Sign in `negative`, the rest in `magnitude`.
    number,    ///< With a point, an exponent or more than 64 bits: as written in `text`.
    duration,  ///< Nanoseconds, in `negative` and `magnitude`.
    text,      ///< A string or bytes: in `text`, without quotes and escapes.
    list,      ///< In `items`.
    empty_map, ///< `{}`
};

/// A default value, before or after it met its type.
struct literal {
    literal_form form = literal_form::null;
    bool negative = false;
    std::uint64_t magnitude = 0;
    std::string text;
    std::vector<literal> items;

    bool operator==(const literal&) const = default;
};

/// Reads one literal that takes up the whole text.
///
/// Errors: parse_error.
/// Limits: lists nest at most 32 deep.
[[nodiscard]] result<literal> parse_literal(std::string_view text);

/// Whether the value can be a default of the type: integers in range, enum values declared, strings UTF-8.
///
/// Errors: type_mismatch, with what was found and expected.
[[nodiscard]] result<void> fits(const document& document, const type& type, const literal& value);

/// The canonical spelling of a value that fits its type. Equal values have equal spellings: integers in
/// decimal, floats in the shortest form that reads back ("0.5", "3"), durations in the largest unit that
/// divides them ("250ms"), strings with \" \\ \n \r \t \xHH for what is not printable.
[[nodiscard]] std::string to_string(const literal& value, const type& type);

/// parse_literal, fits and to_string in one.
///
/// Errors: parse_error, type_mismatch.
[[nodiscard]] result<std::string> canonical_literal(const document& document, const type& type,
                                                    std::string_view text);

} // namespace beckon::schema
