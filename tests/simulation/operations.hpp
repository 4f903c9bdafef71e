// What the random program does to one of its conversations.
#pragma once

#include "simulation/program.hpp"

namespace beckon::simulation {

inline ref<Item> program::some_item(actor& self) {
    if (!self.held.empty() && chance_.percent(60))
        return self.held[chance_.below(self.held.size())];
    if (!self.kept().empty() && chance_.percent(30))
        return self.kept()[chance_.below(self.kept().size())];
    return make_item(ledger_);
}

inline std::string program::padding() {
    if (chance_.percent(80)) return {};
    return std::string(chance_.percent(5) ? chance_.below(150'000) : chance_.below(3'000), 'x');
}

inline void program::echo(actor&, actor::line& to) {
    const auto number = static_cast<std::int64_t>(chance_.below(1000));
    const ref<Hub> theirs = to.theirs;
    guarded([&] {
        call_now(
            ledger_, ordered("echo", to),
            [&](std::int64_t call) {
                return theirs.with(timeout(6s))->echo(call, number, padding());
            },
            [&](std::int64_t got) { return got == echoed(number); });
    });
}

inline void program::echo_later(actor& self, actor::line& to) {
    for (std::uint64_t left = chance_.between(1, 4); left != 0; --left) {
        const auto number = static_cast<std::int64_t>(chance_.below(1000));
        const nanoseconds length = chance_.percent(10)
                                       ? chance_.between(nanoseconds(1ms), nanoseconds(8ms))
                                       : nanoseconds(6s);
        const std::int64_t call = ledger_.issue(ordered("async echo", to, length));
        await(self, call, to.theirs.with(timeout(length)).async()->echo(call, number, padding()),
              [number](const result<std::int64_t>& got) { return *got == echoed(number); });
    }
}

inline void program::tell(actor&, actor::line& to) {
    call_entry told = ordered("tell", to);
    told.oneway = true;
    const std::int64_t call = ledger_.issue(std::move(told));
    to.theirs.with(timeout(6s))->tell(call);
}

inline void program::make_and_hold(actor& self, actor::line& to) {
    const ref<Hub> theirs = to.theirs;
    const std::uint64_t incarnation = self.incarnation;
    guarded([&] {
        auto made = call_now(
            ledger_, ordered("make", to),
            [&](std::int64_t call) { return theirs.with(timeout(6s))->make(call); }, any_result);
        if (self.incarnation == incarnation && self.held.size() < 12)
            self.held.push_back(std::move(made));
    });
}

inline void program::make_pipelined(actor& self, actor::line& to) {
    const std::int64_t making = ledger_.issue(ordered("async make", to));
    auto made = to.theirs.with(timeout(6s)).async()->make(making);
    const std::int64_t touching = ledger_.issue(entry("pipelined touch", 10s, making));
    if (auto later = pipelined(touching, [&] { return made.async()->touch(touching, 7); }))
        await(self, touching, std::move(*later),
              [](const result<std::int64_t>& got) { return *got == touched(7); });
    if (chance_.percent(20)) {
        ledger_.cancelled(making); // the object goes when the touch is done
        ledger_.cancelled(touching);
        auto* const tells = &ledger_;
        static_cast<void>(std::move(made).then(
            [tells, making](const result<ref<Item>>& came) { tells->completes(making, came); }));
    } else {
        await_item(self, making, std::move(made));
    }
}

inline void program::chain(actor& self, actor::line& to) {
    const bool fails = chance_.percent(30);
    const auto through = [&](std::string_view what, std::int64_t on) {
        call_entry made = entry(what, 10s, on);
        made.may_throw = fails;
        return made;
    };
    call_entry first = ordered("async make or refuse", to, 10s);
    first.may_throw = fails;
    const std::int64_t making = ledger_.issue(std::move(first));
    const auto timed = to.theirs.with(timeout(10s));
    auto made =
        fails ? timed.async()->refuse(making, some_item(self)) : timed.async()->make(making);
    const std::int64_t second = ledger_.issue(through("pipelined child", making));
    auto child = pipelined(second, [&] { return made.async()->child(second); });
    if (!child) return await_any(self, making, std::move(made));
    const std::int64_t third = ledger_.issue(through("pipelined pass", second));
    // A refused call gives back what it brought: one's own object, or one that is held.
    auto passed = pipelined(third, [&] { return child->async()->pass(third, some_item(self)); });
    const std::int64_t fourth =
        ledger_.issue(through("pipelined touch at the end of a chain", second));
    auto last = pipelined(fourth, [&] { return child->async()->touch(fourth, 11); });
    await_any(self, making, std::move(made));
    await_item(self, second, std::move(*child));
    if (passed) await_item(self, third, std::move(*passed));
    if (last)
        await(self, fourth, std::move(*last),
              [](const result<std::int64_t>& got) { return *got == touched(11); });
}

inline void program::touch(actor& self, actor::line&) {
    const ref<Item> there = some_item(self);
    if (there.is_local()) return;
    if (chance_.percent(50)) {
        const std::int64_t call = ledger_.issue(entry("async touch"));
        await(self, call, there.with(timeout(6s)).async()->touch(call, 3),
              [](const result<std::int64_t>& got) { return *got == touched(3); });
        return;
    }
    guarded([&] {
        call_now(
            ledger_, entry("touch"),
            [&](std::int64_t call) { return there.with(timeout(6s))->touch(call, 5); },
            [](std::int64_t got) { return got == touched(5); });
    });
}

inline void program::keep(actor& self, actor::line& to) {
    const std::int64_t call = ledger_.issue(ordered("async keep", to));
    await_any(self, call, to.theirs.with(timeout(6s)).async()->keep(call, some_item(self)));
}

inline void program::give(actor& self, actor::line& to) {
    const std::int64_t call = ledger_.issue(ordered("async give", to));
    await_item(self, call, to.theirs.with(timeout(6s)).async()->give(call));
}

inline void program::visit(actor& self, actor::line& to) {
    std::vector<ref<Item>> items;
    for (std::uint64_t left = chance_.between(0, 3); left != 0; --left)
        items.push_back(chance_.percent(10) ? ref<Item>() : some_item(self));
    const ref<Hub> theirs = to.theirs;
    if (chance_.percent(50)) {
        const std::int64_t call = ledger_.issue(ordered("async visit", to));
        return await_any(self, call, theirs.with(timeout(6s)).async()->visit(call, items));
    }
    guarded([&] {
        call_now(
            ledger_, ordered("visit", to),
            [&](std::int64_t call) { return theirs.with(timeout(6s))->visit(call, items); },
            any_result);
    });
}

inline void program::recurse(actor& self, actor::line& to) {
    const auto depth =
        static_cast<std::int64_t>(chance_.percent(10) ? chance_.below(30) : chance_.below(5));
    const ref<Hub> theirs = to.theirs;
    const ref<Hub> mine = self.hub();
    guarded([&] {
        call_now(
            ledger_, ordered("recurse", to),
            [&](std::int64_t call) { return theirs.with(timeout(6s))->recurse(call, mine, depth); },
            [&](std::int64_t got) { return got == depth; });
    });
}

inline void program::relay(actor& self, actor::line& to) {
    const auto number = static_cast<std::int64_t>(chance_.below(1000));
    const std::int64_t call = ledger_.issue(ordered("async relay", to));
    await(self, call, to.theirs.with(timeout(6s)).async()->relay(call, number),
          [number](const result<std::int64_t>& got) { return *got == echoed(number); });
}

inline void program::fetch(actor& self, actor::line& to) {
    const std::int64_t call = ledger_.issue(ordered("async fetch", to));
    await_item(self, call, to.theirs.with(timeout(6s)).async()->fetch(call));
}

inline void program::refuse(actor& self, actor::line& to) {
    call_entry made = ordered("async refuse", to);
    made.may_throw = true;
    const std::int64_t call = ledger_.issue(std::move(made));
    await_any(self, call, to.theirs.with(timeout(6s)).async()->refuse(call, some_item(self)));
}

inline void program::give_up(actor& self, actor::line& to) {
    call_entry made = ordered("async last, to be cancelled", to, 60s);
    made.may_last = true;
    const std::int64_t call = ledger_.issue(std::move(made));
    await_any(self, call, to.theirs.with(timeout(60s)).async()->last(call, 50'000));
    const std::uint64_t incarnation = self.incarnation;
    world_.after(chance_.between(nanoseconds(0), nanoseconds(20ms)),
                 [this, &self, incarnation, call] {
                     if (self.incarnation != incarnation) return;
                     for (actor::pending& each : self.waiting) {
                         if (each.call != call) continue;
                         ledger_.cancelled(call);
                         each.done.cancel();
                     }
                 });
}

inline void program::run_late(actor& self, actor::line& to) {
    const nanoseconds length = chance_.between(nanoseconds(2ms), nanoseconds(400ms));
    call_entry made = ordered("async last, with too little time", to, length);
    made.may_last = true;
    const std::int64_t call = ledger_.issue(std::move(made));
    await_any(self, call, to.theirs.with(timeout(length)).async()->last(call, 50'000));
}

inline void program::nap(actor& self, actor::line& to) {
    const std::int64_t call = ledger_.issue(ordered("async nap", to));
    await_any(self, call,
              to.theirs.with(timeout(6s))
                  .async()
                  ->nap(call, static_cast<std::int64_t>(chance_.below(10))));
}

inline void program::roam(actor& self, actor::line& to) {
    const std::int64_t call = ledger_.issue(ordered("async roam", to));
    await_any(self, call, to.theirs.with(timeout(6s)).async()->roam(call, some_item(self)));
}

inline void program::count(actor& self, actor::line& to) {
    const auto all = static_cast<std::int64_t>(chance_.below(150));
    const std::int64_t enough =
        chance_.percent(60) ? all + 1 : static_cast<std::int64_t>(chance_.below(100));
    const std::int64_t call = ledger_.issue(ordered("async count", to));
    await(self, call, to.theirs.with(timeout(6s)).async()->count(call, all),
          [this, all, enough](auto& got) {
              auto reading = start(read_count(ledger_, std::move(*got), all, enough));
              reading.detach();
              return true;
          });
}

inline void program::sum(actor& self, actor::line& to) {
    const auto all = static_cast<std::int64_t>(chance_.below(150));
    const std::int64_t call = ledger_.issue(ordered("async sum", to));
    await(self, call, to.theirs.with(timeout(6s)).async()->sum(call, count_up(all)),
          [all](const result<std::int64_t>& got) { return *got == all * (all - 1) / 2; });
}

inline void program::drop(actor& self, actor::line&) {
    if (!self.held.empty() && chance_.percent(70)) {
        const auto at =
            self.held.begin() + static_cast<std::ptrdiff_t>(chance_.below(self.held.size()));
        const ref<Item> dropped = std::move(*at);
        self.held.erase(at);
    }
    if (!self.waiting.empty() && chance_.percent(30)) {
        const auto at =
            self.waiting.begin() + static_cast<std::ptrdiff_t>(chance_.below(self.waiting.size()));
        ledger_.cancelled(at->call);
        const actor::pending dropped = std::move(*at);
        self.waiting.erase(at);
    }
}

inline void program::wait(actor& self, actor::line&) {
    const auto ready = [](const actor::pending& each) { return each.done.ready(); };
    self.waiting.erase(std::remove_if(self.waiting.begin(), self.waiting.end(), ready),
                       self.waiting.end());
    if (self.waiting.empty()) return;
    // Taken out first: a crash of the program meanwhile lets go of what it waits for.
    actor::pending oldest = std::move(self.waiting.front());
    self.waiting.erase(self.waiting.begin());
    if (!oldest.done.wait_for(2s)) {
        ledger_.cancelled(oldest.call);
        oldest.done.cancel();
    }
}

inline void program::idle(actor&, actor::line&) {
    world_.run_for(chance_.between(nanoseconds(0), nanoseconds(5ms)));
}

/// Begins something at a random place; false where there was only a way to be made, or none to be had.
inline bool program::operate() {
    static constexpr std::pair<operation, std::uint32_t> weighted[] = {
        {&program::echo, 6},
        {&program::echo_later, 12},
        {&program::tell, 4},
        {&program::make_and_hold, 5},
        {&program::make_pipelined, 6},
        {&program::chain, 5},
        {&program::touch, 10},
        {&program::keep, 6},
        {&program::give, 6},
        {&program::visit, 8},
        {&program::recurse, 4},
        {&program::relay, 6},
        {&program::fetch, 6},
        {&program::refuse, 3},
        {&program::give_up, 4},
        {&program::run_late, 4},
        {&program::nap, 3},
        {&program::roam, 5},
        {&program::drop, 10},
        {&program::wait, 8},
        {&program::idle, 8},
        {&program::count, 4},
        {&program::sum, 3},
    };
    actor& self = *actors_[chance_.below(actors_.size())];
    if (!self.node->is_up()) {
        world_.run_for(1ms);
        return false;
    }
    if (self.lines.empty()) { // it has crashed, and so has whoever knew it
        actor& other = *actors_[chance_.below(actors_.size())];
        if (&other != &self) connect(self, other);
        return false;
    }
    const std::size_t which = chance_.below(self.lines.size());
    if (!self.lines[which].is_open()) {
        actor& to = *self.lines[which].to;
        connect(self, to);
        return false;
    }
    std::uint32_t all = 0;
    for (const auto& [what, weight] : weighted) all += weight;
    auto drawn = static_cast<std::uint32_t>(chance_.below(all));
    for (const auto& [what, weight] : weighted) {
        if (drawn < weight) {
            // A copy: the program may crash, and lose its lines, while the operation waits.
            actor::line to = self.lines[which];
            (this->*what)(self, to);
            break;
        }
        drawn -= weight;
    }
    return true;
}

} // namespace beckon::simulation
