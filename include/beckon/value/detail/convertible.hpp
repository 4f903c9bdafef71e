// Which C++ types become values without being asked, and the place where their conversion is looked up.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

class value;

/// How a C++ type becomes a value and back; value/convert.hpp defines and documents it.
template <typename T>
struct converter;

namespace detail {

struct value_access;

template <typename T>
concept character_type = std::same_as<T, char> || std::same_as<T, wchar_t> ||
    std::same_as<T, char8_t> || std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <typename T>
concept integer_type = std::integral<T> && !std::same_as<T, bool> && !character_type<T>;

template <typename T>
concept range_type = requires(const T& range) {
    typename T::value_type;
    range.begin();
    range.end();
};
template <typename T>
concept optional_type = requires(const T& maybe) {
    typename T::value_type;
    { maybe.has_value() } -> std::same_as<bool>;
    maybe.value();
}
&&!requires(const T& maybe) { maybe.error(); };
template <typename T>
concept tuple_type = requires {
    std::tuple_size<T>::value;
};
template <typename T>
concept variant_type = requires {
    std::variant_size<T>::value;
};
// Durations and time points have both; sys_days is a time point.
template <typename T>
concept chrono_type = requires {
    typename T::rep;
    typename T::period;
};
// What the object layer adds: a type that says so and specialises `converter`.
template <typename T>
concept opted_in_type = requires {
    typename T::beckon_converted;
};

template <typename T>
concept has_own_constructor = std::is_arithmetic_v<T> || std::same_as<T, value> ||
    std::convertible_to<const T&, std::string_view> || std::same_as<T, bytes> ||
    std::convertible_to<const T&, byte_view>;

template <typename T>
concept converted_type =
    !has_own_constructor<std::remove_cvref_t<T>> &&
    !std::same_as<std::remove_cvref_t<T>, nanoseconds> &&
    (reflection::registered<std::remove_cvref_t<T>> || range_type<std::remove_cvref_t<T>> ||
     optional_type<std::remove_cvref_t<T>> || tuple_type<std::remove_cvref_t<T>> ||
     variant_type<std::remove_cvref_t<T>> || chrono_type<std::remove_cvref_t<T>> ||
     opted_in_type<std::remove_cvref_t<T>>);

template <typename T>
result<T> get_as(const value& from);
template <typename T>
value make_value(const T& from);

} // namespace detail
} // namespace beckon
