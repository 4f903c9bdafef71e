// A value or an error: the return type of everything that can fail for outside reasons.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "beckon/base/assert.hpp"
#include "beckon/base/error.hpp"

namespace beckon {

/// Holds a T or an error. Reading the value of a failure is a bug and ends in BECKON_ASSERT.
///
/// Thread-safety: as T.
template <typename T>
class [[nodiscard]] result {
public:
    using value_type = T;

    // NOLINTBEGIN(google-explicit-constructor): both conversions are what makes `return x;` readable.
    result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    result(beckon::error failure) : state_(std::in_place_index<1>, std::move(failure)) {}
    template <typename U>
    requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, result> &&
             !std::is_same_v<std::remove_cvref_t<U>, beckon::error> &&
             !std::is_same_v<std::remove_cvref_t<U>, T>) result(U&& value)
        : state_(std::in_place_index<0>, std::forward<U>(value)) {}
    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & noexcept { return *checked(); }
    [[nodiscard]] const T& value() const& noexcept { return *const_cast<result*>(this)->checked(); }
    [[nodiscard]] T&& value() && noexcept { return std::move(*checked()); }
    [[nodiscard]] T& operator*() & noexcept { return value(); }
    [[nodiscard]] const T& operator*() const& noexcept { return value(); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() noexcept { return checked(); }
    [[nodiscard]] const T* operator->() const noexcept {
        return const_cast<result*>(this)->checked();
    }

    [[nodiscard]] beckon::error& error() & noexcept { return checked_error(); }
    [[nodiscard]] const beckon::error& error() const& noexcept {
        return const_cast<result*>(this)->checked_error();
    }
    [[nodiscard]] beckon::error&& error() && noexcept { return std::move(checked_error()); }

    [[nodiscard]] T value_or(T other) && {
        return has_value() ? std::move(*this).value() : std::move(other);
    }

    /// Adds context to a failure; leaves a value as it is.
    result&& note(std::string what) && {
        if (!has_value()) checked_error().note(std::move(what));
        return std::move(*this);
    }

private:
    T* checked() noexcept {
        BECKON_ASSERT(has_value(), "result holds an error");
        return std::get_if<0>(&state_);
    }
    beckon::error& checked_error() noexcept {
        BECKON_ASSERT(!has_value(), "result holds a value");
        return *std::get_if<1>(&state_);
    }
    std::variant<T, beckon::error> state_;
};

/// Success or an error.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() noexcept = default;
    // NOLINTNEXTLINE(google-explicit-constructor): makes `return fail(...)` readable.
    result(beckon::error failure) : state_(std::in_place_index<1>, std::move(failure)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    void value() const noexcept { BECKON_ASSERT(has_value(), "result holds an error"); }
    [[nodiscard]] const beckon::error& error() const& noexcept {
        return const_cast<result*>(this)->checked_error();
    }
    [[nodiscard]] beckon::error& error() & noexcept { return checked_error(); }
    result&& note(std::string what) && {
        if (!has_value()) checked_error().note(std::move(what));
        return std::move(*this);
    }

private:
    beckon::error& checked_error() noexcept {
        BECKON_ASSERT(!has_value(), "result holds a value");
        return *std::get_if<1>(&state_);
    }
    // Not std::optional: GCC 12 at -O2 takes its empty storage for an uninitialised value.
    std::variant<std::monostate, beckon::error> state_;
};

} // namespace beckon

#define BECKON_CONCAT_(a, b) a##b
#define BECKON_CONCAT(a, b) BECKON_CONCAT_(a, b)

/// Returns the error of a failed result from the enclosing function.
#define BECKON_TRY(...)                                                                            \
    do {                                                                                           \
        if (auto beckon_try_ = (__VA_ARGS__); !beckon_try_) return std::move(beckon_try_).error(); \
    } while (false)

/// `BECKON_ASSIGN(auto x, f());` gives x the value, or returns the error.
#define BECKON_ASSIGN(declaration, ...)                                                            \
    BECKON_ASSIGN_(BECKON_CONCAT(beckon_assign_, __LINE__), declaration, __VA_ARGS__)
#define BECKON_ASSIGN_(temporary, declaration, ...)                                                \
    auto temporary = (__VA_ARGS__);                                                                \
    if (!temporary) return std::move(temporary).error();                                           \
    declaration = std::move(temporary).value()
