#include <bit>
#include <charconv>
#include <limits>

#include "codec/json_number.hpp"
#include "codec/json_powers.hpp"

namespace beckon::json::detail {

namespace {

__extension__ using wide = unsigned __int128;

inline void digits(const char*& at, const char* end, std::uint64_t& mantissa) noexcept {
    while (at != end && is_digit(*at)) {
        mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
        ++at;
    }
}

// By the library, which knows all digits; slower.
number read_exactly(const char* first, const char* last, bool tiny) noexcept {
    double real = 0;
    const auto [stop, failure] = std::from_chars(first, last, real);
    if (failure == std::errc::result_out_of_range) {
        // Out of range at either end: what is too small rounds to zero.
        if (!tiny) return {number_form::too_large};
        real = *first == '-' ? -0.0 : 0.0;
    }
    return {number_form::real, std::bit_cast<std::uint64_t>(real)};
}

number malformed(const char*& at, const char* where) noexcept {
    at = where;
    return {};
}

} // namespace

rounded nearest_double(std::uint64_t mantissa, int exponent) noexcept {
    // Both exact as doubles: one correctly rounded operation gives the answer.
    if (mantissa <= std::uint64_t{1} << 53 && exponent >= -22 && exponent <= 22) {
        const auto exact = static_cast<double>(mantissa);
        return {true,
                exponent < 0 ? exact / exact_powers[-exponent] : exact * exact_powers[exponent]};
    }
    return multiply_out(mantissa, exponent);
}

rounded multiply_out(std::uint64_t mantissa, int exponent) noexcept {
    constexpr rounded unknown{false, 0};
    if (mantissa == 0) return {true, 0};
    if (exponent < least_power || exponent > 308) return unknown;
    // The product with the power's leading 128 bits: 192 bits, of which the true product differs by less than one
    // in the 64th, since the power was cut off by less than one in its last.
    const int shift = std::countl_zero(mantissa);
    const std::uint64_t factor = mantissa << shift;
    const power_of_ten& scale = power(exponent);
    const wide low = static_cast<wide>(factor) * scale.low;
    wide high = static_cast<wide>(factor) * scale.high + static_cast<std::uint64_t>(low >> 64);
    const bool exact = exponent >= 0 && exponent <= 55 && static_cast<std::uint64_t>(low) == 0;
    // The highest bit comes first or second, by chance: no branch on it.
    const auto behind = static_cast<int>(high >> 127) ^ 1;
    high <<= behind;
    const int binary_exponent = floor_log2_of_power(exponent) - shift + 64 - behind;
    const auto upper = static_cast<std::uint64_t>(high >> 64);
    const auto lower = static_cast<std::uint64_t>(high);
    // The true product is less than four larger. That can matter only where carrying would reach the bits of
    // which the rounding is made, and hardly ever happens.
    if (lower + 4 <= 8 && !exact) return unknown;
    // 53 bits of mantissa, then the bit that decides, unless all that follows it is zero: then to even.
    std::uint64_t bits = (upper >> 11) + (upper >> 10 & 1);
    if ((upper & 0x3ff) == 0 && lower == 0 && (upper & 0x400) != 0) bits &= ~std::uint64_t{1};
    // The leading bit stands for 2^binary_exponent; a carry out of the mantissa adds one to the exponent.
    const int biased = binary_exponent + 1023;
    if (biased <= 0 || biased >= 2046)
        return unknown; // subnormal or too large: not worth the code here
    const std::uint64_t image =
        (static_cast<std::uint64_t>(biased) << 52) + (bits - (std::uint64_t{1} << 52));
    return {true, std::bit_cast<double>(image)};
}

bool nearest_double(std::string_view number, double& out) noexcept {
    const auto [stop, failure] = std::from_chars(number.data(), number.data() + number.size(), out);
    return failure == std::errc{};
}

number read_number_slowly(const char*& at, const char* end) noexcept {
    const char* const first = at;
    const char* p = at;
    const bool negative = p != end && *p == '-';
    if (negative) ++p;
    // Short whole numbers at the end of a text, such as the ids of short messages.
    if (end - p > 1 && *p >= '1' && *p <= '9') {
        const char* const last = end - p > 18 ? p + 18 : end - 1;
        auto small = static_cast<std::uint64_t>(*p - '0');
        const char* q = p + 1;
        for (; q < last && is_digit(*q); ++q)
            small = small * 10 + static_cast<std::uint64_t>(*q - '0');
        if (*q == ',' || *q == '}' || *q == ']') {
            at = q;
            return {number_form::int64, negative ? 0 - small : small};
        }
    }
    const char* const digits_begin = p;
    std::uint64_t mantissa = 0;
    if (p == end || !is_digit(*p)) return malformed(at, p);
    if (*p == '0') {
        ++p;
        if (p != end && is_digit(*p)) return malformed(at, p);
    } else {
        digits(p, end, mantissa);
    }
    std::ptrdiff_t count = p - digits_begin;
    number out;
    if (p == end || (*p != '.' && *p != 'e' && *p != 'E')) {
        at = p;
        // 19 digits always fit 64 bits, 20 may.
        if (count >= 20) {
            bool fits = false;
            if (count == 20) {
                const auto [stop, failure] = std::from_chars(digits_begin, p, mantissa);
                fits = failure == std::errc{};
            }
            if (!fits) {
                out.form = number_form::big;
                return out;
            }
        }
        constexpr std::uint64_t limit = std::uint64_t{1} << 63;
        if (negative) {
            if (mantissa > limit) {
                out.form = number_form::big;
                return out;
            }
            out.form = number_form::int64;
            out.bits = 0 - mantissa;
        } else {
            out.form = mantissa < limit ? number_form::int64 : number_form::uint64;
            out.bits = mantissa;
        }
        return out;
    }
    std::ptrdiff_t after_point = 0;
    if (*p == '.') {
        const char* const fraction = ++p;
        digits(p, end, mantissa);
        after_point = p - fraction;
        if (after_point == 0) return malformed(at, p);
        count += after_point;
    }
    int exponent = 0;
    if (p != end && (*p == 'e' || *p == 'E')) {
        ++p;
        const bool below = p != end && *p == '-';
        if (p != end && (*p == '-' || *p == '+')) ++p;
        if (p == end || !is_digit(*p)) return malformed(at, p);
        do {
            // More than any double needs, whatever the digits before.
            if (exponent < 100'000'000) exponent = exponent * 10 + (*p - '0');
            ++p;
        } while (p != end && is_digit(*p));
        if (below) exponent = -exponent;
    }
    at = p;
    const std::ptrdiff_t scale = exponent - after_point;
    if (count > 19) {
        // Zeros in front are no digits; with more than 19 others the mantissa has overflowed.
        const char* significant = digits_begin;
        while (significant != p && (*significant == '0' || *significant == '.')) {
            if (*significant == '0') --count;
            ++significant;
        }
    }
    if (count <= 19 && scale >= -400 && scale <= 400) {
        const auto [known, real] = nearest_double(mantissa, static_cast<int>(scale));
        if (known) {
            return {number_form::real, std::bit_cast<std::uint64_t>(negative ? -real : real)};
        }
    }
    // Of a number out of range, its size tells the end: the exponent of its leading digit.
    return read_exactly(first, p, scale + count < 0);
}

} // namespace beckon::json::detail
