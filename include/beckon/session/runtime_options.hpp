// What a runtime is told when it is made.
#pragma once

#include <chrono>
#include <cstddef>

#include "beckon/base/log.hpp"
#include "beckon/base/time.hpp"

namespace beckon {

struct runtime_options {
    const clock_source* clock = nullptr; ///< Null: the machine's. Must outlive the runtime.
    shared_log log{};                    ///< None: warnings to standard error.
    std::size_t max_threads = 256;       ///< Handlers that block at the same time need one each.
    bool embedded = false; ///< No threads: the program polls `descriptor()` and calls `poll()`.
    std::chrono::microseconds look_every{1000}; ///< How soon a handler that blocks is noticed.
    /// How long a thread that waits for input reads without sleeping; 0: not at all. Adaptive: where spinning was in
    /// vain, it is tried ever more rarely. Saves the wake-up, some microseconds, and costs a core meanwhile.
    std::chrono::microseconds spin = default_spin();

    /// 20 us where the machine has 4 cores or more, else 0.
    [[nodiscard]] static std::chrono::microseconds default_spin() noexcept;
};

} // namespace beckon
