// Threads for sessions: one that runs the event loop, and one that takes over when it blocks.
//
// Handlers run on the thread that read their message: no hand-over on the fast path. There is one loop and one baton;
// who holds the baton runs the loop. A second thread looks every millisecond, while there is work, whether a handler has
// kept its thread since the last look. If so it takes the baton, and the input that the blocked thread had not come to,
// and a further thread takes its place as the one that looks. So a handler that blocks holds up nobody but its own
// session's next call. Threads that wait in a call read their session's socket themselves (see connection.hpp).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "beckon/base/flat_map.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/log.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/session/runtime_options.hpp"

namespace beckon {

class connection;
struct activation;

/// What a thread runs, for the one that looks. Kept for ever and reused, so looking never touches freed memory.
struct thread_record {
    std::atomic<activation*> top{nullptr};
    /// The connection of `top`. Who looks at another thread must lock it before it reads the activation.
    std::atomic<connection*> top_of{nullptr};
    std::atomic<std::uint64_t> steps{0}; ///< Grows whenever a handler begins or ends.
    thread_record* next = nullptr;
    std::atomic<bool> in_use{true};
    const void* turn_of =
        nullptr; ///< The connection whose turn this thread runs; its own use only.
    /// How often, of late, this thread waited for its calls before the loop, woken to send them, had come to it. Where
    /// that is the rule the loop is not woken any more. Negative after it went wrong.
    std::atomic<int> sends_itself{0};

    [[nodiscard]] static thread_record& mine();
    [[nodiscard]] static thread_record* first() noexcept;
};

/// Runs sessions. One for each program is usual; see context.
///
/// Thread-safety: all functions, from any thread, unless they say otherwise.
class runtime {
public:
    [[nodiscard]] static result<std::shared_ptr<runtime>> create(runtime_options options = {});
    /// Waits for handlers that run. The last connection holds the runtime as users do, so that it may end on one of
    /// its own threads; then that thread frees it.
    ~runtime();
    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;

    [[nodiscard]] io::event_loop& loop() noexcept { return *loop_; }
    [[nodiscard]] const clock_source& clock() const noexcept { return *clock_; }
    [[nodiscard]] log_sink& log() const noexcept { return *log_; }
    [[nodiscard]] const runtime_options& options() const noexcept { return options_; }
    /// Threads of this runtime now, blocked ones included.
    [[nodiscard]] std::size_t thread_count() const;

    /// Embedded only: runs what is ready, without waiting. One thread at a time.
    std::size_t poll();
    /// Embedded only: waits for something to do, at most so long, does it, and says how much it was. Several threads may
    /// call it; one at a time gets on.
    ///
    /// Errors: unsupported where the runtime has threads; would_deadlock in what it runs itself.
    [[nodiscard]] result<std::size_t> serve(nanoseconds at_most);
    /// Embedded only: readable when `poll` has something to do.
    [[nodiscard]] int descriptor() const noexcept { return loop_->descriptor(); }

    /// For connections: a handler begins; wakes the thread that looks where it sleeps. The caller has just stored
    /// thread_record::top with sequential consistency, and the one that looks stores its flag so before its last
    /// look: one of the two sees the other.
    void handler_begins() noexcept {
        if (watcher_sleeps_.load()) wake_watcher();
    }
    /// For connections: the thread that runs the loop leaves it to another worker, to stay with one connection. False
    /// where it cannot: it does not run the loop, or enough threads stay with connections, or there is no other worker.
    [[nodiscard]] bool leave_loop() noexcept;
    void back_from_connection() noexcept { staying_.fetch_sub(1, std::memory_order_relaxed); }
    /// For connections: their memory goes only under this lock, which a look holds. One for all runtimes, since a
    /// thread may run handlers of several.
    [[nodiscard]] static std::mutex& look_mutex() noexcept;

private:
    explicit runtime(runtime_options options);
    struct worker;
    class ownership;
    bool start_worker() noexcept;
    static void end(runtime* ended) noexcept;
    void work(worker& self) noexcept;
    void lead(worker& self) noexcept;
    void watch(worker& self) noexcept;
    [[nodiscard]] bool look() noexcept;
    void wake_watcher() noexcept;

    const runtime_options options_;
    steady_clock_source own_clock_;
    const clock_source* clock_;
    log_sink* log_;
    std::unique_ptr<io::event_loop> loop_;

    // At most one thread is in `serve`.
    std::mutex serving_mutex_;
    std::condition_variable serving_ended_;
    bool is_serving_ = false;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::atomic<worker*> leader_{nullptr};
    worker* watcher_ = nullptr;
    std::size_t spares_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<unsigned> staying_{0}; ///< Workers that read for one connection each.

    std::atomic<bool> watcher_sleeps_{false};
    worker* heir_ = nullptr; ///< The worker that frees the runtime when it has left it.

    /// What this runtime knows of a thread from earlier looks. Guarded by look_mutex.
    struct marks {
        std::uint64_t seen_steps = 0;  ///< At the last look.
        std::uint64_t taken_steps = 0; ///< When its work was last taken from it.
    };
    flat_map<const thread_record*, marks> marks_;
};

} // namespace beckon
