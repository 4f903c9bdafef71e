// Threads for handlers that may block, as many as there is work for.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "beckon/base/function.hpp"

namespace beckon::jobs_detail {

/// Runs steps in the order in which they were given, several at a time. A thread that has had nothing to do for a moment ends.
///
/// Thread-safety: all functions, from any thread.
class job_threads : public std::enable_shared_from_this<job_threads> {
public:
    /// False where it has stopped, or no thread could be started and none is there.
    bool post(function<void()> step);
    void set_most(std::size_t threads);
    /// Runs nothing more that waits; waits for what runs, unless it is that which asks.
    void stop() noexcept;

private:
    void work() noexcept;
    /// REQUIRES: locked.
    [[nodiscard]] bool start_thread();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<function<void()>> steps_;
    std::vector<std::thread> threads_;
    std::vector<std::thread::id> ended_; ///< Of those, to be joined.
    std::size_t most_ = 1;
    std::size_t there_ = 0;
    std::size_t idle_ = 0;
    bool stopped_ = false;
};

} // namespace beckon::jobs_detail
