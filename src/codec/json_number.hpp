// Numbers of JSON text: to integers and doubles, exactly, and back.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace beckon::json::detail {

enum class number_form : std::uint8_t { int64, uint64, real, big, malformed, too_large };

struct number {
    number_form form = number_form::malformed;
    std::uint64_t bits = 0; ///< Of int64, uint64, and of the double that is `real`.
};

/// Reads one number of JSON's grammar that begins at `at`. Leaves `at` behind it or, where it is malformed, at the
/// character that does not fit.
///
/// `big` is an integer beyond 64 bits, `too_large` a number beyond the doubles: the text is all there is.
number read_number_slowly(const char*& at, const char* end) noexcept;
inline number read_number(const char*& at, const char* end) noexcept;

/// mantissa * 10^exponent as the nearest double, where 128 bits are enough to tell.
struct rounded {
    bool known;
    double real;
};
rounded nearest_double(std::uint64_t mantissa, int exponent) noexcept;
/// A whole number in JSON's grammar, of any size, as the nearest double; false where it is beyond the doubles.
bool nearest_double(std::string_view number, double& out) noexcept;
/// As the first, without its short way for small numbers.
rounded multiply_out(std::uint64_t mantissa, int exponent) noexcept;

/// The shortest digits that read back as the number, with a point or an exponent, so that it stays a float.
/// REQUIRES: finite; room for max_number_size characters.
char* write_double(double number, char* out) noexcept;
char* write_float(float number, char* out) noexcept;
/// The same as Python prints them.
char* write_python_double(double number, char* out) noexcept;
char* write_python_float(float number, char* out) noexcept;
char* write_unsigned(std::uint64_t number, char* out) noexcept;
char* write_signed(std::int64_t number, char* out) noexcept;
inline constexpr std::size_t max_number_size = 48;

inline bool is_digit(char letter) noexcept { return static_cast<unsigned char>(letter - '0') < 10; }

inline constexpr double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr std::uint64_t small_powers[] = {1,       10,        100,        1'000,      10'000,
                                                 100'000, 1'000'000, 10'000'000, 100'000'000};

/// The digits, eight at most, that begin at `at`, where eight bytes can be read: how many, and appended to the
/// mantissa. Without a branch on their number, which would be guessed wrong most of the time.
/// REQUIRES: a little-endian machine.
[[gnu::always_inline]] inline unsigned append_digits(const char* at,
                                                     std::uint64_t& mantissa) noexcept {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    word ^= 0x3030303030303030u; // digits become 0 to 9, all else more
    const std::uint64_t others = ((word + 0x7676767676767676u) | word) & 0x8080808080808080u;
    const unsigned count =
        static_cast<unsigned>(std::countr_zero(others)) / 8; // 64 / 8 where there are none
    if (count == 0) return 0;
    // Zeros in front take the places of what is no digit behind.
    word <<= 64 - count * 8;
    // Neighbours are joined to numbers of two digits, these to four, these to eight.
    word = word * 10 + (word >> 8);
    constexpr std::uint64_t pairs = 0x000000ff000000ffu;
    const std::uint64_t upper = (word & pairs) * (100u + (std::uint64_t{1'000'000} << 32));
    const std::uint64_t lower = (word >> 16 & pairs) * (1u + (std::uint64_t{10'000} << 32));
    mantissa = mantissa * small_powers[count] + ((upper + lower) >> 32);
    return count;
}

/// Nearly all numbers: integers of 64 bits, decimals up to 19 digits without exponent.
inline number read_number(const char*& at, const char* end) noexcept {
    // Room to read the longest of those, and the letter behind it, in blocks of 8 bytes.
    if (std::endian::native != std::endian::little || end - at < 48) {
        return read_number_slowly(at, end);
    }
    const char* p = at;
    const bool negative = *p == '-';
    if (negative) ++p;
    const char* const begin = p;
    std::uint64_t mantissa = 0;
    unsigned count = append_digits(p, mantissa);
    if (count == 8) {
        count += append_digits(p + 8, mantissa);
        if (count == 16) {
            count += append_digits(p + 16, mantissa);
            if (count > 19) return read_number_slowly(at, end);
        }
    }
    p += count;
    // No digits, or a zero in front of others.
    if (count == 0 || (*begin == '0' && count != 1)) return read_number_slowly(at, end);
    number out;
    if (*p == '.') {
        ++p;
        unsigned fraction = append_digits(p, mantissa);
        if (fraction == 8) {
            const unsigned more = append_digits(p + 8, mantissa);
            fraction += more;
            if (more == 8) fraction += append_digits(p + 16, mantissa);
        }
        p += fraction;
        if (fraction == 0 || count + fraction > 19 || (*p | 0x20) == 'e') {
            return read_number_slowly(at, end);
        }
        double real = 0;
        if (count + fraction <= 15) {
            // Both exact as doubles, so that one division rounds once. (The exact limit, 2^53, would be passed or
            // not by chance in numbers of 16 digits, which branch prediction dislikes.)
            real = static_cast<double>(mantissa) / exact_powers[fraction];
        } else {
            const auto [known, nearest] = multiply_out(mantissa, -static_cast<int>(fraction));
            if (!known) return read_number_slowly(at, end);
            real = nearest;
        }
        out.form = number_form::real;
        out.bits = std::bit_cast<std::uint64_t>(real) | static_cast<std::uint64_t>(negative) << 63;
    } else {
        // Of 19 digits it may be beyond the signed numbers.
        if ((*p | 0x20) == 'e' || mantissa >> 63 != 0) return read_number_slowly(at, end);
        out.form = number_form::int64;
        out.bits = negative ? 0 - mantissa : mantissa;
    }
    at = p;
    return out;
}

} // namespace beckon::json::detail
