#include "service/admission/desk.hpp"

#include <algorithm>
#include <utility>

namespace beckon {

namespace {

[[nodiscard]] double seconds(nanoseconds length) {
    return std::chrono::duration<double>(length).count();
}

[[nodiscard]] std::string length_text(nanoseconds length) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    if (milliseconds % 1'000 != 0) return concat(milliseconds, " ms");
    return concat(milliseconds / 1'000, " s");
}

} // namespace

user_key key_of(const caller_identity& caller) {
    if (caller.lasts) return {caller.conversation, {}};
    if (caller.name != "anonymous") return {0, concat("user ", caller.name)};
    // The port differs from call to call.
    return {0, concat("host ", caller.endpoint.substr(0, caller.endpoint.rfind(':')))};
}

desk::user* desk::find(const user_key& who) const {
    const auto found = users_.find(who);
    return found != users_.end() ? found->second.get() : nullptr;
}

std::int64_t desk::place_of(const user& who) const {
    if (who.inside) return 0;
    return std::find(queue_.begin(), queue_.end(), &who) - queue_.begin() + 1;
}

admission_state desk::state_of(const user& who, std::int64_t place, time_point now) const {
    admission_state made{.inside = who.inside,
                         .place = place,
                         .users = static_cast<std::int64_t>(inside_.size()),
                         .waiting = static_cast<std::int64_t>(queue_.size()),
                         .lease_left = {}};
    if (who.lease_until != never) made.lease_left = seconds(who.lease_until - now);
    return made;
}

/// When it loses its place unless it is heard of.
time_point desk::end_of(const user& who) const {
    if (who.inside) {
        // One that was let in while it waited may have gone: nobody sees whom its answer reaches.
        const nanoseconds unheard = who.shown ? options_.absence : options_.patience;
        // A call that it made may still run.
        const bool is_here = who.key.conversation != 0 || (who.shown && who.calls_by != 0);
        return std::min(who.lease_until, is_here ? never : deadline_after(who.asked, unheard));
    }
    return who.waits.empty() ? deadline_after(who.asked, options_.patience) : never;
}

result<admission_state> desk::enter(const caller_identity& who, time_point now) {
    pass_time(now);
    user_key key = key_of(who);
    user* known = find(key);
    if (known == nullptr) {
        // A free place may be kept for the head of the queue: who comes now waits behind it.
        const bool comes_in = queue_.empty() && inside_.size() < options_.places;
        if (!comes_in && queue_.size() >= options_.max_waiting) {
            return fail(errc::limit_exceeded, queue_.size(), " users wait for a place; limit is ",
                        options_.max_waiting, " (max_waiting)");
        }
        auto made = std::make_unique<user>();
        made->key = key;
        made->id = ++last_number_;
        made->name = who.name;
        made->endpoint = who.endpoint;
        made->since = now;
        known = made.get();
        users_.emplace(std::move(key), std::move(made));
        queue_.push_back(known);
    }
    known->asked = now;
    // Who asks is here: of the queue's head nothing else is wanted.
    if (!known->inside && queue_.front() == known && inside_.size() < options_.places) {
        let_in(*known, now);
        settle(now);
    }
    known->shown = known->inside;
    return state_of(*known, place_of(*known), now);
}

void desk::let_in(user& who, time_point now) {
    std::erase(queue_, &who);
    inside_.push_back(&who);
    who.inside = true;
    who.shown = false;
    who.since = who.asked = now;
    if (options_.lease.count() != 0) who.lease_until = deadline_after(now, options_.lease);
    tell(who, 0, now);
}

/// Free places go to the head of the queue, where it waits; one that only asks now and then has until its patience ends.
void desk::settle(time_point now) {
    while (inside_.size() < options_.places && !queue_.empty() && !queue_.front()->waits.empty())
        let_in(*queue_.front(), now);
    std::int64_t place = 0;
    for (user* const each : queue_) tell(*each, ++place, now);
}

void desk::tell(user& who, std::int64_t place, time_point now) {
    for (auto next = who.waits.begin(); next != who.waits.end();) {
        if (!who.inside && !(next->each && next->seen != place)) {
            ++next;
            continue;
        }
        post(*next, state_of(who, place, now));
        next = who.waits.erase(next);
        who.asked = now;
    }
}

void desk::post(wait_entry& waits, result<admission_state> outcome) {
    due_.push_back([callback = std::move(waits.callback), outcome = std::move(outcome)]() mutable {
        callback(std::move(outcome));
    });
}

void desk::remove(user& who, const error& why) {
    for (wait_entry& each : who.waits) post(each, why);
    std::erase(inside_, &who);
    std::erase(queue_, &who);
    if (who.calls_by != 0)
        std::erase_if(calling_, [&](const auto& each) { return each.second == &who; });
    users_.erase(users_.find(who.key));
}

void desk::send_away(user& who, const error& why) {
    if (who.by_calling && who.inside && who.key.conversation != 0)
        sent_away_.insert_or_assign(who.key.conversation, why);
    remove(who, why);
}

/// Why its time has come.
error desk::over(const user& who, time_point now) const {
    if (!who.inside) {
        return fail(errc::access_denied,
                    "place in the queue was given up: nobody asked for it again within ",
                    length_text(options_.patience), " (patience)");
    }
    if (who.lease_until <= now)
        return fail(errc::access_denied, "place was given up: its lease is over");
    return fail(errc::access_denied, "place was given up: its holder made no call within ",
                who.shown ? length_text(options_.absence) : length_text(options_.patience),
                who.shown ? " (absence)" : " (patience)");
}

void desk::calls_by(user& who, std::uint64_t conversation) {
    if (who.key.conversation != 0 || conversation == 0) return;
    const auto [first, last] = calling_.equal_range(conversation);
    if (std::any_of(first, last, [&](const auto& each) { return each.second == &who; })) return;
    calling_.emplace(conversation, &who);
    ++who.calls_by;
}

void desk::gone(std::uint64_t conversation, time_point now) {
    sent_away_.erase(conversation);
    const auto [first, last] = calling_.equal_range(conversation);
    for (auto each = first; each != last; ++each) {
        --each->second->calls_by;
        each->second->asked = now;
    }
    calling_.erase(first, last);
    leave({conversation, {}}, now, fail(errc::disconnected, "conversation is over"));
}

std::uint64_t desk::wait(const user_key& who, std::uint64_t conversation, std::int64_t seen,
                         bool each, time_point until, told callback, time_point now) {
    user* const known = find(who);
    wait_entry made{++last_number_, conversation, seen, each, until, std::move(callback)};
    if (known == nullptr) {
        post(made, fail(errc::access_denied, "place in the queue was given up"));
        return 0;
    }
    const std::uint64_t number = made.number;
    known->asked = now;
    known->waits.push_back(std::move(made));
    tell(*known, place_of(*known), now);
    settle(now); // it may have been the head, and now it waits
    return number;
}

void desk::stop_waiting(const user_key& who, std::uint64_t number, time_point now) {
    user* const known = find(who);
    if (known == nullptr) return;
    const auto found = std::find_if(known->waits.begin(), known->waits.end(),
                                    [&](const wait_entry& each) { return each.number == number; });
    if (found == known->waits.end()) return;
    post(*found, fail(errc::cancelled, "nobody waits for the place any more"));
    known->waits.erase(found);
    known->asked = now;
}

void desk::stop_waiting_by(std::uint64_t conversation, const error& why, time_point now) {
    for (const auto& known : users_) {
        user& each = *known.second;
        std::erase_if(each.waits, [&](wait_entry& one) {
            if (one.conversation != conversation) return false;
            post(one, why);
            each.asked = now;
            return true;
        });
    }
}

admission_state desk::state(const user_key& who, time_point now) const {
    if (const user* const known = find(who)) return state_of(*known, place_of(*known), now);
    user nobody;
    return state_of(nobody, -1, now);
}

result<admission_state> desk::renew(const user_key& who, time_point now) {
    pass_time(now);
    user* const known = find(who);
    if (known == nullptr || !known->inside) return not_inside(known);
    known->asked = now;
    known->shown = true;
    if (options_.lease.count() != 0) known->lease_until = deadline_after(now, options_.lease);
    return state_of(*known, 0, now);
}

bool desk::leave(const user_key& who, time_point now, const error& why) {
    user* const known = find(who);
    if (known == nullptr) return false;
    remove(*known, why);
    settle(now);
    return true;
}

std::uint64_t desk::number_of(const user_key& who) const {
    const user* const known = find(who);
    return known != nullptr ? known->id : 0;
}

bool desk::leave_queue(const user_key& who, std::uint64_t number, time_point now) {
    const user* const known = find(who);
    if (known == nullptr || known->inside || known->id != number) return false;
    return leave(who, now, fail(errc::cancelled, "place in the queue was given up"));
}

std::vector<admission_user> desk::users(time_point now) const {
    std::vector<admission_user> told_of;
    std::int64_t place = 0;
    const auto add = [&](const user& each) {
        told_of.push_back(
            {std::to_string(each.id), each.name, each.endpoint, place, seconds(now - each.since)});
    };
    for (const user* const each : inside_) add(*each);
    for (const user* const each : queue_) {
        ++place;
        add(*each);
    }
    return told_of;
}

bool desk::kick(std::string_view id, const std::string& reason, time_point now) {
    for (const auto& [key, each] : users_) {
        if (std::to_string(each->id) != id) continue;
        send_away(*each, fail(errc::access_denied, "place was taken away by an administrator",
                              reason.empty() ? "" : ": ", reason));
        settle(now);
        return true;
    }
    return false;
}

error desk::not_inside(const user* who) const {
    const auto counts = [&] {
        return concat(inside_.size(), " of ", options_.places, " places are taken");
    };
    if (who != nullptr) {
        return fail(errc::access_denied, "caller is not admitted yet: place ", place_of(*who),
                    " in the queue, ", counts());
    }
    return fail(errc::access_denied, "caller is not admitted: ", counts(), "; ask ", options_.name,
                ".enter for one");
}

result<void> desk::check(const caller_identity& who, time_point now) {
    user* const known = find(key_of(who));
    if (known == nullptr || !known->inside) return not_inside(known);
    if (end_of(*known) <= now) return over(*known, now);
    known->asked = now;
    known->shown = true;
    calls_by(*known, who.conversation);
    return {};
}

result<void> desk::check_or_enter(const caller_identity& who, time_point now) {
    pass_time(now);
    const user_key key = key_of(who);
    if (const auto known = sent_away_.find(key.conversation); known != sent_away_.end()) {
        error why = std::move(known->second);
        sent_away_.erase(known);
        return why;
    }
    if (const user* const known = find(key); known == nullptr || !known->inside) {
        BECKON_ASSIGN(const admission_state found, enter(who, now));
        user& asks = *find(key);
        asks.by_calling = true;
        if (!found.inside) {
            return fail(errc::access_denied, "caller is not admitted yet: place ", found.place,
                        " in the queue, ", inside_.size(), " of ", options_.places,
                        " places are taken; call again to come in");
        }
    }
    return check(who, now);
}

void desk::pass_time(time_point now) {
    std::vector<user*> ended;
    for (const auto& [key, each] : users_) {
        if (end_of(*each) <= now) ended.push_back(each.get());
        for (auto next = each->waits.begin(); next != each->waits.end();) {
            if (next->until > now) {
                ++next;
                continue;
            }
            post(*next, state_of(*each, place_of(*each), now));
            next = each->waits.erase(next);
            each->asked = now;
        }
    }
    for (user* const each : ended) send_away(*each, over(*each, now));
    settle(now);
}

time_point desk::next_end() const {
    time_point next = never;
    for (const auto& [key, each] : users_) {
        next = std::min(next, end_of(*each));
        for (const wait_entry& waiting : each->waits) next = std::min(next, waiting.until);
    }
    return next;
}

} // namespace beckon
