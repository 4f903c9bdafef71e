// What a session counts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace beckon {

/// Counters, for tests, `beckon describe` and leak checks.
struct session_stats {
    std::size_t exports = 0, imports = 0, calls_in_flight = 0, calls_served = 0, streams = 0;
    std::uint64_t oddities = 0; ///< Harmless breaches of the protocol by the peer.
};

} // namespace beckon
