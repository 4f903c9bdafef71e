#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

using monotonic = std::chrono::steady_clock;

inline std::uint64_t now_ns() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(monotonic::now().time_since_epoch())
            .count());
}

inline double seconds_since(std::uint64_t start_ns) {
    return static_cast<double>(now_ns() - start_ns) * 1e-9;
}

} // namespace bench
