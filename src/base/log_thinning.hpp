// Which of the log lines are written that peers can cause as often as they like.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "beckon/base/text.hpp"

namespace beckon {

/// The first ones are all told, then those at twice the number before.
inline constexpr std::uint64_t all_told = 10;

[[nodiscard]] constexpr bool is_told(std::uint64_t number) noexcept {
    return number <= all_told || (number % all_told == 0 && std::has_single_bit(number / all_told));
}

/// What stands behind a line that is told: nothing as long as all are. `of_what`: "oddity of this session".
[[nodiscard]] inline std::string note_on_thinning(std::uint64_t number, std::string_view of_what) {
    if (number < all_told) return {};
    return concat(" (the ", number, "th ", of_what, "; of the next ones only the ", number * 2,
                  "th is told)");
}

} // namespace beckon
