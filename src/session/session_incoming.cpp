// Calls that the peer makes: where they run, in what order, and how they are answered.
#include "beckon/session/session.hpp"

#include "beckon/session/queued_call.hpp"
#include "session/active_call.hpp"

namespace beckon {

void session::link(served_call& call) noexcept {
    call.previous = nullptr;
    call.next = active_;
    if (active_ != nullptr) active_->previous = &call;
    active_ = &call;
}

void session::unlink(served_call& call) noexcept {
    if (call.previous == nullptr && active_ != &call) return; // not linked (any more)
    (call.previous != nullptr ? call.previous->next : active_) = call.next;
    if (call.next != nullptr) call.next->previous = call.previous;
    call.previous = call.next = nullptr;
}

bool session::may_start() const noexcept {
    // A peer that does not take our replies gets no further calls started; its replies to us are still read.
    return strand_ == nullptr && out_.size() + unsent_ <= options_.limits.max_unsent_bytes;
}

result<export_entry*> session::target_of(const call_head& head) {
    export_entry* const entry = exports_.find(head.object);
    if (entry == nullptr) {
        return fail(errc::unknown_object, "no object #", head.object, " is lent to ",
                    options_.endpoint, "; it was released, or never was");
    }
    return entry;
}

verdict session::on_call(const call_head& head, native::reader& arguments, byte_view message,
                         byte_view rest) {
    ++serving_;
    serving_bytes_ += message.size();
    if (serving_ > options_.limits.max_calls_in_flight) {
        refuse(head,
               fail(errc::limit_exceeded, "peer has more than ",
                    options_.limits.max_calls_in_flight, " calls in flight (max_calls_in_flight)"));
        return verdict::go_on;
    }
    if (draining_) {
        refuse(head, fail(errc::overloaded, "no new calls are taken: ", draining_->message()));
        return verdict::go_on;
    }

    servant* target = directory_.get();
    export_entry* entry = nullptr;
    if (head.object != 0) {
        result<export_entry*> found = target_of(head);
        if (!found) {
            refuse(head, std::move(found).error());
            return verdict::go_on;
        }
        entry = *found;
        target = entry->object.get();
    } else if (target == nullptr) {
        refuse(head, fail(errc::unknown_object, "this side publishes nothing"));
        return verdict::go_on;
    }

    std::uint32_t depth =
        entry != nullptr && entry->promise && target == nullptr ? entry->promise->depth + 1 : 1;
    if (head.promise != 0) {
        if (exports_.find(head.promise) != nullptr || (head.promise & promise_bit) == 0) {
            refuse(head, fail(errc::protocol_error, "peer asked for the result as object #",
                              head.promise, ", which is no free number of its own"));
            return verdict::go_on;
        }
        if (exports_.size() >= options_.limits.max_exports) {
            refuse(head,
                   fail(errc::limit_exceeded, "peer holds ", exports_.size(), " objects; limit is ",
                        options_.limits.max_exports, " (max_exports)"));
            return verdict::go_on;
        }
        export_entry& promised = exports_.add_promise(head.promise);
        promised.count = 1; // the caller's, from the moment of the call
        promised.promise->depth = depth;
    }

    if (target == nullptr) { // the result of a call that has not returned, or that failed
        if (entry->promise->failure) {
            refuse(head, *entry->promise->failure);
        } else if (pipelined_ >= options_.limits.max_pipelined) {
            refuse(head, fail(errc::limit_exceeded, "peer has ", pipelined_,
                              " calls waiting for results of others; limit is ",
                              options_.limits.max_pipelined, " (max_pipelined)"));
        } else if (depth > options_.limits.max_pipeline_depth) {
            refuse(head, fail(errc::limit_exceeded, "peer chains more than ",
                              options_.limits.max_pipeline_depth,
                              " calls on results not there yet (max_pipeline_depth)"));
        } else {
            ++pipelined_;
            entry->promise->waiting.push_back(copy_call(head, arguments, message));
        }
        return verdict::go_on;
    }

    // A call made by a handler of the peer that serves a call of ours comes back to the thread that waits for it.
    if (head.has_parent) {
        if (wait_frame* const frame = frame_for(head)) {
            if (frame == driving_frame_) {
                frame->busy = true;
                const verdict next = run_call(head, *target, arguments, rest, false);
                frame->busy = false;
                return next;
            }
            frame->handed_over.push_back(copy_call(head, arguments, message));
            frame->waiting.nudge();
            return verdict::go_on;
        }
    }
    const policy execution = target->execution();
    const bool free_running = execution == policy::concurrent || execution == policy::inline_;
    if (driving_frame_ == nullptr && (free_running || (queue_.empty() && may_start()))) {
        return run_call(head, *target, arguments, rest, !free_running);
    }
    queue_.push_back(copy_call(head, arguments, message));
    if (may_start()) driver_.calls_queued();
    return verdict::go_on;
}

wait_frame* session::frame_for(const call_head& head) noexcept {
    for (wait_frame* frame = waiting_; frame != nullptr; frame = frame->next) {
        if (frame->waiting.call_id == head.parent && !frame->busy && !frame->waiting.done())
            return frame;
    }
    return nullptr;
}

std::unique_ptr<queued_call> session::copy_call(const call_head& head, native::reader& arguments,
                                                byte_view message) {
    auto call = std::make_unique<queued_call>();
    call->head = head;
    call->arguments_at = arguments.offset();
    call->message.append(message);
    if (head.metadata != nullptr) {
        call->metadata = *head.metadata;
        call->head.metadata = &call->metadata;
    }
    call->came = driver_.now();
    return call;
}

verdict session::run_call(const call_head& head, servant& target, native::reader& arguments,
                          byte_view rest, bool on_strand) {
    std::size_t depth = 0;
    for (const active_call* below = active_call::running(); below != nullptr;
         below = below->below()) {
        ++depth;
        if (target.execution() == policy::serial && &below->target() == &target) {
            refuse(head,
                   fail(errc::would_deadlock, "object of ", target.interface_name(),
                        " serves one call at a time, and the one it serves waits for this one"));
            return verdict::go_on;
        }
    }
    if (depth >= options_.limits.max_call_depth) {
        refuse(head, fail(errc::limit_exceeded, "calls are nested ", depth,
                          " deep on one thread (max_call_depth)"));
        return verdict::go_on;
    }
    bool taken_over = false;
    wait_frame* const frame = driving_frame_;
    {
        active_call call(*this, head, target, arguments, rest);
        if (on_strand) strand_ = &call;
        target.dispatch(call);
        taken_over = call.taken_over();
        if (strand_ == &call) strand_ = nullptr;
    }
    if (taken_over) {
        start_next();
        return verdict::taken_over;
    }
    driving_frame_ = frame; // a wait inside the handler drove with a frame of its own
    if (!queue_.empty()) start_next();
    return state_ == state::over ? verdict::stop : verdict::go_on;
}

void session::release_strand(const active_call& call) noexcept {
    if (strand_ != &call) return;
    strand_ = nullptr;
    start_next();
}

void session::start_next() noexcept {
    if (!queue_.empty() && may_start()) driver_.calls_queued();
}

void session::run_queued() {
    lock();
    while (!queue_.empty() && may_start() && state_ == state::open) {
        const auto call = std::move(queue_.front());
        queue_.pop_front();
        run_queued_call(*call, true);
    }
    unlock();
    run_completions();
}

bool session::run_handed_over(wait_frame& frame) {
    if (frame.handed_over.empty()) return false;
    const auto call = std::move(frame.handed_over.front());
    frame.handed_over.erase(frame.handed_over.begin());
    frame.busy = true;
    run_queued_call(*call, false);
    frame.busy = false;
    return true;
}

void session::run_queued_call(queued_call& call, bool on_strand) {
    // The time it waited is gone from its deadline.
    if (call.head.time_left.count() != 0) {
        const nanoseconds waited = driver_.now() - call.came;
        if (waited >= call.head.time_left) {
            return refuse(
                call.head,
                fail(errc::timeout, "deadline of the call passed while it waited for its turn"));
        }
        call.head.time_left -= waited;
    }
    servant* target = directory_.get();
    if (call.head.object != 0) {
        result<export_entry*> found = target_of(call.head);
        if (!found) return refuse(call.head, std::move(found).error());
        target = (*found)->object.get();
        if (target == nullptr) return refuse(call.head, *(*found)->promise->failure);
    }
    native::reader arguments(call.message.view(), options_.limits, this);
    arguments.skip_to(call.arguments_at);
    const policy execution = target->execution();
    const bool free_running = execution == policy::concurrent || execution == policy::inline_;
    static_cast<void>(run_call(call.head, *target, arguments, {}, on_strand && !free_running));
}

native::writer* session::begin_reply(const call_head& head) {
    if (head.oneway) return nullptr;
    writer_.emplace(out_, static_cast<native::reference_writer*>(this));
    lent_.clear();
    binding_promise_ = head.promise;
    protocol_->begin_reply(*writer_, head.call_id);
    return &*writer_;
}

void session::end_reply(const call_head& head) {
    native::writer& out = *writer_;
    const std::uint32_t promise = std::exchange(binding_promise_, 0);
    if (out.size() > peer_limits_.max_message_bytes) {
        out.fail(fail(errc::limit_exceeded, "result of ", out.size(),
                      " bytes; the caller takes at most ", peer_limits_.max_message_bytes,
                      " bytes (max_message_bytes)"));
    }
    if (state_ == state::over) {
        out.out().truncate(out.start());
        return call_done(head);
    }
    if (out.failed()) {
        error failure = out.take_failure();
        out.out().truncate(out.start());
        unlend(lent_);
        failure.note("writing the result");
        return reject(head, failure, false);
    }
    protocol_->finish(out);
    if (promise != 0) {
        export_entry* const entry = exports_.find(promise);
        if (entry != nullptr && !entry->object && !entry->promise->failure) {
            fail_promise(promise,
                         fail(errc::unknown_object, "the result of the call is no object"));
        }
    }
    call_done(head);
    driver_.output_ready();
}

void session::reject(const call_head& head, const error& failure, bool untaken) {
    if (head.promise != 0) fail_promise(head.promise, failure);
    call_done(head);
    if (head.oneway) {
        if (failure.code() != errc::declared && failure.code() != errc::remote_error)
            on_oddity("BKN-ONEWAY-FAILED", failure.to_string());
        return;
    }
    if (state_ == state::over) return;
    if (!options_.send_traces && !failure.trace().empty()) {
        error bare = failure;
        bare.set_trace({});
        protocol_->write_error(out_, head.call_id, bare, untaken);
    } else {
        protocol_->write_error(out_, head.call_id, failure, untaken);
    }
    driver_.output_ready();
}

void session::refuse(const call_head& head, error failure) { reject(head, failure, true); }

void session::call_done(const call_head&) {
    --serving_;
    ++served_;
}

void session::fail_promise(std::uint32_t id, error failure) {
    export_entry* const entry = exports_.find(id);
    if (entry == nullptr || !entry->promise || entry->promise->failure || entry->object) return;
    entry->promise->failure.emplace(std::move(failure));
    auto waiting = std::exchange(entry->promise->waiting, {});
    pipelined_ -= waiting.size();
    const error reason =
        *entry->promise->failure; // refusing may fail further promises and so touch the entry
    for (const auto& call : waiting) refuse(call->head, reason);
}

void session::promise_ready(export_entry& entry) {
    auto waiting = std::exchange(entry.promise->waiting, {});
    pipelined_ -= waiting.size();
    for (auto& call : waiting) queue_.push_back(std::move(call));
    start_next();
}

void session::on_cancel(std::uint32_t call_id) {
    for (served_call* call = active_; call != nullptr; call = call->next) {
        if (call->call_id == call_id) {
            ++call->pins;
            to_cancel_.push_back(call);
            return;
        }
    }
    for (auto at = queue_.begin(); at != queue_.end(); ++at) {
        if ((*at)->head.call_id == call_id) {
            const auto call = std::move(*at);
            queue_.erase(at);
            return refuse(call->head,
                          fail(errc::cancelled, "call was cancelled before it started"));
        }
    }
    // Answered already, or waiting for a promise: then its reply is on its way, or will be.
}

} // namespace beckon
