// A small world for tests: programs, the network between them, and time, all in one thread and all by seed.
//
// Real sessions run in it, with the real protocol; only the bytes' way, the clock and the threads are imitated. The same
// seed gives the same run, event for event. A test of one's own service under faults:
//
//   beckon::testing::world world(seed);
//   auto server = world.add_node("server", [](beckon::testing::node& self) {
//       self.publish<Store>("store", std::make_shared<my_store>());         // runs again after a crash
//   });
//   auto client = world.add_node("client");
//   auto store = world.connect(client, server).get<Store>("store");
//   auto pending = store.with(beckon::timeout(2s)).async()->put("key", "value");
//   world.after(1ms, [&] { world.crash(server); });
//   EXPECT_THROW(pending.get(), beckon::disconnected_error);                // in no time at all
//   world.restart(server);
//
// Time stands still while code runs, and goes on where code waits: in a synchronous call, in `future::get`, in
// `this_call::sleep_for`, in `run_for`. Handlers run on threads of the simulation, which are stacks that take turns on the
// test's one thread. What waits by other means than Beckon's (a mutex, a real sleep) holds up the whole world.
// A wait that nothing can end any more fails at once with would_deadlock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/log.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/session/protocol.hpp"
#include "beckon/session/session.hpp"
#include "beckon/testing/random.hpp"

namespace beckon::testing {

class world;
class world_core;
class node_core;
class link_core;

/// How the network between two nodes behaves when nothing is wrong with it.
struct network_options {
    nanoseconds min_delay = std::chrono::microseconds(20); ///< Of each chunk, on its way.
    nanoseconds max_delay = std::chrono::milliseconds(2);
    /// How often, in a hundred, a write is cut at a random byte into chunks with delays of their own.
    std::uint64_t split_percent = 25;
    std::size_t window_bytes =
        64u << 10; ///< On the way and not yet read, in one direction; then writers wait.
};

struct world_options {
    network_options network;
    beckon::limits limits; ///< Of every session.
    /// Makes the protocol of one end of a conversation, the connecting one first; null, or where it gives null: the native
    /// one. For tests that misbehave.
    function<std::unique_ptr<protocol>()> make_protocol;
    beckon::authenticator authenticator;
    log_sink* log = &null_log();
    /// How much time may pass in a wait without a deadline before it counts as a deadlock.
    nanoseconds patience = std::chrono::hours(1);
    bool keep_trace = false; ///< Whether `world::trace` has the events as text.
};

/// A program of the world. Copies mean the same one. Used while its world exists.
class node {
public:
    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] bool is_up() const noexcept;

    /// Offers an object to everybody who connects to this node, and to those it connects to.
    template <typename Interface, typename T>
    void publish(std::string object_name, std::shared_ptr<T> implementation,
                 policy execution = policy::session) {
        publish(std::move(object_name),
                object(make_ref<Interface>(std::move(implementation), execution)));
    }
    void publish(std::string object_name, const object& reference);

    /// Its conversations that are not over, in the order in which they began.
    [[nodiscard]] std::vector<connected> sessions() const;
    friend bool operator==(const node&, const node&) noexcept = default;

private:
    friend class world;
    friend class link;
    friend class node_core;
    explicit node(std::shared_ptr<node_core> core) noexcept : core_(std::move(core)) {}
    std::shared_ptr<node_core> core_;
};

/// The connection that carries one conversation: where faults are made. Copies mean the same one.
class link {
public:
    /// The side of the node that connected, and the other one.
    [[nodiscard]] connected near_side() const;
    [[nodiscard]] connected far_side() const;
    /// Whether bytes can pass, or could but for a partition.
    [[nodiscard]] bool is_open() const noexcept;
    /// Breaks the connection: what is on its way is lost from some byte on, and each side learns it a little later.
    void cut();
    /// Breaks it once this many bytes more have arrived, in both directions together.
    void cut_after(std::size_t more_bytes);
    /// From now on no byte arrives, and nobody is told: what a dead host or a bad cable look like.
    void vanish();
    /// A program that has other things to do: it reads nothing for so long.
    void stop_reading(const node& reader, nanoseconds length);

private:
    friend class world;
    explicit link(std::shared_ptr<link_core> core) noexcept : core_(std::move(core)) {}
    std::shared_ptr<link_core> core_;
};

/// The world. While it exists, Beckon's time on this thread is its time.
///
/// Thread-safety: none; everything happens on the thread that made it, and one world at a time on a thread.
/// Lifetime: handles, references and futures of its sessions may outlive it, but can do nothing any more.
class world {
public:
    explicit world(std::uint64_t seed, world_options options = {});
    ~world();
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    /// Adds a program. `start` runs now and whenever it is restarted after a crash.
    node add_node(std::string name, function<void(node&)> start = nullptr);
    /// Begins a conversation. Both sides may use it: see link::far_side.
    /// Errors: disconnected where a node is down or they are partitioned.
    [[nodiscard]] connected connect(const node& from, const node& to);
    [[nodiscard]] result<connected> try_connect(const node& from, const node& to);
    /// What carries a conversation of this world, seen from either side.
    [[nodiscard]] link link_of(const connected& conversation) const;

    /// Between the two nothing arrives and no connection is made, until they are healed. What was sent meanwhile arrives
    /// then, as TCP does it.
    void partition(const node& one, const node& other);
    void heal(const node& one, const node& other);
    /// Ends a program at once: its conversations end without a goodbye and its published objects are gone. Code of it
    /// that waits gets disconnected errors and reaches nobody any more.
    void crash(const node& victim);
    void restart(const node& victim);

    [[nodiscard]] time_point now() const noexcept;
    /// Runs `action`, which must not throw, when so much time has passed. It may wait.
    void after(nanoseconds delay, function<void()> action);
    /// Has the next thing happen; false where there is none. REQUIRES: called by the test itself, not in a handler.
    bool step();
    /// Lets time pass.
    void run_for(nanoseconds length);
    /// REQUIRES: called by the test itself. Runs until `condition` holds; whether it did before so much time had passed.
    template <typename Condition>
    bool run_until(Condition condition, nanoseconds at_most = std::chrono::minutes(1)) {
        const time_point end = now() + at_most;
        while (!condition()) {
            if (now() >= end || !step()) return false;
        }
        return true;
    }

    /// The source of every choice; a test takes its own from here, or forks it.
    [[nodiscard]] random& chance() noexcept;
    [[nodiscard]] std::uint64_t seed() const noexcept;
    /// A number made of every event so far: equal where two runs were.
    [[nodiscard]] std::uint64_t trace_digest() const noexcept;
    /// The events as text, where `keep_trace` is set.
    [[nodiscard]] const std::vector<std::string>& trace() const noexcept;
    /// Adds a line of the test's own to the trace; the digest is of events alone.
    void note(std::string_view text);
    [[nodiscard]] std::uint64_t events_run() const noexcept;
    /// Sessions that exist, over or not: none once all ended and nothing of them is held.
    [[nodiscard]] std::size_t session_count() const noexcept;

private:
    std::shared_ptr<world_core> core_;
};

} // namespace beckon::testing
