#include "beckon/session/session.hpp"

#include <algorithm>
#include <limits>

#include "base/log_thinning.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/session/queued_call.hpp"
#include "session/active_call.hpp"

namespace beckon {

namespace {
session_options completed(session_options options, const protocol_traits& traits) {
    limits& allowed = options.limits;
    if (allowed.max_message_bytes == 0) allowed.max_message_bytes = traits.max_message_bytes;
    if (allowed.default_timeout == limits::by_protocol)
        allowed.default_timeout = traits.default_timeout;
    return options;
}
[[nodiscard]] std::uint64_t next_conversation() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

} // namespace

session::session(std::unique_ptr<beckon::protocol> protocol, session_driver& driver,
                 intrusive_ptr<servant> directory, session_options options)
    : protocol_(std::move(protocol)), traits_(protocol_->traits()), driver_(driver),
      options_(completed(std::move(options), traits_)), directory_(std::move(directory)),
      greeted_(!traits_.greets), holds_calls_(options_.holds_calls) {
    identity_.endpoint = options_.endpoint;
    identity_.conversation = next_conversation();
    identity_.lasts = options_.lasts && traits_.lasts;
    if (!options_.caller.empty()) identity_.name = options_.caller;
    // Who tells no limits takes what we would take.
    if (greeted_) {
        peer_limits_.max_message_bytes = static_cast<std::uint32_t>(std::min<std::size_t>(
            options_.limits.max_message_bytes, std::numeric_limits<std::uint32_t>::max()));
    }
}

session::~session() = default;

const std::optional<io::peer_identity>& session::proven() const noexcept { return options_.proven; }

bool session::takes_lent_containers() const noexcept { return traits_.lends_containers; }

void session::start() {
    const std::lock_guard lock(*this);
    last_input_ = driver_.now();
    greet();
    set_timer();
}

/// REQUIRES: locked.
void session::greet() {
    started_ = driver_.now();
    greets_again_ = never;
    greeting mine;
    mine.limits.max_message_bytes = static_cast<std::uint32_t>(options_.limits.max_message_bytes);
    mine.limits.max_calls_in_flight =
        static_cast<std::uint32_t>(options_.limits.max_calls_in_flight);
    mine.limits.max_call_bytes = static_cast<std::uint32_t>(options_.limits.max_call_bytes);
    mine.limits.stream_window_bytes =
        static_cast<std::uint32_t>(options_.limits.stream_window_bytes);
    mine.user = options_.user;
    mine.secret = options_.secret;
    protocol_->write_greeting(out_, mine);
    driver_.output_ready();
}

consumed session::feed(byte_view input, wait_frame* frame, bool is_last) {
    if (state_ == state::over) return {0, verdict::stop};
    driving_frame_ = frame;
    input_since_ = true;
    pings_unanswered_ = 0;
    result<consumed> used =
        is_last ? protocol_->consume_last(input, *this) : protocol_->consume(input, *this);
    if (!used) {
        error failure = std::move(used).error();
        // Another version of the protocol is no broken one, and whoever connects may try that next.
        const bool other_version = failure.code() == errc::schema_mismatch;
        options_.log->write(other_version ? log_level::info : log_level::warning,
                            "BKN-SESSION-BROKEN",
                            concat(options_.endpoint, ": ", failure.to_string()));
        end(std::move(failure), !other_version);
        return {0, verdict::stop};
    }
    if (!heard_ && used->next != verdict::taken_over && used->bytes != 0) {
        heard_ = true;
        if (!traits_.greets && options_.known_by_first_message) note_known();
    }
    if (used->next == verdict::go_on && state_ == state::over) used->next = verdict::stop;
    return *used;
}

result<void> session::on_greeting(const greeting& theirs) {
    peer_limits_ = theirs.limits;
    greeted_ = true;
    if (options_.authenticator) {
        greeting known = theirs;
        known.proven = options_.proven;
        try {
            BECKON_ASSIGN(identity_.name, (*options_.authenticator)(known));
        } catch (...) {
            return error_of_current_exception();
        }
    }
    send_parked();
    set_timer();
    settle_ping(greeting_number, {});
    note_known();
    return {};
}

void session::on_greeting_delayed(nanoseconds again_after) {
    greets_again_ = deadline_after(driver_.now(), again_after);
    set_timer();
}

void session::on_ping(std::uint64_t number) {
    protocol_->write_pong(begin_answer(), number);
    end_answer();
}

buffer& session::begin_answer() noexcept {
    answer_at_ = out_.size();
    lent_.clear();
    return out_;
}

void session::drop_answer() {
    out_.truncate(answer_at_);
    unlend(lent_);
    lent_.clear();
}

void session::end_answer() {
    if (state_ == state::over) return out_.truncate(answer_at_);
    driver_.output_ready();
    count_unasked(out_.size() - answer_at_);
}

/// Pongs and refusals cost the peer nothing that it has little of: one that asks for them without end and takes none
/// would fill our memory.
void session::count_unasked(std::size_t size) {
    if (out_.size() + unsent_ <= size) unasked_bytes_ = 0;
    // What waited before this one: a large answer by itself is no offence.
    const std::size_t before = std::exchange(unasked_bytes_, unasked_bytes_ + size);
    if (before <= options_.limits.max_unsent_bytes || state_ == state::over) return;
    error failure = fail(errc::limit_exceeded, "peer left ", unasked_bytes_,
                         " bytes of pongs and refusals untaken; limit is ",
                         options_.limits.max_unsent_bytes, " bytes (max_unsent_bytes)");
    options_.log->write(log_level::warning, "BKN-SESSION-BROKEN",
                        concat(options_.endpoint, ": ", failure.to_string()));
    end(std::move(failure), true);
}

void session::on_go_away(error reason) { peer_draining_ = std::move(reason); }

void session::on_bye() {
    end(fail(errc::disconnected, "peer ", options_.endpoint, " said goodbye",
             peer_draining_ ? ": " : "", peer_draining_ ? peer_draining_->message() : ""),
        false);
}

void session::on_oddity(std::string_view id, std::string_view text) {
    constexpr std::size_t told_of_it = 200;
    const std::uint64_t number = ++oddities_;
    last_oddity_.assign(text.substr(0, told_of_it));
    if (!is_told(number)) return;
    options_.log->write(
        log_level::warning, id,
        concat(options_.endpoint, ": ", text, note_on_thinning(number, "oddity of this session")));
}

void session::set_timer() {
    time_point next = never;
    const auto sooner = [&next](time_point when) {
        if (when < next) next = when;
    };
    const beckon::limits& limit = options_.limits;
    if (!greeted_ && greets_again_ != never) {
        sooner(greets_again_);
    } else if (!greeted_ && limit.handshake_within.count() != 0) {
        sooner(deadline_after(started_, limit.handshake_within));
    }
    if (greeted_ && traits_.has_pings && limit.ping_after.count() != 0) {
        sooner(deadline_after(last_input_, limit.ping_after * (1 + pings_unanswered_)));
    }
    calls_.for_each([&](std::uint32_t, call_table::slot& slot) {
        if (slot.call != nullptr) sooner(slot.call->deadline);
    });
    armed_for_ = next;
    if (next != never) driver_.arm_timer(next);
}

void session::arm_for(time_point deadline) {
    if (deadline >= armed_for_) return;
    armed_for_ = deadline;
    driver_.arm_timer(deadline);
}

void session::on_timer(time_point now) {
    lock();
    if (state_ == state::over) return unlock();
    const beckon::limits& limit = options_.limits;
    // The clock is not read for each message: input since the last look counts from this one.
    if (std::exchange(input_since_, false)) last_input_ = now;
    if (!greeted_ && greets_again_ != never) {
        if (now >= greets_again_) greet();
    } else if (!greeted_ && limit.handshake_within.count() != 0 &&
               now >= deadline_after(started_, limit.handshake_within)) {
        end(fail(errc::timeout, "peer ", options_.endpoint, " sent no greeting within ",
                 limit.handshake_within.count(), " ms (handshake_within)"),
            true);
    } else if (greeted_ && traits_.has_pings && limit.ping_after.count() != 0 &&
               now >= deadline_after(last_input_, limit.ping_after * (1 + pings_unanswered_))) {
        if (pings_unanswered_ >= limit.dead_after_pings) {
            end(fail(errc::disconnected, "peer ", options_.endpoint, " left ", pings_unanswered_,
                     " pings unanswered"),
                true);
        } else {
            ++pings_unanswered_;
            protocol_->write_ping(out_, pings_unanswered_);
            driver_.output_ready();
        }
    }
    // Deadlines: the peer is told, the caller gets the error, and the slot waits for the reply that must come.
    bool gave_up = false;
    calls_.for_each([&](std::uint32_t id, call_table::slot& slot) {
        if (slot.call == nullptr || slot.call->deadline > now) return;
        pending_call& late = *slot.call;
        error failure = fail(errc::timeout, "deadline passed before ", describe(late), " replied");
        if (std::string why = protocol_->why_held(id); !why.empty()) failure.note(std::move(why));
        // A peer that speaks something else says so in what it sends, and in nothing else.
        if (oddities_ != 0)
            failure.note(
                concat("of what it sent ", oddities_, " made no sense, last: ", last_oddity_));
        late.on_failure(std::move(failure));
        if (late.where == pending_call::state::in_table) {
            protocol_->write_cancel(out_, id);
            driver_.output_ready();
            gave_up = true;
        }
        settle(id, slot);
    });
    if (gave_up) end_by_giving_up();
    if (state_ == state::open && !parked_.empty()) send_parked(); // there may be room
    if (state_ == state::open) set_timer();
    unlock();
    run_completions();
}

/// All that this side awaits of the peer. REQUIRES: locked.
void session::fail_calls(const error& reason) {
    calls_.for_each([&](std::uint32_t id, call_table::slot& slot) {
        if (slot.call != nullptr) {
            pending_call& lost = *slot.call;
            // Who is refused would be refused again: to connect once more is no remedy.
            const bool tells_enough = reason.code() == errc::disconnected ||
                                      reason.code() == errc::cancelled ||
                                      reason.code() == errc::access_denied;
            error failure = tells_enough ? reason : error(errc::disconnected, reason.to_string());
            lost.on_failure(std::move(failure.note(concat("awaiting ", describe(lost)))));
            settle(id, slot);
        }
    });
    parked_.clear();
    parked_bytes_ = 0;
    fail_pings(reason);
}

void session::end(error reason, bool say_bye) {
    if (state_ == state::over) return;
    state_ = state::over;
    if (say_bye) {
        protocol_->write_go_away(out_, reason);
        // A peer that is out of step is told of the end and nothing more.
        if (reason.code() == errc::disconnected || reason.code() == errc::cancelled)
            protocol_->refuse_open_calls(out_, reason);
        protocol_->write_bye(out_);
    }
    fail_calls(reason);
    drop_queued(queue_);
    drop_queued(ready_);
    drop_queued(early_);
    for (wait_frame* frame = waiting_; frame != nullptr; frame = frame->next)
        drop_queued(frame->handed_over);
    std::vector<export_entry*> all;
    exports_.for_each([&](export_entry& entry) { all.push_back(&entry); });
    for (export_entry* const entry : all) {
        if (entry->promise) entry->promise->waiting.clear();
        collect(exports_.remove(*entry));
    }
    pipelined_ = 0;
    collect(std::move(directory_));
    protocol_->let_go();
    end_streams(reason);
    for (served_call* call = active_; call != nullptr; call = call->next) ask_to_end(*call);
    over_because_.emplace(std::move(reason));
    const bool by_us = say_bye || over_because_->code() == errc::schema_mismatch;
    driver_.session_over(by_us ? &*over_because_ : nullptr);
}

void session::transport_ended(error reason) {
    lock();
    end(std::move(reason), false);
    unlock();
    run_completions();
}

void session::close(error reason) {
    lock();
    end(std::move(reason), true);
    unlock();
    run_completions();
}

void session::drain(error reason) {
    const std::lock_guard lock(*this);
    if (draining_ || state_ == state::over) return;
    protocol_->write_go_away(out_, reason);
    draining_.emplace(std::move(reason));
    driver_.output_ready();
}

bool session::is_idle() {
    const std::lock_guard lock(*this);
    return state_ == state::over || (calls_.size() == late_ && serving_ == 0 && sources_.empty() &&
                                     sinks_.empty() && out_.empty() && unsent_ == 0);
}

std::string session::type_name(const remote_object& object) {
    const std::lock_guard lock(*this);
    return protocol_->type_name(object.id());
}

session_stats session::stats() {
    lock();
    write_releases(); // what was dropped is not held, though the peer may not know yet
    if (!out_.empty()) driver_.output_ready();
    session_stats now;
    now.exports = exports_.size();
    now.imports = imports_.size();
    now.calls_in_flight =
        state_ == state::over ? 0 : calls_.size() - late_; // none is answered any more
    now.calls_served = served_;
    now.streams = sources_.size() + sinks_.size();
    now.oddities = oddities_;
    unlock();
    run_completions();
    return now;
}

void session::queue_completion(pending_call& call) noexcept {
    call.where = pending_call::state::answered;
    call.next_completed = nullptr;
    *completed_tail_ = &call;
    completed_tail_ = &call.next_completed;
}

void session::run_completions() {
    for (;;) {
        lock();
        if (!has_completions()) return unlock();
        pending_call* done = std::exchange(completed_, nullptr);
        completed_tail_ = &completed_;
        auto garbage = std::exchange(garbage_, {});
        auto cancelled = std::exchange(to_cancel_, {});
        auto dead = std::exchange(dead_, {});
        auto held = std::exchange(held_, {});
        auto grants = std::exchange(grants_, {});
        unlock();
        for (remote_object* const object : dead)
            delete object; // may drop the last hold of this session
        while (done != nullptr) {
            pending_call* const next =
                done->next_completed; // complete() gives the record back to its owner
            done->complete();
            done = next;
        }
        for (served_call* const call : cancelled) {
            const ref_counted* const owner = call->owner;
            call->cancel.request();
            if (owner != nullptr) {
                owner->release(); // the call may have ended by that, and goes here
            } else {
                lock();
                --call->pins;
                nudge_waiting(); // its handler may wait here
                unlock();
            }
        }
        for (auto& grant : grants) grant();
    }
}

void session::on_only_hold() noexcept { driver_.abandoned(); }

intrusive_ptr<remote_object> session::root() {
    auto made = make_counted<remote_object>(intrusive_ptr<peer>(this), 0u, nullptr);
    made->is_root = true;
    return made;
}

intrusive_ptr<remote_object> session::published_object(std::string_view name) {
    const std::lock_guard lock(*this);
    return find_published(name);
}

/// REQUIRES: locked.
intrusive_ptr<remote_object> session::find_published(std::string_view name) {
    const std::string_view key = traits_.key_of_published(name);
    if (const auto known = published_.find(key);
        known != published_.end() && known->second->try_acquire()) {
        return intrusive_ptr<remote_object>::adopt(known->second);
    }
    auto made = root();
    made->set_label(std::string(name));
    published_.insert_or_assign(std::string(key), made.get());
    return made;
}

} // namespace beckon
