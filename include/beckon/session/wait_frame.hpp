// Where a thread that waits in a session is found by the calls that what it waits for causes.
#pragma once

#include <deque>
#include <memory>

#include "beckon/object/call.hpp"
#include "beckon/object/waitable.hpp"
#include "beckon/session/queued_call.hpp"

namespace beckon {

/// A thread that waits in a session: calls that are caused by what it waits for run on its stack, so that recursion
/// between two programs needs no thread for each level. Kept on the waiting thread's stack.
class wait_frame {
public:
    explicit wait_frame(waitable& awaited) noexcept : waiting(awaited) {}

    waitable& waiting;
    bool busy = false; ///< The thread runs something above this frame.
    wait_frame* next = nullptr;
    const call_context* serving = nullptr; ///< What the thread serves while it waits.
    std::deque<std::unique_ptr<queued_call>> handed_over;
};

} // namespace beckon
