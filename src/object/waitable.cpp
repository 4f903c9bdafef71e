#include "beckon/object/waitable.hpp"

#include <mutex>

namespace beckon {

// Parkers of threads that have ended wait here for new threads; none is ever freed.
struct parker_pool {
    std::mutex mutex;
    parker* free = nullptr;

    static parker_pool& instance() {
        static auto* const pool = new parker_pool;
        return *pool;
    }
    parker* take() {
        const std::lock_guard lock(mutex);
        if (free == nullptr) return new parker;
        parker* const taken = free;
        free = taken->next_;
        return taken;
    }
    void give_back(parker* used) {
        const std::lock_guard lock(mutex);
        used->next_ = free;
        free = used;
    }
};

namespace {

struct thread_parker {
    parker* mine = parker_pool::instance().take();
    ~thread_parker() { parker_pool::instance().give_back(mine); }
};

} // namespace

parker& parker::mine() {
    thread_local thread_parker holder;
    return *holder.mine;
}

void parker::park(time_point deadline) noexcept {
    std::unique_lock lock(mutex_);
    const auto notified = [this] { return notified_; };
    if (deadline == never) {
        wake_.wait(lock, notified);
    } else {
        wake_.wait_until(lock, deadline, notified);
    }
    notified_ = false;
}

void parker::unpark() noexcept {
    const std::lock_guard lock(mutex_);
    notified_ = true;
    wake_
        .notify_one(); // under the lock: the parker outlives its thread, and a waiter then wakes only once
}

} // namespace beckon
