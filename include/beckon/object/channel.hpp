// Streams whose items a peer sends; see stream.hpp.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/stream.hpp"
#include "beckon/object/stream_source.hpp"

namespace beckon::detail {

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
            } else if (waiting_) {
                state->set(next_item_asked_twice());
            } else {
                if (inlet_) state->source = inlet_->session();
                state->comes_by_input = true;
                state->canceller = [self = intrusive_ptr<channel>(this), waited = state.get()] {
                    self->give_up(*waited);
                };
                state->acquire(); // until complete()
                waiting_ = state;
            }
        }
        if (inlet && bytes_taken != 0) inlet->taken(bytes_taken);
        return future<std::optional<T>>(std::move(state));
    }
    void stop() noexcept {
        intrusive_ptr<native::stream_inlet> inlet;
        intrusive_ptr<future_state<std::optional<T>>> waiting;
        std::deque<std::pair<T, std::uint32_t>>
            dropped; // may hold references: freed without the lock
        {
            const std::lock_guard lock(mutex_);
            if (!ended_) inlet = std::exchange(inlet_, nullptr);
            ended_ = true;
            waiting = std::move(waiting_);
            dropped.swap(items_);
        }
        if (inlet) inlet->stop();
        if (waiting) end_wait(*waiting);
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
    void give_up(future_state<std::optional<T>>& waited) {
        intrusive_ptr<future_state<std::optional<T>>> waiting;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.get() != &waited) return; // it has come
            waiting = std::move(waiting_);
        }
        end_wait(*waiting);
    }
    static void end_wait(future_state<std::optional<T>>& waited) {
        waited.on_failure(next_item_given_up());
        waited.complete();
    }
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

} // namespace beckon::detail
