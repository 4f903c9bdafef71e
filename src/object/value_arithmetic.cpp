#include <algorithm>
#include <cmath>

#include "object/value_operations.hpp"

namespace beckon::detail {

namespace {

__extension__ using wide = __int128;

constexpr std::size_t max_repeated = 1u << 26; ///< Items or bytes that "text" * n may make.

[[nodiscard]] error too_large(const binary_operator& how) {
    return python_failure(python::builtin::overflow_error,
                          concat("result of ", how.sign, " does not fit 64 bits"));
}
[[nodiscard]] error by_zero(const binary_operator& how) {
    return python_failure(python::builtin::zero_division_error,
                          concat("operator ", how.sign, " divides by zero"));
}

[[nodiscard]] bool is_integer(const value& of) noexcept {
    return of.is(value_kind::integer) || of.is(value_kind::boolean);
}
[[nodiscard]] bool fits(const value& of) noexcept {
    return of.is(value_kind::boolean) || of.is_int64() || of.is_uint64();
}
[[nodiscard]] wide wide_of(const value& of) {
    if (of.is(value_kind::boolean)) return of.boolean() ? 1 : 0;
    return of.is_int64() ? wide{of.int64()} : wide{of.uint64()};
}
[[nodiscard]] result<value> narrowed(wide number, const binary_operator& how) {
    if (number >= INT64_MIN && number <= INT64_MAX) return value(static_cast<std::int64_t>(number));
    if (number > 0 && number <= UINT64_MAX) return value(static_cast<std::uint64_t>(number));
    return too_large(how);
}

[[nodiscard]] result<value> power_of(wide base, wide exponent, const binary_operator& how) {
    wide product = 1;
    while (exponent > 0) {
        if ((exponent & 1) != 0 && __builtin_mul_overflow(product, base, &product))
            return too_large(how);
        exponent >>= 1;
        if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return too_large(how);
    }
    return narrowed(product, how);
}

/// Towards the smaller number, as Python divides.
[[nodiscard]] wide floored(wide left, wide right) noexcept {
    const wide quotient = left / right;
    return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
}

[[nodiscard]] result<value> shifted(wide number, wide count, const binary_operator& how) {
    if (count < 0) {
        return python_failure(python::builtin::value_error,
                              concat("operator ", how.sign, " got a negative count of bits"));
    }
    if (&how == &operators::shift_right || how.sign == operators::shift_right.sign)
        return narrowed(number >> static_cast<int>(std::min<wide>(count, 100)), how);
    if (number == 0) return value(0);
    if (count > 64) return too_large(how);
    wide product = 0;
    if (__builtin_mul_overflow(number, wide{1} << static_cast<int>(count), &product))
        return too_large(how);
    return narrowed(product, how);
}

[[nodiscard]] result<value> combine_integers(const value& left, const binary_operator& how,
                                             const value& right) {
    if (!fits(left) || !fits(right)) return too_large(how);
    const wide a = wide_of(left);
    const wide b = wide_of(right);
    const std::string_view sign = how.sign;
    wide product = 0;
    if (sign == "+") return narrowed(a + b, how);
    if (sign == "-") return narrowed(a - b, how);
    if (sign == "*") {
        if (__builtin_mul_overflow(a, b, &product)) return too_large(how);
        return narrowed(product, how);
    }
    if (sign == "//" || sign == "%") {
        if (b == 0) return by_zero(how);
        return narrowed(sign == "//" ? floored(a, b) : a - floored(a, b) * b, how);
    }
    if (sign == "**" && b >= 0) return power_of(a, b, how);
    if (sign == "<<" || sign == ">>") return shifted(a, b, how);
    const bool flags = left.is(value_kind::boolean) && right.is(value_kind::boolean);
    const auto bits = [&](wide outcome) -> result<value> {
        return flags ? result<value>(value(outcome != 0)) : narrowed(outcome, how);
    };
    if (sign == "&") return bits(a & b);
    if (sign == "|") return bits(a | b);
    if (sign == "^") return bits(a ^ b);
    return value();
}

[[nodiscard]] result<value> combine_floats(double a, const binary_operator& how, double b) {
    const std::string_view sign = how.sign;
    if (sign == "+") return value(a + b);
    if (sign == "-") return value(a - b);
    if (sign == "*") return value(a * b);
    if (sign == "**") {
        if (a == 0 && b < 0) return by_zero(how);
        return value(std::pow(a, b));
    }
    if (sign != "/" && sign != "//" && sign != "%") return value();
    if (b == 0) return by_zero(how);
    if (sign == "/") return value(a / b);
    if (sign == "//") return value(std::floor(a / b));
    const double rest = std::fmod(a, b);
    return value(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);
}

[[nodiscard]] value like(const value& kind, std::vector<value>&& items) {
    switch (kind.kind()) {
    case value_kind::tuple: return value::tuple(std::move(items));
    case value_kind::set: return value::set(std::move(items));
    case value_kind::frozen_set: return value::frozen_set(std::move(items));
    default: return value::list(std::move(items));
    }
}

[[nodiscard]] bool is_set(const value& of) noexcept {
    return of.is(value_kind::set) || of.is(value_kind::frozen_set);
}

[[nodiscard]] result<value> combine_sets(const value& left, const binary_operator& how,
                                         const value& right) {
    const std::string_view sign = how.sign;
    if (sign != "|" && sign != "&" && sign != "-" && sign != "^") return value();
    std::vector<value> items;
    for (const value& each : left) {
        const bool both = right.contains(each);
        if (sign == "|" || both == (sign == "&")) items.push_back(each);
    }
    if (sign == "|" || sign == "^") {
        for (const value& each : right) {
            if (!left.contains(each)) items.push_back(each);
        }
    }
    return like(left, std::move(items));
}

[[nodiscard]] result<value> joined(const value& left, const value& right) {
    if (left.is(value_kind::string)) {
        std::string text(left.string());
        text += right.string();
        return value(std::move(text));
    }
    if (left.is(value_kind::bytes)) {
        bytes content(left.bytes().begin(), left.bytes().end());
        content.insert(content.end(), right.bytes().begin(), right.bytes().end());
        return value(std::move(content));
    }
    std::vector<value> items(left.begin(), left.end());
    items.insert(items.end(), right.begin(), right.end());
    return like(left, std::move(items));
}

[[nodiscard]] result<value> repeated(const value& what, const value& times) {
    const std::int64_t asked = times.is_int64() ? std::max<std::int64_t>(times.int64(), 0)
                               : times.is(value_kind::boolean) ? times.boolean()
                                                               : INT64_MAX;
    const auto count = what.empty() ? std::size_t{0} : static_cast<std::size_t>(asked);
    if (!what.empty() && count > max_repeated / what.size()) {
        return fail(errc::limit_exceeded, what.type_name(), " of ", what.size(), " times ", asked,
                    " passes the limit of ", max_repeated);
    }
    if (what.is(value_kind::string)) {
        std::string text;
        text.reserve(what.size() * count);
        for (std::size_t i = 0; i < count; ++i) text += what.string();
        return value(std::move(text));
    }
    if (what.is(value_kind::bytes)) {
        bytes content;
        content.reserve(what.size() * count);
        for (std::size_t i = 0; i < count; ++i)
            content.insert(content.end(), what.bytes().begin(), what.bytes().end());
        return value(std::move(content));
    }
    std::vector<value> items;
    items.reserve(what.size() * count);
    for (std::size_t i = 0; i < count; ++i) items.insert(items.end(), what.begin(), what.end());
    return like(what, std::move(items));
}

[[nodiscard]] bool can_be_joined(const value& of) noexcept {
    return of.is(value_kind::string) || of.is(value_kind::bytes) || of.is(value_kind::list) ||
           of.is(value_kind::tuple);
}

[[nodiscard]] error wrong_operand(std::string_view sign, const value& of) {
    return python_failure(python::builtin::type_error,
                          concat("operator ", sign, " has no meaning for ", of.type_name()));
}

} // namespace

result<value> combine(const value& left, const binary_operator& how, const value& right) {
    if (is_integer(left) && is_integer(right)) {
        const bool by_float = how.sign == "/" || (how.sign == "**" && right.is_negative());
        if (!by_float) return combine_integers(left, how, right);
    }
    if (is_number(left) && is_number(right)) {
        const auto number = [](const value& of) -> result<double> {
            if (of.is(value_kind::boolean)) return of.boolean() ? 1.0 : 0.0;
            return of.get<double>();
        };
        const result<double> a = number(left);
        const result<double> b = number(right);
        if (!a || !b) return too_large(how);
        return combine_floats(*a, how, *b);
    }
    if (how.sign == "+" && can_be_joined(left) && left.kind() == right.kind())
        return joined(left, right);
    if (how.sign == "*" && can_be_joined(left) && is_integer(right)) return repeated(left, right);
    if (how.sign == "*" && is_integer(left) && can_be_joined(right)) return repeated(right, left);
    if (is_set(left) && is_set(right)) return combine_sets(left, how, right);
    if (how.sign == "|" && left.is(value_kind::map) && right.is(value_kind::map)) {
        value all = left;
        for (const map_entry& each : right.entries()) all.insert_or_assign(each.key, each.mapped);
        return all;
    }
    return value();
}

result<value> negate(const value& number) {
    if (number.is(value_kind::floating)) return value(-number.float64());
    if (!is_integer(number)) return wrong_operand("-", number);
    return combine_integers(value(0), operators::subtract, number);
}

result<value> invert(const value& number) {
    if (!is_integer(number)) return wrong_operand("~", number);
    return combine_integers(value(-1), operators::subtract, number);
}

result<value> absolute(const value& number) {
    if (number.is(value_kind::floating)) return value(std::fabs(number.float64()));
    if (number.is(value_kind::complex)) {
        const auto [real, imaginary] = number.complex_parts();
        return value(std::hypot(real, imaginary));
    }
    if (!is_integer(number)) return wrong_operand("abs", number);
    return number.is(value_kind::integer) && number.is_negative() ? negate(number) : number;
}

} // namespace beckon::detail
