// What reading and writing terse lines have in common: what a name may look like.
#pragma once

#include <string_view>

namespace beckon::terse::detail {

/// As Python's strip takes it off both ends of names.
[[nodiscard]] inline bool is_white(char letter) noexcept {
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

[[nodiscard]] inline std::string_view stripped(std::string_view text) noexcept {
    while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
    return text;
}

/// The digits of the id at the end of "add/5" or "add[5]"; empty where there is none.
[[nodiscard]] std::string_view id_digits(std::string_view method) noexcept;

} // namespace beckon::terse::detail
