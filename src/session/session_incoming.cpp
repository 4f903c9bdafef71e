// Calls that the peer makes: where they run, in what order, and how they are answered.
#include "beckon/session/session.hpp"

#include "beckon/session/queued_call.hpp"
#include "session/active_call.hpp"
#include "session/refusal.hpp"

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

result<export_entry*> session::target_of(const call_head& head) {
    export_entry* const entry = exports_.find(head.object);
    if (entry == nullptr || (entry->count == 0 && entry->kept_for != 0)) {
        return fail(errc::unknown_object, "no object #", head.object, " is lent to ",
                    options_.endpoint, "; it was released, or never was");
    }
    return entry;
}

/// Counts a call against what the peer may have in flight; an error where it has more.
std::optional<error> session::count_call(const call_head& head) {
    const beckon::limits& limit = options_.limits;
    ++serving_;
    if (head.oneway) {
        const std::size_t before = std::exchange(oneway_bytes_, oneway_bytes_ + head.wire_bytes);
        if (before >= limit.max_call_bytes) {
            return fail(errc::limit_exceeded, "peer has one-way calls of ", oneway_bytes_,
                        " bytes waiting; limit is ", limit.max_call_bytes,
                        " bytes (max_call_bytes)");
        }
        return {};
    }
    const std::size_t before = std::exchange(credited_bytes_, credited_bytes_ + head.wire_bytes);
    if (++credited_ > limit.max_calls_in_flight && traits_.has_credit) {
        return fail(errc::limit_exceeded, "peer has more than ", limit.max_calls_in_flight,
                    " calls in flight (max_calls_in_flight)");
    }
    if (!traits_.has_credit && credited_ > 16 * limit.max_calls_in_flight) {
        return fail(errc::overloaded, "peer has ", credited_, " calls waiting; limit is ",
                    16 * limit.max_calls_in_flight, " (16 times max_calls_in_flight)");
    }
    if (credited_ > 1 && before >= limit.max_call_bytes) {
        if (!traits_.has_credit) {
            return fail(errc::overloaded, "peer has calls of ", credited_bytes_,
                        " bytes waiting; limit is ", limit.max_call_bytes,
                        " bytes (max_call_bytes)");
        }
        return fail(errc::limit_exceeded, "peer has calls of ", credited_bytes_,
                    " bytes in flight; limit is ", limit.max_call_bytes, " bytes (max_call_bytes)");
    }
    return {};
}

/// Makes the entry of the result to come.
std::optional<error> session::add_promise(const call_head& head, const export_entry* on) {
    if (exports_.find(head.promise) != nullptr || (head.promise & promise_bit) == 0) {
        return fail(errc::protocol_error, "peer asked for the result as object #", head.promise,
                    ", which is no free number of its own");
    }
    if (exports_.size() >= options_.limits.max_exports) {
        return fail(errc::limit_exceeded, "peer holds ", exports_.size(), " objects; limit is ",
                    options_.limits.max_exports, " (max_exports)");
    }
    const std::uint32_t depth =
        on != nullptr && on->promise && !on->object ? on->promise->depth + 1 : 1;
    export_entry& promised = exports_.add_promise(head.promise);
    promised.count = 1; // the caller's, from the moment of the call
    promised.promise->depth = depth;
    return {};
}

void session::on_bad_call(const call_head& head, error failure) {
    static_cast<void>(count_call(head));
    refuse(head, std::move(failure));
}

verdict session::on_call(const call_head& head, native::reader& arguments, byte_view message,
                         byte_view rest) {
    return take_call(head, {.arguments = &arguments, .message = message, .rest = rest});
}

verdict session::on_value_call(const call_head& head, dynamic_request request, byte_view rest) {
    request.oneway = head.oneway;
    if (request.what == operation::compare && request.arguments[0].is(value_kind::reference)) {
        // Whoever stands for an object elsewhere is asked whether it is that object.
        const export_entry* const entry = exports_.find(head.object);
        if (entry != nullptr && entry->object && entry->object->interface() != nullptr &&
            entry->original == request.arguments[0].object())
            request.arguments = value::list({value(intrusive_ptr<referent>(entry->object))});
    }
    return take_call(head, {.request = &request, .rest = rest});
}

verdict session::take_call(const call_head& head, const arrival& came) {
    const auto refused = [&](error failure) {
        refuse(head, std::move(failure));
        return state_ == state::over ? verdict::stop : verdict::go_on;
    };
    if (state_ == state::over) return verdict::stop;
    if (auto excess = count_call(head)) return refused(std::move(*excess));
    // What was lent may still be asked what it is: without that its holder could not use the results on their way.
    const bool only_describes =
        came.request != nullptr && came.request->what == operation::describe;
    if (draining_ && !only_describes)
        return refused(fail(errc::overloaded, "no new calls are taken: ", draining_->message()));

    servant* target = directory_.get();
    export_entry* entry = nullptr;
    if (head.object != 0) {
        result<export_entry*> found = target_of(head);
        if (!found) return refused(std::move(found).error());
        entry = *found;
        target = entry->object.get();
    } else if (target == nullptr) {
        return refused(fail(errc::unknown_object, "this side publishes nothing"));
    }
    if (head.promise != 0) {
        if (auto failure = add_promise(head, entry)) return refused(std::move(*failure));
    }

    if (target == nullptr) { // the result of a call that has not returned, or that failed
        export_entry::promise_state& awaited = *entry->promise;
        if (awaited.failure) return refused(*awaited.failure);
        if (pipelined_ >= options_.limits.max_pipelined) {
            return refused(fail(errc::limit_exceeded, "peer has ", pipelined_,
                                " calls waiting for results of others; limit is ",
                                options_.limits.max_pipelined, " (max_pipelined)"));
        }
        if (awaited.depth >= options_.limits.max_pipeline_depth) {
            return refused(fail(errc::limit_exceeded, "peer chains more than ",
                                options_.limits.max_pipeline_depth,
                                " calls on results not there yet (max_pipeline_depth)"));
        }
        ++pipelined_;
        awaited.waiting.push_back(copy_call(head, came, nullptr));
        return verdict::go_on;
    }

    if (holds_calls_ && frame_for(head) == nullptr) {
        early_.push_back(copy_call(head, came, target));
        return verdict::go_on;
    }
    intrusive_ptr<servant> acting; // lives as long as the target is used here
    if (came.request != nullptr) {
        acting = target->acting(*came.request);
        target = acting.get();
    }
    const bool has_turn = target->turn() != nullptr;
    if (has_turn && !take_turn(head, *target, came)) return verdict::go_on;

    // A call made by a handler of the peer that serves a call of ours comes back to the thread that waits for it.
    wait_frame* frame = frame_for(head);
    // Where that is only a guess, calls that have nothing to do with each other pile up on its stack: not too high.
    if (frame != nullptr && !traits_.tells_parents &&
        active_call::depth() >= options_.limits.max_call_depth / 2)
        frame = nullptr;
    if (frame != nullptr && frame == driving_frame_) {
        frame->busy = true;
        const verdict next = run_call(head, *target, came, false);
        frame->busy = false;
        return next;
    }
    const policy execution = target->execution();
    const bool in_order = starts_in_order(*target);
    const bool may_run_here = driving_frame_ == nullptr || execution == policy::inline_;
    if (frame == nullptr && may_run_here &&
        (in_order ? queue_.empty() && may_start() : has_room())) {
        return run_call(head, *target, came, in_order);
    }
    auto call = copy_call(head, came, target);
    call->has_turn = has_turn;
    if (frame != nullptr) {
        frame->handed_over.push_back(std::move(call));
        frame->waiting.nudge();
    } else {
        enqueue(std::move(call));
    }
    return verdict::go_on;
}

verdict session::run_call(const call_head& head, servant& target, const arrival& came,
                          bool on_strand) {
    const std::size_t depth = active_call::depth();
    if (depth >= options_.limits.max_call_depth) {
        refuse(head, fail(errc::limit_exceeded, "calls are nested ", depth,
                          " deep on one thread (max_call_depth)"));
        if (target.turn() != nullptr) leave_turn(*target.turn());
        return verdict::go_on;
    }
    if (options_.authorize) {
        if (auto allowed = authorize(head, target, came); !allowed) {
            refuse(head, std::move(allowed).error());
            if (target.turn() != nullptr) leave_turn(*target.turn());
            return state_ == state::over ? verdict::stop : verdict::go_on;
        }
    }
    bool taken_over = false;
    wait_frame* const frame = driving_frame_;
    {
        active_call call(*this, head, target, came);
        if (on_strand) strand_ = &call;
        if (came.request != nullptr) {
            target.perform(call);
        } else {
            target.dispatch(call);
        }
        taken_over = call.taken_over();
        if (strand_ == &call) strand_ = nullptr;
    }
    start_next();
    if (taken_over) return verdict::taken_over;
    driving_frame_ = frame; // a wait inside the handler drove with a frame of its own
    return state_ == state::over ? verdict::stop : verdict::go_on;
}

native::writer* session::begin_reply(const call_head& head) {
    if (head.oneway || traits_.dynamic) return nullptr;
    writer_.emplace(out_, static_cast<reference_exchange*>(this));
    lent_.clear();
    lent_streams_.clear();
    binding_promise_ = head.promise;
    protocol_->begin_reply(*writer_, head.call_id);
    return &*writer_;
}

void session::end_reply(const call_head& head) {
    native::writer& out = *writer_;
    binding_promise_ = 0; // still set where the result was no reference
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
        drop_unstarted(lent_streams_);
        failure.note("writing the result");
        return reject(head, failure, false);
    }
    protocol_->finish(out);
    if (head.promise != 0) { // nothing where the result has become its object
        fail_promise(head.promise,
                     fail(errc::unknown_object, "the result of the call is no object"));
    }
    call_done(head);
    driver_.output_ready();
}

void session::reply_value(const call_head& head, const value& result) {
    if (head.oneway || state_ == state::over) return call_done(head);
    const std::size_t start = out_.size();
    lent_.clear();
    lent_streams_.clear();
    auto written = protocol_->write_value_reply(out_, head.call_id, result, *this);
    if (written && out_.size() - start > peer_limits_.max_message_bytes) {
        written = fail(errc::limit_exceeded, "result of ", out_.size() - start,
                       " bytes; the caller takes at most ", peer_limits_.max_message_bytes,
                       " bytes (max_message_bytes)");
    }
    if (!written) {
        out_.truncate(start);
        unlend(lent_);
        drop_unstarted(lent_streams_);
        error failure = refused_by(protocol_->name(), "result", written.error());
        failure.note("writing the result");
        return reject(head, failure, false);
    }
    start_streams(lent_streams_);
    call_done(head);
    driver_.output_ready();
    after_answer();
}

/// Of protocols whose answers have no numbers: those that came before their turn follow.
void session::after_answer() {
    if (traits_.numbers_answers || state_ == state::over || protocol_->answered(out_)) return;
    end(fail(errc::disconnected, "nothing follows the last answer to ", options_.endpoint), false);
}

void session::reject(const call_head& head, const error& failure, bool untaken) {
    if (head.promise != 0) fail_promise(head.promise, failure);
    if (head.oneway) {
        if (failure.code() != errc::declared && failure.code() != errc::remote_error)
            on_oddity("BKN-ONEWAY-FAILED", failure.to_string());
        return call_done(head);
    }
    if (state_ == state::over) return call_done(head);
    if (!protocol_->tells_failure(head.call_id)) {
        on_oddity("BKN-FAILURE-UNTOLD",
                  concat("a call failed, and the peer cannot be told: ", failure.to_string()));
    }
    if (!options_.send_traces && !failure.trace().empty()) {
        error bare = failure;
        bare.set_trace({});
        protocol_->write_error(out_, head.call_id, bare, untaken);
    } else {
        protocol_->write_error(out_, head.call_id, failure, untaken);
    }
    call_done(head);
    driver_.output_ready();
    after_answer();
}

void session::refuse(const call_head& head, error failure) {
    const std::size_t before = out_.size();
    reject(head, failure, true);
    if (out_.size() > before) count_unasked(out_.size() - before);
}

void session::call_done(const call_head& head) {
    --serving_;
    ++served_;
    if (head.oneway) {
        oneway_bytes_ -= head.wire_bytes;
    } else {
        --credited_;
        credited_bytes_ -= head.wire_bytes;
    }
    end_if_answered();
}

} // namespace beckon
