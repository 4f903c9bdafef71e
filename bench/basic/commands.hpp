// What is measured, for both sides.
#pragma once

#include <beckon/basic.hpp>

namespace bench {

using namespace beckon::basic;

inline constexpr auto add = command(2, "add_2_words", seq(u32, u32), u32);
inline constexpr auto echo = command(3, "echo", bytes_in_place, beckon::basic::bytes);

} // namespace bench
