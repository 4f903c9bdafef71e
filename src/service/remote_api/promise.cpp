#include "beckon/service/remote_api/promise.hpp"

#include "beckon/base/text.hpp"

namespace beckon::quickrpc {

promise_timeout_error::promise_timeout_error(nanoseconds waited)
    : timeout_error(fail(errc::timeout, "promise was not set within ",
                         std::chrono::duration_cast<std::chrono::milliseconds>(waited).count(),
                         " ms")) {}

namespace detail {

promise_core::test on_thread(std::thread::id setter) {
    return [setter] { return std::this_thread::get_id() == setter; };
}

void promise_core::claim() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(claimed_, true)) throw promise_done_error();
}

void promise_core::finish() {
    std::vector<std::function<void()>> follow;
    {
        const std::lock_guard lock(mutex_);
        is_done_ = true;
        follow = std::exchange(follow_, {});
    }
    done_.notify_all();
    for (const auto& each : follow) {
        try {
            each();
        } catch (...) {
            log_.write(
                log_level::error, "BKN-PROMISE-CALLBACK",
                concat("callback of a promise failed: ", error_of_current_exception().to_string()));
        }
    }
}

void promise_core::wait(std::optional<nanoseconds> at_most) {
    std::unique_lock lock(mutex_);
    if (is_done_) return;
    lock.unlock();
    const bool waits_for_itself = is_setter_ && is_setter_();
    lock.lock();
    if (is_done_) return;
    if (waits_for_itself) throw promise_deadlock_error();
    const auto is_done = [this] { return is_done_; };
    if (!at_most) return done_.wait(lock, is_done);
    if (!done_.wait_for(lock, *at_most, is_done)) throw promise_timeout_error(*at_most);
}

void promise_core::then(std::function<void()> follows) {
    {
        const std::lock_guard lock(mutex_);
        if (!is_done_) {
            follow_.push_back(std::move(follows));
            return;
        }
    }
    follows();
}

bool promise_core::is_done() {
    const std::lock_guard lock(mutex_);
    return is_done_;
}

} // namespace detail
} // namespace beckon::quickrpc
