// Connections that are busy, and threads that wait for each of their calls: what is done to save time loses nothing.
#include <future>

#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

class busy : public over_each {
protected:
    /// One call after the other: the server's loop leaves its thread to the connection.
    static void keep_busy(const ref<Lab>& there) {
        for (int i = 0; i < 500; ++i) ASSERT_EQ(there->add(i, 1), i + 1);
    }
    /// Calls that are waited for at once, again and again: the loop is not woken for them any more.
    static void earn_trust(const ref<Lab>& there) {
        for (int i = 0; i < 200; ++i) ASSERT_EQ(there.async()->add(i, 1).get(), i + 1);
    }
};
BECKON_OVER_EACH(busy);

task<double> count_up(ref<Lab> there, double to) {
    double at = 0;
    while (at < to) at = co_await there.async()->add(at, 1);
    co_return at;
}

TEST_P(busy, continuations_that_call_again_are_sent_at_once) {
    const auto there = lab_there();
    keep_busy(there);
    // Each of them held up until something else happens, this would take minutes.
    EXPECT_EQ(start(count_up(there, 5000)).get(), 5000);
    keep_busy(there);
    EXPECT_EQ(start(count_up(there, 5000)).get(), 5000);
}

TEST_P(busy, several_at_once_are_all_served) {
    std::vector<std::thread> programs;
    std::atomic<int> right{0};
    for (int i = 0; i < 6; ++i) {
        programs.emplace_back([&] {
            const auto own = open();
            const auto there = own.get<Lab>("lab");
            for (int call = 0; call < 500; ++call) right += there->add(call, 1) == call + 1 ? 1 : 0;
        });
    }
    for (auto& each : programs) each.join();
    EXPECT_EQ(right.load(), 6 * 500);
}

TEST_P(busy, a_handler_that_blocks_stalls_no_reply_and_no_other_session) {
    const auto there = lab_there();
    keep_busy(there);
    auto pending = there.async()->block("door");
    far_.lab_object->gate.await("door");
    const auto second = open();
    keep_busy(second.get<Lab>("lab"));
    far_.lab_object->gate.open("door");
    EXPECT_EQ(pending.get(), "door");
    keep_busy(there);
}

// Its thread had stayed with the connection, which the loop therefore did not watch, and read for itself while it waited for the
// answer of `back`. Blocked for anything else, it left nobody who reads.
TEST_P(busy, a_handler_that_has_waited_for_its_caller_and_then_blocks_stalls_nothing) {
    struct asks_and_blocks {
        std::int64_t told(std::int64_t number) {
            const std::int64_t answer = back->told(number);
            gate.pass("door");
            return answer;
        }
        ref<Listener> back;
        gates gate;
    };
    const auto there = lab_there();
    const auto mine = std::make_shared<listener>();
    there->keep(make_ref<Listener>(mine));
    const auto theirs = std::make_shared<asks_and_blocks>();
    theirs->back = far_.lab_object->kept();
    far_.there.publish<Listener>("asks and blocks", theirs);
    keep_busy(there);
    auto pending = session().get<Listener>("asks and blocks").async()->told(7);
    theirs->gate.await("door");
    EXPECT_EQ(there->add(2, 3), 5);
    theirs->gate.open("door");
    EXPECT_EQ(pending.get(), 8);
    theirs->back = {};
    far_.lab_object->keep({});
}

TEST_P(busy, peers_go_and_others_come) {
    for (int i = 0; i < 10; ++i) {
        const auto own = open();
        keep_busy(own.get<Lab>("lab"));
    }
    EXPECT_TRUE(eventually([&] { return far_.there.connection_count() == 0; }));
}

TEST_P(busy, calls_that_nobody_waits_for_leave_all_the_same) {
    const auto there = lab_there();
    earn_trust(there);
    auto held = there.async()->block("held");
    far_.lab_object->gate.await("held");
    far_.lab_object->gate.open("held");
    EXPECT_EQ(held.get(), "held");

    earn_trust(there);
    there.async()->block("detached").detach();
    far_.lab_object->gate.await("detached");
    far_.lab_object->gate.open("detached");

    earn_trust(there);
    std::promise<double> told;
    auto next = there.async()->add(2, 3).then([&](double sum) { told.set_value(sum); });
    EXPECT_EQ(told.get_future().get(), 5);
}

} // namespace
} // namespace beckon::core_test
