#include "object/iterable_source.hpp"

#include <algorithm>
#include <deque>
#include <mutex>

#include "beckon/object/operate.hpp"
#include "beckon/object/task.hpp"

namespace beckon::detail {

namespace {

class iterable_source final : public stream_source<value> {
public:
    iterable_source(object iterable, const schema::document& document, const schema::type& item,
                    const materialize_options& options)
        : iterable_(std::move(iterable)), document_(document), options_(options) {
        batch_type_.kind = schema::kind::list;
        batch_type_.arguments.push_back(item);
    }

    future<std::optional<value>> next() override {
        {
            const std::lock_guard lock(mutex_);
            if (!items_.empty()) {
                value item = std::move(items_.front());
                items_.pop_front();
                return ready_future<std::optional<value>>(std::optional<value>(std::move(item)));
            }
            if (ended_) return ready_future<std::optional<value>>(std::optional<value>());
        }
        future<std::optional<value>> pulled = start(pull(intrusive_ptr<iterable_source>(this)));
        // Who waits for it reads what the peer sends.
        if (peer* const session = session_of(iterable_); session != nullptr && !pulled.ready())
            pulled.shared()->source = intrusive_ptr<peer>(session);
        return pulled;
    }
    void stop() noexcept override {
        std::deque<value> dropped; // may hold references: freed without the lock
        const std::lock_guard lock(mutex_);
        ended_ = true;
        dropped.swap(items_);
    }

private:
    /// One batch more. One at a time, as the calls of `next` are.
    static task<std::optional<value>> pull(intrusive_ptr<iterable_source> self) {
        if (!self->iterator_) {
            dynamic_request ask;
            ask.name = "__iter__";
            future<value> pending = operate(self->iterable_, std::move(ask), self->options_.call);
            const value iterator = co_await pending;
            self->iterator_ = iterator.as<object>();
        }
        dynamic_request ask;
        ask.what = operation::next_items;
        ask.arguments.push_back(value(self->batch_));
        self->batch_ = std::min(2 * self->batch_, max_batch);
        future<value> pending = operate(self->iterator_, std::move(ask), self->options_.call);
        value batch = co_await pending;
        if (!batch.is_sequence()) {
            throw_error(fail(errc::type_mismatch, "peer gave ", batch.type_name(),
                             " for items of an iterator; expected a list"));
        }
        if (needs_materializing(batch, self->document_, self->batch_type_)) {
            future<value> fetched =
                materialize(std::move(batch), self->document_, self->batch_type_, self->options_);
            batch = co_await fetched;
        }
        const std::lock_guard lock(self->mutex_);
        if (batch.empty() || self->ended_) {
            self->ended_ = true;
            co_return std::optional<value>();
        }
        for (std::size_t i = 1; i < batch.size(); ++i) self->items_.push_back(batch[i]);
        co_return std::optional<value>(batch[0]);
    }

    static constexpr std::size_t max_batch = 1000;

    const object iterable_;
    object iterator_;
    const schema::document& document_;
    schema::type batch_type_;
    const materialize_options options_;
    std::size_t batch_ = 16;
    std::mutex mutex_;
    std::deque<value> items_;
    bool ended_ = false;
};

} // namespace

intrusive_ptr<stream_source<value>> make_iterable_source(object iterable,
                                                         const schema::document& document,
                                                         const schema::type& item,
                                                         const materialize_options& options) {
    return make_counted<iterable_source>(std::move(iterable), document, item, options);
}

peer* session_of(const object& target) noexcept {
    if (!target || target.core()->is_local()) return nullptr;
    return &static_cast<remote_object&>(*target.core()).session();
}

} // namespace beckon::detail
