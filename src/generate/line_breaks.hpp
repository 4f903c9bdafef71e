// Characters beyond ASCII that end a line in generated languages, though in no schema.
#pragma once

#include <string_view>

namespace beckon::generate {

/// Whether `text` begins with U+2028 or U+2029, three bytes each: they end a literal of TypeScript's, and also a comment of C#'s.
[[nodiscard]] constexpr bool begins_with_separator(std::string_view text) noexcept {
    return text.starts_with("\xe2\x80\xa8") || text.starts_with("\xe2\x80\xa9");
}

/// The last digit of its code point, '8' or '9'. REQUIRES: begins_with_separator().
[[nodiscard]] constexpr char separator_digit(std::string_view text) noexcept {
    return text[2] == '\xa8' ? '8' : '9';
}

} // namespace beckon::generate
