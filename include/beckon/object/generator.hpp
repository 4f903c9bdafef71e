// Streams that a coroutine yields; see stream.hpp.
#pragma once

#include <coroutine>
#include <mutex>
#include <optional>
#include <utility>

#include "beckon/object/kept_call.hpp"
#include "beckon/object/stream_source.hpp"
#include "beckon/object/task.hpp"

namespace beckon {

template <typename T>
class stream;

namespace detail {

template <typename T>
class generator_promise;

/// The reader's side of a coroutine that yields items; it may also await.
///
/// The mutex is for a body that awaits: it goes on, and comes to its next item, on the thread that brings what it waited
/// for, while the reader may give up waiting or stop.
template <typename T>
class generator_source final : public stream_source<T> {
public:
    using item = std::optional<T>;
    using body_handle = std::coroutine_handle<generator_promise<T>>;

    explicit generator_source(body_handle body) noexcept : body_(body) {
        body_.promise().source = this;
    }
    /// The body stands at its beginning, at a yield or at its end: while it runs or awaits, it holds this.
    ~generator_source() override { body_.destroy(); }

    future<item> next() override {
        auto state = make_counted<future_state<item>>();
        const intrusive_ptr<generator_source> keep(this);
        if (is_to_run(state)) run();
        if (!state->done())
            state->canceller = [keep, waited = state.get()] { keep->give_up(*waited); };
        return future<item>(std::move(state));
    }

    void stop() noexcept override {
        const intrusive_ptr<generator_source> keep(this);
        intrusive_ptr<future_state<item>> taker;
        std::optional<result<item>> dropped; // the program's: freed without the lock
        bool running = false;
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
            running = static_cast<bool>(running_);
            taker = std::move(waiting_);
            dropped.swap(kept_);
        }
        if (taker) taker->set(next_item_given_up());
        if (running) serving_.given_up.request();
    }

    /// The body, which is suspended, has come to an item, or to its end.
    void take(result<item> came, bool at_end) {
        intrusive_ptr<generator_source> self; // freed last, and the body with it
        intrusive_ptr<future_state<item>> taker;
        {
            const std::lock_guard lock(mutex_);
            self = std::move(running_);
            taker = std::move(waiting_);
            ended_ = at_end;
            if (!taker && !stopped_) kept_.emplace(std::move(came));
        }
        if (taker) taker->set(std::move(came));
    }

private:
    /// Gives the item that is there, or remembers who waits for it; then, true where the body has to run for it.
    bool is_to_run(const intrusive_ptr<future_state<item>>& state) {
        const std::lock_guard lock(mutex_);
        if (waiting_) {
            state->set(next_item_asked_twice());
        } else if (kept_) {
            state->set(*std::exchange(kept_, std::nullopt));
        } else if (ended_ || stopped_) {
            state->set(item());
        } else {
            waiting_ = state;
            if (running_) return false; // for an item that was given up: this one takes it
            running_ = intrusive_ptr<generator_source>(this);
            return true;
        }
        return false;
    }
    void run() {
        serving_.inherit();
        call_context* const before = exchange_current_call(&serving_.context);
        body_.resume();
        exchange_current_call(before);
    }
    void give_up(future_state<item>& waited) {
        intrusive_ptr<future_state<item>> taker;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.get() != &waited) return;
            taker = std::move(waiting_);
        }
        taker->set(next_item_given_up());
    }

    const body_handle body_;
    kept_call serving_; ///< Knows who called the method that returned the stream.
    std::mutex mutex_;
    // Guarded by the mutex.
    intrusive_ptr<generator_source> running_; ///< This, while the body runs or awaits.
    intrusive_ptr<future_state<item>> waiting_;
    std::optional<result<item>> kept_; ///< Came when nobody waited for it any more.
    bool ended_ = false;
    bool stopped_ = false;
};

template <typename T>
class generator_promise {
public:
    stream<T> get_return_object() {
        return stream<T>(intrusive_ptr<stream_source<T>>(make_counted<generator_source<T>>(
            std::coroutine_handle<generator_promise>::from_promise(*this))));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }

    /// Hands the item over only once the body is suspended: the taker may ask for the next one at once, or be the last
    /// that holds the body, which is gone then.
    struct hand_over {
        std::optional<T> item;
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<generator_promise> body) {
            body.promise().source->take(std::optional<T>(std::move(item)), false);
        }
        void await_resume() noexcept {}
    };
    hand_over yield_value(T item) { return hand_over{std::optional<T>(std::move(item))}; }

    struct hand_over_end {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<generator_promise> body) noexcept {
            auto& state = body.promise();
            if (state.failure) return state.source->take(error(std::move(*state.failure)), true);
            state.source->take(std::optional<T>(), true);
        }
        void await_resume() noexcept {}
    };
    hand_over_end final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {
        failure.emplace(source->tell_thrown != nullptr ? source->tell_thrown()
                                                       : beckon::error_of_current_exception());
    }

    generator_source<T>* source = nullptr;
    std::optional<error> failure;
};

} // namespace detail

} // namespace beckon
