#include "beckon/object/waitable.hpp"

#include <condition_variable>
#include <mutex>

namespace beckon {

namespace {

struct parking_place final : parker {
    std::mutex mutex;
    std::condition_variable wake;
    bool notified = false;
    parking_place* next = nullptr;
};

// Those of threads that have ended wait here for new threads; none is ever freed.
struct parker_pool {
    std::mutex mutex;
    parking_place* free = nullptr;

    static parker_pool& instance() {
        static auto* const pool = new parker_pool;
        return *pool;
    }
    parking_place* take() {
        const std::lock_guard lock(mutex);
        if (free == nullptr) return new parking_place;
        parking_place* const taken = free;
        free = taken->next;
        return taken;
    }
    void give_back(parking_place* used) {
        const std::lock_guard lock(mutex);
        used->next = free;
        free = used;
    }
};

struct thread_parker {
    parking_place* mine = parker_pool::instance().take();
    ~thread_parker() { parker_pool::instance().give_back(mine); }
};

} // namespace

parker& parker::mine() {
    thread_local thread_parker holder;
    return *holder.mine;
}

void parker::park(time_point deadline) noexcept {
    auto& self = static_cast<parking_place&>(*this);
    std::unique_lock lock(self.mutex);
    const auto notified = [&self] { return self.notified; };
    if (deadline == never) {
        self.wake.wait(lock, notified);
    } else {
        self.wake.wait_until(lock, deadline, notified);
    }
    self.notified = false;
}

void parker::unpark() noexcept {
    auto& self = static_cast<parking_place&>(*this);
    const std::lock_guard lock(self.mutex);
    self.notified = true;
    self.wake
        .notify_one(); // under the lock: the place outlives its thread, and a waiter then wakes only once
}

} // namespace beckon
