#include "codec/json_powers.hpp"

#include <array>
#include <bit>
#include <cstddef>

namespace beckon::json::detail {

namespace {

// A number of 1,024 bits, least significant word first: enough for 5^324, and for the leading 128 bits of 5^-342.
struct wide_number {
    std::array<std::uint32_t, 32> words{};

    constexpr void multiply_by_five() {
        std::uint64_t carry = 0;
        for (std::uint32_t& word : words) {
            carry += static_cast<std::uint64_t>(word) * 5;
            word = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
    }
    // Rounding down each time comes to the same as dividing once and rounding down.
    constexpr void divide_by_five() {
        std::uint64_t rest = 0;
        for (std::size_t i = words.size(); i-- > 0;) {
            rest = rest << 32 | words[i];
            words[i] = static_cast<std::uint32_t>(rest / 5);
            rest %= 5;
        }
    }
    [[nodiscard]] constexpr int bits() const {
        for (std::size_t i = words.size(); i-- > 0;) {
            if (words[i] != 0) {
                return static_cast<int>(i * 32 +
                                        static_cast<std::size_t>(std::bit_width(words[i])));
            }
        }
        return 0;
    }
    [[nodiscard]] constexpr std::uint32_t word_at(int bit) const {
        // 32 bits from `bit` on; zeros below the number.
        std::uint32_t out = 0;
        for (int i = 0; i < 2; ++i) {
            const int index = (bit >= 0 ? bit / 32 : (bit - 31) / 32) + i;
            if (index < 0 || index >= static_cast<int>(words.size())) continue;
            const int shift = index * 32 - bit;
            const std::uint32_t word = words[static_cast<std::size_t>(index)];
            if (shift <= 0)
                out |= word >> -shift;
            else if (shift < 32)
                out |= word << shift;
        }
        return out;
    }
    [[nodiscard]] constexpr power_of_ten leading() const {
        const int top = bits();
        const auto two = [&](int bit) {
            return static_cast<std::uint64_t>(word_at(bit + 32)) << 32 | word_at(bit);
        };
        return {two(top - 64), two(top - 128)};
    }
};

struct table {
    std::array<power_of_ten, greatest_power - least_power + 1> powers{};
    bool logarithms_hold = true;

    constexpr void put(int exponent, const wide_number& fives, int scale) {
        powers[static_cast<std::size_t>(exponent - least_power)] = fives.leading();
        // 10^e = 5^e * 2^e
        logarithms_hold &= fives.bits() - 1 - scale + exponent == floor_log2_of_power(exponent);
    }
};

constexpr table make_table() {
    table made;
    wide_number up;
    up.words[0] = 1;
    for (int e = 0; e <= greatest_power; ++e) {
        made.put(e, up, 0);
        up.multiply_by_five();
    }
    wide_number down;
    down.words.back() = 1u << 31;
    for (int e = -1; e >= least_power; --e) {
        down.divide_by_five();
        made.put(e, down, 1023);
    }
    return made;
}

constexpr table made = make_table();
static_assert(made.logarithms_hold);
static_assert(made.powers[-least_power].high == std::uint64_t{1} << 63);

} // namespace

constinit const std::array<power_of_ten, greatest_power - least_power + 1> powers_of_ten =
    made.powers;

} // namespace beckon::json::detail
