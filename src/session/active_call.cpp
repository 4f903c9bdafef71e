#include "session/active_call.hpp"

#include <thread>

namespace beckon {

namespace {
thread_local active_call* innermost = nullptr;

void await_unpinned(session& owner, served_call& call) {
    // A thread has just read the cancellation and is about to tell: a matter of microseconds.
    while (call.pins != 0) {
        owner.unlock();
        std::this_thread::yield();
        owner.lock();
    }
}
} // namespace

active_call* active_call::running() noexcept { return innermost; }

active_call::active_call(session& owner, const call_head& head, servant& target, native::reader& in,
                         byte_view rest)
    : session_(owner), head_(head), target_(&target) {
    activation_.rest = rest;
    served_.call_id = head.call_id;
    method = head.method;
    arguments = &in;
    context.caller = &owner.identity();
    context.metadata = head.metadata;
    context.cancellation = &served_.cancel;
    context.session = &owner;
    context.call_id = head.call_id;
    if (head.time_left.count() != 0)
        context.deadline = deadline_after(owner.driver_.now(), head.time_left);
    owner.link(served_);
}

active_call::~active_call() {
    await_unpinned(session_, served_);
    session_.unlink(served_);
}

void active_call::enter_handler() noexcept {
    handler_entered_ = true;
    context_below_ = exchange_current_call(&context);
    context.outer = context_below_;
    below_ = std::exchange(innermost, this);
    session_.driver_.handler_begins(activation_);
    session_.unlock();
}

void active_call::leave_handler() noexcept {
    session_.lock();
    taken_over_ = session_.driver_.handler_ends(activation_);
    innermost = below_;
    exchange_current_call(context_below_);
}

void active_call::end_reply() { session_.end_reply(head_); }
void active_call::reject(error failure) { session_.reject(head_, failure, false); }
void active_call::reply_value(value) {
    session_.reject(head_, fail(errc::unsupported, "a dynamic result needs a dynamic protocol"),
                    false);
}

intrusive_ptr<deferred_reply> active_call::defer() {
    deferred_ = true;
    auto detached = make_counted<detached_call>(session_, head_);
    detached->context.deadline = context.deadline;
    // From here on the detached call is the one that a cancellation finds.
    session_.unlink(served_);
    return detached;
}

detached_call::detached_call(session& owner, const call_head& head)
    : session_(&owner), head_(head) {
    if (head.metadata != nullptr) metadata_ = *head.metadata;
    head_.metadata = nullptr;
    served_.call_id = head.call_id;
    context.caller = &owner.identity();
    context.metadata = &metadata_;
    context.cancellation = &served_.cancel;
    context.session = &owner;
    context.call_id = head.call_id;
    owner.link(served_);
}

detached_call::~detached_call() {
    session_->lock();
    await_unpinned(*session_, served_);
    session_->unlink(served_);
    if (!answered_)
        session_->reject(head_, fail(errc::internal, "handler ended without a result"), false);
    session_->unlock();
    session_->run_completions();
}

void detached_call::unlock() noexcept {
    session_->unlock();
    session_->run_completions();
}
void detached_call::end_reply() {
    answered_ = true;
    session_->end_reply(head_);
}
void detached_call::reject(error failure) {
    answered_ = true;
    session_->reject(head_, failure, false);
}
void detached_call::reply_value(value) {
    reject(fail(errc::unsupported, "a dynamic result needs a dynamic protocol"));
}

} // namespace beckon
