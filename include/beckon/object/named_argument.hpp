// Arguments of calls without an interface: by position and by name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "beckon/object/dynamic_request.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// An argument by name: `d.call("open", path, arg("mode", "rb"))`.
struct named_argument {
    std::string name;
    value content;
};

template <typename T>
[[nodiscard]] named_argument arg(std::string_view name, const T& content) {
    return {std::string(name), value(content)};
}

/// The items of a list or tuple, each as an argument of its own: Python's `*items`.
struct unpacked {
    value items;
};
[[nodiscard]] inline unpacked unpack(value items) { return {std::move(items)}; }

/// The entries of a map, each as an argument by the name that is its key: Python's `**entries`.
struct unpacked_names {
    value entries;
};
[[nodiscard]] inline unpacked_names unpack_names(value entries) { return {std::move(entries)}; }

namespace detail {

class argument_name {
public:
    explicit argument_name(std::string_view name) noexcept : name_(name) {}
    template <typename T>
    [[nodiscard]] named_argument operator=(const T& content) const { // NOLINT: it makes an argument
        return arg(name_, content);
    }

private:
    std::string_view name_;
};

// Each throws invalid_argument where a name is given twice, or what should be unpacked cannot be.
void add_argument(dynamic_request& request, named_argument given);
void add_argument(dynamic_request& request, unpacked given);
void add_argument(dynamic_request& request, unpacked_names given);
template <typename T>
requires std::is_constructible_v<value, T&&>
void add_argument(dynamic_request& request, T&& given) {
    request.arguments.push_back(value(std::forward<T>(given)));
}

template <typename... Arguments>
[[nodiscard]] dynamic_request make_request(operation what, std::string_view name,
                                           Arguments&&... arguments) {
    dynamic_request request{.what = what, .name = std::string(name)};
    if constexpr (sizeof...(Arguments) != 0) {
        request.arguments.reserve(sizeof...(Arguments));
        (add_argument(request, std::forward<Arguments>(arguments)), ...);
    }
    return request;
}

} // namespace detail

inline namespace literals {

/// `d.call("open", path, "mode"_arg = "rb")`.
[[nodiscard]] inline detail::argument_name operator""_arg(const char* name,
                                                          std::size_t size) noexcept {
    return detail::argument_name({name, size});
}

} // namespace literals
} // namespace beckon
