#include "beckon/service/remote_api/action_queue.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "beckon/object/exception.hpp"

namespace beckon::quickrpc {

struct action_queue::state {
    state(std::size_t limit, log_sink& sink) : most(limit), log(sink) {}

    /// On the thread that exists while there is work.
    void work() {
        std::unique_lock lock(mutex);
        worker = std::this_thread::get_id();
        while (!waiting.empty()) {
            std::function<void()> action = std::move(waiting.front());
            waiting.pop_front();
            lock.unlock();
            try {
                action();
            } catch (...) {
                log.write(log_level::error, "BKN-ACTION-FAILED",
                          concat("action in the background failed: ",
                                 error_of_current_exception().to_string()));
            }
            action = nullptr; // what it holds may ask the queue, or wait for who does
            lock.lock();
        }
        works = false;
        worker = {};
        changed.notify_all();
    }

    const std::size_t most;
    log_sink& log;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> waiting;
    std::thread::id worker;
    bool works = false;
    bool stopped = false;
};

action_queue::action_queue(std::size_t most, log_sink& log)
    : state_(std::make_shared<state>(most, log)) {}

action_queue::~action_queue() { stop(); }

void action_queue::put(std::function<void()> action) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) throw_error(fail(errc::cancelled, "action queue is stopped"));
    if (state_->waiting.size() >= state_->most) {
        throw_error(fail(errc::limit_exceeded, "action queue holds ", state_->waiting.size(),
                         " actions; limit is ", state_->most));
    }
    state_->waiting.push_back(std::move(action));
    if (std::exchange(state_->works, true)) return;
    try {
        // Detached: who waits for it waits for the queue to be idle.
        std::thread([shared = state_] { shared->work(); }).detach();
    } catch (...) {
        state_->works = false;
        state_->waiting.pop_back();
        throw;
    }
}

std::size_t action_queue::size() const {
    const std::lock_guard lock(state_->mutex);
    return state_->waiting.size() + (state_->works ? 1 : 0);
}

bool action_queue::is_working() const {
    const std::lock_guard lock(state_->mutex);
    return state_->works;
}

void action_queue::stop() {
    std::deque<std::function<void()>> dropped;
    std::unique_lock lock(state_->mutex);
    state_->stopped = true;
    dropped.swap(state_->waiting);
    if (state_->worker == std::this_thread::get_id()) return;
    state_->changed.wait(lock, [this] { return !state_->works; });
}

} // namespace beckon::quickrpc
