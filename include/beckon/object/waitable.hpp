// Something that finishes once, and a thread that sleeps until it does.
#pragma once

#include <atomic>
#include <cstdint>

#include "beckon/base/time.hpp"

namespace beckon {

/// A thread's place to sleep. One per thread, never freed, so that a late wake-up of a thread that has gone on
/// (or away) touches valid memory and is merely one too many.
class parker {
public:
    /// The calling thread's own.
    [[nodiscard]] static parker& mine();
    /// Sleeps until unparked or until `deadline`; may also return for no reason.
    void park(time_point deadline) noexcept;
    void unpark() noexcept;
    parker(const parker&) = delete;
    parker& operator=(const parker&) = delete;

protected: // what it is made of is known to waitable.cpp alone
    parker() = default;
    ~parker() = default;
};

/// Finishes once. The thread that finishes it touches it last with one atomic exchange, so the waiter may destroy
/// it at once.
class waitable {
public:
    waitable() = default;
    waitable(const waitable&) = delete;
    waitable& operator=(const waitable&) = delete;

    /// The call whose reply finishes it, while a session keeps it; else 0.
    std::uint32_t call_id = 0;
    /// Finishes by what its session reads: a waiting thread may then read by itself.
    bool comes_by_input = false;
    /// When the session finishes it at the latest, should nothing come.
    time_point deadline = never;

    [[nodiscard]] bool done() const noexcept {
        return state_.load(std::memory_order_acquire) == finished;
    }
    /// Sets it done and wakes who sleeps for it. The caller must not touch *this afterwards.
    void finish() noexcept {
        const std::uintptr_t before = state_.exchange(finished, std::memory_order_acq_rel);
        if (before > finished) reinterpret_cast<parker*>(before)->unpark();
    }
    /// Announces that `sleeper` is about to park; false where it is done already.
    [[nodiscard]] bool announce(parker& sleeper) noexcept {
        std::uintptr_t expected = pending;
        return state_.compare_exchange_strong(expected, reinterpret_cast<std::uintptr_t>(&sleeper),
                                              std::memory_order_acq_rel) ||
               expected != finished;
    }
    /// Takes the announcement back, so that the thread can do other things than sleep.
    void withdraw() noexcept {
        std::uintptr_t expected = state_.load(std::memory_order_relaxed);
        while (expected > finished &&
               !state_.compare_exchange_weak(expected, pending, std::memory_order_acq_rel)) {
        }
    }
    /// Wakes who sleeps for it without finishing it.
    void nudge() noexcept {
        const std::uintptr_t state = state_.load(std::memory_order_acquire);
        if (state > finished) reinterpret_cast<parker*>(state)->unpark();
    }

private:
    static constexpr std::uintptr_t pending = 0;
    static constexpr std::uintptr_t finished = 1;
    std::atomic<std::uintptr_t> state_{pending};
};

} // namespace beckon
