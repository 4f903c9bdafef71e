// A result that is not there yet, with the behaviour that quickrpc's users know.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "beckon/base/log.hpp"
#include "beckon/base/time.hpp"
#include "beckon/object/exception.hpp"

namespace beckon::quickrpc {

/// What the three kinds of misuse and delay have in common: `catch (const promise_error&)`.
class promise_error {
public:
    virtual ~promise_error() = default;
};
/// A promise was set a second time; the first outcome stays.
class promise_done_error : public std::runtime_error, public promise_error {
public:
    promise_done_error() : std::runtime_error("promise was set already") {}
};
/// The thread would wait for what only itself can bring.
class promise_deadlock_error : public std::runtime_error, public promise_error {
public:
    promise_deadlock_error() : std::runtime_error("The thread would wait for itself") {}
};
/// Nothing came in time. The promise stays usable.
class promise_timeout_error : public timeout_error, public promise_error {
public:
    explicit promise_timeout_error(nanoseconds waited);
};

/// How long `result` waits where it is told nothing.
inline constexpr nanoseconds default_result_timeout = std::chrono::seconds(1);

namespace detail {

/// The part of a promise that does not know its type.
class promise_core {
public:
    using test = std::function<bool()>;
    /// `is_setter`: whether this thread is the one that sets the promise.
    promise_core(test is_setter, log_sink& log) : is_setter_(std::move(is_setter)), log_(log) {}

    /// Claims the right to set the outcome. Throws promise_done_error where it was claimed before.
    void claim();
    /// The outcome is there: wakes who waits, runs what was to follow, and logs what that throws.
    void finish();
    /// Waits until then. Throws as `promise::result` says.
    void wait(std::optional<nanoseconds> at_most);
    /// Runs `follows` once the outcome is there; at once where it is, and then its exceptions reach the caller.
    void then(std::function<void()> follows);
    [[nodiscard]] bool is_done();

private:
    const test is_setter_;
    log_sink& log_;
    std::mutex mutex_;
    std::condition_variable done_;
    bool claimed_ = false;
    bool is_done_ = false;
    std::vector<std::function<void()>> follow_;
};

[[nodiscard]] promise_core::test on_thread(std::thread::id setter);

} // namespace detail

/// Copies share the outcome.
///
///   auto sum = api.add(server, 2, 3);
///   int five = sum.result();                                   // waits a second at most
///   sum.then([](int five) { ... }, [](std::exception_ptr why) { ... });
///
/// Thread-safety: all functions, from any thread.
template <typename T>
class promise {
    using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

public:
    /// One that this thread sets, or another one.
    promise() : promise(std::this_thread::get_id()) {}
    explicit promise(std::thread::id setter) : promise(detail::on_thread(setter)) {}
    explicit promise(detail::promise_core::test is_setter, log_sink& log = stderr_log())
        : state_(std::make_shared<state>(std::move(is_setter), log)) {}

    /// The result, or throws the failure; as often as one likes.
    ///
    /// Errors: promise_deadlock_error, at once, where it is pending and this is the thread that sets it;
    /// promise_timeout_error. Without a timeout (nullopt) it waits for ever.
    T result(std::optional<nanoseconds> timeout = default_result_timeout) const {
        state_->core.wait(timeout);
        if (state_->failure) std::rethrow_exception(state_->failure);
        if constexpr (!std::is_void_v<T>) return *state_->outcome;
    }
    T operator()(std::optional<nanoseconds> timeout = default_result_timeout) const {
        return result(timeout);
    }
    [[nodiscard]] bool is_done() const { return state_->core.is_done(); }

    /// Throws promise_done_error where the promise was set, either way.
    template <typename U = stored>
    void set_result(U&& outcome) const {
        state_->core.claim();
        state_->outcome.emplace(std::forward<U>(outcome));
        state_->core.finish();
    }
    void set_result() const requires std::is_void_v<T> { set_result(std::monostate()); }
    void set_exception(std::exception_ptr failure) const {
        state_->core.claim();
        state_->failure = std::move(failure);
        state_->core.finish();
    }
    template <typename Exception>
    requires std::is_base_of_v<std::exception, Exception>
    void set_exception(const Exception& failure) const {
        set_exception(std::make_exception_ptr(failure));
    }
    /// What is no exception becomes the text of one, in quotes.
    void set_exception(std::string_view text) const {
        set_exception(std::runtime_error('\'' + std::string(text) + '\''));
    }

    /// Runs `callback` once the outcome is there: on the thread that sets it, or here where it is there already, and then
    /// what it throws reaches this caller; else that is logged. Each of any number of callbacks runs exactly once.
    ///
    /// The callback takes the result, and does not run for a failure; or it takes the promise, which is done then, and runs
    /// for both. `errback` takes the failure as std::exception_ptr.
    template <typename Callback>
    void then(Callback callback) const {
        if constexpr (std::is_invocable_v<Callback&, const promise&>) {
            follow(
                [callback = std::move(callback)](const promise& done) mutable { callback(done); });
        } else {
            then(std::move(callback), [](const std::exception_ptr&) {});
        }
    }
    template <typename Callback, typename Errback>
    void then(Callback callback, Errback errback) const {
        follow([callback = std::move(callback),
                errback = std::move(errback)](const promise& done) mutable {
            if (done.state_->failure) {
                errback(done.state_->failure);
            } else if constexpr (std::is_void_v<T>) {
                callback();
            } else {
                callback(*done.state_->outcome);
            }
        });
    }

private:
    struct state {
        state(detail::promise_core::test is_setter, log_sink& log)
            : core(std::move(is_setter), log) {}
        detail::promise_core core;
        std::optional<stored> outcome;
        std::exception_ptr failure;
    };
    explicit promise(std::shared_ptr<state> shared) : state_(std::move(shared)) {}

    template <typename Follow>
    void follow(Follow what) const {
        // A promise that nobody sets must not keep itself alive.
        const std::weak_ptr<state> weak = state_;
        auto shared = std::make_shared<Follow>(std::move(what));
        state_->core.then([weak, shared] {
            if (auto held = weak.lock()) (*shared)(promise(std::move(held)));
        });
    }

    std::shared_ptr<state> state_;
};

} // namespace beckon::quickrpc
