// How much memory is asked for while something runs.
#pragma once

#include <cstddef>

namespace beckon::rpyc::testing {

/// Bytes that this thread has asked `new` for since the program began. Never goes down, so that the difference of two
/// readings is never less than what was in use at once.
[[nodiscard]] std::size_t bytes_asked_for() noexcept;

} // namespace beckon::rpyc::testing
