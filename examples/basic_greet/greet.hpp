// The commands of the package's greet example, which both sides are made from.
#pragma once

#include <beckon/basic.hpp>

namespace greet {

using namespace beckon::basic;

inline constexpr auto hello = command(0, "hello", str, str);
inline constexpr auto goodbye = command(1, "goodbye", str, str);
inline constexpr auto add_2_words = command(2, "add_2_words", seq(u32, u32), u32);
inline constexpr auto func_no_args = command(3, "func_no_args", nothing, nothing);
inline constexpr auto sum_fixed_array = command(4, "sum_fixed_array", fixed(3, u32), u32);
inline constexpr auto sum_array = command(5, "sum_array", array(u32), u32);
inline constexpr auto sum_array_echo_string =
    command(6, "sum_array_echo_string", seq(array(u32), str), seq(u32, str));

} // namespace greet
