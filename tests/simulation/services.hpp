// The interfaces of the simulated programs and their implementations, which tell the ledger what they do.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "beckon/object/exception.hpp"
#include "beckon/object/stream.hpp"
#include "beckon/object/task.hpp"
#include "simulation/ledger.hpp"

namespace beckon::simulation {

/// A small object, made on demand and passed around. The first argument of every method is the call's number.
struct Item {
    std::int64_t touch(std::int64_t call, std::int64_t number);
    ref<Item> child(std::int64_t call);
    ref<Item> pass(std::int64_t call, ref<Item> other);
};
/// What each program publishes.
struct Hub {
    std::int64_t echo(std::int64_t call, std::int64_t number, std::string padding);
    void tell(std::int64_t call);
    ref<Item> make(std::int64_t call);
    ref<Item> refuse(std::int64_t call, ref<Item> item);
    void keep(std::int64_t call, ref<Item> item);
    ref<Item> give(std::int64_t call);
    std::int64_t visit(std::int64_t call, std::vector<ref<Item>> items);
    std::int64_t recurse(std::int64_t call, ref<Hub> peer, std::int64_t depth);
    std::int64_t relay(std::int64_t call, std::int64_t number);
    ref<Item> fetch(std::int64_t call);
    void last(std::int64_t call, std::int64_t milliseconds);
    void nap(std::int64_t call, std::int64_t milliseconds);
    std::int64_t roam(std::int64_t call, ref<Item> item);
    stream<std::int64_t> count(std::int64_t call, std::int64_t to);
    std::int64_t sum(std::int64_t call, stream<std::int64_t> numbers);
};
BECKON_INTERFACE(Item, (touch, call, number), (child, call), (pass, call, other))
BECKON_INTERFACE(Hub, (echo, call, number, padding), (tell, call), (make, call),
                 (refuse, call, item), (keep, call, item), (give, call), (visit, call, items),
                 (recurse, call, peer, depth), (relay, call, number), (fetch, call),
                 (last, call, milliseconds), (nap, call, milliseconds), (roam, call, item),
                 (count, call, to), (sum, call, numbers))
BECKON_ONEWAY(Hub, tell)

inline stream<std::int64_t> count_up(std::int64_t to) {
    for (std::int64_t i = 0; i < to; ++i) co_yield i;
}
inline std::int64_t touched(std::int64_t number) { return number * 3 + 1; }
inline std::int64_t echoed(std::int64_t number) { return number ^ 0x5555; }

/// Ends a handler's record whatever way it ends.
class executing {
public:
    executing(ledger& tells, std::int64_t call, bool alive = true) : tells_(tells), call_(call) {
        tells.starts(call, alive);
    }
    executing(executing&& other) noexcept
        : tells_(other.tells_), call_(std::exchange(other.call_, -1)) {}
    executing& operator=(executing&&) = delete;
    ~executing() {
        if (call_ >= 0) tells_.ends(call_);
    }

private:
    ledger& tells_;
    std::int64_t call_;
};

/// Makes a synchronous call inside a handler or at the top, and tells the ledger. What it throws is passed on.
template <typename Call>
auto call_now(ledger& tells, call_entry entry, Call call, auto is_right) {
    const std::int64_t number = tells.issue(std::move(entry));
    using returned = decltype(call(number));
    try {
        if constexpr (std::is_void_v<returned>) {
            call(number);
            tells.completes(number, result<void>{});
        } else {
            returned outcome = call(number);
            tells.completes(number, result<bool>(true), is_right(outcome));
            return outcome;
        }
    } catch (const beckon::exception& failure) {
        tells.completes(number, result<void>(failure.failure()));
        throw;
    }
}
inline constexpr auto any_result = [](const auto&) { return true; };

/// The order of calls is promised where a program calls another one straight, not from inside a call between the two.
inline std::uint64_t ordered_through(const session* conversation) {
    const call_context* const serving = current_call();
    if (serving != nullptr && serving->session == conversation) return 0;
    return reinterpret_cast<std::uintptr_t>(conversation);
}

inline const session* session_of(const intrusive_ptr<object_core>& core) {
    if (!core || core->is_local()) return nullptr;
    return static_cast<session*>(&static_cast<remote_object&>(*core).session());
}

/// Reads a stream that counts, to its end or until enough was read.
inline task<void> read_count(ledger& tells, stream<std::int64_t> numbers, std::int64_t to,
                             std::int64_t enough) {
    ++tells.streams_open;
    try {
        for (std::int64_t i = 0; i < enough; ++i) {
            future<std::optional<std::int64_t>> next = numbers.async_next();
            const std::optional<std::int64_t> got = co_await next;
            if (!got && i != to) tells.wrong(concat("a stream of ", to, " ended after ", i));
            if (!got) break;
            if (*got != i) tells.wrong(concat("a stream gave ", *got, " where ", i, " comes next"));
        }
    } catch (const beckon::exception& failure) {
        if (tells.faults() == 0)
            tells.wrong(concat("a stream failed without a fault: ", failure.what()));
    }
    --tells.streams_open;
}

/// A new item. All ways of executing calls take turns.
ref<Item> make_item(ledger& tells);

struct item {
    explicit item(ledger& its_ledger) : tells(its_ledger) { ++tells.objects_alive; }
    ~item() {
        --tells.objects_alive;
        alive = false;
    }
    item(const item&) = delete;
    item& operator=(const item&) = delete;

    std::int64_t touch(std::int64_t call, std::int64_t number) {
        const executing record(tells, call, alive);
        return touched(number);
    }
    ref<Item> child(std::int64_t call) {
        const executing record(tells, call, alive);
        return make_item(tells);
    }
    ref<Item> pass(std::int64_t call, ref<Item> other) {
        const executing record(tells, call, alive);
        return other;
    }

    ledger& tells;
    volatile bool alive = true;
};

inline ref<Item> make_item(ledger& tells) {
    static constexpr policy ways[] = {policy::session, policy::serial, policy::concurrent,
                                      policy::inline_};
    return make_ref<Item>(std::make_shared<item>(tells), ways[tells.objects_made++ % 4]);
}

/// What a hub needs of the program that it belongs to.
class hub_home {
public:
    virtual ref<Hub> another() = 0; ///< Of a third program; null where there is no way to one now.
    virtual std::vector<ref<Item>>& kept() = 0;
    virtual bool is_gone() const = 0; ///< It has crashed since.
    virtual ref<Hub> hub() = 0;

protected:
    ~hub_home() = default;
};

struct hub {
    hub(ledger& its_ledger, std::shared_ptr<hub_home> its_home)
        : tells(its_ledger), home(std::move(its_home)) {}

    std::int64_t echo(std::int64_t call, std::int64_t number, const std::string&) {
        const auto record = begin(call);
        return echoed(number);
    }
    void tell(std::int64_t call) { const auto record = begin(call); }
    ref<Item> make(std::int64_t call) {
        const auto record = begin(call);
        return make_item(tells);
    }
    ref<Item> refuse(std::int64_t call, const ref<Item>&) {
        const auto record = begin(call);
        throw std::runtime_error("refused on purpose");
    }
    void keep(std::int64_t call, ref<Item> kept) {
        const auto record = begin(call);
        auto& all = home->kept();
        if (all.size() >= 6) all.erase(all.begin());
        all.push_back(std::move(kept));
    }
    ref<Item> give(std::int64_t call) {
        const auto record = begin(call);
        return home->kept().empty() ? ref<Item>() : home->kept().front();
    }
    std::int64_t visit(std::int64_t call, const std::vector<ref<Item>>& items) {
        const auto record = begin(call);
        std::int64_t visited = 0;
        for (const ref<Item>& each : items) {
            if (!each) continue;
            call_now(
                tells, nested(call, "touch in visit", each.core()),
                [&](std::int64_t number) { return each.with(timeout(4s))->touch(number, visited); },
                [&](std::int64_t got) { return got == touched(visited); });
            ++visited;
        }
        return visited;
    }
    std::int64_t recurse(std::int64_t call, const ref<Hub>& peer, std::int64_t depth) {
        const auto record = begin(call);
        if (depth == 0 || !peer) return 0;
        const ref<Hub> mine = home->hub();
        return 1 + call_now(
                       tells, nested(call, "recurse", peer.core()),
                       [&](std::int64_t number) {
                           return peer.with(timeout(4s))->recurse(number, mine, depth - 1);
                       },
                       [&](std::int64_t got) { return got == depth - 1; });
    }
    std::int64_t relay(std::int64_t call, std::int64_t number) {
        const auto record = begin(call);
        const ref<Hub> other = home->another();
        if (!other) return echoed(number);
        return call_now(
            tells, nested(call, "echo in relay", other.core()),
            [&](std::int64_t inner) { return other.with(timeout(4s))->echo(inner, number, {}); },
            [&](std::int64_t got) { return got == echoed(number); });
    }
    ref<Item> fetch(std::int64_t call) {
        const auto record = begin(call);
        const ref<Hub> other = home->another();
        if (!other) return {};
        return call_now(
            tells, nested(call, "make in fetch", other.core()),
            [&](std::int64_t inner) { return other.with(timeout(4s))->make(inner); }, any_result);
    }
    /// Lasts without keeping anybody waiting: until the time is over, or nobody wants its end any more.
    future<void> last(std::int64_t call, std::int64_t milliseconds) {
        struct lasting {
            promise<void> end;
            std::optional<executing> record;
        };
        auto state = std::make_shared<lasting>();
        state->record.emplace(begin(call));
        auto finish = [state](result<void> how) {
            if (!state->record) return;
            state->record.reset();
            state->end.set(std::move(how));
        };
        auto until_then = state->end.get_future();
        tells.where().after(std::chrono::milliseconds(milliseconds), [finish] { finish({}); });
        if (const call_context* const serving = current_call();
            serving != nullptr && serving->cancellation != nullptr)
            serving->cancellation->on_request(
                [finish] { finish(fail(errc::cancelled, "given up")); });
        return until_then;
    }
    void nap(std::int64_t call, std::int64_t milliseconds) {
        const auto record = begin(call);
        this_call::sleep_for(std::chrono::milliseconds(milliseconds));
    }
    task<std::int64_t> roam(std::int64_t call, ref<Item> there) {
        const auto record = begin(call);
        if (!there) co_return 0;
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < 2; ++i) {
            const std::int64_t number = tells.issue(nested(call, "touch in roam", there.core()));
            future<std::int64_t> touching = there.with(timeout(4s)).async()->touch(number, i);
            std::optional<error> failure;
            std::int64_t got = 0;
            try {
                got = co_await touching;
            } catch (const beckon::exception& thrown) {
                failure.emplace(thrown.failure());
            }
            const result<bool> outcome = failure ? result<bool>(*failure) : result<bool>(true);
            tells.completes(number, outcome, got == touched(i));
            if (failure) throw_error(std::move(*failure));
            sum += i;
        }
        co_return sum;
    }

    stream<std::int64_t> count(std::int64_t call, std::int64_t to) {
        const auto record = begin(call);
        return count_up(to);
    }
    task<std::int64_t> sum(std::int64_t call, stream<std::int64_t> numbers) {
        const auto record = begin(call);
        std::int64_t sum = 0;
        for (;;) {
            future<std::optional<std::int64_t>> next = numbers.async_next();
            const std::optional<std::int64_t> got = co_await next;
            if (!got) co_return sum;
            sum += *got;
        }
    }

private:
    executing begin(std::int64_t call) { return executing(tells, call, !home->is_gone()); }
    /// What a handler calls has no more time than the handler has.
    call_entry nested(std::int64_t cause, std::string_view what,
                      const intrusive_ptr<object_core>& core) {
        call_entry entry;
        entry.what = what;
        entry.cause = cause;
        entry.local = core->is_local();
        entry.timeout = 4s;
        if (const call_context* const serving = current_call();
            serving != nullptr && serving->deadline != never)
            entry.timeout = std::min(entry.timeout, serving->deadline - tells.where().now());
        if (what == "echo in relay" || what == "make in fetch" || what == "recurse")
            entry.conversation = ordered_through(session_of(core));
        return entry;
    }

    ledger& tells;
    const std::shared_ptr<hub_home> home;
};

} // namespace beckon::simulation
