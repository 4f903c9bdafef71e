#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "beckon/testing.hpp"

namespace beckon::testing {
namespace {

using namespace std::chrono_literals;

} // namespace

struct Pinger {
    std::int64_t echo(std::int64_t number);
    std::int64_t nest(ref<Pinger> peer, std::int64_t depth);
    void nap(std::int64_t milliseconds);
};
BECKON_INTERFACE(Pinger, (echo, number), (nest, peer, depth), (nap, milliseconds))

namespace {

struct pinger {
    ref<Pinger> self;
    std::int64_t echo(std::int64_t number) { return number; }
    std::int64_t nest(const ref<Pinger>& peer, std::int64_t depth) {
        return depth == 0 ? 0 : 1 + peer->nest(self, depth - 1);
    }
    void nap(std::int64_t milliseconds) {
        this_call::sleep_for(std::chrono::milliseconds(milliseconds));
    }
};

/// Two programs; the client holds the server's pinger.
struct pair {
    explicit pair(std::uint64_t seed = 1, world_options options = {})
        : world(seed, std::move(options)) {
        server = world.add_node("server", [](node& self) {
            self.publish<Pinger>("pinger", std::make_shared<pinger>());
        });
        client = world.add_node("client");
        connect();
    }
    void connect() {
        session = world.connect(*client, *server);
        remote = session.get<Pinger>("pinger");
    }
    beckon::testing::world world;
    std::optional<node> server, client;
    connected session;
    ref<Pinger> remote;
};

} // namespace

TEST(World, a_call_takes_the_networks_time_and_none_of_the_machines) {
    pair programs;
    const time_point begun = programs.world.now();
    EXPECT_EQ(programs.remote->echo(7), 7);
    EXPECT_GE(programs.world.now() - begun, 40us);
    EXPECT_LE(programs.world.now() - begun, 10ms);
}

TEST(World, a_handler_sleeps_in_virtual_time) {
    pair programs;
    const time_point begun = programs.world.now();
    programs.remote->nap(3000);
    EXPECT_GE(programs.world.now() - begun, 3s);
    EXPECT_LE(programs.world.now() - begun, 3s + 10ms);
}

TEST(World, recursion_64_deep_ends) {
    pair programs;
    auto mine = std::make_shared<pinger>();
    mine->self = make_ref<Pinger>(mine);
    auto theirs = std::make_shared<pinger>();
    theirs->self = make_ref<Pinger>(theirs);
    programs.server->publish("nest", object(theirs->self));
    EXPECT_EQ(programs.session.get<Pinger>("nest")->nest(mine->self, 64), 64);
    mine->self = theirs->self = {};
}

TEST(World, a_deadline_passes_in_virtual_time) {
    pair programs;
    const time_point begun = programs.world.now();
    EXPECT_THROW(programs.remote.with(timeout(50ms))->nap(2000), timeout_error);
    EXPECT_GE(programs.world.now() - begun, 50ms);
    EXPECT_LE(programs.world.now() - begun, 52ms);
}

TEST(World, a_crash_ends_calls_at_once_and_a_restarted_program_answers_again) {
    pair programs;
    auto pending = programs.remote.async()->nap(5000);
    programs.world.after(10ms, [&] { programs.world.crash(*programs.server); });
    EXPECT_THROW(pending.get(), disconnected_error);
    EXPECT_THROW(programs.connect(), disconnected_error);
    programs.world.restart(*programs.server);
    programs.connect();
    EXPECT_EQ(programs.remote->echo(1), 1);
}

TEST(World, a_partition_holds_bytes_back_until_it_heals) {
    pair programs;
    programs.world.partition(*programs.client, *programs.server);
    auto pending = programs.remote.async()->echo(5);
    programs.world.run_for(1s);
    EXPECT_FALSE(pending.ready());
    programs.world.heal(*programs.client, *programs.server);
    EXPECT_EQ(pending.get(), 5);
}

TEST(World, a_connection_cut_at_any_byte_fails_the_call_and_leaves_nothing) {
    for (std::size_t at = 0; at < 200; ++at) {
        pair programs(at);
        programs.world.link_of(programs.session).cut_after(at);
        const auto outcome = programs.remote.async()->echo(5).result();
        if (!outcome) {
            EXPECT_EQ(outcome.error().code(), errc::disconnected);
        }
        programs.remote = {};
        programs.session = {};
        EXPECT_TRUE(programs.world.run_until([&] { return programs.world.session_count() == 0; }))
            << at;
    }
}

TEST(World, a_connection_that_vanished_is_noticed_by_pings) {
    pair programs;
    programs.world.link_of(programs.session).vanish();
    EXPECT_TRUE(
        programs.world.run_until([&] { return programs.server->sessions().empty(); }, 2min));
}

TEST(World, a_wait_that_nothing_can_end_is_an_error_at_once) {
    world_options options;
    options.limits.ping_after = 0ms;
    options.limits.default_timeout = 0ms;
    pair programs(1, std::move(options));
    const promise<int> never_set;
    EXPECT_THROW(never_set.get_future().get(), deadlock_error);
    programs.world.run_for(1s);
    programs.world.link_of(programs.session).vanish();
    EXPECT_THROW(programs.remote->echo(1), deadlock_error);
}

TEST(World, the_same_seed_gives_the_same_run) {
    const auto run = [](std::uint64_t seed) {
        world_options options;
        options.keep_trace = true;
        pair programs(seed, std::move(options));
        std::vector<future<std::int64_t>> pending;
        for (std::int64_t i = 0; i < 50; ++i) pending.push_back(programs.remote.async()->echo(i));
        programs.world.after(1ms, [&] { programs.world.link_of(programs.session).cut(); });
        for (auto& each : pending) static_cast<void>(each.result());
        return std::pair(programs.world.trace(), programs.world.trace_digest());
    };
    EXPECT_EQ(run(7), run(7));
    EXPECT_NE(run(7).second, run(8).second);
}

TEST(World, handles_may_outlive_it) {
    ref<Pinger> left;
    connected session;
    {
        pair programs;
        left = programs.remote;
        session = programs.session;
    }
    EXPECT_THROW(left->echo(1), disconnected_error);
}

} // namespace beckon::testing
