// Time, for code that waits where no session drives: the machine's, or a simulator's.
#pragma once

#include "beckon/base/time.hpp"
#include "beckon/object/waitable.hpp"

namespace beckon {

/// What time it is on a thread, and how it passes. `this_call::sleep_for`, `this_call::cancelled` and futures that no
/// session carries ask it; sessions ask their drivers.
///
/// Thread-safety: each thread has its own.
class thread_time {
public:
    [[nodiscard]] virtual time_point now() noexcept = 0;
    /// Waits until `waiting` is done or the deadline is there.
    virtual void wait(waitable& waiting, time_point deadline) = 0;

    /// The calling thread's: the machine's, unless it was exchanged for another.
    [[nodiscard]] static thread_time& mine() noexcept;
    /// Gives the calling thread another time, null for the machine's, and returns the one before. The caller keeps it alive
    /// until it is exchanged again.
    static thread_time* exchange(thread_time* other) noexcept;

protected:
    ~thread_time() = default;
};

} // namespace beckon
