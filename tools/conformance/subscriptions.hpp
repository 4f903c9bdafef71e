// Listeners that are told something every so often.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "conformance/types.hpp"

namespace conformance {

/// Calls each listener `times` times, an interval before each and after the reply to the one before. A call that
/// fails ends the listener's subscription.
///
/// Thread-safety: all functions, from any thread.
class subscriptions {
public:
    subscriptions() = default;
    ~subscriptions(); ///< Waits for the thread that calls; subscriptions end.
    subscriptions(const subscriptions&) = delete;
    subscriptions& operator=(const subscriptions&) = delete;

    void add(beckon::ref<Listener> listener, std::int64_t times,
             std::chrono::milliseconds interval);

private:
    struct subscription {
        beckon::ref<Listener> listener;
        std::int64_t times;
        std::chrono::milliseconds interval;
        std::int64_t told = 0;
    };
    struct due {
        std::chrono::steady_clock::time_point when;
        std::shared_ptr<subscription> whose;
        bool operator<(const due& other) const { return when > other.when; }
    };
    /// Outlives the owner for replies that are on their way.
    struct state {
        std::mutex mutex;
        std::condition_variable changed;
        std::priority_queue<due> waiting;
        bool ending = false;
    };
    static void schedule(const std::shared_ptr<state>& in, std::shared_ptr<subscription> whose);
    static void run(const std::shared_ptr<state>& in);
    static void tell(const std::shared_ptr<state>& in, std::shared_ptr<subscription> whose);

    const std::shared_ptr<state> state_ = std::make_shared<state>();
    std::thread thread_; // guarded by state_->mutex; started with the first subscription
};

} // namespace conformance
