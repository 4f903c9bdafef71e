// Any C++ callable as one that takes values: arguments by position and by name, with defaults.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/task.hpp"
#include "beckon/value/convert.hpp"

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
///   callable([](value arguments, value named) { return ...; })                      a list and a map, as they came
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
    /// Calls it; never throws. `named` is a map.
    [[nodiscard]] future<value> operator()(value arguments, value named) noexcept;

private:
    /// All arguments by position.
    [[nodiscard]] result<value> arrange(const value& arguments, const value& named) const;

    function<future<value>(value, value)> body_;
    std::vector<parameter> parameters_;
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

template <typename R, typename... Arguments>
struct callable_shape {
    using result = R;
    using arguments = std::tuple<std::decay_t<Arguments>...>;
    static constexpr std::size_t most = sizeof...(Arguments);
    static constexpr bool is_raw = std::is_same_v<arguments, std::tuple<value, value>>;
    static constexpr bool may_wait = comes_later<R>;
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
[[nodiscard]] future<value> call_body(Body& body, value given, value named) {
    using returned = typename Shape::result;
    if constexpr (Shape::is_raw) {
        return call_for_value<returned>(
            [&]() -> returned { return body(std::move(given), std::move(named)); });
    } else {
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
    : body_(
          [kept = std::decay_t<Body>(std::forward<Body>(body))](value given, value named) mutable {
              return detail::call_body<detail::shape_of_body<std::decay_t<Body>>>(
                  kept, std::move(given), std::move(named));
          }),
      parameters_(std::move(parameters)) {
    using shape = detail::shape_of_body<std::decay_t<Body>>;
    is_raw_ = shape::is_raw;
    may_wait_ = shape::may_wait;
    most_ = shape::most;
    least_ = shape::least();
}

} // namespace beckon
