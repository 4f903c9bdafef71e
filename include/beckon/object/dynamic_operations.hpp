// What can be done with a dynamic object: one list for waiting and for not waiting. A part of dynamic.hpp, of no use
// without it.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/object/dynamic_plan.hpp"
#include "beckon/object/named_argument.hpp"
#include "beckon/value/convert.hpp"

namespace beckon {

class dynamic;

namespace detail {

template <typename T>
concept container_type = map_type<T> || set_type<T> || sequence_type<T> || tuple_type<T>;

/// How many levels of containers a C++ type holds.
template <typename T>
[[nodiscard]] constexpr unsigned container_depth() {
    if constexpr (optional_type<T>) {
        return container_depth<typename T::value_type>();
    } else if constexpr (map_type<T>) {
        return 1 + container_depth<typename T::mapped_type>();
    } else if constexpr (set_type<T> || sequence_type<T>) {
        return 1 + container_depth<typename T::value_type>();
    } else if constexpr (tuple_type<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            unsigned deepest = 0;
            ((deepest = std::max(deepest, container_depth<std::tuple_element_t<I, T>>())), ...);
            return deepest + 1;
        }
        (std::make_index_sequence<std::tuple_size_v<T>>());
    } else {
        return 0;
    }
}

/// By what an object is turned into a T: its content, where T holds items, else itself.
template <typename T>
[[nodiscard]] plan ask_as(const value& target, std::size_t max_items) {
    if constexpr (optional_type<T>) {
        return ask_as<typename T::value_type>(target, max_items);
    } else if constexpr (container_depth<T>() != 0) {
        using shape = fetch_options::shape;
        return ask_fetch(target, {.max_items = max_items,
                                  .depth = container_depth<T>(),
                                  .as = map_type<T> ? shape::map : shape::sequence});
    } else {
        static_cast<void>(max_items);
        return plan(target);
    }
}

/// Says what an object is that does not fit the wanted type.
[[nodiscard]] error with_type_name(error failure, const value& found);

template <typename R>
[[nodiscard]] result<R> outcome_as(value outcome) {
    static_assert(!std::same_as<R, std::string_view> && !std::same_as<R, byte_view>,
                  "a view would outlive what it shows: ask for std::string or bytes");
    if constexpr (std::is_void_v<R>) {
        return {};
    } else if constexpr (std::same_as<R, value>) {
        return outcome;
    } else if constexpr (std::same_as<R, dynamic>) {
        return R(std::move(outcome));
    } else {
        result<R> converted = outcome.get<R>();
        if (!converted) return with_type_name(std::move(converted).error(), outcome);
        return converted;
    }
}

/// The operations. Each gives what its comment says: `Self` waits for it or makes it a future.
///
/// `Self` has `const value& content() const`, which gives the value or reference, and
/// `template <typename R> auto finish(plan) const`.
template <typename Self>
class dynamic_operations {
public:
    // Attributes.
    /// dynamic: the attribute.
    [[nodiscard]] auto get(std::string_view name) const {
        return make<dynamic>(operation::get_attribute, name);
    }
    auto set(std::string_view name, const value& content) const {
        return make<void>(operation::set_attribute, name, content);
    }
    auto erase(std::string_view name) const {
        return make<void>(operation::delete_attribute, name);
    }
    /// bool: whether there is such an attribute, and it may be seen.
    [[nodiscard]] auto has(std::string_view name) const {
        return finish<bool>(ask_has(subject(), name));
    }

    // Calls.
    /// dynamic: the result of a method, in one request. Arguments are all that becomes a value, and `"name"_arg = value`.
    template <typename... Arguments>
    auto call(std::string_view name, Arguments&&... arguments) const {
        return make<dynamic>(operation::call_method, name, std::forward<Arguments>(arguments)...);
    }
    /// dynamic: the result of the object itself, which is a function or class.
    template <typename... Arguments>
    auto operator()(Arguments&&... arguments) const {
        return make<dynamic>(operation::call, {}, std::forward<Arguments>(arguments)...);
    }

    // Items. A key is whatever the object takes; `slice(1, 5)` makes a slice.
    /// dynamic: the item.
    [[nodiscard]] auto get_item(const value& key) const {
        return make<dynamic>(operation::call_method, "__getitem__", key);
    }
    auto set_item(const value& key, const value& item) const {
        return make<void>(operation::call_method, "__setitem__", key, item);
    }
    auto erase_item(const value& key) const {
        return make<void>(operation::call_method, "__delitem__", key);
    }
    /// bool: Python's `item in object`.
    [[nodiscard]] auto contains(const value& item) const {
        return whether(operation::call_method, "__contains__", item, subject());
    }
    /// std::size_t: Python's len. Text counts in code points.
    [[nodiscard]] auto size() const { return make<std::size_t>(operation::call_method, "__len__"); }

    // What every object has.
    /// bool: Python's bool, which asks the object, and asks for its length where it does not know.
    [[nodiscard]] auto truth() const { return finish<bool>(ask_truth(subject())); }
    /// std::string: as for a reader.
    [[nodiscard]] auto str() const { return make<std::string>(operation::to_text, {}); }
    /// std::string: as for a programmer.
    [[nodiscard]] auto repr() const { return make<std::string>(operation::to_repr, {}); }
    /// std::int64_t
    [[nodiscard]] auto hash() const { return make<std::int64_t>(operation::hash, {}); }
    /// std::vector<std::string>: the names of all attributes.
    [[nodiscard]] auto dir() const { return make<std::vector<std::string>>(operation::names, {}); }
    /// value: a list of (method, documentation or null).
    [[nodiscard]] auto describe() const { return make<value>(operation::describe, {}); }
    /// bool: whether `type`, a class, is the object's or one that it derives from.
    [[nodiscard]] auto is_instance_of(const value& type) const {
        return whether(operation::is_instance, {}, subject(), type);
    }

    // Operators.
    /// bool: as the left operand. Where it does not know, the right one is asked; then identity decides, or type_error is
    /// thrown.
    [[nodiscard]] auto compare(comparison how, const value& right) const {
        return finish<bool>(ask_compare(subject(), how, right));
    }
    /// dynamic: as the left operand. Where it does not know, the right one is asked; then type_error is thrown.
    [[nodiscard]] auto apply(const binary_operator& how, const value& right) const {
        return finish<dynamic>(ask_binary(subject(), how, right));
    }
    /// dynamic: the same, changing the object where it can do that. The result takes its place.
    [[nodiscard]] auto apply_in_place(const binary_operator& how, const value& right) const {
        return finish<dynamic>(ask_in_place(subject(), how, right));
    }

    // Iteration and copies; range-for does the first two by itself.
    /// dynamic: an iterator.
    [[nodiscard]] auto iter() const { return call("__iter__"); }
    /// value: of an iterator, a list of the next items, at most so many; none at the end.
    [[nodiscard]] auto next_items(std::size_t count) const {
        return make<value>(operation::next_items, {}, count);
    }
    /// value: a container's content by value, in as few requests as it takes: one for a list, a tuple or a set, two for a
    /// map. Anything else that can be iterated comes as a list. A plain value comes as it is.
    ///
    /// Errors: limit_exceeded, where there are more items than `options` allows; the peer is not asked for them all.
    [[nodiscard]] auto fetch(const fetch_options& options = {}) const {
        return finish<value>(ask_fetch(subject(), options));
    }
    /// T: the value as a C++ type, see value/convert.hpp; an object as itself (`object`, `ref<I>`, `value`); the content of
    /// an object where T is a container, copied as by `fetch`.
    ///
    /// Errors: type_mismatch that names what was found; limit_exceeded.
    template <typename T>
    [[nodiscard]] auto as(std::size_t max_items = fetch_options{}.max_items) const {
        return finish<T>(ask_as<T>(subject(), max_items));
    }

    // Python's `with`, in its two halves; see the function of that name.
    /// dynamic: what the object gives to be worked with.
    auto enter() const { return call("__enter__"); }
    /// bool: whether the object takes the exception for dealt with. `exception` is the name of its type; null: there is
    /// none.
    auto leave(const value& exception = {}) const {
        return whether(operation::leave_context, {}, exception, subject());
    }

protected:
    dynamic_operations() = default;
    ~dynamic_operations() = default;
    dynamic_operations(const dynamic_operations&) = default;
    dynamic_operations& operator=(const dynamic_operations&) = default;

private:
    [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }
    [[nodiscard]] decltype(auto) subject() const { return self().content(); }
    template <typename R>
    [[nodiscard]] auto finish(plan what) const {
        return self().template finish<R>(std::move(what));
    }
    [[nodiscard]] auto whether(operation what, std::string_view name, const value& argument,
                               const value& target) const {
        return finish<bool>(ask_whether(target, make_request(what, name, argument)));
    }
    template <typename R, typename... Arguments>
    auto make(operation what, std::string_view name, Arguments&&... arguments) const {
        return finish<R>(
            ask(subject(), make_request(what, name, std::forward<Arguments>(arguments)...)));
    }
};

} // namespace detail
} // namespace beckon
