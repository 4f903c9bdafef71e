// Calls as signs of life, and as a way to ask for a place.
#include <gtest/gtest.h>

#include "service/admission/desk.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;

[[nodiscard]] std::string told(const result<void>& outcome) {
    return outcome ? "" : outcome.error().message();
}

struct calls_at_the_desk : testing::Test {
    void pass(nanoseconds length) {
        now += length;
        used.pass_time(now);
    }
    [[nodiscard]] bool is_inside(const caller_identity& who) {
        return used.state(key_of(who), now).inside;
    }
    /// Of one that can do no more than call.
    [[nodiscard]] std::string call(std::uint64_t number) {
        return told(used.check_or_enter({"anonymous", "tcp://10.0.0.1:4000", number, true}, now));
    }

    desk used{{.lease = 1h}};
    time_point now{1s};
};

// --- Without a conversation that lasts ---

const caller_identity asks{"anonymous", "tcp://10.0.0.1:4000", 1, false};
const caller_identity calls{"anonymous", "tcp://10.0.0.1:4001", 2, false};
const caller_identity calls_too{"anonymous", "tcp://10.0.0.1:4002", 3, false};

TEST_F(calls_at_the_desk, who_is_in_a_long_call_is_not_absent) {
    EXPECT_EQ(used.enter(asks, now)->place, 0);
    EXPECT_TRUE(used.check(calls, now));
    EXPECT_TRUE(used.check(calls, now)) << "the same conversation";
    EXPECT_TRUE(used.check(calls_too, now));
    pass(10min);
    EXPECT_TRUE(is_inside(asks));
    used.gone(2, now);
    pass(10min);
    EXPECT_TRUE(is_inside(asks)) << "one of its calls still runs";
    used.gone(3, now);
    pass(59s);
    EXPECT_TRUE(is_inside(asks));
    pass(1s);
    EXPECT_FALSE(is_inside(asks));
}

TEST_F(calls_at_the_desk, a_long_call_outlasts_no_lease_and_no_leaving) {
    EXPECT_EQ(used.enter(asks, now)->place, 0);
    EXPECT_TRUE(used.check(calls, now));
    pass(1h);
    EXPECT_FALSE(is_inside(asks));
    EXPECT_EQ(used.enter(asks, now)->place, 0);
    EXPECT_TRUE(used.check(calls_too, now));
    EXPECT_TRUE(used.leave(key_of(asks), now, fail(errc::cancelled, "left")));
    used.gone(2, now);
    used.gone(3, now);
    EXPECT_FALSE(is_inside(asks));
}

TEST_F(calls_at_the_desk, who_was_absent_and_calls_before_that_was_noticed_is_told) {
    EXPECT_EQ(used.enter(asks, now)->place, 0);
    now += 1min;
    EXPECT_EQ(told(used.check(calls, now)),
              "place was given up: its holder made no call within 60 s (absence)");
}

// --- Where calls are all that a caller can make ---

TEST_F(calls_at_the_desk, a_call_takes_a_free_place_and_else_one_in_the_queue) {
    EXPECT_EQ(call(1), "");
    EXPECT_EQ(call(1), "");
    EXPECT_EQ(call(2), "caller is not admitted yet: place 1 in the queue, 1 of 1 places are taken; "
                       "call again to come in");
    EXPECT_EQ(call(3), "caller is not admitted yet: place 2 in the queue, 1 of 1 places are taken; "
                       "call again to come in");
    used.gone(1, now);
    EXPECT_EQ(call(3), "caller is not admitted yet: place 2 in the queue, 0 of 1 places are taken; "
                       "call again to come in")
        << "the place is kept for the head of the queue";
    EXPECT_EQ(call(2), "");
    used.gone(2, now);
    EXPECT_EQ(call(3), "");
}

TEST_F(calls_at_the_desk, who_does_not_call_again_loses_its_place_in_the_queue) {
    EXPECT_EQ(call(1), "");
    EXPECT_NE(call(2), "");
    pass(9s);
    EXPECT_NE(call(3), "");
    pass(1s);
    EXPECT_EQ(used.state({3, {}}, now).place, 1);
    EXPECT_EQ(used.state({2, {}}, now).place, -1);
}

TEST_F(calls_at_the_desk, who_lost_a_place_is_told_before_a_call_asks_for_another) {
    EXPECT_EQ(call(1), "");
    pass(1h);
    EXPECT_EQ(call(1), "place was given up: its lease is over");
    EXPECT_EQ(call(1), "");
    EXPECT_TRUE(used.kick(used.users(now)[0].id, "the laser is needed", now));
    EXPECT_EQ(call(1), "place was taken away by an administrator: the laser is needed");
    EXPECT_EQ(call(1), "");
    EXPECT_TRUE(used.kick(used.users(now)[0].id, "", now));
    used.gone(1, now);
    EXPECT_EQ(call(1), "") << "nothing is kept of a conversation that is over";
}

} // namespace
} // namespace beckon
