#include <cmath>
#include <limits>

#include "object/value_operations.hpp"

namespace beckon::detail {

namespace {

[[nodiscard]] value integer_of(const value& number) {
    return number.is(value_kind::boolean) ? value(number.boolean() ? 1 : 0) : number;
}

/// An integer of 64 bits beside a floating number: exactly, since a double has no room for all of them.
[[nodiscard]] std::partial_ordering order_mixed(const value& integer, double number) {
    if (std::isnan(number)) return std::partial_ordering::unordered;
    if (!integer.is_int64() && !integer.is_uint64()) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return integer.get_or<double>(integer.is_negative() ? -infinity : infinity) <=> number;
    }
    if (number >= 0x1p64) return std::partial_ordering::less;
    if (number < -0x1p63) return std::partial_ordering::greater;
    const double whole = std::trunc(number);
    const value rounded = whole < 0x1p63 ? value(static_cast<std::int64_t>(whole))
                                         : value(static_cast<std::uint64_t>(whole));
    const std::partial_ordering order = integer <=> rounded;
    return order == std::partial_ordering::equivalent ? whole <=> number : order;
}

[[nodiscard]] bool holds(comparison how, std::partial_ordering order) noexcept {
    switch (how) {
    case comparison::equal: return order == 0;
    case comparison::not_equal: return order != 0;
    case comparison::less: return order < 0;
    case comparison::less_equal: return order <= 0;
    case comparison::greater: return order > 0;
    case comparison::greater_equal: return order >= 0;
    }
    return false;
}

} // namespace

bool is_number(const value& of) noexcept {
    return of.is(value_kind::boolean) || of.is(value_kind::integer) || of.is(value_kind::floating);
}

std::partial_ordering order_of_numbers(const value& left, const value& right) {
    const bool left_floats = left.is(value_kind::floating);
    const bool right_floats = right.is(value_kind::floating);
    if (left_floats && right_floats) return left.float64() <=> right.float64();
    if (right_floats) return order_mixed(integer_of(left), right.float64());
    if (left_floats) return 0 <=> order_mixed(integer_of(right), left.float64());
    return integer_of(left) <=> integer_of(right);
}

bool equal_values(const value& left, const value& right) {
    if (is_number(left) && is_number(right)) return order_of_numbers(left, right) == 0;
    return left == right;
}

result<value> compare_values(const value& left, comparison how, const value& right) {
    if (is_number(left) && is_number(right))
        return value(holds(how, order_of_numbers(left, right)));
    if (how == comparison::equal) return value(left == right);
    if (how == comparison::not_equal) return value(!(left == right));
    const std::partial_ordering order = left <=> right;
    // Of equal kinds without an order, such as maps, equality is all that is known.
    const bool ordered = left.is(value_kind::string) || left.is(value_kind::bytes) ||
                         left.is(value_kind::list) || left.is(value_kind::tuple) ||
                         left.is(value_kind::date) || left.is(value_kind::time) ||
                         left.is(value_kind::datetime) || left.is(value_kind::duration);
    if (order == std::partial_ordering::unordered || !ordered) {
        return python_failure(python::builtin::type_error,
                              concat("operator ", sign_of(how), " does not order ",
                                     left.type_name(), " and ", right.type_name()));
    }
    return value(holds(how, order));
}

bool truth_of_value(const value& of) {
    switch (of.kind()) {
    case value_kind::null: return false;
    case value_kind::boolean: return of.boolean();
    case value_kind::integer: return !(of.is_int64() && of.int64() == 0);
    case value_kind::floating: return of.float64() != 0;
    case value_kind::complex: return of.complex_parts() != std::pair(0.0, 0.0);
    case value_kind::duration: return of.duration().count() != 0;
    case value_kind::string:
    case value_kind::bytes:
    case value_kind::list:
    case value_kind::tuple:
    case value_kind::set:
    case value_kind::frozen_set:
    case value_kind::map: return !of.empty();
    default: return true;
    }
}

result<value> hash_of_value(const value& of) {
    switch (of.kind()) {
    case value_kind::list:
    case value_kind::map:
    case value_kind::set:
        return python_failure(python::builtin::type_error,
                              concat(of.type_name(), " can be changed, and so has no hash"));
    case value_kind::boolean:
        return value(static_cast<std::int64_t>(value(of.boolean() ? 1 : 0).hash()));
    case value_kind::floating: {
        // get<> takes a floating number for an integer where it is whole and fits.
        if (const auto whole = of.get<std::int64_t>())
            return value(static_cast<std::int64_t>(value(*whole).hash()));
        if (const auto whole = of.get<std::uint64_t>())
            return value(static_cast<std::int64_t>(value(*whole).hash()));
        return value(static_cast<std::int64_t>(value(of.float64()).hash()));
    }
    default: return value(static_cast<std::int64_t>(of.hash()));
    }
}

} // namespace beckon::detail
