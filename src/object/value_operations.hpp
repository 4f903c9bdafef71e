// What a dynamic language does with plain values, for dynamic.hpp: those that came, or were made, without an object
// behind them. Failures are errors of Python's types, so that a program need not know which of the two it has.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/object/dynamic_operator.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/python_errors.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

/// An error of one of Python's types.
[[nodiscard]] error python_failure(python::builtin type, std::string_view message);

/// One operation. `changeable` is the value itself where it may be changed, else null.
[[nodiscard]] result<value> operate_on_value(const value& on, dynamic_request request,
                                             value* changeable);

// value_arithmetic.cpp
/// Null where the two cannot be combined so.
[[nodiscard]] result<value> combine(const value& left, const binary_operator& how,
                                    const value& right);
[[nodiscard]] result<value> negate(const value& number);
[[nodiscard]] result<value> invert(const value& number);
[[nodiscard]] result<value> absolute(const value& number);

// value_comparison.cpp
[[nodiscard]] bool is_number(const value& of) noexcept;
/// By what they count, whatever their kinds: 1, 1.0 and true are equal.
[[nodiscard]] std::partial_ordering order_of_numbers(const value& left, const value& right);
[[nodiscard]] bool equal_values(const value& left, const value& right);
[[nodiscard]] result<value> compare_values(const value& left, comparison how, const value& right);
[[nodiscard]] bool truth_of_value(const value& of);
/// The same for values that compare equal.
[[nodiscard]] result<value> hash_of_value(const value& of);

// value_items.cpp
/// How many items; of text, how many code points.
[[nodiscard]] result<std::size_t> count_of(const value& of);
[[nodiscard]] result<value> get_item(const value& from, const value& key);
[[nodiscard]] result<value> set_item(value& into, const value& key, const value& item);
[[nodiscard]] result<value> erase_item(value& from, const value& key);
[[nodiscard]] result<value> contains_item(const value& in, const value& item);
/// What an iteration gives: items, keys of a map, code points of text.
[[nodiscard]] result<std::vector<value>> items_of(const value& from);

} // namespace beckon::detail
