// Powers of ten in 128 bits: what exact conversion between doubles and decimal digits is made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace beckon::json::detail {

/// The leading 128 bits of 10^e, cut off, with the highest bit set:
/// 10^e = (high * 2^64 + low + x) * 2^(floor_log2_of_power(e) - 127), where 0 <= x < 1, and x = 0 for e in 0..55.
struct power_of_ten {
    std::uint64_t high;
    std::uint64_t low;
};

inline constexpr int least_power = -342;
inline constexpr int greatest_power = 324;
extern const std::array<power_of_ten, greatest_power - least_power + 1> powers_of_ten;

[[nodiscard]] inline const power_of_ten& power(int exponent) noexcept {
    return powers_of_ten[static_cast<std::size_t>(exponent - least_power)];
}

/// floor(log2(10^e)), for every power of the table (checked when the table is made).
[[nodiscard]] constexpr int floor_log2_of_power(int exponent) noexcept {
    return (exponent * 217'706) >> 16;
}

} // namespace beckon::json::detail
