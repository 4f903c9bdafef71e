// Waiting for a descriptor in one system call, for threads that drive a stream themselves.
#pragma once

#include "beckon/base/time.hpp"

namespace beckon::io {

/// Why a wait ended. All false: the deadline passed or a signal came; check the clock and call again.
struct wait_outcome {
    bool ready = false;       ///< The descriptor is ready, or failed: the next read or write tells.
    bool other_ready = false; ///< The other descriptor became readable.
};

/// Waits in one ppoll until `fd` is readable, `other_fd` (unless -1) is readable, or the deadline of
/// the machine's monotonic clock has passed. A deadline in the past makes it a poll.
///
/// Thread-safety: any thread; several threads may wait for one descriptor.
[[nodiscard]] wait_outcome wait_readable(int fd, time_point deadline, int other_fd = -1) noexcept;

/// The same, until `fd` is writable.
[[nodiscard]] wait_outcome wait_writable(int fd, time_point deadline, int other_fd = -1) noexcept;

} // namespace beckon::io
