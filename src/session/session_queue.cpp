// Calls of the peer that could not start when they came: waiting for the session's order, for the turn of a serial
// object, for the result of another call, or for the thread that they come back to.
#include "beckon/session/session.hpp"

#include "beckon/object/turn.hpp"
#include "beckon/session/queued_call.hpp"
#include "session/active_call.hpp"

namespace beckon {

// --- Who may start ---

bool session::has_room() const noexcept {
    // A peer that does not take our replies gets no further calls started; its replies to us are still read.
    if (out_.size() + unsent_ <= options_.limits.max_unsent_bytes) return true;
    wants_room_ = true;
    return false;
}

bool session::may_start() const noexcept { return strand_ == nullptr && has_room(); }

void session::start_next() noexcept {
    if (state_ == state::over) return;
    if ((!ready_.empty() && has_room()) || (!queue_.empty() && may_start())) driver_.calls_queued();
}

void session::release_strand(const active_call& call) noexcept {
    if (strand_ != &call) return;
    strand_ = nullptr;
    start_next();
}

std::unique_ptr<queued_call> session::copy_call(const call_head& head, const arrival& came,
                                                servant* target, std::uint64_t unread) {
    auto call = std::make_unique<queued_call>();
    call->head = head;
    if (came.request != nullptr) { // what it names has been looked up, and is held by it
        call->request.emplace(*came.request);
    } else {
        call->unread = unread != 0 ? unread : unread_.add();
        call->arguments_at = came.arguments->offset();
        call->message.append(came.message);
    }
    if (head.metadata != nullptr) {
        call->metadata = *head.metadata;
        call->head.metadata = &call->metadata;
    }
    call->came = driver_.now();
    call->target = intrusive_ptr<servant>(target);
    return call;
}

void session::enqueue(std::unique_ptr<queued_call> call) {
    (starts_in_order(*call->target) ? queue_ : ready_).push_back(std::move(call));
    start_next();
}

void session::run_queued() {
    lock();
    while (state_ == state::open) {
        std::unique_ptr<queued_call> call;
        bool on_strand = false;
        if (!ready_.empty() && has_room()) {
            call = std::move(ready_.front());
            ready_.pop_front();
        } else if (!queue_.empty() && may_start()) {
            call = std::move(queue_.front());
            queue_.pop_front();
            on_strand = true;
        } else {
            break;
        }
        run_queued_call(*call, on_strand);
    }
    unlock();
    run_completions();
}

void session::run_queued_call(queued_call& call, bool on_strand) {
    // The time it waited is gone from its deadline.
    if (call.head.time_left.count() != 0) {
        const nanoseconds waited = driver_.now() - call.came;
        if (waited >= call.head.time_left) {
            refuse(call.head,
                   fail(errc::timeout, "deadline of the call passed while it waited for its turn"));
            if (call.has_turn) leave_turn(*call.target->turn());
            unread_.read(call.unread);
            drop_kept();
            return;
        }
        call.head.time_left -= waited;
    }
    native::reader arguments(call.message.view(), options_.limits, this);
    arrival came;
    if (call.request) {
        came.request = &*call.request;
    } else {
        arguments.skip_to(call.arguments_at);
        came.arguments = &arguments;
        came.message = call.message.view();
    }
    if (call.target->turn() != nullptr && !call.has_turn) {
        // A call for the result of another one: only now is it known that its object is a serial one.
        if (!take_turn(call.head, *call.target, came, &call.unread)) {
            unread_.read(call.unread); // where it was refused
            return drop_kept();
        }
        on_strand = false;
    }
    unread_.read(call.unread); // next thing, and before the lock is dropped
    static_cast<void>(run_call(call.head, *call.target, came, on_strand));
}

/// Answers calls that will never start. Leaves `calls` empty.
void session::drop_queued(std::deque<std::unique_ptr<queued_call>>& calls) {
    for (const auto& call : calls) {
        if (call->has_turn) leave_turn(*call->target->turn());
        collect(std::move(call->target));
    }
    calls.clear();
}

// --- Turns of serial objects ---

/// Whether the call can start only when a call that waits for it has ended.
bool session::waits_for_itself(const call_head& head, const object_turn& turn) noexcept {
    if (!head.has_parent) return false;
    for (const wait_frame* frame = waiting_; frame != nullptr; frame = frame->next) {
        if (frame->waiting.call_id == head.parent && holds_turn(frame->serving, turn)) return true;
    }
    // Coroutines hold no thread: from call to call that each was made in. The peer chose the numbers: they may form a ring.
    std::uint32_t id = head.parent;
    for (std::size_t i = 0; i < options_.limits.max_call_depth; ++i) {
        const call_table::slot* const slot = calls_.find(id);
        if (slot == nullptr || slot->made_in == 0) return false;
        const served_call* serving = active_;
        while (serving != nullptr && serving->call_id != slot->made_in) serving = serving->next;
        if (serving == nullptr) return false;
        if (serving->turn == &turn) return true;
        if (!serving->has_parent) return false;
        id = serving->parent;
    }
    return false;
}

/// Whether the call may run now. If not, it has been refused, or waits and is run later.
bool session::take_turn(const call_head& head, servant& target, const arrival& came,
                        std::uint64_t* unread) {
    object_turn& turn = *target.turn();
    if (waits_for_itself(head, turn)) {
        refuse(head, fail(errc::would_deadlock, "object of ", target.interface_name(),
                          " serves one call at a time, and the one it serves waits for this one"));
        return false;
    }
    if (turn.try_enter()) return true;
    auto copy = copy_call(head, came, &target, unread != nullptr ? *unread : 0);
    queued_call* const call = copy.get();
    std::uint64_t number_unread = call->unread;
    awaiting_turn_.push_back(call);
    const std::uint64_t number =
        turn.enter([self = intrusive_ptr<session>(this), copy = std::move(copy)]() mutable {
            self->turn_came(std::move(copy));
        });
    if (number != 0) {
        if (unread != nullptr) *unread = 0; // the copy has it now
        return false;
    }
    std::erase(awaiting_turn_, call); // it has become free this very moment
    if (unread == nullptr) unread_.read(number_unread);
    return true;
}

void session::turn_came(std::unique_ptr<queued_call> call) {
    lock();
    std::erase(awaiting_turn_, call.get());
    if (call->answered || state_ == state::over) {
        leave_turn(*call->target->turn());
    } else {
        call->has_turn = true;
        enqueue(std::move(call));
    }
    unlock();
    run_completions();
}

void session::leave_turn(object_turn& turn) {
    if (auto next = turn.leave()) grants_.push_back(std::move(next));
}

// --- Waiting threads ---

wait_frame* session::frame_for(const call_head& head) noexcept {
    if (!traits_.tells_parents) {
        // The thread that reads while it waits runs what comes, as those who speak such protocols do.
        wait_frame* const frame = driving_frame_;
        return frame != nullptr && !frame->busy && !frame->waiting.done() ? frame : nullptr;
    }
    if (!head.has_parent) return nullptr;
    for (wait_frame* frame = waiting_; frame != nullptr; frame = frame->next) {
        if (frame->waiting.call_id == head.parent && !frame->busy && !frame->waiting.done())
            return frame;
    }
    return nullptr;
}

void session::enter_wait(wait_frame& frame) {
    frame.serving = current_call();
    frame.next = waiting_;
    waiting_ = &frame;
}

void session::leave_wait(wait_frame& frame) {
    for (wait_frame** at = &waiting_; *at != nullptr; at = &(*at)->next) {
        if (*at == &frame) {
            *at = frame.next;
            break;
        }
    }
    // What it did not get to runs elsewhere.
    for (auto& call : frame.handed_over) enqueue(std::move(call));
    frame.handed_over.clear();
    start_next();
}

bool session::run_handed_over(wait_frame& frame) {
    if (frame.handed_over.empty()) return false;
    const auto call = std::move(frame.handed_over.front());
    frame.handed_over.pop_front();
    frame.busy = true;
    run_queued_call(*call, false);
    frame.busy = false;
    return true;
}

// --- Results to come ---

void session::fail_promise(std::uint32_t id, error failure) {
    export_entry* const entry = exports_.find(id);
    if (entry == nullptr || !entry->promise || entry->promise->failure || entry->object) return;
    entry->promise->failure.emplace(std::move(failure));
    auto waiting = std::exchange(entry->promise->waiting, {});
    pipelined_ -= waiting.size();
    const error reason =
        *entry->promise->failure; // refusing may fail further promises and so touch the entry
    if (entry->count == 0) collect(exports_.remove(*entry)); // given back before it failed
    for (const auto& call : waiting) {
        refuse(call->head, reason);
        unread_.read(call->unread);
    }
    drop_kept();
}

void session::promise_ready(export_entry& entry) {
    auto waiting = std::exchange(entry.promise->waiting, {});
    pipelined_ -= waiting.size();
    for (auto& call : waiting) {
        call->target = entry.object;
        enqueue(std::move(call));
    }
}

// --- Cancelling ---

void session::on_cancel(std::uint32_t call_id) {
    for (served_call* call = active_; call != nullptr; call = call->next) {
        if (call->call_id == call_id) return ask_to_end(*call);
    }
    if (const auto call = take_queued(call_id)) {
        if (call->has_turn) leave_turn(*call->target->turn());
        collect(std::move(call->target));
        refuse(call->head, fail(errc::cancelled, "call was cancelled before it started"));
        unread_.read(call->unread);
        return drop_kept();
    }
    for (queued_call* const call : awaiting_turn_) {
        if (call->head.call_id != call_id || call->answered) continue;
        call->answered = true; // its place among those who wait for the turn comes to nothing
        refuse(call->head, fail(errc::cancelled, "call was cancelled before it started"));
        unread_.read(call->unread);
        return drop_kept();
    }
    // Answered already: its reply is on its way.
}

/// Has the handler told, without the lock.
void session::ask_to_end(served_call& call) {
    if (call.owner != nullptr) {
        if (!call.owner->try_acquire()) return; // just ending
    } else {
        ++call.pins;
    }
    to_cancel_.push_back(&call);
}

/// Takes a call that waits out of whatever it waits in.
std::unique_ptr<queued_call> session::take_queued(std::uint32_t call_id) {
    const auto take_from = [call_id](auto& calls) -> std::unique_ptr<queued_call> {
        for (auto at = calls.begin(); at != calls.end(); ++at) {
            if ((*at)->head.call_id != call_id || (*at)->head.oneway) continue;
            auto call = std::move(*at);
            calls.erase(at);
            return call;
        }
        return nullptr;
    };
    if (auto call = take_from(queue_)) return call;
    if (auto call = take_from(ready_)) return call;
    if (auto call = take_from(early_)) return call;
    for (wait_frame* frame = waiting_; frame != nullptr; frame = frame->next) {
        if (auto call = take_from(frame->handed_over)) return call;
    }
    std::unique_ptr<queued_call> found;
    if (pipelined_ == 0) return found;
    exports_.for_each([&](export_entry& entry) {
        if (!found && entry.promise) found = take_from(entry.promise->waiting);
    });
    if (found) --pipelined_;
    return found;
}

} // namespace beckon
