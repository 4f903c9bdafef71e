// The operators of dynamic objects in C++'s own signs. A part of dynamic.hpp, of no use without it.
#pragma once

#include <concepts>
#include <type_traits>

#include "beckon/object/dynamic.hpp"

namespace beckon {

template <typename T>
concept dynamic_like = std::same_as<T, dynamic> || std::same_as<T, dynamic_place>;

/// Operands of which at least one is dynamic; the other is anything that becomes a value.
template <typename Left, typename Right>
concept dynamic_operands = (dynamic_like<Left> || dynamic_like<Right>)&&(
    dynamic_like<Left> ||
    std::is_convertible_v<const Left&, value>)&&(dynamic_like<Right> ||
                                                 std::is_convertible_v<const Right&, value>);

namespace detail {

// With the options of the left operand, or of the right one where the left has none.
[[nodiscard]] bool compare(const dynamic& left, comparison how, const dynamic& right);
[[nodiscard]] dynamic combine(const dynamic& left, const binary_operator& how,
                              const dynamic& right);
[[nodiscard]] inline const dynamic& operand(const dynamic& of) noexcept { return of; }
[[nodiscard]] inline dynamic operand(const dynamic_place& of) {
    return {of.content(), of.shared_options()};
}
template <typename T>
[[nodiscard]] dynamic operand(const T& of) {
    return dynamic(value(of));
}

} // namespace detail

// Each comparison may take a request: `==` of objects asks them whether they are equal, as in Python. Whether they are the
// same object is told by `a.content() == b.content()`, without a request.

#define BECKON_DYNAMIC_COMPARISON(sign, name)                                                      \
    template <typename Left, typename Right>                                                       \
    requires dynamic_operands<Left, Right>                                                         \
    [[nodiscard]] bool operator sign(const Left& left, const Right& right) {                       \
        return detail::compare(detail::operand(left), comparison::name, detail::operand(right));   \
    }
BECKON_DYNAMIC_COMPARISON(==, equal)
BECKON_DYNAMIC_COMPARISON(!=, not_equal)
BECKON_DYNAMIC_COMPARISON(<, less)
BECKON_DYNAMIC_COMPARISON(<=, less_equal)
BECKON_DYNAMIC_COMPARISON(>, greater)
BECKON_DYNAMIC_COMPARISON(>=, greater_equal)
#undef BECKON_DYNAMIC_COMPARISON

// The second of each pair changes the object where it can, and puts the result in the object's place.
#define BECKON_DYNAMIC_OPERATOR(sign, name)                                                        \
    template <typename Left, typename Right>                                                       \
    requires dynamic_operands<Left, Right>                                                         \
    [[nodiscard]] dynamic operator sign(const Left& left, const Right& right) {                    \
        return detail::combine(detail::operand(left), operators::name, detail::operand(right));    \
    }                                                                                              \
    template <typename Right>                                                                      \
    requires dynamic_operands<dynamic, Right> dynamic& operator sign##=(dynamic& left,             \
                                                                        const Right& right) {      \
        return left = dynamic(left.apply_in_place(operators::name, value(right)).content(),        \
                              left.shared_options());                                              \
    }                                                                                              \
    template <typename Right>                                                                      \
    requires dynamic_operands<dynamic, Right>                                                      \
    const dynamic_place& operator sign##=(const dynamic_place& left, const Right& right) {         \
        return left = left.apply_in_place(operators::name, value(right));                          \
    }
BECKON_DYNAMIC_OPERATOR(+, add)
BECKON_DYNAMIC_OPERATOR(-, subtract)
BECKON_DYNAMIC_OPERATOR(*, multiply)
BECKON_DYNAMIC_OPERATOR(/, divide)
BECKON_DYNAMIC_OPERATOR(%, modulo)
BECKON_DYNAMIC_OPERATOR(<<, shift_left)
BECKON_DYNAMIC_OPERATOR(>>, shift_right)
BECKON_DYNAMIC_OPERATOR(&, bit_and)
BECKON_DYNAMIC_OPERATOR(|, bit_or)
BECKON_DYNAMIC_OPERATOR(^, bit_xor)
#undef BECKON_DYNAMIC_OPERATOR

template <dynamic_like T>
[[nodiscard]] dynamic operator-(const T& operand) {
    return operand.call("__neg__");
}
template <dynamic_like T>
[[nodiscard]] dynamic operator+(const T& operand) {
    return operand.call("__pos__");
}
template <dynamic_like T>
[[nodiscard]] dynamic operator~(const T& operand) {
    return operand.call("__invert__");
}

// Python's operators that C++ has no sign for.
template <dynamic_like T>
[[nodiscard]] dynamic abs(const T& operand) {
    return operand.call("__abs__");
}
template <typename Left, typename Right>
requires dynamic_operands<Left, Right>
[[nodiscard]] dynamic pow(const Left& left, const Right& right) {
    return detail::combine(detail::operand(left), operators::power, detail::operand(right));
}
template <typename Left, typename Right>
requires dynamic_operands<Left, Right>
[[nodiscard]] dynamic floor_divide(const Left& left, const Right& right) {
    return detail::combine(detail::operand(left), operators::floor_divide, detail::operand(right));
}

} // namespace beckon
