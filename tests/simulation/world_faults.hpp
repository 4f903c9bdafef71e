// How the random program's world begins, fails, heals and ends.
#pragma once

#include "simulation/program.hpp"

namespace beckon::simulation {

inline testing::world_options program::options_of(program_options& options, std::uint64_t seed) {
    testing::world_options made;
    made.keep_trace = options.keep_trace;
    made.make_protocol = std::move(options.make_protocol);
    made.limits.ping_after = options.deaf ? 0ms : 500ms;
    made.limits.default_timeout = 6s;
    if (seed % 2 == 1) made.limits.stream_window_bytes = 512;
    made.network.split_percent = (seed % 3) * 30;
    if (seed % 4 == 1) made.limits.max_calls_in_flight = 24;
    if (seed % 4 == 2) {
        made.network.window_bytes = 4096;
        made.limits.max_unsent_bytes = 32u << 10;
    }
    return made;
}

inline program::program(std::uint64_t seed, program_options options)
    : options_(std::move(options)), ledger_(world_), world_(seed, options_of(options_, seed)),
      chance_(world_.chance()) {
    ledger_.overload_is_right = seed % 4 == 2;
    if (options_.keep_trace) ledger_.note_failures();
    const std::size_t programs = 2 + chance_.below(3);
    for (std::size_t i = 0; i < programs; ++i) {
        auto made = std::make_shared<actor>(ledger_, chance_);
        actors_.push_back(made);
        made->node = world_.add_node(concat("p", i),
                                     [raw = made.get()](testing::node& self) { raw->start(self); });
    }
    for (std::size_t i = 0; i < programs; ++i) {
        for (std::size_t j = i + 1; j < programs; ++j) connect(*actors_[i], *actors_[j]);
    }
}

/// Makes a conversation, known to both sides, in place of the one that they had.
inline void program::connect(actor& from, actor& to) {
    const auto put = [](actor& into, actor& peer, connected session, ref<Hub> theirs) {
        for (actor::line& each : into.lines) {
            if (each.to == &peer) {
                each = {&peer, std::move(session), std::move(theirs)};
                return;
            }
        }
        into.lines.push_back({&peer, std::move(session), std::move(theirs)});
    };
    const std::uint64_t mine = from.incarnation, theirs = to.incarnation;
    const auto same_lives = [&] { return from.incarnation == mine && to.incarnation == theirs; };
    const auto nowhere = [&](actor& at, actor& peer) { put(at, peer, {}, {}); };
    if (from.node->is_up()) nowhere(from, to);
    if (to.node->is_up()) nowhere(to, from);
    auto made = world_.try_connect(*from.node, *to.node);
    if (!made) return world_.run_for(20ms);
    const connected back = world_.link_of(*made).far_side();
    guarded([&] {
        auto hub_there = made->get<Hub>("hub");
        if (!same_lives()) return;
        put(from, to, *made, std::move(hub_there));
        auto hub_here = back.get<Hub>("hub");
        if (same_lives()) put(to, from, back, std::move(hub_here));
    });
}

inline void program::plan_faults() {
    for (std::size_t i = 0; i < options_.faults; ++i)
        faults_at_.push_back(20 +
                             static_cast<std::size_t>(chance_.below(options_.operations - 40)));
    std::sort(faults_at_.begin(), faults_at_.end());
}

inline void program::make_fault() {
    actor& victim = *actors_[chance_.below(actors_.size())];
    if (!victim.node->is_up()) return world_.after(10ms, [this] { make_fault(); });
    std::vector<connected> open = victim.node->sessions();
    const auto kind = chance_.below(7);
    if (kind != 6 && open.empty()) return make_fault();
    if (kind == 6) {
        ledger_.fault(200ms);
        world_.crash(*victim.node);
        victim.crash();
        return world_.after(chance_.between(nanoseconds(1ms), nanoseconds(200ms)),
                            [this, &victim] { world_.restart(*victim.node); });
    }
    const connected& hit = open[chance_.below(open.size())];
    testing::link carries = world_.link_of(hit);
    switch (kind) {
    case 0: ledger_.fault(10ms); return carries.cut();
    case 1:
        // The byte at which it breaks may be long in coming.
        carries.cut_after(static_cast<std::size_t>(chance_.below(3000)));
        cuts_to_come_.emplace_back(carries, ledger_.fault(1h));
        return;
    case 2:
        ledger_.fault(options_.deaf ? nanoseconds(1h) : nanoseconds(5s));
        return carries.vanish();
    case 3: {
        const nanoseconds length = chance_.between(nanoseconds(1ms), nanoseconds(300ms));
        ledger_.fault(length);
        return carries.stop_reading(*victim.node, length);
    }
    case 4: {
        const nanoseconds length = chance_.between(nanoseconds(1ms), nanoseconds(400ms));
        actor& other = *actors_[chance_.below(actors_.size())];
        if (&other == &victim) return make_fault();
        ledger_.fault(length);
        world_.partition(*victim.node, *other.node);
        return world_.after(
            length, [this, one = *victim.node, two = *other.node] { world_.heal(one, two); });
    }
    default: ledger_.fault(10ms); return hit.close();
    }
}

/// Connections that were to break at some byte, and have.
inline void program::end_faults() {
    std::erase_if(cuts_to_come_, [this](const auto& each) {
        if (each.first.is_open()) return false;
        ledger_.fault_ends(each.second);
        return true;
    });
}

inline program_outcome program::run() {
    plan_faults();
    // What finds nobody to talk to is no operation; but not for ever, should nobody ever be found.
    for (std::size_t tries = 0;
         operation_ < options_.operations && tries < 20 * options_.operations; ++tries) {
        while (!faults_at_.empty() && faults_at_.front() == operation_) {
            faults_at_.erase(faults_at_.begin());
            // Not between two operations, but in the middle of one.
            world_.after(chance_.between(nanoseconds(0), nanoseconds(5ms)),
                         [this] { make_fault(); });
            // Half of the faults are followed by quiet, so that what comes next is judged strictly.
            if (chance_.percent(50)) world_.run_for(8s);
        }
        end_faults();
        if (operate()) ++operation_;
    }
    if (operation_ < options_.operations)
        ledger_.wrong(concat("only ", operation_, " operations could be done"));
    finish();
    program_outcome outcome;
    outcome.violations = ledger_.violations();
    outcome.digest = world_.trace_digest();
    outcome.events = world_.events_run();
    outcome.operations = operation_;
    outcome.calls = ledger_.calls();
    outcome.successes = ledger_.successes();
    outcome.faults = ledger_.faults();
    outcome.trace = world_.trace();
    return outcome;
}

inline void program::finish() {
    world_.run_until([&] { return ledger_.all_completed(); }, 30s);
    world_.run_for(1s); // for what those who gave up have left behind
    ledger_.judge_all();
    for (const auto& each : actors_) {
        const auto gone = std::exchange(each->held, {});
        const auto also = std::exchange(each->kept(), {});
        each->waiting.clear();
        for (actor::line& line : each->lines) line.theirs = {};
    }
    world_.run_for(5s);
    if (ledger_.streams_open != 0)
        ledger_.wrong(concat(ledger_.streams_open, " streams never ended"));
    check_tables();
    for (const auto& each : actors_) each->forget();
    const bool ended = world_.run_until([&] { return world_.session_count() == 0; }, 2min);
    if (!ended)
        ledger_.wrong(concat(world_.session_count(), " sessions are left after nobody holds them"));
    if (ledger_.objects_alive != 0)
        ledger_.wrong(concat(ledger_.objects_alive, " objects are left at the end"));
}

inline void program::check_tables() {
    if (ledger_.objects_alive != 0)
        ledger_.wrong(
            concat(ledger_.objects_alive, " objects are left after the last reference went"));
    for (const auto& each : actors_) {
        for (const connected& conversation : each->node->sessions()) {
            const session_stats left = conversation.stats();
            const std::string where =
                concat("session of ", each->node->name(), " with ", conversation.peer_name());
            if (left.exports != 0)
                ledger_.wrong(concat(where, " still has ", left.exports, " exports"));
            if (left.imports != 0)
                ledger_.wrong(concat(where, " still has ", left.imports, " imports"));
            if (left.calls_in_flight != 0)
                ledger_.wrong(
                    concat(where, " still has ", left.calls_in_flight, " calls in flight"));
            if (left.streams != 0)
                ledger_.wrong(concat(where, " still has ", left.streams, " streams"));
            if (left.oddities != 0)
                ledger_.wrong(concat(where, " saw ", left.oddities, " oddities"));
        }
    }
}

} // namespace beckon::simulation
