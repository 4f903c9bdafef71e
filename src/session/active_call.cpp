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
std::size_t active_call::depth() noexcept {
    std::size_t calls = 0;
    for (const active_call* each = innermost; each != nullptr; each = each->below_) ++calls;
    return calls;
}
active_call* active_call::exchange_running(active_call* other) noexcept {
    return std::exchange(innermost, other);
}

active_call::active_call(session& owner, const call_head& head, servant& target,
                         const session::arrival& came)
    : session_(owner), head_(head), target_(&target) {
    activation_.rest = came.rest;
    served_.call_id = head.call_id;
    served_.has_parent = head.has_parent;
    served_.parent = head.parent;
    served_.turn = target.turn();
    owner.borrowed_.clear();
    method = head.method;
    arguments = came.arguments;
    request = came.request;
    if (request != nullptr) values = &request->arguments;
    context.caller = head.caller != nullptr ? head.caller : &owner.unnamed();
    if (head.metadata != nullptr) {
        metadata_ = *head.metadata;
        context.metadata = &metadata_;
    }
    context.cancellation = &served_.cancel;
    context.session = &owner;
    context.call_id = head.call_id;
    context.turn = served_.turn;
    if (head.time_left.count() != 0)
        context.deadline = deadline_after(owner.driver_.now(), head.time_left);
    owner.link(served_);
}

active_call::~active_call() {
    await_unpinned(session_, served_);
    session_.unlink(served_);
    if (served_.turn != nullptr && !deferred_) session_.leave_turn(*target_->turn());
}

void active_call::enter_handler() noexcept {
    handler_entered_ = true;
    context_below_ = exchange_current_call(&context);
    context.outer = context_below_;
    below_ = std::exchange(innermost, this);
    session_.driver_.handler_begins(activation_);
    if (!session_.unread_.empty()) session_.drop_kept();
    // What came before it in the same input must not wait for a handler that takes long; and an object that the peer
    // released before this call is gone when the handler looks.
    const bool others_wait = session_.completed_ != nullptr || !session_.to_cancel_.empty() ||
                             !session_.garbage_.empty();
    session_.unlock();
    if (others_wait) session_.run_completions();
}

void active_call::leave_handler() noexcept {
    session_.lock();
    taken_over_ = session_.driver_.handler_ends(activation_);
    innermost = below_;
    exchange_current_call(context_below_);
}

void active_call::end_reply() { session_.end_reply(head_); }
void active_call::reject(error failure) {
    // Before the handler ran nothing was taken: the peer counts the references in its arguments as not sent.
    // (What came as values has been received, and is released with them.)
    const bool untaken = !handler_entered_ && request == nullptr;
    if (untaken) session_.unborrow();
    session_.unlink(served_);
    session_.reject(head_, failure, untaken);
}
/// An answer may be the conversation's last and end it, which tells the calls that run: no longer this one, that would
/// wait for itself.
void active_call::reply_value(value result) {
    session_.unlink(served_);
    session_.reply_value(head_, result);
}

intrusive_ptr<deferred_reply> active_call::defer() {
    deferred_ = true;
    auto detached =
        make_counted<detached_call>(session_, head_, served_, std::move(metadata_),
                                    served_.turn != nullptr ? target_ : intrusive_ptr<servant>());
    detached->context.deadline = context.deadline;
    // From here on the detached call is the one that a cancellation finds, and that holds the object's turn.
    session_.unlink(served_);
    return detached;
}

detached_call::detached_call(session& owner, const call_head& head, const served_call& attached,
                             beckon::metadata texts, intrusive_ptr<servant> turn_of)
    : session_(&owner), head_(head), metadata_(std::move(texts)), turn_of_(std::move(turn_of)) {
    if (head.metadata != nullptr) context.metadata = &metadata_;
    head_.metadata = nullptr;
    served_.call_id = head.call_id;
    served_.owner = this;
    served_.has_parent = attached.has_parent;
    served_.parent = attached.parent;
    served_.turn = attached.turn;
    context.caller = head.caller != nullptr ? head.caller : &owner.unnamed();
    context.cancellation = &served_.cancel;
    context.session = &owner;
    context.call_id = head.call_id;
    context.turn = attached.turn;
    owner.link(served_);
}

detached_call::~detached_call() {
    session_->lock();
    session_->unlink(served_);
    if (turn_of_) session_->leave_turn(*turn_of_->turn());
    if (!answered_)
        session_->reject(head_, fail(errc::internal, "handler ended without a result"), false);
    session_->unlock();
    session_->run_completions();
}

void detached_call::unlock() noexcept {
    session_->unlock();
    session_->run_completions();
}
void detached_call::resume(function<void()> rest) {
    session_->lock();
    session_->driver_.run_soon(std::move(rest));
    session_->unlock();
}
void detached_call::end_reply() {
    answered_ = true;
    session_->end_reply(head_);
}
void detached_call::reject(error failure) {
    answered_ = true;
    session_->reject(head_, failure, false);
}
void detached_call::reply_value(value result) {
    answered_ = true;
    session_->reply_value(head_, result);
}

} // namespace beckon
