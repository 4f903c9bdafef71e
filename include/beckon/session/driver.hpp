// What a session needs from outside: time, threads and a way out for its bytes.
#pragma once

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"
#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/object/waitable.hpp"

namespace beckon {

class session_driver;

/// A handler that runs on this thread, as its driver keeps it; lives inside the call being served.
struct activation {
    session_driver* driver = nullptr;
    const void* reader =
        nullptr;    ///< Who read the session's input when it began; null where nobody did.
    byte_view rest; ///< Input not read yet.
    activation* below = nullptr; ///< The next one down this thread's stack.
};

/// Connects one session to a transport and to threads; the simulator has its own.
class session_driver {
public:
    /// May be as old as the turn.
    [[nodiscard]] virtual time_point now() noexcept = 0;
    /// Output was appended. Called with the session's lock; send it when this turn ends, or soon.
    virtual void output_ready() noexcept = 0;
    /// The same for a call whose caller will most likely wait for it, and so send it, in a moment: waking another thread
    /// to send it may be put off, until send_deferred at the latest a millisecond. With the session's lock.
    virtual void output_may_wait() noexcept { output_ready(); }
    /// Nobody will wait for what was put off. Without the lock.
    virtual void send_deferred() noexcept {}
    /// References or streams were dropped: have session::write_releases called soon. Called from destructors, with the
    /// session's lock or without.
    virtual void released() noexcept = 0;
    /// Calls are queued: have session::run_queued called soon. Called with the session's lock.
    virtual void calls_queued() noexcept = 0;
    /// Runs a function of the program, which may block, soon on a library thread. With the session's lock.
    virtual void run_soon(function<void()> work) noexcept = 0;
    /// Have session::on_timer called at or after `when`. Replaces an earlier wish. With the session's lock.
    virtual void arm_timer(time_point when) noexcept = 0;
    /// A handler is about to start on this thread. `running.rest` is filled in. With the session's lock.
    virtual void handler_begins(activation& running) noexcept = 0;
    /// The handler has ended; whether another thread has taken over the reading. With the session's lock.
    [[nodiscard]] virtual bool handler_ends(activation& running) noexcept = 0;
    /// Waits until `waiting` is done or the deadline is there. Without the lock.
    virtual void wait(waitable& waiting, time_point deadline) = 0;
    /// Runs what is ready of this conversation and all others of its runtime, where the program lends its threads for
    /// that; waits for it at most so long. Without the lock.
    [[nodiscard]] virtual result<std::size_t> run_turn(nanoseconds at_most) {
        static_cast<void>(at_most);
        return fail(errc::unsupported, "this conversation is served by its own driver");
    }
    /// The conversation is over: send what is left, then close the transport. `why` we end it; null where the peer or its
    /// transport has. It lives as long as the session. With the session's lock.
    virtual void session_over(const error* why) noexcept = 0;
    /// Nobody but the caller holds the session any more, and its hold is the driver's now. Where it is the only one still
    /// when the driver lets it go (session::let_go), on its own thread, the session is to be closed and freed. Without the lock.
    virtual void abandoned() noexcept = 0;

protected:
    ~session_driver() = default;
};

} // namespace beckon
