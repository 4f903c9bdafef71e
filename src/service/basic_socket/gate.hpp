// Who may be in: so many at a time, the others in the order in which they came.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <vector>

#include "beckon/base/time.hpp"

namespace beckon::basic {

/// Thread-safety: none, but for the counts.
class gate {
public:
    /// `most` 0: everybody may be in.
    gate(std::size_t most, nanoseconds patience) noexcept : most_(most), patience_(patience) {}

    /// Whether somebody who asks now is in. Else it has a place in the queue from now on, or keeps the one it has.
    [[nodiscard]] bool admit(const void* who, time_point now) {
        const auto mine = std::find_if(queue_.begin(), queue_.end(),
                                       [who](const waiter& each) { return each.who == who; });
        if (mine == queue_.end()) {
            queue_.push_back({who, now});
        } else {
            mine->asked = now;
        }
        // Only who asks again is let in: one at the head that never does would keep all others out.
        std::erase_if(queue_, [&](const waiter& each) {
            return deadline_after(each.asked, patience_) < now;
        });
        const bool is_in = let_in(who);
        count();
        return is_in;
    }
    /// Gives up the place inside, or in the queue.
    void leave(const void* who) {
        std::erase(inside_, who);
        std::erase_if(queue_, [who](const waiter& each) { return each.who == who; });
        count();
    }
    /// Hooks may ask, which run under the lock of this.
    [[nodiscard]] std::size_t inside() const noexcept { return inside_count_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_count_; }

private:
    struct waiter {
        const void* who;
        time_point asked;
    };

    [[nodiscard]] bool let_in(const void* who) {
        const bool has_room = most_ == 0 || inside_.size() < most_;
        if (!has_room || (most_ != 0 && queue_.front().who != who)) return false;
        std::erase_if(queue_, [who](const waiter& each) { return each.who == who; });
        inside_.push_back(who);
        return true;
    }
    void count() noexcept {
        inside_count_ = inside_.size();
        waiting_count_ = queue_.size();
    }

    const std::size_t most_;
    const nanoseconds patience_;
    std::vector<const void*> inside_;
    std::deque<waiter> queue_;
    std::atomic<std::size_t> inside_count_ = 0;
    std::atomic<std::size_t> waiting_count_ = 0;
};

} // namespace beckon::basic
