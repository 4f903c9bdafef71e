#include "session/jobs/job_threads.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>

namespace beckon::jobs_detail {

namespace {
constexpr std::chrono::seconds idle_for{5};
} // namespace

bool job_threads::post(function<void()> step) {
    std::vector<std::thread> over; // joined without the lock: they have left it for good
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) return false;
        for (const std::thread::id each : ended_) {
            const auto found = std::find_if(threads_.begin(), threads_.end(),
                                            [&](const auto& one) { return one.get_id() == each; });
            over.push_back(std::move(*found));
            threads_.erase(found);
        }
        ended_.clear();
        steps_.push_back(std::move(step));
        if (idle_ < steps_.size() && there_ < most_ && !start_thread() && there_ == 0) {
            steps_.pop_back();
            return false;
        }
        changed_.notify_one();
    }
    for (std::thread& each : over) each.join();
    return true;
}

bool job_threads::start_thread() {
    try {
        threads_.emplace_back([self = shared_from_this()] { self->work(); });
    } catch (const std::system_error&) {
        return false;
    }
    ++there_;
    return true;
}

void job_threads::set_most(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    most_ = std::max<std::size_t>(threads, 1);
}

void job_threads::work() noexcept {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (steps_.empty() && !stopped_) {
            ++idle_;
            const bool came =
                changed_.wait_for(lock, idle_for, [&] { return stopped_ || !steps_.empty(); });
            --idle_;
            if (!came) break;
        }
        if (stopped_) break;
        auto step = std::move(steps_.front());
        steps_.pop_front();
        lock.unlock();
        step();
        step.reset(); // what it held goes before the lock is taken
        lock.lock();
    }
    --there_;
    ended_.push_back(std::this_thread::get_id());
}

void job_threads::stop() noexcept {
    std::deque<function<void()>> dropped; // freed without the lock
    std::vector<std::thread> over;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        std::swap(dropped, steps_);
        std::swap(over, threads_);
        ended_.clear();
        changed_.notify_all();
    }
    for (std::thread& each : over) {
        if (each.get_id() == std::this_thread::get_id()) {
            each.detach(); // it is what asks
        } else {
            each.join();
        }
    }
}

} // namespace beckon::jobs_detail
