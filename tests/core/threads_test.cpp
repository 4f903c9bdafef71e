// Calls that nest, block and race: nobody waits for what has nothing to do with them.
#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

class threads : public over_each {};
BECKON_OVER_EACH(threads);

TEST_P(threads, two_sides_call_each_other_64_deep_twenty_times) {
    const auto there = lab_there();
    auto mine = std::make_shared<lab>();
    const auto here = make_ref<Lab>(mine);
    mine->self = here;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(there->nest(here, 64), 64);
    EXPECT_LE(far_.inside->runtime()->thread_count(), 8u) << "no thread for each level";
    mine->self = {};
}

TEST_P(threads, a_handler_that_blocks_stalls_no_other_session_and_no_reply) {
    const auto blocked = lab_there();
    auto pending = blocked.async()->block("door");
    far_.lab_object->gate.await("door");
    const auto second = open();
    const auto other = second.get<Lab>("lab");
    for (int i = 0; i < 50; ++i) EXPECT_EQ(other->add(i, 1), i + 1);
    EXPECT_FALSE(pending.ready());
    far_.lab_object->gate.open("door");
    EXPECT_EQ(pending.get(), "door");
}

TEST_P(threads, a_handler_that_waits_in_a_call_lets_the_next_one_of_its_session_start) {
    struct gated {
        std::int64_t told(std::int64_t number) {
            gate.pass("ear");
            return number;
        }
        gates gate;
    };
    const auto there = lab_there();
    const auto mine = std::make_shared<gated>();
    auto waits_for_us = there.async()->drive(make_ref<Listener>(mine), 1);
    mine->gate.await("ear");
    EXPECT_EQ(there->add(2, 3), 5);
    EXPECT_FALSE(waits_for_us.ready());
    mine->gate.open("ear");
    EXPECT_EQ(waits_for_us.get(), 1);
}

TEST_P(threads, a_waiting_thread_sends_and_reads_for_itself) {
    if (!near_) GTEST_SKIP() << "both sides share their threads here";
    const auto there = lab_there();
    const auto mine = std::make_shared<listener>();
    const auto here = make_ref<Listener>(mine);
    const auto gate = std::make_shared<gates>(); // the loop may leave it last
    // Not a handler, so that nobody takes the loop over: this side's own threads do nothing from now on.
    near_->runtime()->loop().post([gate] { gate->pass("loop"); });
    gate->await("loop");
    for (int i = 0; i < 100; ++i) EXPECT_EQ(there->add(i, 1), i + 1);
    EXPECT_EQ(there->drive(here, 10), 11) << "and is called back";
    gate->open("loop");
}

TEST_P(threads, replies_reach_a_side_whose_handler_blocks) {
    // The far side waits in a call of its own to us, from a thread of its own, while its handler for us blocks.
    const auto there = lab_there();
    auto mine = std::make_shared<listener>();
    there->keep(make_ref<Listener>(mine));
    auto pending = there.async()->block("door");
    far_.lab_object->gate.await("door");
    const ref<Listener> back = far_.lab_object->kept();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(back->told(i), i + 1);
    EXPECT_EQ(back.async()->told(7).get(), 8);
    far_.lab_object->gate.open("door");
    EXPECT_EQ(pending.get(), "door");
    far_.lab_object->keep({});
}

TEST_P(threads, eight_handlers_blocked_at_once_and_a_ninth_session_is_answered) {
    std::vector<future<std::string>> pending;
    for (int i = 0; i < 8; ++i) {
        sessions_.push_back(open());
        pending.push_back(sessions_.back().get<Lab>("lab").async()->block("door"));
    }
    far_.lab_object->gate.await("door", 8);
    EXPECT_EQ(lab_there()->add(4, 5), 9);
    far_.lab_object->gate.open("door");
    for (auto& each : pending) EXPECT_EQ(each.get(), "door");
}

TEST_P(threads, four_threads_race_plain_and_nested_calls_on_one_session) {
    const auto there = lab_there();
    std::vector<std::thread> racing;
    for (int t = 0; t < 4; ++t) {
        racing.emplace_back([&, t] {
            auto mine = std::make_shared<lab>();
            const auto here = make_ref<Lab>(mine);
            mine->self = here;
            auto told = std::make_shared<listener>();
            const auto ears = make_ref<Listener>(told);
            for (int i = 0; i < 60; ++i) {
                EXPECT_EQ(there->add(t, i), t + i);
                EXPECT_EQ(there->nest(here, i % 7), i % 7);
                auto later = there.async()->add(i, i);
                EXPECT_EQ(there->drive(ears, 3), 4);
                EXPECT_EQ(later.get(), 2 * i);
            }
            EXPECT_EQ(told->sum, 60 * 6);
            mine->self = {};
        });
    }
    for (auto& each : racing) each.join();
}

TEST_P(threads, a_session_that_is_dropped_wakes_all_who_wait_in_it) {
    for (int round = 0; round < 5; ++round) {
        auto dropped = open();
        const auto there = dropped.get<Lab>("lab");
        std::atomic<int> told{0};
        std::vector<std::thread> waiting;
        for (int t = 0; t < 4; ++t) {
            waiting.emplace_back([&, t] {
                EXPECT_THROW(
                    {
                        if (t % 2 == 0) {
                            there->block("never");
                        } else {
                            there.async()->block("never").get();
                        }
                    },
                    beckon::exception);
                ++told;
            });
        }
        ASSERT_TRUE(eventually([&] { return dropped.stats().calls_in_flight == 4; }));
        const auto before = std::chrono::steady_clock::now();
        dropped.close();
        for (auto& each : waiting) each.join();
        EXPECT_EQ(told, 4);
        EXPECT_LT(std::chrono::steady_clock::now() - before, 5s) << "woken, not timed out";
    }
    far_.lab_object->gate.open("never");
}

TEST_P(threads, sessions_come_and_go_while_others_call) {
    std::atomic<bool> ends{false};
    std::thread steady([&] {
        const auto there = open().get<Lab>("lab");
        while (!ends) EXPECT_EQ(there->add(1, 2), 3);
    });
    std::vector<std::thread> coming;
    for (int t = 0; t < 3; ++t) {
        coming.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                const auto there = open().get<Lab>("lab");
                auto unanswered = there.async()->make(i);
                EXPECT_EQ(there->echo("x"), "x");
            }
        });
    }
    for (auto& each : coming) each.join();
    ends = true;
    steady.join();
    EXPECT_TRUE(eventually([&] { return far_.there.connection_count() == 0; }));
}

TEST_P(threads, a_program_may_let_go_of_everything_at_once) {
    for (int i = 0; i < 10; ++i) {
        auto own =
            GetParam() == std::string("memory") ? far_.inside : *context::create({.log = log_});
        connect_options options;
        options.context = own;
        const auto there = connect(url_, options).get<Lab>("lab");
        options.context = {};
        own = {}; // the last hold of the threads goes with the connection, on one of them
        EXPECT_EQ(there->add(i, 1), i + 1);
    }
}

} // namespace
} // namespace beckon::core_test
