#include <algorithm>
#include <bit>
#include <charconv>

#include "codec/json_number.hpp"
#include "codec/json_powers.hpp"

namespace beckon::json::detail {

namespace {

__extension__ using wide = unsigned __int128;

// A number below 10^8 as eight digits, one a byte, the first in the lowest: halves of four digits, these cut to
// twos, these to ones, all at the same time in parts of one word. The factors are reciprocals, exact in this range.
inline std::uint64_t eight_digits(std::uint64_t number) noexcept {
    const std::uint64_t fours = number / 10'000 | (number % 10'000) << 32;
    const std::uint64_t upper = (fours * 10'486 >> 20) & 0x0000'007f'0000'007fu; // by 100
    const std::uint64_t twos = upper | (fours - upper * 100) << 16;
    const std::uint64_t tens = (twos * 103 >> 10) & 0x000f'000f'000f'000fu; // by 10
    return tens | (twos - tens * 10) << 8;
}

inline void put_word(char* out, std::uint64_t word) noexcept {
    if constexpr (std::endian::native != std::endian::little) word = __builtin_bswap64(word);
    std::memcpy(out, &word, 8);
}

constexpr std::uint64_t zeros = 0x3030'3030'3030'3030u;

inline char* put_eight(char* out, std::uint64_t number) noexcept {
    put_word(out, eight_digits(number) | zeros);
    return out + 8;
}

// Up to eight digits, without the zeros in front. Writes eight bytes in any case.
inline char* put_first(char* out, std::uint64_t number) noexcept {
    const std::uint64_t digits = eight_digits(number);
    // Zero itself keeps one digit.
    const int skipped = std::countr_zero(digits | std::uint64_t{1} << 56) / 8;
    put_word(out, (digits | zeros) >> (skipped * 8));
    return out + 8 - skipped;
}

struct decimal {
    std::uint64_t digits;
    int exponent;
};

// The upper part of a product, with a last bit that is set wherever anything below is not zero. The power is an
// upper bound, less than one off in its last bit; a low half of 0 or 1 is that error, not content.
inline std::uint64_t scaled(const power_of_ten& by, std::uint64_t number) noexcept {
    const wide low = static_cast<wide>(by.low) * number;
    const wide high = static_cast<wide>(by.high) * number + static_cast<std::uint64_t>(low >> 64);
    return static_cast<std::uint64_t>(high >> 64) | (static_cast<std::uint64_t>(high) > 1 ? 1 : 0);
}

// The shortest decimal within the interval that rounds to the double, the nearest of those to it: Raffaello
// Giulietti's method ("The Schubfach way to render doubles"), with the double in quarters so that its
// neighbours' midpoints are whole.
decimal shortest(std::uint64_t mantissa_bits, int exponent_bits) noexcept {
    std::uint64_t mantissa = mantissa_bits;
    int exponent = -1074;
    bool narrow_below = false; // the lower neighbour is half as far away
    if (exponent_bits != 0) {
        mantissa |= std::uint64_t{1} << 52;
        exponent = exponent_bits - 1075;
        narrow_below = mantissa_bits == 0 && exponent_bits > 1;
        // A whole number below 2^53 is its own shortest form but for zeros at its end.
        if (exponent <= 0 && exponent > -53 &&
            (mantissa & ((std::uint64_t{1} << -exponent) - 1)) == 0) {
            return {mantissa >> -exponent, 0};
        }
    }
    const std::uint64_t middle = 4 * mantissa;
    const std::uint64_t below = middle - (narrow_below ? 1 : 2);
    const std::uint64_t above = middle + 2;
    // floor(log10(2^exponent)), or of three quarters of that where the interval is narrow below.
    const int k = (exponent * 1'262'611 - (narrow_below ? 524'031 : 0)) >> 22;
    const int shift = exponent + floor_log2_of_power(-k) + 1;
    power_of_ten by = power(-k);
    if (++by.low == 0) ++by.high;
    const std::uint64_t low = scaled(by, below << shift);
    const std::uint64_t number = scaled(by, middle << shift);
    const std::uint64_t high = scaled(by, above << shift);
    // Even mantissas win ties, so the ends of their interval belong to it.
    const std::uint64_t odd = mantissa & 1;
    const std::uint64_t least = low + odd;
    const std::uint64_t most = high - odd;
    const std::uint64_t whole = number / 4;
    if (whole >= 10) {
        const std::uint64_t tens = whole / 10;
        const bool down = least <= 40 * tens;
        const bool up = 40 * tens + 40 <= most;
        if (down != up) return {tens + (up ? 1 : 0), k + 1};
    }
    const bool down = least <= 4 * whole;
    const bool up = 4 * whole + 4 <= most;
    if (down != up) return {whole + (up ? 1 : 0), k};
    const std::uint64_t half = 4 * whole + 2;
    const bool round_up = number > half || (number == half && (whole & 1) != 0);
    return {whole + (round_up ? 1 : 0), k};
}

char* put_exponent(char* out, int exponent) noexcept {
    *out++ = 'e';
    if (exponent < 0) {
        *out++ = '-';
        exponent = -exponent;
    }
    return write_unsigned(static_cast<std::uint64_t>(exponent), out);
}

// Digits and exponent as text: plain between 0.00001 and 10^17, else with an exponent.
char* put_decimal(char* out, decimal from) noexcept {
    while (from.digits % 10 == 0) {
        from.digits /= 10;
        ++from.exponent;
    }
    // Behind the place for "0.0000", from where they move once their number is known.
    char* const digits = out + 6;
    const auto count = static_cast<int>(write_unsigned(from.digits, digits) - digits);
    const int point = count + from.exponent; // digits before the point
    if (point > 0 && point <= 17) {
        if (from.exponent >= 0) {
            std::memmove(out, digits, 17);
            std::memset(out + count, '0', static_cast<std::size_t>(from.exponent));
            out += point;
            std::memcpy(out, ".0", 2);
            return out + 2;
        }
        std::memmove(out, digits, 17);
        std::memmove(out + point + 1, out + point, 17);
        out[point] = '.';
        return out + count + 1;
    }
    if (point <= 0 && point > -5) {
        char digits_moved[17];
        std::memcpy(digits_moved, digits, 17);
        std::memcpy(out, "0.0000", 6);
        out += 2 - point;
        std::memcpy(out, digits_moved, 17);
        return out + count;
    }
    out[0] = digits[0];
    out[1] = '.';
    std::memmove(out + 2, digits + 1, 16);
    out += count == 1 ? 1 : count + 1;
    return put_exponent(out, point - 1);
}

} // namespace

char* write_double(double number, char* out) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    if (bits >> 63 != 0) *out++ = '-';
    const std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
    if (mantissa == 0 && exponent == 0) {
        std::memcpy(out, "0.0", 3);
        return out + 3;
    }
    return put_decimal(out, shortest(mantissa, exponent));
}

char* write_float(float number, char* out) noexcept {
    char* const last = std::to_chars(out, out + max_number_size, number).ptr;
    for (const char* at = out; at != last; ++at) {
        if (*at == '.' || *at == 'e') return last;
    }
    last[0] = '.';
    last[1] = '0';
    return last + 2;
}

namespace {

template <typename Number>
char* write_python(Number number, char* out) noexcept {
    char* const most = out + max_number_size;
    char* last = std::to_chars(out, most, number, std::chars_format::scientific).ptr;
    const char* at = last;
    while (*at != 'e') --at;
    int exponent = 0;
    std::from_chars(at[1] == '+' ? at + 2 : at + 1, last, exponent);
    if (exponent < -4 || exponent > 15) return last;
    last = std::to_chars(out, most, number, std::chars_format::fixed).ptr;
    if (std::find(out, last, '.') != last) return last;
    std::memcpy(last, ".0", 2);
    return last + 2;
}

} // namespace

char* write_python_double(double number, char* out) noexcept { return write_python(number, out); }
char* write_python_float(float number, char* out) noexcept { return write_python(number, out); }

char* write_unsigned(std::uint64_t number, char* out) noexcept {
    constexpr std::uint64_t eight = 100'000'000;
    if (number < eight) return put_first(out, number);
    if (number < eight * eight) return put_eight(put_first(out, number / eight), number % eight);
    const std::uint64_t upper = number / eight;
    out = put_first(out, upper / eight);
    return put_eight(put_eight(out, upper % eight), number % eight);
}

char* write_signed(std::int64_t number, char* out) noexcept {
    auto bits = static_cast<std::uint64_t>(number);
    if (number < 0) {
        *out++ = '-';
        bits = 0 - bits;
    }
    return write_unsigned(bits, out);
}

} // namespace beckon::json::detail
