#include "testing/virtual_thread.hpp"

#include <cstring>
#include <utility>

#include <cxxabi.h>

#include "testing/sanitizer.hpp"

#ifdef BECKON_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace beckon::testing {

namespace {
// Who switches to whom, for the moment of the switch: what runs after it belongs to the other one.
thread_local virtual_thread* leaving = nullptr;
thread_local virtual_thread* arriving = nullptr;
} // namespace

virtual_thread::virtual_thread() = default;
virtual_thread::~virtual_thread() = default;

virtual_thread::virtual_thread(void (*body)(void*), void* of)
    : stack_(thread_stack::take()), stack_bottom_(stack_.bottom()),
      stack_bytes_(thread_stack::size), body_(body), of_(of) {
    ::getcontext(&context_);
    context_.uc_stack.ss_sp = stack_.bottom();
    context_.uc_stack.ss_size = thread_stack::size;
    context_.uc_link = nullptr;
    ::makecontext(&context_, &virtual_thread::enter, 0);
}

void virtual_thread::enter() {
    virtual_thread& self = *arriving;
    self.take_processor();
    self.body_(self.of_);
}

void virtual_thread::switch_to(virtual_thread& next) {
    if (&next == this) return;
    leave_processor();
    leaving = this;
    arriving = &next;
#ifdef BECKON_ADDRESS_SANITIZER
    __sanitizer_start_switch_fiber(&fake_stack_, next.stack_bottom_, next.stack_bytes_);
#endif
    ::swapcontext(&context_, &next.context_);
    take_processor();
}

void virtual_thread::leave_processor() {
    call_ = exchange_current_call(nullptr);
    running_ = active_call::exchange_running(nullptr);
    std::memcpy(static_cast<void*>(&exceptions_), abi::__cxa_get_globals(), sizeof exceptions_);
}

void virtual_thread::take_processor() {
#ifdef BECKON_ADDRESS_SANITIZER
    const void* bottom = nullptr;
    std::size_t bytes = 0;
    __sanitizer_finish_switch_fiber(fake_stack_, &bottom, &bytes);
    if (leaving->stack_bottom_ == nullptr) { // the test's own stack, whose bounds nobody else knows
        leaving->stack_bottom_ = bottom;
        leaving->stack_bytes_ = bytes;
    }
#endif
    exchange_current_call(call_);
    active_call::exchange_running(running_);
    std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), &exceptions_, sizeof exceptions_);
}

} // namespace beckon::testing
