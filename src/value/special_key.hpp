// The special keys of plain data: what a map's first key says it stands for.
#pragma once

#include <string_view>

#include "beckon/value/plain.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

enum class special : unsigned char {
    none,
    bytes,
    date,
    time,
    datetime,
    duration,
    variant,
    reference,
    stream,
};

inline constexpr std::string_view special_words[] = {
    "", "bytes", "date", "time", "datetime", "duration", "case", "ref", "stream"};

/// What the map stands for: one key, or of variants and handles the first of several.
[[nodiscard]] special special_of(const value& map, std::string_view prefix);
/// The same as the options say.
[[nodiscard]] special special_of(const value& map, const plain_options& options);

/// What a special map other than a variant stands for.
[[nodiscard]] result<value> read_special(const value& map, special kind,
                                         const plain_options& options);

} // namespace beckon::detail
