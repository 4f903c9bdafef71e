// What a coroutine serves that may outlive the call it was begun in.
#pragma once

#include "beckon/object/call.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/progress.hpp"

namespace beckon::detail {

/// A call context of a coroutine's own: the call that it was begun in may be over while it still waits.
///
/// It keeps who called, and the call's metadata, session, deadline and progress, as they are where it is made.
class kept_call {
public:
    kept_call();
    kept_call(const kept_call&) = delete;
    kept_call& operator=(const kept_call&) = delete;
    ~kept_call();

    /// What cancels the call that is served now cancels this as well.
    void follow();
    /// Takes over until when, and in whose turn, the call that is served now runs.
    void inherit() noexcept;

    call_context context;
    cancellation given_up;

private:
    caller_identity caller_;
    beckon::metadata metadata_;
    intrusive_ptr<peer> session_;
    intrusive_ptr<progress_sink> progress_;
    cancellation_watch followed_;
};

} // namespace beckon::detail
