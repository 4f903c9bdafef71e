// Any C++ callable as one that takes values: arguments by position and by name, with defaults.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/task.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"

namespace beckon {

/// One parameter of a callable: its name, and what it is where a call leaves it out.
struct parameter {
    parameter(
        const char* its_name) // NOLINT(google-explicit-constructor): {"x", "y"} is a list of them
        : name(its_name) {}
    parameter(std::string its_name, value default_value)
        : name(std::move(its_name)), otherwise(std::move(default_value)) {}

    std::string name;
    std::optional<value> otherwise{};
};

/// A callable without its types. Made of functions, lambdas and objects with one call operator:
///
///   callable([](int a, std::optional<std::string> b) { return ...; }, {"a", "b"})   arguments converted as handlers'
///   callable([](value arguments, value named) { return ...; })                      a list and a map, as they came; with
///                                                                                   names for the two, two arguments
///
/// Where a parameter is a container or a registered record, an object of a peer that holds the like will do, a list, a
/// dict, a generator of Python's: its content is fetched before the call.
///
/// It may return nothing, whatever becomes a value, or a task or future of such. What it throws the caller gets, as from
/// a handler. std::optional parameters at the end may be left out, and so may those with defaults; names are for
/// callers that give arguments by name.
///
/// Errors of a call: "builtins.TypeError" for too many or too few arguments and for unknown names; type_mismatch for what
/// cannot be converted.
class callable {
public:
    callable() noexcept = default;
    template <typename Body>
    requires(!std::is_same_v<std::remove_cvref_t<Body>, callable>)
        callable(Body&& body, // NOLINT(google-explicit-constructor): a lambda is a callable
                 std::vector<parameter> parameters = {});

    explicit operator bool() const noexcept { return static_cast<bool>(body_); }
    /// Whether its result may come later.
    [[nodiscard]] bool may_wait() const noexcept { return may_wait_; }
    /// Calls it; never throws. `named` is a map; `name` is what errors call it.
    [[nodiscard]] future<value> operator()(value arguments, value named,
                                           std::string_view name = "function") noexcept;
    /// All arguments by position.
    [[nodiscard]] result<value> arrange(const value& arguments, const value& named,
                                        std::string_view name) const;
    /// A tuple of what the parameters want by value; null where none of them does.
    [[nodiscard]] const described_type* wanted() const {
        return wanted_ == nullptr ? nullptr : &wanted_();
    }

private:
    [[nodiscard]] error lacks_arguments(std::string_view name,
                                        const std::vector<bool>& present) const;

    function<future<value>(value, value)> body_;
    std::vector<parameter> parameters_;
    const described_type& (*wanted_)() = nullptr;
    std::size_t least_ = 0;
    std::size_t most_ = 0;
    bool is_raw_ = false;
    bool may_wait_ = false;
};

namespace detail {

template <typename T>
inline constexpr bool is_optional_argument = false;
template <typename T>
inline constexpr bool is_optional_argument<std::optional<T>> = true;

template <typename T>
inline constexpr bool comes_later = is_task<T>;
template <typename T>
inline constexpr bool comes_later<future<T>> = true;

/// What a parameter wants by value: a type of the schema where it is a container or a record, else anything at all.
template <typename T>
struct wanted_argument {
    static constexpr bool is_record = reflection::record_type<T>;
    static constexpr bool is_list = range_type<T> && !map_type<T> && !text_type<T> &&
                                    !bytes_type<T> && !reflection::registered<T>;
    static constexpr bool is_composed = is_record || is_list || map_type<T> || tuple_type<T>;
    static schema::type describe(description& into) {
        schema::type made;
        made.kind = schema::kind::any;
        if constexpr (is_record) {
            return into.type<T>();
        } else if constexpr (map_type<T>) {
            made.kind = schema::kind::map;
            made.arguments.push_back(wanted_argument<typename T::key_type>::describe(into));
            made.arguments.push_back(wanted_argument<typename T::mapped_type>::describe(into));
        } else if constexpr (is_list) {
            made.kind = schema::kind::list;
            made.arguments.push_back(wanted_argument<typename T::value_type>::describe(into));
        } else if constexpr (tuple_type<T>) {
            made.kind = schema::kind::tuple;
            [&]<std::size_t... Is>(std::index_sequence<Is...>) {
                (made.arguments.push_back(
                     wanted_argument<std::tuple_element_t<Is, T>>::describe(into)),
                 ...);
            }
            (std::make_index_sequence<std::tuple_size_v<T>>{});
        }
        return made;
    }
};
template <typename T>
struct wanted_argument<std::optional<T>> : wanted_argument<T> {};

template <typename... Arguments>
const described_type& wanted_of() {
    static const described_type made = [] {
        description into;
        described_type all;
        all.type.kind = schema::kind::tuple;
        (all.type.arguments.push_back(wanted_argument<Arguments>::describe(into)), ...);
        all.document = std::move(into).finish();
        return all;
    }();
    return made;
}

template <typename R, typename... Arguments>
struct callable_shape {
    using result = R;
    using arguments = std::tuple<std::decay_t<Arguments>...>;
    static constexpr std::size_t most = sizeof...(Arguments);
    static constexpr bool is_raw = std::is_same_v<arguments, std::tuple<value, value>>;
    static constexpr bool may_wait = comes_later<R>;
    [[nodiscard]] static constexpr auto wanted() noexcept -> const described_type& (*)() {
        if constexpr ((wanted_argument<std::decay_t<Arguments>>::is_composed || ...))
            return &wanted_of<std::decay_t<Arguments>...>;
        return nullptr;
    }
    [[nodiscard]] static constexpr std::size_t least() noexcept {
        constexpr std::array<bool, most + 1> optional{
            is_optional_argument<std::decay_t<Arguments>>..., false};
        std::size_t count = most;
        while (count > 0 && optional[count - 1]) --count;
        return count;
    }
};
template <typename R, typename... Arguments>
callable_shape<R, Arguments...> shape_of(const std::function<R(Arguments...)>&);
template <typename Body>
using shape_of_body = decltype(shape_of(std::function(std::declval<Body&>())));

/// Not of the template: alike for all.
[[nodiscard]] error argument_failure(conversion& state, std::size_t index);

template <typename T>
void read_argument(const value& arguments, std::size_t index, T& into) {
    conversion state;
    if (!converter<T>::read(arguments[index], into, state))
        throw_error(argument_failure(state, index));
}

/// Whatever a callable returns, as a future of a value.
template <typename Returned, typename Call>
[[nodiscard]] future<value> call_for_value(const Call& call) {
    if constexpr (std::is_void_v<Returned>) {
        call();
        return ready_future<value>(value());
    } else if constexpr (comes_later<Returned>) {
        auto running = start(call());
        using made = typename decltype(running)::value_type;
        if constexpr (std::is_same_v<made, value>) {
            return running;
        } else if constexpr (std::is_void_v<made>) {
            return std::move(running).then([] { return value(); });
        } else {
            return std::move(running).then([](made outcome) { return value(std::move(outcome)); });
        }
    } else {
        return ready_future<value>(value(call()));
    }
}

template <typename Shape, typename Body>
[[nodiscard]] future<value> call_body(Body& body, value given, value named, bool is_raw) {
    using returned = typename Shape::result;
    if constexpr (Shape::is_raw) {
        return call_for_value<returned>([&]() -> returned {
            if (is_raw) return body(std::move(given), std::move(named));
            return body(value(given[0]), value(given[1]));
        });
    } else {
        static_cast<void>(is_raw);
        typename Shape::arguments arguments;
        std::size_t index = 0;
        std::apply([&](auto&... each) { (read_argument(given, index++, each), ...); }, arguments);
        return call_for_value<returned>([&]() -> returned {
            return std::apply([&](auto&... each) -> returned { return body(std::move(each)...); },
                              arguments);
        });
    }
}

} // namespace detail

template <typename Body>
requires(!std::is_same_v<std::remove_cvref_t<Body>, callable>) callable::callable(
    Body&& body, std::vector<parameter> parameters)
    : body_([kept = std::decay_t<Body>(std::forward<Body>(body)),
             is_raw = parameters.empty()](value given, value named) mutable {
          return detail::call_body<detail::shape_of_body<std::decay_t<Body>>>(
              kept, std::move(given), std::move(named), is_raw);
      }),
      parameters_(std::move(parameters)) {
    using shape = detail::shape_of_body<std::decay_t<Body>>;
    is_raw_ = shape::is_raw && parameters_.empty();
    may_wait_ = shape::may_wait;
    most_ = shape::most;
    least_ = shape::least();
    wanted_ = shape::wanted();
}

} // namespace beckon
