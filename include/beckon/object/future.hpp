// The result of a call that has not returned yet.
#pragma once

#include <atomic>
#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/pooled.hpp"
#include "beckon/object/result_codec.hpp"
#include "beckon/object/thread_time.hpp"

namespace beckon {

template <typename T>
class future;
template <typename Interface>
class ref;

namespace detail {

/// What a future and the session share. `rethrow` knows the interface's declared exceptions.
template <typename T>
class future_state : public pending_call, public ref_counted, public pooled<future_state<T>> {
public:
    using rethrow_function = void (*)(const error&);

    explicit future_state(rethrow_function thrower = nullptr) noexcept : rethrow_(thrower) {}

    void on_reply(native::reader& in) noexcept override {
        outcome_.emplace(read_result<T>(in));
        declare();
    }
    void on_value(value result) noexcept override {
        outcome_.emplace(result_of_value<T>(std::move(result)));
        declare();
    }
    void on_failure(error failure) noexcept override { outcome_.emplace(std::move(failure)); }
    [[nodiscard]] discard_function discarder() const noexcept override {
        return &discard_result<T>;
    }
    void complete() noexcept override {
        // Takes over the reference that the session (or the promise) held.
        const auto self = intrusive_ptr<future_state>::adopt(this);
        finish();
        if (phase_.exchange(phase::completed, std::memory_order_acq_rel) ==
            phase::has_continuation) {
            run_continuation();
        }
    }
    /// Gives up what the outcome comes from; it is errc::cancelled unless it has come already.
    void abandon() {
        if (canceller) {
            canceller();
        } else if (source && source->cancel(*this)) {
            on_failure(fail(errc::cancelled, "call was cancelled by its caller"));
            complete();
        }
    }
    /// Sets the outcome; complete() follows.
    void give(result<T> outcome) noexcept { outcome_.emplace(std::move(outcome)); }
    void set(result<T> outcome) noexcept {
        outcome_.emplace(std::move(outcome));
        acquire();
        complete();
    }
    /// Runs `continuation` once the outcome is there: at once where it is.
    void then(function<void()> continuation) {
        continuation_ = std::move(continuation);
        // Nobody will wait. Before the exchange: after it *this may be gone.
        if (source && !done()) source->send_now();
        phase expected = phase::empty;
        if (!phase_.compare_exchange_strong(expected, phase::has_continuation,
                                            std::memory_order_acq_rel)) {
            run_continuation();
        }
    }
    [[nodiscard]] result<T>& outcome() noexcept { return *outcome_; }
    [[nodiscard]] rethrow_function rethrow() const noexcept { return rethrow_; }
    /// Before anybody waits.
    void set_rethrow(rethrow_function thrower) noexcept { rethrow_ = thrower; }

    /// The session that the result comes through; waiting drives it. Null where none is known.
    intrusive_ptr<beckon::peer> source;
    /// How to give up waiting for what this depends on.
    function<void()> canceller;

private:
    enum class phase : std::uint8_t { empty, has_continuation, completed };
    /// A stream ends with the exceptions that the method declares, too.
    void declare() noexcept {
        if constexpr (!std::is_void_v<T>) {
            if constexpr (requires(T & stream) { stream.declare(nullptr, nullptr); }) {
                if (*outcome_) (*outcome_)->declare(nullptr, rethrow_);
            }
        }
    }
    void run_continuation() noexcept {
        auto continuation = std::move(continuation_);
        // It has nothing to do with what this thread happens to serve.
        call_context* const before = exchange_current_call(nullptr);
        continuation();
        exchange_current_call(before);
    }

    std::optional<result<T>> outcome_;
    rethrow_function rethrow_;
    std::atomic<phase> phase_{phase::empty};
    function<void()> continuation_;
};

void wait_for_result(peer* source, waitable& waiting, time_point deadline);

/// What a continuation's outcome is: a result<U> counts as a U.
template <typename T>
struct unwrapped {
    using type = T;
};
template <typename T>
struct unwrapped<result<T>> {
    using type = T;
};

template <typename T, typename F>
struct continuation_result {
    static constexpr bool takes_result = true;
    using returned = std::invoke_result_t<F&, result<T>>;
    using type = typename unwrapped<returned>::type;
};
template <typename T, typename F>
requires(!std::is_invocable_v<F&, result<T>> &&
         !std::is_void_v<T>) struct continuation_result<T, F> {
    static constexpr bool takes_result = false;
    using returned = std::invoke_result_t<F&, T>;
    using type = typename unwrapped<returned>::type;
};
template <typename T, typename F>
requires(!std::is_invocable_v<F&, result<T>> &&
         std::is_void_v<T>) struct continuation_result<T, F> {
    static constexpr bool takes_result = false;
    using returned = std::invoke_result_t<F&>;
    using type = typename unwrapped<returned>::type;
};

/// What future<ref<I>> can do more than others: calls on the result before it is there.
template <typename T>
class pipelined {};

} // namespace detail

/// The result of a call that may not have returned yet. Dropping a pending future cancels the call.
///
/// Thread-safety: distinct futures safe; one future belongs to one thread at a time.
template <typename T>
class [[nodiscard]] future : public detail::pipelined<T> {
public:
    using value_type = T;
    using state = detail::future_state<T>;

    future() noexcept = default;
    explicit future(intrusive_ptr<state> shared) noexcept : state_(std::move(shared)) {}
    future(future&&) noexcept = default;
    future& operator=(future&& other) noexcept {
        if (this != &other) {
            drop();
            state_ = std::move(other.state_);
        }
        return *this;
    }
    ~future() { drop(); }

    [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(state_); }
    [[nodiscard]] bool ready() const noexcept { return state_->done(); }

    /// Waits; gives the value or throws what the handler threw, once.
    T get() {
        auto outcome = result();
        if (!outcome) {
            if (const auto rethrow = rethrow_) rethrow(outcome.error());
            throw_error(std::move(outcome).error());
        }
        if constexpr (!std::is_void_v<T>) return std::move(outcome).value();
    }
    /// Waits; gives the value or the error, once.
    [[nodiscard]] beckon::result<T> result() {
        BECKON_ASSERT(valid(), "future has no result to give");
        wait();
        rethrow_ = state_->rethrow();
        auto taken = std::move(state_);
        return std::move(taken->outcome());
    }
    void wait() { detail::wait_for_result(state_->source.get(), *state_, never); }
    /// Waits no longer than `length`; whether the result is there. The call goes on either way.
    [[nodiscard]] bool wait_for(nanoseconds length) {
        const time_point now = thread_time::mine().now();
        detail::wait_for_result(state_->source.get(), *state_, deadline_after(now, length));
        return ready();
    }
    /// Gives the call up: the handler is told, and the result is errc::cancelled unless it has come already.
    void cancel() {
        if (state_ && !state_->done()) state_->abandon();
    }
    /// Lets the call go on without anybody waiting for it.
    void detach() noexcept {
        if (state_ && state_->source) state_->source->send_now();
        state_ = {};
    }

    /// Calls `next` with the value (errors pass by) or with the result<T>, on the thread that brings it (at once
    /// where it is there), and gives a future of what it returns.
    template <typename F>
    auto then(F next) && -> future<typename detail::continuation_result<T, F>::type>;

    [[nodiscard]] const intrusive_ptr<state>& shared() const noexcept { return state_; }

    // Awaiting: gives the value or throws, as `get`.
    [[nodiscard]] bool await_ready() const noexcept { return ready(); }
    void await_suspend(std::coroutine_handle<> waiting) {
        // The coroutine may run on, and end, on another thread before `then` returns: nothing of *this is used after.
        auto* const shared_state = state_.get();
        call_context* const context = current_call();
        if (context != nullptr && context->cancellation != nullptr &&
            !context->cancellation->requested()) {
            // Who gives the handler up gives up what it waits for.
            asked_ = context->cancellation->watch([kept = state_] { kept->abandon(); });
        }
        shared_state->then([waiting, context] {
            exchange_current_call(context);
            waiting.resume();
        });
    }
    T await_resume() {
        asked_.end();
        return get();
    }

private:
    void drop() noexcept {
        if (state_ && !state_->done()) state_->abandon();
        state_ = {};
    }

    intrusive_ptr<state> state_;
    cancellation_watch asked_; ///< Of the handler that awaits this in a coroutine.
    typename state::rethrow_function rethrow_ = nullptr;
};

/// Makes the future that it gives out ready, from any thread, once.
template <typename T>
class promise {
public:
    promise() : state_(make_counted<detail::future_state<T>>()) {}
    [[nodiscard]] future<T> get_future() const { return future<T>(state_); }
    void set(result<T> outcome) const { state_->set(std::move(outcome)); }

private:
    intrusive_ptr<detail::future_state<T>> state_;
};

/// A future that is ready.
template <typename T>
[[nodiscard]] future<T> ready_future(result<T> outcome) {
    auto state = make_counted<detail::future_state<T>>();
    state->set(std::move(outcome));
    return future<T>(std::move(state));
}

template <typename T>
template <typename F>
auto future<T>::then(F next) && -> future<typename detail::continuation_result<T, F>::type> {
    using shape = detail::continuation_result<T, F>;
    using next_type = typename shape::type;
    auto downstream = make_counted<detail::future_state<next_type>>();
    auto upstream = std::move(state_);
    downstream->source = upstream->source;
    // Dropping the downstream future cancels the call it comes from. The circle of the two states opens when the
    // upstream's continuation has run, since running it frees it.
    downstream->canceller = [upstream] {
        if (!upstream->done()) upstream->abandon();
    };
    auto* const from = upstream.get();
    from->then([from, downstream, next = std::move(next)]() mutable {
        beckon::result<T>& outcome = from->outcome();
        try {
            if constexpr (shape::takes_result) {
                if constexpr (std::is_void_v<typename shape::returned>) {
                    next(std::move(outcome));
                    downstream->set({});
                } else {
                    downstream->set(next(std::move(outcome)));
                }
            } else if (!outcome) {
                downstream->set(outcome.error());
            } else if constexpr (std::is_void_v<T>) {
                if constexpr (std::is_void_v<typename shape::returned>) {
                    next();
                    downstream->set({});
                } else {
                    downstream->set(next());
                }
            } else if constexpr (std::is_void_v<typename shape::returned>) {
                next(std::move(outcome).value());
                downstream->set({});
            } else {
                downstream->set(next(std::move(outcome).value()));
            }
        } catch (...) {
            downstream->set(error_of_current_exception());
        }
    });
    return future<next_type>(std::move(downstream));
}

} // namespace beckon
