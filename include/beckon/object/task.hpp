// Coroutines: handlers and callers that wait without holding a thread.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "beckon/object/future.hpp"
#include "beckon/object/kept_call.hpp"

namespace beckon {

template <typename T>
class task;

namespace detail {

template <typename T>
inline constexpr bool is_task = false;
template <typename T>
inline constexpr bool is_task<task<T>> = true;

class task_promise_base {
public:
    std::suspend_always initial_suspend() noexcept { return {}; }

    struct final_awaiter {
        bool await_ready() noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
            return ended.promise().continuation_;
        }
        void await_resume() noexcept {}
    };
    final_awaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { failure_ = std::current_exception(); }

    std::coroutine_handle<> continuation_ = std::noop_coroutine();
    std::exception_ptr failure_;
};

template <typename T>
class task_promise final : public task_promise_base {
public:
    task<T> get_return_object() noexcept;
    template <typename U>
    void return_value(U&& value) {
        value_.emplace(std::forward<U>(value));
    }
    T take() {
        if (failure_) std::rethrow_exception(failure_);
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class task_promise<void> final : public task_promise_base {
public:
    task<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void take() {
        if (failure_) std::rethrow_exception(failure_);
    }
};

} // namespace detail

/// A coroutine that gives a T. It starts when awaited (or by `start`), and belongs to who holds it.
///
/// A lambda coroutine does not own its captures: pass what it needs as parameters.
/// Thread-safety: none; it may be resumed on another thread than it was started on.
template <typename T = void>
class [[nodiscard]] task {
public:
    using promise_type = detail::task_promise<T>;
    using value_type = T;

    task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
    task& operator=(task&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    ~task() {
        if (coroutine_) coroutine_.destroy();
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
        coroutine_.promise().continuation_ = waiting;
        return coroutine_;
    }
    T await_resume() { return coroutine_.promise().take(); }

private:
    friend detail::task_promise<T>;
    explicit task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
    std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <typename T>
task<T> task_promise<T>::get_return_object() noexcept {
    return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() noexcept {
    return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

/// Runs by itself and frees itself at its end.
struct fire_and_forget {
    struct promise_type {
        fire_and_forget get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
};

/// `describe` turns the exception that the coroutine ended with into an error.
template <typename T>
fire_and_forget run_task(task<T> running, intrusive_ptr<future_state<T>> outcome,
                         error (*describe)()) {
    std::optional<error> failure;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await running;
            outcome->set({});
        } else {
            outcome->set(co_await running);
        }
    } catch (...) {
        failure.emplace(describe());
    }
    if (failure) outcome->set(std::move(*failure));
}

template <typename T>
future<T> start_with(task<T> coroutine, error (*describe)()) {
    auto state = make_counted<future_state<T>>();
    run_task(std::move(coroutine), state, describe);
    return future<T>(std::move(state));
}
template <typename T>
future<T> start_with(future<T> running, error (*)()) {
    return running;
}

/// A coroutine in a call of its own, since it may go on when the one it is begun in is over.
template <typename T>
task<T> in_kept_call(task<T> inner) {
    kept_call kept;
    kept.follow();
    exchange_current_call(&kept.context);
    co_return co_await inner;
}

/// Passes a coroutine's result on, and keeps its exception as it is.
template <typename T>
task<T> keeping_exception(task<T> inner, std::exception_ptr& kept) {
    try {
        co_return co_await inner;
    } catch (...) {
        kept = std::current_exception();
        throw;
    }
}

} // namespace detail

/// Starts a coroutine; the future gives its result. Dropping the future does not stop it.
///
/// Begun in a handler, it goes on after the handler's end. What it awaits is given up where the handler's call is
/// cancelled before it is answered.
template <typename T>
future<T> start(task<T> coroutine) {
    call_context* const before = current_call();
    if (before == nullptr)
        return detail::start_with(std::move(coroutine), &beckon::error_of_current_exception);
    auto outcome = detail::start_with(detail::in_kept_call(std::move(coroutine)),
                                      &beckon::error_of_current_exception);
    exchange_current_call(before);
    return outcome;
}
template <typename T>
future<T> start(future<T> running) {
    return running;
}

/// Runs a coroutine to its end and gives its result or throws what it threw, from ordinary code.
template <typename T>
T sync_wait(task<T> coroutine) {
    std::exception_ptr failure;
    auto outcome = detail::start_with(detail::keeping_exception(std::move(coroutine), failure),
                                      &beckon::error_of_current_exception)
                       .result();
    if (failure) std::rethrow_exception(failure);
    if constexpr (!std::is_void_v<T>) return std::move(outcome).value();
}

} // namespace beckon
