// What every transport wants to know besides the endpoint.
#pragma once

#include <chrono>

#include "beckon/base/log.hpp"
#include "beckon/base/time.hpp"

namespace beckon::io {

/// For making one connection.
struct connect_options {
    /// For the whole attempt, over all addresses of a name. The look-up of the name itself is the
    /// system's resolver's and has its own limit.
    nanoseconds timeout = std::chrono::seconds(10);
    log_sink* log = &null_log(); ///< Outlives the stream.
};

/// For listening.
struct listen_options {
    int backlog = 1024; ///< Connections that may wait to be accepted; the system may cut it.
    log_sink* log = &null_log(); ///< Outlives the listener.
};

} // namespace beckon::io
