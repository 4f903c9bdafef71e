// Calls and conversations that end while streams and references are on their way. The random programs found these.
#include <gtest/gtest.h>

#include "session/session_fuzz.hpp"

namespace beckon::simulation {

struct Late {
    stream<std::int64_t> count();
};
BECKON_INTERFACE(Late, (count))

namespace {

using namespace std::chrono_literals;
using fuzzed::Leaf;
using fuzzed::Target;

/// A server with the target of the fuzz tests, and a client.
struct served {
    explicit served(std::uint64_t seed = 1) : world(seed, options()) {
        session = world.connect(client, server);
        target = session.get<Target>("target");
    }
    static testing::world_options options() {
        testing::world_options made;
        made.limits.stream_window_bytes = 512;
        return made;
    }
    void let_go() {
        target = {};
        session = {};
    }
    [[nodiscard]] bool all_sessions_end() {
        return world.run_until([&] { return world.session_count() == 0; });
    }

    fuzzed::outcome seen;
    testing::world world;
    testing::node server = world.add_node("server", [this](testing::node& self) {
        self.publish<Target>("target", std::make_shared<fuzzed::target>(seen));
    });
    testing::node client = world.add_node("client");
    connected session;
    ref<Target> target;
};

struct late {
    stream<std::int64_t> count() {
        try {
            this_call::sleep_for(20ms);
        } catch (const beckon::exception&) { // cancelled, and in no hurry
        }
        return fuzzed::target::count_up(10);
    }
};

struct slow_leaf {
    std::int64_t value(std::int64_t add) {
        this_call::sleep_for(10ms);
        return add;
    }
};

} // namespace

TEST(Turns, of_a_serial_object_are_awaited_in_virtual_time) {
    testing::world world(1);
    const ref<Leaf> slow = make_ref<Leaf>(std::make_shared<slow_leaf>(), policy::serial);
    const time_point begin = world.now();
    world.after(1ms, [&] { EXPECT_EQ(slow->value(1), 1); });
    world.run_for(2ms);
    EXPECT_EQ(slow->value(2), 2);
    EXPECT_GE(world.now() - begin, 21ms);
}

TEST(Endings, a_stream_that_comes_for_a_call_given_up_is_stopped) {
    bool came_late = false;
    for (nanoseconds wait = 0ms; wait < 8ms; wait += 200us) {
        served programs;
        const std::uint64_t before = programs.seen.calls;
        {
            const auto given_up = programs.target.async()->count(900);
            programs.world.run_for(wait);
            came_late = came_late || (!given_up.ready() && programs.seen.calls != before);
        }
        programs.world.run_for(100ms);
        EXPECT_EQ(programs.session.stats().streams, 0u);
        EXPECT_EQ(programs.session.stats().calls_in_flight, 0u);
        EXPECT_EQ(programs.server.sessions().at(0).stats().streams, 0u) << "still being produced";
    }
    EXPECT_TRUE(came_late) << "in none of the runs the stream was on its way";
}

TEST(Endings, what_a_published_object_keeps_goes_with_its_program) {
    served programs;
    programs.target->keep(make_ref<Leaf>(std::make_shared<fuzzed::leaf>()));
    programs.let_go();
    programs.world.crash(programs.server);
    EXPECT_TRUE(programs.all_sessions_end()) << programs.world.session_count();
}

TEST(Endings, a_stream_returned_after_its_session_has_ended_is_dropped) {
    testing::world world(1);
    auto server = world.add_node("server", [](testing::node& self) {
        self.publish<Late>("late", std::make_shared<late>());
    });
    auto client = world.add_node("client");
    {
        const connected session = world.connect(client, server);
        const auto coming = session.get<Late>("late").async()->count();
        world.run_for(10ms);
        world.link_of(session).cut();
        world.run_for(100ms);
        EXPECT_TRUE(coming.ready());
    }
    EXPECT_TRUE(world.run_until([&] { return world.session_count() == 0; }));
}

} // namespace beckon::simulation
