// Calls that this side makes: numbers, credit, deadlines, replies.
#include <algorithm>

#include "beckon/session/session.hpp"

#include "beckon/session/queued_call.hpp"
#include "session/active_call.hpp"
#include "session/refusal.hpp"

namespace beckon {

std::string session::describe(const pending_call& call) const {
    std::string text;
    if (call.target != nullptr && !call.target->label().empty()) {
        text = call.target->label();
    } else if (call.target != nullptr && call.target->is_root) {
        text = "root";
    } else if (call.target != nullptr) {
        text =
            concat(call.target->interface_name().empty() ? "object" : call.target->interface_name(),
                   " #", call.target->id());
    }
    if (call.method != nullptr) text += concat('.', call.method->name);
    return concat(text, " at ", options_.endpoint);
}

void session::fail_begun(pending_call* pending, error failure) {
    if (pending == nullptr) return;
    pending->on_failure(std::move(failure));
    pending->where = pending_call::state::answered;
}

/// Whether a call may be made, and its head. If not, it has failed, and the lock is dropped. REQUIRES: locked.
bool session::admit(const call_request& request, pending_call* pending, call_head& head) {
    head.object = request.target->id();
    if (traits_.addresses_by_name && request.target->is_root)
        head.published = request.target->label();
    head.method = request.method_index;
    head.interface = request.target->interface();
    head.oneway = pending == nullptr;
    std::optional<error> refused;
    if (state_ == state::over) {
        const bool denied = over_because_->code() == errc::access_denied;
        refused.emplace(denied ? errc::access_denied : errc::disconnected,
                        over_because_->message());
    } else if (input_end_ && pending != nullptr) { // no answer can come
        refused.emplace(*input_end_);
    } else if (peer_draining_) {
        refused.emplace(fail(errc::overloaded, "peer ", options_.endpoint,
                             " takes no new calls: ", peer_draining_->message()));
    } else if (parked_bytes_ > options_.limits.max_unsent_bytes) {
        refused.emplace(fail(errc::overloaded, "calls of ", parked_bytes_, " bytes wait for ",
                             options_.endpoint, " already; limit is ",
                             options_.limits.max_unsent_bytes, " bytes (max_unsent_bytes)"));
    }

    const nanoseconds timeout = request.options != nullptr && request.options->timeout.count() != 0
                                    ? request.options->timeout
                                    : nanoseconds(options_.limits.default_timeout);
    const time_point now = driver_.now();
    time_point deadline = timeout.count() != 0 ? deadline_after(now, timeout) : never;
    std::uint32_t made_in = 0;
    if (const call_context* const serving = current_call(); serving != nullptr) {
        // Deadlines shrink through nested calls.
        if (serving->deadline < deadline) deadline = serving->deadline;
        if (serving->session == this && pending != nullptr) {
            head.has_parent = true;
            head.parent = made_in = serving->call_id;
        }
    }
    if (deadline != never) head.time_left = deadline - now;
    if (!refused && deadline <= now) {
        refused.emplace(fail(errc::timeout, "deadline had passed before ", request.method->name,
                             " at ", options_.endpoint, " was called"));
    }

    if (pending != nullptr) {
        pending->target = request.target;
        pending->method = request.method;
        pending->deadline = deadline;
        if (!refused) {
            pending->call_id = head.call_id = calls_.add(*pending);
            pending->comes_by_input = true;
            if (head.call_id == 0) {
                refused.emplace(fail(errc::limit_exceeded, "65535 calls to ", options_.endpoint,
                                     " wait for replies already"));
            } else {
                calls_.find(head.call_id)->made_in = made_in;
                ++request.target->calls;
            }
        }
    }
    if (request.options != nullptr && !request.options->metadata.empty())
        head.metadata = &request.options->metadata;
    if (!refused) return true;
    if (!out_.empty()) driver_.output_ready(); // releases
    unlock();
    if (pending != nullptr) {
        refused->note(concat("calling ", describe(*pending)));
        pending->target = nullptr;
        fail_begun(pending, std::move(*refused));
        pending->complete();
    }
    return false;
}

/// Without credit, or with a full output, a call is written aside and follows when there is room.
bool session::must_park(const pending_call* pending) const noexcept {
    if (!parked_.empty() || !has_room()) return true;
    if (!greeted_ && !traits_.calls_follow_greeting) return true;
    return pending != nullptr &&
           (in_flight_ >= peer_limits_.max_calls_in_flight ||
            (in_flight_ != 0 && in_flight_bytes_ >= peer_limits_.max_call_bytes));
}

native::writer* session::begin_call(const call_request& request, pending_call* pending) {
    if (traits_.dynamic) return nullptr;
    lock();
    if (released_.load(std::memory_order_relaxed) != nullptr) write_releases();
    call_head head;
    if (!admit(request, pending, head)) return nullptr;
    if (pending != nullptr && pending->wants_promise) {
        last_promise_ = (last_promise_ + 1) & ~promise_bit;
        if (last_promise_ == 0) last_promise_ = 1;
        pending->promise_id = head.promise = last_promise_ | promise_bit;
        calls_.find(head.call_id)->promise = head.promise;
    }
    begun_ = pending;
    begun_synchronous_ = request.synchronous;
    begun_parked_ = must_park(pending);
    writer_.emplace(begun_parked_ ? parking_ : out_, static_cast<reference_exchange*>(this));
    lent_.clear();
    lent_streams_.clear();
    protocol_->begin_call(*writer_, head);
    return &*writer_;
}

void session::end_call() {
    native::writer& out = *writer_;
    pending_call* const pending = std::exchange(begun_, nullptr);
    if (out.size() > peer_limits_.max_message_bytes) {
        out.fail(fail(errc::limit_exceeded, "call of ", out.size(), " bytes; ", options_.endpoint,
                      " takes at most ", peer_limits_.max_message_bytes,
                      " bytes (max_message_bytes)"));
    }
    if (out.failed()) {
        error failure = out.take_failure();
        out.out().truncate(out.start());
        return take_back(pending, std::move(failure));
    }
    protocol_->finish(out);
    sent(pending, out.size());
}

namespace {

/// The arguments of an interface's method under the names that it has for them.
void name_arguments(const call_request& call, dynamic_request& request) {
    const interface_descriptor* const interface = call.target->interface();
    if (interface == nullptr || request.what != operation::call_method ||
        request.arguments.empty() || call.method_index >= interface->methods.size() ||
        interface->methods[call.method_index].name != request.name)
        return;
    const auto* const found = interface->document(*interface).find_interface(interface->name);
    if (found == nullptr) return;
    const auto& parameters = found->methods[call.method_index].parameters;
    if (parameters.size() != request.arguments.size()) return;
    std::vector<map_entry> named;
    named.reserve(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i)
        named.push_back({value(parameters[i].name), request.arguments[i]});
    request.named = value::map(std::move(named));
    request.arguments = value::list();
}

} // namespace

void session::call_dynamic(const call_request& call, dynamic_request request,
                           pending_call* pending) {
    if (traits_.names_arguments) name_arguments(call, request);
    lock();
    call_head head;
    if (!admit(call, pending, head)) return;
    begun_synchronous_ = call.synchronous;
    begun_parked_ = must_park(pending);
    lent_.clear();
    lent_streams_.clear();
    buffer& out = begun_parked_ ? parking_ : out_;
    const std::size_t start = out.size();
    auto written = protocol_->write_value_call(out, head, request, *this);
    if (written && out.size() - start > peer_limits_.max_message_bytes) {
        written = fail(errc::limit_exceeded, "arguments of ", out.size() - start,
                       " bytes; the peer takes at most ", peer_limits_.max_message_bytes,
                       " bytes (max_message_bytes)");
    }
    if (!written) {
        out.truncate(start);
        return take_back(pending,
                         refused_by(protocol_->name(), "arguments", std::move(written).error()));
    }
    const std::size_t size = out.size() - start;
    // Behind the call: a peer without a message for many of them takes its time for each.
    if (!begun_parked_ && released_.load(std::memory_order_relaxed) != nullptr) write_releases();
    sent(pending, size);
}

/// Nothing of the message has left, and nothing will. Drops the lock.
void session::take_back(pending_call* pending, error failure) {
    if (!out_.empty()) driver_.output_ready(); // releases, which went before
    unlend(lent_);
    drop_unstarted(lent_streams_);
    if (pending != nullptr) {
        failure.note(concat("writing the arguments of ", describe(*pending)));
        detach_record(*calls_.find(pending->call_id));
        protocol_->call_dropped(pending->call_id);
        calls_.remove(pending->call_id);
        pending->promise_id = 0;
    }
    unlock();
    if (pending != nullptr) {
        fail_begun(pending, std::move(failure));
        pending->complete();
    } else { // nobody would hear that a one-way call was not made
        options_.log->write(log_level::warning, "BKN-ONEWAY-UNSENT",
                            concat(options_.endpoint, ": ", failure.to_string()));
    }
    run_completions();
}

/// A call's message stands in the output, or aside. Drops the lock.
void session::sent(pending_call* pending, std::size_t wire_bytes) {
    if (pending != nullptr) {
        call_table::slot& slot = *calls_.find(pending->call_id);
        slot.discard = pending->discarder();
        slot.wire_bytes = static_cast<std::uint32_t>(wire_bytes);
        if (!lent_.empty()) slot.lent = lent_;
        if (!lent_streams_.empty()) slot.lent_streams = lent_streams_;
        pending->where =
            begun_parked_ ? pending_call::state::parked : pending_call::state::in_table;
        if (!begun_parked_) count(slot);
        arm_for(pending->deadline);
    }
    if (begun_parked_) {
        parked_bytes_ += parking_.size();
        parked_.push_back({pending, pending != nullptr ? pending->call_id : 0, std::move(parking_),
                           lent_streams_});
        parking_ = buffer();
        if (!out_.empty()) driver_.output_ready(); // releases
    } else if (start_streams(lent_streams_), note_sent(pending != nullptr ? pending->call_id : 0);
               pending == nullptr) {
        driver_.output_ready();
    } else if (!begun_synchronous_) { // a synchronous caller sends when it waits, which is next
        driver_.output_may_wait();
    }
    unlock();
}

void session::note_sent(std::uint32_t call_id) {
    if (!traits_.numbers_answers) protocol_->call_sent(call_id);
}

/// The answer that nobody waits for any more may be told from the next one's by its place alone, and the peer goes on with
/// what nobody wants: it is told by the end of the conversation.
void session::end_by_giving_up() {
    if (traits_.numbers_answers) return;
    end(fail(errc::disconnected, "a call to ", options_.endpoint,
             " was given up, and its protocol has no other way to say so"),
        true);
}

void session::send_parked() {
    bool sent = false;
    if (!greeted_ && !traits_.calls_follow_greeting) return;
    while (!parked_.empty() && has_room()) {
        parked_call& next = parked_.front();
        call_table::slot* const slot = next.id != 0 ? calls_.find(next.id) : nullptr;
        const bool given_up = next.id != 0 && (slot == nullptr || slot->call != next.call);
        if (!given_up && slot != nullptr) {
            if (in_flight_ >= peer_limits_.max_calls_in_flight ||
                (in_flight_ != 0 && in_flight_bytes_ >= peer_limits_.max_call_bytes))
                break;
            count(*slot);
            next.call->where = pending_call::state::in_table;
        }
        parked_bytes_ -= next.message.size();
        if (!given_up) {
            out_.append(next.message.view());
            start_streams(next.streams);
            note_sent(next.id);
            sent = true;
        }
        parked_.pop_front();
    }
    if (parked_.empty() && released_.load(std::memory_order_relaxed) != nullptr) {
        write_releases();
        sent = true;
    }
    if (sent) driver_.output_ready();
}

void session::output_drained() {
    wants_room_ = false;
    if (!parked_.empty() || released_.load(std::memory_order_relaxed) != nullptr) send_parked();
    start_next();
    resume_streams();
}

/// The record goes back to its owner; from here on nothing points to the called object for its sake.
void session::detach_record(call_table::slot& slot) noexcept {
    remote_object* const target = std::exchange(slot.call->target, nullptr);
    slot.call = nullptr;
    if (--target->calls == 0 && target->dropped) released(*target);
}

/// Takes the caller's record out of the table. The slot of a call that the peer knows of stays until its reply.
void session::settle(std::uint32_t call_id, call_table::slot& slot) {
    pending_call& call = *slot.call;
    const bool peer_knows = call.where == pending_call::state::in_table;
    detach_record(slot);
    if (peer_knows) {
        if (!traits_.has_credit) forget(call_id, slot);
    } else {
        unlend(slot.lent);
        drop_unstarted(slot.lent_streams);
        protocol_->call_dropped(call_id);
        calls_.remove(call_id);
    }
    queue_completion(call);
}

/// Without credit only this side counts, and a call that was given up may never be answered: it, or its answer, was lost
/// with a datagram, or the peer answers none such. So it does not count any more. Its number is known for a while yet, for
/// an answer that is only late.
void session::forget(std::uint32_t call_id, call_table::slot& slot) {
    uncount(slot);
    ++late_;
    forgotten_.push_back(call_id);
    if (forgotten_.size() <= peer_limits_.max_calls_in_flight) return;
    const std::uint32_t oldest = forgotten_.front();
    forgotten_.pop_front();
    call_table::slot* const never_answered = calls_.find(oldest);
    if (never_answered == nullptr) return; // answered since
    drop_unstarted(never_answered->lent_streams);
    --late_;
    calls_.remove(oldest);
}

void session::count(call_table::slot& slot) noexcept {
    slot.in_flight = true;
    ++in_flight_;
    in_flight_bytes_ += slot.wire_bytes;
}

void session::uncount(call_table::slot& slot) noexcept {
    if (!std::exchange(slot.in_flight, false)) return;
    --in_flight_;
    in_flight_bytes_ -= slot.wire_bytes;
}

bool session::cancel(pending_call& pending) {
    lock();
    call_table::slot* const slot = calls_.find(pending.call_id);
    if (slot == nullptr || slot->call != &pending) {
        unlock();
        return false;
    }
    const bool peer_knows = pending.where == pending_call::state::in_table;
    detach_record(*slot);
    pending.where = pending_call::state::answered;
    if (peer_knows) {
        protocol_->write_cancel(out_, pending.call_id);
        driver_.output_ready();
        if (!traits_.has_credit) forget(pending.call_id, *slot);
        end_by_giving_up();
        if (!parked_.empty()) send_parked();
    } else {
        unlend(slot->lent);
        drop_unstarted(slot->lent_streams);
        protocol_->call_dropped(pending.call_id);
        calls_.remove(pending.call_id);
    }
    unlock();
    run_completions();
    return true;
}

/// The slot of a call that the peer has been sent, or null.
call_table::slot* session::find_sent(std::uint32_t call_id) noexcept {
    call_table::slot* const slot = calls_.find(call_id);
    const bool parked = slot != nullptr && slot->call != nullptr &&
                        slot->call->where == pending_call::state::parked;
    return parked ? nullptr : slot;
}

/// `take` gives the result to the call, or is asked to drop it where the call is null.
template <typename Take>
void session::take_reply(std::uint32_t call_id, const Take& take) {
    call_table::slot* const slot = find_sent(call_id);
    if (slot == nullptr) {
        return on_oddity("BKN-REPLY-STRAY",
                         concat("peer replied to call ", call_id, ", which is not in flight"));
    }
    binding_promise_ = slot->promise;
    take(*slot);
    if (slot->call != nullptr) {
        pending_call& call = *slot->call;
        detach_record(*slot);
        queue_completion(call);
    }
    // Cleared where the result came under the promised number, whose claim then went to the imported object.
    if (std::exchange(binding_promise_, 0) != 0) give_back_promise(slot->promise);
    if (!slot->lent_streams.empty()) drop_unstarted(slot->lent_streams);
    if (!slot->in_flight) --late_;
    uncount(*slot);
    calls_.remove(call_id);
    if (!parked_.empty()) send_parked();
}

void session::on_reply(std::uint32_t call_id, native::reader& result) {
    take_reply(call_id, [&](const call_table::slot& slot) {
        slot.call != nullptr ? slot.call->on_reply(result) : slot.discard(result);
    });
}

void session::on_value_reply(std::uint32_t call_id, value result) {
    take_reply(call_id, [&](const call_table::slot& slot) {
        if (slot.call != nullptr) slot.call->on_value(std::move(result));
    });
}

void session::on_error(std::uint32_t call_id, error failure, bool untaken) {
    call_table::slot* const slot = find_sent(call_id);
    if (slot == nullptr) {
        return on_oddity("BKN-REPLY-STRAY",
                         concat("peer answered call ", call_id, ", which is not in flight, with ",
                                failure.to_string()));
    }
    if (slot->call != nullptr) {
        pending_call& call = *slot->call;
        if (failure.code() != errc::declared && failure.code() != errc::remote_error) {
            failure.note(concat("calling ", describe(call)));
        }
        call.on_failure(std::move(failure));
        detach_record(*slot);
        queue_completion(call);
    }
    if (untaken) unlend(slot->lent);
    if (slot->promise != 0) give_back_promise(slot->promise);
    if (!slot->lent_streams.empty()) drop_unstarted(slot->lent_streams);
    if (!slot->in_flight) --late_;
    uncount(*slot);
    calls_.remove(call_id);
    if (!parked_.empty()) send_parked();
}

void session::wait(waitable& waiting, time_point deadline) {
    if (waiting.done()) return;
    // What this thread serves gives up its turn: the session's next call may start while it waits.
    for (active_call* serving = active_call::running(); serving != nullptr;
         serving = serving->below()) {
        session& owner = serving->owner();
        owner.lock();
        owner.release_strand(*serving);
        owner.unlock();
    }
    const call_context* const context = current_call();
    const cancellation* asked = context != nullptr ? context->cancellation : nullptr;
    // What a handler calls after it was told, to tidy up, is not cancelled.
    if (asked != nullptr && asked->requested()) asked = nullptr;
    for (;;) {
        time_point until = std::min(deadline, waiting.deadline);
        // Who waits elsewhere than where the cancellation comes in is not woken by it, and looks now and then.
        if (asked != nullptr)
            until = std::min(until, deadline_after(driver_.now(), std::chrono::milliseconds(100)));
        driver_.wait(waiting, until);
        if (waiting.done()) return;
        if (asked != nullptr && asked->requested()) {
            give_up(waiting);
            asked = nullptr;
        }
        const time_point now = driver_.now();
        if (now >= deadline) return;
        if (now >= waiting.deadline) on_timer(now);
    }
}

/// Nobody wants the result of the handler that waits here: what it waits for is cancelled too.
void session::give_up(const waitable& waiting) {
    lock();
    const call_table::slot* const slot = calls_.find(waiting.call_id);
    pending_call* const call = slot != nullptr && slot->call == &waiting ? slot->call : nullptr;
    const std::string what = call != nullptr ? describe(*call) : std::string();
    unlock();
    if (call == nullptr || !cancel(*call)) return;
    call->on_failure(fail(errc::cancelled, "caller of the handler cancelled its call")
                         .note(concat("awaiting ", what)));
    call->complete();
}

} // namespace beckon
