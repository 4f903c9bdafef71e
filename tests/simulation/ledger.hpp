// What a simulated run did: every call with all that happened to it, and whether that could have been right.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/testing.hpp"

namespace beckon::simulation {

using namespace std::chrono_literals;
using testing::world;

/// Timers are this exact.
inline constexpr nanoseconds epsilon = 1ms;
/// Without faults everything that is not meant to last is done in less.
inline constexpr nanoseconds healthy_bound = 500ms;
/// How long after a fault calls may still suffer from it: handlers that wait for others pass their trouble on.
inline constexpr nanoseconds aftermath = 6s;

/// One call, as its caller and its handler saw it.
struct call_entry {
    std::string_view what;
    time_point issued{};
    nanoseconds timeout{};
    std::int64_t cause = -1;        ///< The call in whose handler it is made, or on whose result.
    std::uint64_t conversation = 0; ///< And direction; 0: no order is promised.
    bool may_throw = false;         ///< The handler, or one that it calls, throws on purpose.
    bool may_last = false;          ///< The handler, or one that it calls, may take its time.
    bool oneway = false;
    bool local = false; ///< To an object of the caller's own program: nothing travels.

    std::uint32_t started = 0, ended = 0, completed = 0;
    time_point started_at{}, ended_at{}, completed_at{};
    std::optional<errc> failure;
    bool right = true; ///< Whether the result was the expected one.
    time_point cancelled_at = never;

    [[nodiscard]] time_point deadline() const { return issued + timeout; }
};

class ledger {
public:
    explicit ledger(testing::world& of) : world_(of) {}

    /// A call is about to be made; the number goes with it.
    std::int64_t issue(call_entry entry) {
        entry.issued = world_.now();
        calls_.push_back(std::move(entry));
        return static_cast<std::int64_t>(calls_.size() - 1);
    }
    [[nodiscard]] call_entry& at(std::int64_t number) {
        return calls_.at(static_cast<std::size_t>(number));
    }

    /// In a handler: the call is being executed.
    void starts(std::int64_t number, bool alive) {
        if (number < 0 || static_cast<std::size_t>(number) >= calls_.size())
            return wrong(
                concat("a handler was called with number ", number, ", which nobody issued"));
        call_entry& call = at(number);
        call.started_at = world_.now();
        if (++call.started > 1) wrong(number, "was executed twice");
        if (!alive) wrong(number, "was executed by an object that is gone");
        const call_context* const context = call.local ? nullptr : current_call();
        if (context == nullptr || context->session == nullptr) return;
        if (static_cast<session*>(context->session)->is_over())
            wrong(number, "was started though its session is over");
        if (context->deadline == never) {
            wrong(number, "came without its deadline");
        } else if (context->deadline - world_.now() > call.timeout + epsilon) {
            wrong(number, "came with a deadline later than the caller's");
        }
        if (call.conversation == 0) return;
        std::int64_t& last = last_started_[call.conversation];
        if (number < last)
            wrong(number, concat("was started after call ", last, ", which was made later"));
        last = std::max(last, number);
    }
    void ends(std::int64_t number) {
        call_entry& call = at(number);
        ++call.ended;
        call.ended_at = world_.now();
    }

    /// The caller has its result.
    template <typename T>
    void completes(std::int64_t number, const result<T>& outcome, bool right = true) {
        call_entry& call = at(number);
        call.completed_at = world_.now();
        if (++call.completed > 1) wrong(number, "was completed twice");
        call.right = right;
        if (!outcome) call.failure = outcome.error().code();
        if (!outcome && world_notes_)
            world_.note(concat("call ", number, " failed: ", outcome.error().to_string()));
        judge(number);
    }
    void cancelled(std::int64_t number) {
        call_entry& call = at(number);
        if (call.completed == 0) call.cancelled_at = world_.now();
    }

    /// From now on, for so long, something is wrong with the world. Gives the fault's number.
    std::size_t fault(nanoseconds length) {
        faults_.emplace_back(world_.now(), world_.now() + length + aftermath);
        return faults_.size() - 1;
    }
    /// It is over, sooner than was said.
    void fault_ends(std::size_t number) { faults_.at(number).second = world_.now() + aftermath; }
    [[nodiscard]] bool healthy(time_point from, time_point to) const {
        return std::none_of(faults_.begin(), faults_.end(), [&](const auto& each) {
            return each.first <= to && each.second >= from;
        });
    }
    [[nodiscard]] std::size_t faults() const { return faults_.size(); }
    [[nodiscard]] std::size_t calls() const { return calls_.size(); }
    [[nodiscard]] std::size_t successes() const {
        return static_cast<std::size_t>(
            std::count_if(calls_.begin(), calls_.end(), [](const call_entry& each) {
                return each.completed == 1 && !each.failure;
            }));
    }
    [[nodiscard]] bool all_completed() const {
        return std::all_of(calls_.begin(), calls_.end(), [](const call_entry& each) {
            return each.oneway || each.completed != 0;
        });
    }
    /// At the end: what can only be judged then.
    void judge_all() {
        for (std::size_t i = 0; i < calls_.size(); ++i) {
            const call_entry& call = calls_[i];
            const auto number = static_cast<std::int64_t>(i);
            if (call.oneway) {
                if (call.started == 0 && healthy(call.issued, call.issued + healthy_bound))
                    wrong(number, "was never executed");
                continue;
            }
            if (call.completed == 0) wrong(number, "was never completed");
            const time_point given_up = std::min(
                call.cancelled_at, call.failure == errc::timeout ? call.deadline() : never);
            if (given_up == never || call.started == 0 ||
                !healthy(call.issued, given_up + healthy_bound))
                continue;
            if (call.ended == 0 || call.ended_at > given_up + healthy_bound)
                wrong(number, "was given up by its caller, and its handler was not told");
        }
    }

    void wrong(std::string what) {
        if (violations_.size() < 20) violations_.push_back(std::move(what));
    }
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    [[nodiscard]] testing::world& where() const { return world_; }
    void note_failures() { world_notes_ = true; }

    int objects_alive = 0;
    std::size_t objects_made = 0;
    int streams_open = 0;           ///< Being read.
    bool overload_is_right = false; ///< In worlds with little room.

private:
    void wrong(std::int64_t number, std::string_view what) {
        const call_entry& call = at(number);
        wrong(concat("call ", number, " (", call.what, ", issued at ",
                     call.issued.time_since_epoch().count() / 1000, " us) ", what, "; now ",
                     world_.now().time_since_epoch().count() / 1000, " us"));
    }

    void judge(std::int64_t number) {
        const call_entry& call = at(number);
        const bool well = healthy(call.issued, call.completed_at);
        if (call.completed_at > call.deadline() + epsilon)
            wrong(number, "was completed after its deadline");
        if (!call.failure) {
            if (!call.right) wrong(number, "got the result of another");
            if (call.started != 1)
                wrong(number, concat("succeeded after ", call.started, " executions"));
            return;
        }
        switch (*call.failure) {
        case errc::timeout:
            if (call.completed_at < call.deadline() - epsilon && !call.may_last && well)
                wrong(number, "timed out before its deadline");
            if (!well || call.may_last || call.timeout < healthy_bound) return;
            return wrong(number, call.ended != 0     ? "lost its reply"
                                 : call.started != 0 ? "did not end"
                                                     : "was lost");
        case errc::disconnected:
            // A reference to an object behind a conversation that has ended stays dead for ever.
            if (faults_.empty()) wrong(number, "was disconnected without a fault");
            return;
        case errc::cancelled:
            if (!was_given_up(call) && faults_.empty()) wrong(number, "was cancelled by nobody");
            return;
        case errc::remote_error:
            if (!call.may_throw) wrong(number, "failed with an exception that nobody threw");
            return;
        case errc::overloaded:
            // Too little room; or a goodbye of which the first half has come.
            if (overload_is_right || !faults_.empty()) return;
            break;
        case errc::unknown_object:
            // On the result of a call that was given up before it had left.
            if (call.cause >= 0 && was_given_up(at(call.cause))) return;
            break;
        default: break;
        }
        wrong(number, concat("failed with ", to_string(*call.failure)));
    }

    /// Whether the caller, or the one on whose behalf it called, wants no result any more.
    [[nodiscard]] bool was_given_up(const call_entry& call) const {
        for (const call_entry* each = &call;;
             each = &calls_.at(static_cast<std::size_t>(each->cause))) {
            if (each->cancelled_at != never || each->failure == errc::timeout) return true;
            if (each->cause < 0) return false;
        }
    }

    testing::world& world_;
    std::vector<call_entry> calls_;
    std::map<std::uint64_t, std::int64_t> last_started_;
    std::vector<std::pair<time_point, time_point>> faults_;
    std::vector<std::string> violations_;
    bool world_notes_ = false;
};

} // namespace beckon::simulation
