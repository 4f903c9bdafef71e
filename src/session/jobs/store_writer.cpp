#include "session/jobs/store_writer.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <system_error>

namespace beckon::jobs_detail {

/// Outlives the writer where a step drops the last of it.
struct store_writer::queue {
    void work() noexcept {
        std::unique_lock lock(mutex);
        for (;;) {
            came.wait(lock, [&] { return is_over || !steps.empty(); });
            if (steps.empty()) return;
            step next = std::move(steps.front());
            steps.pop_front();
            lock.unlock();
            next(*store);
            next = nullptr; // what it held goes before the lock is taken
            lock.lock();
        }
    }

    std::unique_ptr<job_store> store; ///< The thread's own.
    std::mutex mutex;
    std::condition_variable came;
    std::deque<step> steps;
    bool is_over = false;
};

result<std::shared_ptr<store_writer>> store_writer::make(std::unique_ptr<job_store> store) {
    auto steps = std::make_shared<queue>();
    steps->store = std::move(store);
    std::shared_ptr<store_writer> made(new store_writer(steps));
    try {
        made->writes_ = std::thread([steps] { steps->work(); });
    } catch (const std::system_error&) {
        return fail(errc::overloaded, "no thread could be started for the store of jobs");
    }
    return made;
}

store_writer::~store_writer() {
    {
        const std::lock_guard lock(steps_->mutex);
        steps_->is_over = true;
        steps_->came.notify_one();
    }
    if (!writes_.joinable()) return;
    if (writes_.get_id() == std::this_thread::get_id()) {
        writes_.detach(); // it does the rest by itself
    } else {
        writes_.join();
    }
}

void store_writer::give(step what) {
    const std::lock_guard lock(steps_->mutex);
    steps_->steps.push_back(std::move(what));
    steps_->came.notify_one();
}

void store_writer::flush() {
    if (writes_.get_id() == std::this_thread::get_id()) return; // the last of it was dropped here
    std::promise<void> done;
    const std::future<void> written = done.get_future();
    give([done = std::move(done)](job_store&) mutable { done.set_value(); });
    written.wait();
}

} // namespace beckon::jobs_detail
