#pragma once

#include <atomic>
#include <cstdint>

#include "common/clock.hpp"

namespace bench {

/// How many calls a run may still start: until its time is over or its number is reached.
///
/// Thread-safety: all functions may be called from several threads.
class quota {
public:
    quota(double seconds, std::uint64_t calls)
        : calls_(calls), deadline_ns_(now_ns() + static_cast<std::uint64_t>(seconds * 1e9)) {}

    /// Whether one more call may start. Whoever got true starts it and waits for its reply.
    bool take() {
        if (over_.load(std::memory_order_relaxed)) return false;
        // Reading the clock costs as much as the floor spends on a tenth of a call, so not always.
        const std::uint64_t before = taken_.fetch_add(1, std::memory_order_relaxed);
        if (before < calls_ && (before % 16 != 0 || now_ns() < deadline_ns_)) return true;
        taken_.fetch_sub(1, std::memory_order_relaxed);
        over_.store(true, std::memory_order_relaxed);
        return false;
    }

    std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

private:
    std::uint64_t calls_;
    std::uint64_t deadline_ns_;
    std::atomic<std::uint64_t> taken_ = 0;
    std::atomic<bool> over_ = false;
};

} // namespace bench
