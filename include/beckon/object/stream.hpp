// Streams: values one after the other, from the side that has them to the side that wants them.
//
//   stream<std::int64_t> count_to(std::int64_t n) {                 // a producer is a coroutine
//       for (std::int64_t i = 1; i <= n; ++i) co_yield i;
//   }
//   for (std::int64_t number : counter->count_to(10)) ...           // a consumer is a loop
//   counter->total(stream_of(std::vector<std::int64_t>{1, 2, 3}));  // and the other way round
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/stream.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/task.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"

namespace beckon {

/// Where a stream's items come from. One `next` at a time.
template <typename T>
class stream_source : public ref_counted {
public:
    /// The next item, or nothing at the end.
    [[nodiscard]] virtual future<std::optional<T>> next() = 0;
    /// No more are wanted.
    virtual void stop() noexcept = 0;
};

namespace detail {
template <typename T>
class generator_promise;
}

/// The reading end of a stream. Dropping it tells the producer to stop.
///
/// Items are read ahead as far as the window allows (`limits::stream_window_bytes`); a slow reader holds up the
/// producer, not memory.
/// Errors: what ends the stream early is thrown by `next` (what the producer threw, disconnected_error ...).
/// Thread-safety: one thread at a time.
template <typename T>
class stream {
public:
    using value_type = T;
    using beckon_converted = void;
    using promise_type = detail::generator_promise<T>;

    stream() noexcept = default;
    explicit stream(intrusive_ptr<stream_source<T>> source) noexcept : source_(std::move(source)) {}
    stream(stream&&) noexcept = default;
    stream& operator=(stream&& other) noexcept {
        std::swap(source_, other.source_);
        return *this;
    }
    ~stream() {
        if (source_) source_->stop();
    }

    /// Waits for the next item; nothing at the end.
    [[nodiscard]] std::optional<T> next() { return async_next().get(); }
    /// The same without waiting; awaitable.
    [[nodiscard]] future<std::optional<T>> async_next() {
        if (!source_) return ready_future<std::optional<T>>(std::optional<T>());
        return source_->next();
    }
    [[nodiscard]] intrusive_ptr<stream_source<T>> take_source() noexcept {
        return std::exchange(source_, {});
    }
    [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(source_); }

    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        iterator() noexcept = default;
        explicit iterator(stream& from) : from_(&from) { ++*this; }
        T& operator*() noexcept { return *item_; }
        iterator& operator++() {
            item_ = from_->next();
            if (!item_) from_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.from_ == b.from_;
        }

    private:
        stream* from_ = nullptr;
        std::optional<T> item_;
    };
    [[nodiscard]] iterator begin() { return iterator(*this); }
    [[nodiscard]] iterator end() noexcept { return {}; }

private:
    intrusive_ptr<stream_source<T>> source_;
};

namespace detail {

/// A coroutine that yields items; it may also await.
template <typename T>
class generator_source final : public stream_source<T> {
public:
    explicit generator_source(std::coroutine_handle<generator_promise<T>> body) noexcept
        : body_(body) {}
    ~generator_source() override { body_.destroy(); }

    future<std::optional<T>> next() override {
        auto& state = body_.promise();
        if (state.ended) return ready_future<std::optional<T>>(std::optional<T>());
        promise<std::optional<T>> wanted;
        auto given = wanted.get_future();
        state.waiting.emplace(std::move(wanted));
        // The body may end on another thread, and with it this object's last holder: keep it for the time.
        const intrusive_ptr<generator_source> keep(this);
        body_.resume();
        return given;
    }
    void stop() noexcept override {}

private:
    std::coroutine_handle<generator_promise<T>> body_;
};

template <typename T>
class generator_promise {
public:
    stream<T> get_return_object() {
        return stream<T>(intrusive_ptr<stream_source<T>>(make_counted<generator_source<T>>(
            std::coroutine_handle<generator_promise>::from_promise(*this))));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }

    /// Hands the item over only once the body is suspended: the taker may ask for the next one at once.
    struct hand_over {
        std::optional<T> item;
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<generator_promise> body) {
            auto taker = std::move(*body.promise().waiting);
            body.promise().waiting.reset();
            std::optional<T> moved = std::move(item);
            taker.set(std::move(moved));
        }
        void await_resume() noexcept {}
    };
    hand_over yield_value(T item) { return hand_over{std::optional<T>(std::move(item))}; }

    struct hand_over_end {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<generator_promise> body) noexcept {
            auto& state = body.promise();
            auto taker = std::move(*state.waiting);
            state.waiting.reset();
            auto why = std::move(state.failure);
            if (why) {
                taker.set(std::move(*why));
            } else {
                taker.set(std::optional<T>());
            }
        }
        void await_resume() noexcept {}
    };
    hand_over_end final_suspend() noexcept {
        ended = true;
        return {};
    }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { failure.emplace(beckon::error_of_current_exception()); }

    std::optional<promise<std::optional<T>>> waiting;
    std::optional<error> failure;
    bool ended = false;
};

template <typename Range>
class range_source final : public stream_source<typename Range::value_type> {
public:
    using item_type = typename Range::value_type;
    explicit range_source(Range items) : items_(std::move(items)), at_(items_.begin()) {}
    future<std::optional<item_type>> next() override {
        if (at_ == items_.end())
            return ready_future<std::optional<item_type>>(std::optional<item_type>());
        return ready_future<std::optional<item_type>>(std::optional<item_type>(*at_++));
    }
    void stop() noexcept override {}

private:
    Range items_;
    typename Range::iterator at_;
};

/// Items that arrive by themselves and wait to be taken: from a session.
template <typename T>
class channel final : public native::stream_sink {
public:
    using decoder = function<void(native::reader&, T&)>;

    /// Takes what waits, or promises what comes next.
    future<std::optional<T>> next() {
        std::uint32_t bytes_taken = 0;
        intrusive_ptr<native::stream_inlet> inlet;
        auto state = make_counted<future_state<std::optional<T>>>();
        {
            const std::lock_guard lock(mutex_);
            if (!items_.empty()) {
                auto& [item, size] = items_.front();
                state->set(std::optional<T>(std::move(item)));
                bytes_taken = size;
                items_.pop_front();
                inlet = inlet_;
            } else if (ended_) {
                auto failure = std::exchange(failure_, std::nullopt);
                if (failure) {
                    state->set(std::move(*failure));
                } else {
                    state->set(std::optional<T>());
                }
            } else {
                if (inlet_) state->source = inlet_->session();
                state->comes_by_input = true;
                state->acquire(); // until complete()
                waiting_ = state;
            }
        }
        if (inlet && bytes_taken != 0) inlet->taken(bytes_taken);
        return future<std::optional<T>>(std::move(state));
    }
    void stop() noexcept {
        intrusive_ptr<native::stream_inlet> inlet;
        std::deque<std::pair<T, std::uint32_t>>
            dropped; // may hold references: freed without the lock
        {
            const std::lock_guard lock(mutex_);
            if (!ended_) inlet = std::exchange(inlet_, nullptr);
            ended_ = true;
            dropped.swap(items_);
        }
        if (inlet) inlet->stop();
    }
    void set_decoder(decoder decode) { decode_ = std::move(decode); }

    // native::stream_sink
    void bind(intrusive_ptr<native::stream_inlet> inlet) noexcept override {
        inlet_ = std::move(inlet);
    }
    pending_call* on_item(native::reader& in, std::uint32_t wire_bytes) override {
        T item{};
        if (decode_) {
            decode_(in, item);
        } else if constexpr (requires { native::codec<T>::min_size; }) {
            native::read(in, item);
        }
        if (in.failed()) return nullptr; // the session ends the stream
        return take(std::move(item), wire_bytes);
    }
    pending_call* on_value(value item, std::uint32_t wire_bytes) override {
        if constexpr (std::is_same_v<T, value>) {
            return take(std::move(item), wire_bytes);
        } else {
            BECKON_ASSERT(false, "items come as values to a channel of values");
        }
    }
    pending_call* on_end(std::optional<error> failure) override {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        inlet_ = {};
        if (!waiting_) {
            failure_ = std::move(failure);
            return nullptr;
        }
        auto waiting = std::move(waiting_);
        if (failure) {
            waiting->on_failure(std::move(*failure));
        } else {
            waiting->give(std::optional<T>());
        }
        return waiting.get();
    }

private:
    pending_call* take(T item, std::uint32_t wire_bytes) {
        const std::lock_guard lock(mutex_);
        if (ended_) {
            late_.push_back(std::move(item));
            return nullptr;
        }
        if (waiting_) {
            auto waiting = std::move(waiting_);
            waiting->give(std::optional<T>(std::move(item)));
            return waiting.get();
        }
        items_.emplace_back(std::move(item), wire_bytes);
        return nullptr;
    }

    std::mutex mutex_;
    std::deque<std::pair<T, std::uint32_t>> items_;
    intrusive_ptr<future_state<std::optional<T>>> waiting_;
    intrusive_ptr<native::stream_inlet> inlet_;
    decoder decode_;
    bool ended_ = false;
    std::optional<error> failure_;
    /// What was on its way when the reader went: no more than the credit it had given. It may hold references, and is freed
    /// with the channel, where no lock is held.
    std::vector<T> late_;
};

/// Items of a channel, for a reader.
template <typename T>
class channel_source final : public stream_source<T> {
public:
    explicit channel_source(intrusive_ptr<channel<T>> items) noexcept : items_(std::move(items)) {}
    future<std::optional<T>> next() override { return items_->next(); }
    void stop() noexcept override { items_->stop(); }

private:
    intrusive_ptr<channel<T>> items_;
};

/// Pulls items out of a source and sends them as credit allows.
template <typename T>
class producer final : public native::stream_producer {
public:
    using encoder = function<void(native::writer&, const T&)>;
    explicit producer(intrusive_ptr<stream_source<T>> source, encoder encode = nullptr)
        : source_(std::move(source)), encode_(std::move(encode)) {}
    ~producer() override {
        if (source_) source_->stop();
    }

    void produce(intrusive_ptr<native::stream_outlet> outlet) override {
        {
            const std::lock_guard lock(mutex_);
            if (producing_ || stopped_) {
                again_ = true;
                return;
            }
            producing_ = true;
        }
        pull(std::move(outlet));
    }
    void stop() noexcept override {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }

private:
    /// Loops over what is there at once; goes on from the item's thread where one takes time.
    void pull(intrusive_ptr<native::stream_outlet> outlet) {
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                again_ = false;
                if (stopped_) {
                    producing_ = false;
                    return;
                }
            }
            if (!outlet->has_credit()) {
                const std::lock_guard lock(mutex_);
                if (again_) continue; // credit came at this moment
                producing_ = false;
                return;
            }
            future<std::optional<T>> item = source_->next();
            if (!item.ready()) {
                auto state = item.shared();
                state->then([self = intrusive_ptr<producer>(this), outlet,
                             kept = std::move(item)]() mutable {
                    if (self->send(*outlet, kept.shared()->outcome())) self->pull(outlet);
                });
                return;
            }
            if (!send(*outlet, item.shared()->outcome())) return;
        }
    }
    bool send(native::stream_outlet& outlet, result<std::optional<T>>& item) {
        {
            const std::lock_guard lock(mutex_);
            if (stopped_) return producing_ = false;
        }
        if (!item || !item->has_value()) {
            std::optional<error> failure;
            if (!item) failure.emplace(item.error());
            outlet.end(std::move(failure));
            return false;
        }
        if constexpr (std::is_same_v<T, value>) {
            if (outlet.takes_values()) return outlet.send_value(**item);
        }
        native::writer* const out = outlet.begin_item();
        if (out == nullptr) return false;
        if (encode_) {
            encode_(*out, **item);
        } else if constexpr (requires { native::codec<T>::min_size; }) {
            native::write(*out, **item);
        }
        return outlet.end_item();
    }

    std::mutex mutex_;
    intrusive_ptr<stream_source<T>> source_;
    encoder encode_;
    bool producing_ = false;
    bool again_ = false;
    bool stopped_ = false;
};

} // namespace detail

/// A stream of a container's items.
template <typename Range>
[[nodiscard]] stream<typename Range::value_type> stream_of(Range items) {
    return stream<typename Range::value_type>(
        intrusive_ptr<stream_source<typename Range::value_type>>(
            make_counted<detail::range_source<Range>>(std::move(items))));
}

namespace native {
template <typename T>
struct codec<stream<T>> {
    static constexpr std::size_t min_size = 4;
    /// Gives the stream away: the peer reads it from now on.
    static void write(writer& out, const stream<T>& value) {
        auto source = const_cast<stream<T>&>(value).take_source();
        if (!source)
            source = intrusive_ptr<stream_source<T>>(
                make_counted<beckon::detail::range_source<std::vector<T>>>(std::vector<T>{}));
        const auto producer = make_counted<beckon::detail::producer<T>>(std::move(source));
        out.put_stream(producer.get());
    }
    static void read(reader& in, stream<T>& value) {
        auto items = make_counted<beckon::detail::channel<T>>();
        in.get_stream(*items);
        if (!in.failed())
            value = stream<T>(intrusive_ptr<stream_source<T>>(
                make_counted<beckon::detail::channel_source<T>>(std::move(items))));
    }
};
} // namespace native

} // namespace beckon

#include "beckon/object/stream_value.hpp"
