// What a program chooses for its pyrpc conversations. Nothing of it is told to the peer.
#pragma once

#include <memory>

#include "beckon/base/time.hpp"
#include "beckon/session/jobs/job_board.hpp"

namespace beckon::pyrpc {

/// Of a caller: what pyrpc's Client has as attributes. A call's own keywords of the same names go before, and are taken out of
/// the call; 0 and None stand for these.
struct caller_options {
    /// For the whole call, `T` below.
    nanoseconds call_timeout = std::chrono::hours(24);
    nanoseconds socket_connect_timeout = std::chrono::seconds(10); ///< At most T.
    nanoseconds socket_send_timeout = std::chrono::seconds(10);    ///< At most T.
    nanoseconds nb_fetch_tick = std::chrono::seconds(1);           ///< From one poll to the next.
    nanoseconds nb_fetch_timeout = std::chrono::seconds(5);        ///< T of each poll.
};

/// Of a callee: what pyrpc's Server takes.
struct callee_options {
    /// All exceptions go as Exception, with the name of their class as `className`.
    bool retype_exceptions = false;
    /// Where calls are kept that nobody waits for, `nb_` calls; null: they are refused.
    std::shared_ptr<job_board> jobs{};
};

} // namespace beckon::pyrpc
