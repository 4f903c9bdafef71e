// The threads of simulated programs: each has a stack of its own, and they take turns on the test's one thread.
#pragma once

#include <cstddef>

#include <ucontext.h>

#include "beckon/base/function.hpp"
#include "beckon/object/call.hpp"
#include "session/active_call.hpp"
#include "testing/thread_stack.hpp"

namespace beckon::testing {

/// One thread of a simulated program, or the test's own. What the library and the language keep for each thread is
/// swapped when another takes its turn.
class virtual_thread {
public:
    /// The test's own, which runs already.
    virtual_thread();
    /// Another one. `body` runs when it is switched to first, and never returns.
    explicit virtual_thread(void (*body)(void*), void* of);
    virtual_thread(const virtual_thread&) = delete;
    virtual_thread& operator=(const virtual_thread&) = delete;
    ~virtual_thread();

    /// Goes on with `next` where that left off; returns when something switches back. REQUIRES: called on this thread.
    void switch_to(virtual_thread& next);

    activation* top = nullptr; ///< The innermost handler that it runs.
    const void* turn_of =
        nullptr; ///< The endpoint whose turn it runs: that one sends at the turn's end.

private:
    /// What the language keeps of exceptions being handled, by the C++ ABI.
    struct exception_state {
        void* caught = nullptr;
        unsigned int uncaught = 0;
    };
    static void enter();
    void leave_processor();
    void take_processor();

    thread_stack stack_; ///< None for the test's own thread.
    // For sanitizers.
    [[maybe_unused]] const void* stack_bottom_ = nullptr;
    [[maybe_unused]] std::size_t stack_bytes_ = 0;
    [[maybe_unused]] void* fake_stack_ = nullptr;
    ucontext_t context_{};
    void (*body_)(void*) = nullptr;
    void* of_ = nullptr;
    call_context* call_ = nullptr;
    active_call* running_ = nullptr;
    exception_state exceptions_;
};

} // namespace beckon::testing
