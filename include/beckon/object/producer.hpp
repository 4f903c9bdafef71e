// Streams whose items go to a peer; see stream.hpp.
#pragma once

#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "beckon/base/function.hpp"
#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/stream.hpp"
#include "beckon/codec/native/writer.hpp"
#include "beckon/object/stream_source.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

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
    bool stop() noexcept override {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        return static_cast<bool>(awaited_);
    }
    void give_up() noexcept override {
        intrusive_ptr<future_state<std::optional<T>>> awaited;
        {
            const std::lock_guard lock(mutex_);
            awaited = std::move(awaited_);
        }
        if (!awaited) return; // a thread is about to see that it is to stop
        const intrusive_ptr<stream_source<T>> source = source_; // the wait's end may free this
        awaited->abandon();
        source->stop();
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
                if (!begin_wait(state)) return;
                state->then([self = intrusive_ptr<producer>(this), outlet,
                             kept = std::move(item)]() mutable {
                    self->end_wait();
                    if (self->send(*outlet, kept.shared()->outcome())) self->pull(outlet);
                });
                return;
            }
            if (!send(*outlet, item.shared()->outcome())) return;
        }
    }
    /// False where nobody wants the item any more.
    bool begin_wait(intrusive_ptr<future_state<std::optional<T>>> item) {
        const std::lock_guard lock(mutex_);
        if (stopped_) return producing_ = false;
        awaited_ = std::move(item);
        return true;
    }
    void end_wait() {
        const std::lock_guard lock(mutex_);
        awaited_ = {};
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
    intrusive_ptr<future_state<std::optional<T>>> awaited_; ///< The item that takes time.
    bool producing_ = false;
    bool again_ = false;
    bool stopped_ = false;
};

} // namespace beckon::detail
