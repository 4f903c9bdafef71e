#include "conformance/subscriptions.hpp"

namespace conformance {

subscriptions::~subscriptions() {
    std::priority_queue<due> dropped; // holds references: freed without the lock
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
        dropped.swap(state_->waiting);
        state_->changed.notify_all();
    }
    if (!thread_.joinable()) return;
    // The thread itself may have held the last reference to the service.
    if (thread_.get_id() == std::this_thread::get_id()) {
        thread_.detach();
    } else {
        thread_.join();
    }
}

void subscriptions::add(beckon::ref<Listener> listener, std::int64_t times,
                        std::chrono::milliseconds interval) {
    if (times <= 0) return;
    schedule(state_,
             std::make_shared<subscription>(subscription{std::move(listener), times, interval}));
    const std::lock_guard lock(state_->mutex);
    if (!thread_.joinable()) thread_ = std::thread([in = state_] { run(in); });
}

void subscriptions::schedule(const std::shared_ptr<state>& in,
                             std::shared_ptr<subscription> whose) {
    const std::lock_guard lock(in->mutex);
    if (in->ending) return;
    const auto when = std::chrono::steady_clock::now() + whose->interval;
    in->waiting.push({when, std::move(whose)});
    in->changed.notify_all();
}

void subscriptions::run(const std::shared_ptr<state>& in) {
    std::unique_lock lock(in->mutex);
    while (!in->ending) {
        if (in->waiting.empty()) {
            in->changed.wait(lock);
        } else if (const auto when = in->waiting.top().when;
                   when > std::chrono::steady_clock::now()) {
            in->changed.wait_until(lock, when);
        } else {
            auto whose = in->waiting.top().whose;
            in->waiting.pop();
            lock.unlock();
            tell(in, std::move(whose));
            lock.lock();
        }
    }
}

void subscriptions::tell(const std::shared_ptr<state>& in, std::shared_ptr<subscription> whose) {
    const std::int64_t number = ++whose->told;
    auto& listener = whose->listener;
    auto pending = listener.async()->on_event(number, beckon::concat("event ", number));
    // The reply, not this thread, goes on with it: one slow listener must not hold up the others.
    std::move(pending)
        .then([in, whose = std::move(whose)](const beckon::result<void>& outcome) mutable {
            if (outcome && whose->told < whose->times) schedule(in, std::move(whose));
        })
        .detach();
}

} // namespace conformance
