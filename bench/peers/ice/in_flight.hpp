#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>

#include "common/quota.hpp"

/// Keeps asynchronous calls in flight: whatever completes starts the next, as long as the quota
/// lasts.
///
/// Thread-safety: `done` and `failed` come from Ice's threads.
class in_flight {
public:
    explicit in_flight(bench::quota& left) : left_(left) {}

    /// Runs `start` for one more call, which must end in `done` or `failed`.
    void start(const std::function<void()>& call) {
        if (!left_.take()) return;
        {
            const std::lock_guard lock(mutex_);
            ++running_;
        }
        call();
    }

    /// A call has ended; `next` takes its place.
    void done(const std::function<void()>& next) {
        if (left_.take())
            next();
        else
            one_less(nullptr);
    }

    void failed(std::exception_ptr why) { one_less(std::move(why)); }

    void wait() {
        std::unique_lock lock(mutex_);
        none_.wait(lock, [this] { return running_ == 0; });
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void one_less(std::exception_ptr why) {
        const std::lock_guard lock(mutex_);
        if (why) failure_ = std::move(why);
        if (--running_ == 0) none_.notify_all();
    }

    bench::quota& left_;
    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t running_ = 0;
    std::exception_ptr failure_;
};
