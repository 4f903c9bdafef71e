#include <gtest/gtest.h>

#include "service/admission/desk.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;

struct at_the_desk : testing::Test {
    explicit at_the_desk(admission_options with = {}) : used(std::move(with)) {}

    [[nodiscard]] static caller_identity user(std::uint64_t number) {
        return {"anonymous", "tcp://10.0.0.1:4000", number, true};
    }
    std::int64_t ask(std::uint64_t number) {
        const auto state = used.enter(user(number), now);
        return state ? state->place : -2;
    }
    /// Notes what it is told: "2:0 " user 2 is inside, "2:gone " it has lost its place.
    std::uint64_t wait(std::uint64_t number, bool each = false, time_point until = never) {
        const std::int64_t seen = used.state({number, {}}, now).place;
        return used.wait(
            {number, {}}, number, seen, each, until,
            [this, number](const result<admission_state>& came) {
                notes += concat(number, ':');
                notes += came ? std::to_string(came->place)
                              : std::string(to_string(came.error().code()));
                notes += ' ';
            },
            now);
    }
    [[nodiscard]] std::string told() {
        for (const auto& each : used.take_due()) each();
        return std::exchange(notes, {});
    }
    void pass(nanoseconds length) {
        now += length;
        used.pass_time(now);
    }
    bool leave(std::uint64_t number) {
        return used.leave({number, {}}, now, fail(errc::disconnected, "gone"));
    }
    bool may_call(std::uint64_t number) { return static_cast<bool>(used.check(user(number), now)); }

    desk used;
    time_point now{1s};
    std::string notes;
};

TEST_F(at_the_desk, one_is_inside_and_the_others_come_in_their_order) {
    EXPECT_FALSE(may_call(1));
    EXPECT_EQ(ask(1), 0);
    EXPECT_EQ(ask(2), 1);
    EXPECT_EQ(ask(3), 2);
    EXPECT_EQ(ask(1), 0) << "who asks again is told again";
    EXPECT_EQ(ask(3), 2);
    EXPECT_TRUE(may_call(1));
    EXPECT_FALSE(may_call(2));
    wait(2);
    wait(3);
    EXPECT_EQ(told(), "");
    EXPECT_TRUE(leave(1));
    EXPECT_EQ(told(), "2:0 ");
    EXPECT_TRUE(may_call(2));
    EXPECT_FALSE(may_call(1));
    EXPECT_FALSE(leave(1));
    EXPECT_TRUE(leave(2));
    EXPECT_EQ(told(), "3:0 ");
}

TEST_F(at_the_desk, waiters_are_told_each_place_if_they_want) {
    for (std::uint64_t i = 1; i <= 4; ++i) ask(i);
    wait(3, true);
    wait(4, false);
    EXPECT_TRUE(leave(2));
    EXPECT_EQ(told(), "3:1 ");
    wait(3, true);
    EXPECT_EQ(told(), "");
    EXPECT_TRUE(leave(1));
    EXPECT_EQ(told(), "3:0 ");
    EXPECT_TRUE(leave(3));
    EXPECT_EQ(told(), "4:0 ");
}

TEST_F(at_the_desk, who_vanishes_in_the_queue_makes_room_for_the_next) {
    ask(1);
    ask(2);
    ask(3);
    wait(2);
    wait(3, true);
    EXPECT_TRUE(leave(2));
    EXPECT_EQ(told(), "2:disconnected 3:1 ");
}

TEST_F(at_the_desk, a_free_place_is_kept_for_the_head_until_its_patience_ends) {
    ask(1);
    ask(2); // now and then, it waits in no call
    ask(3);
    wait(3);
    pass(9s);
    EXPECT_TRUE(leave(1));
    EXPECT_EQ(told(), "") << "2 may ask at any moment";
    EXPECT_EQ(ask(4), 3);
    EXPECT_EQ(used.next_end(), now + 1s);
    pass(1s);
    EXPECT_EQ(told(), "3:0 ");
    EXPECT_EQ(ask(2), 2) << "it begins anew, behind 4";
}

TEST_F(at_the_desk, the_head_that_asks_in_time_comes_in) {
    ask(1);
    ask(2);
    ask(3);
    EXPECT_TRUE(leave(1));
    EXPECT_EQ(ask(3), 2) << "it is not its turn";
    EXPECT_EQ(ask(2), 0);
}

TEST_F(at_the_desk, a_wait_ends_in_time_or_by_request_and_the_place_is_kept_a_while) {
    ask(1);
    ask(2);
    wait(2, false, now + 5s);
    pass(5s);
    EXPECT_EQ(told(), "2:1 ");
    const auto number = wait(2);
    used.stop_waiting({2, {}}, number, now);
    EXPECT_EQ(told(), "2:cancelled ");
    used.stop_waiting({2, {}}, number, now);
    EXPECT_EQ(told(), "");
    pass(9s);
    EXPECT_EQ(used.state({2, {}}, now).place, 1);
    pass(1s);
    EXPECT_EQ(used.state({2, {}}, now).place, -1);
    wait(2);
    EXPECT_EQ(told(), "2:access_denied ");
}

TEST_F(at_the_desk, an_administrator_sends_users_away) {
    ask(1);
    ask(2);
    wait(2, true);
    const auto users = used.users(now + 3s);
    ASSERT_EQ(users.size(), 2u);
    EXPECT_EQ(users[0].place, 0);
    EXPECT_EQ(users[0].endpoint, "tcp://10.0.0.1:4000");
    EXPECT_EQ(users[0].seconds, 3);
    EXPECT_EQ(users[1].place, 1);
    EXPECT_TRUE(used.kick(users[0].id, "the laser is needed", now));
    EXPECT_EQ(told(), "2:0 ");
    EXPECT_FALSE(may_call(1));
    EXPECT_TRUE(used.kick(users[1].id, "", now));
    EXPECT_FALSE(used.kick(users[1].id, "", now));
    EXPECT_FALSE(used.kick("all", "", now));
}

struct with_a_lease : at_the_desk {
    with_a_lease() : at_the_desk({.places = 2, .max_waiting = 2, .lease = 60s}) {}
};

TEST_F(with_a_lease, a_place_ends_with_it_unless_it_is_renewed) {
    EXPECT_EQ(ask(1), 0);
    EXPECT_EQ(ask(2), 0);
    EXPECT_EQ(ask(3), 1);
    wait(3);
    EXPECT_EQ(used.state({1, {}}, now).lease_left, 60.0);
    pass(59s);
    EXPECT_EQ(used.renew({1, {}}, now)->lease_left, 60.0);
    now += 1s;
    EXPECT_FALSE(may_call(2)) << "before any timer has run";
    pass(0s);
    EXPECT_EQ(told(), "3:0 ");
    EXPECT_TRUE(may_call(1));
    EXPECT_EQ(used.renew({2, {}}, now).error().code(), errc::access_denied);
    EXPECT_EQ(used.next_end(), now + 59s);
}

TEST_F(with_a_lease, the_queue_has_an_end) {
    for (std::uint64_t i = 1; i <= 4; ++i) EXPECT_GE(ask(i), 0);
    EXPECT_EQ(used.enter(user(5), now).error().to_string(),
              "limit_exceeded: 2 users wait for a place; limit is 2 (max_waiting)");
    EXPECT_TRUE(leave(3));
    EXPECT_EQ(ask(5), 2);
}

TEST_F(with_a_lease, the_queue_has_an_end_while_a_place_is_kept_for_its_head_too) {
    for (std::uint64_t i = 1; i <= 4; ++i) EXPECT_GE(ask(i), 0);
    EXPECT_TRUE(leave(1)); // 3 may come in, and waits in no call
    EXPECT_EQ(ask(5), -2);
    EXPECT_EQ(ask(3), 0);
    EXPECT_EQ(ask(5), 2);
}

TEST_F(at_the_desk, who_stops_waiting_leaves_the_queue_that_it_was_in_and_no_other_place) {
    ask(1);
    ask(2);
    const std::uint64_t old = used.number_of({2, {}});
    EXPECT_TRUE(leave(2));
    ask(2);
    EXPECT_FALSE(used.leave_queue({2, {}}, old, now)) << "it has come again";
    EXPECT_EQ(used.state({2, {}}, now).place, 1);
    EXPECT_TRUE(leave(1));
    EXPECT_EQ(ask(2), 0);
    EXPECT_FALSE(used.leave_queue({2, {}}, used.number_of({2, {}}), now)) << "it is inside";
    ask(3);
    EXPECT_TRUE(used.leave_queue({3, {}}, used.number_of({3, {}}), now));
    EXPECT_EQ(used.number_of({3, {}}), 0u);
}

TEST_F(at_the_desk, who_waits_by_a_conversation_that_takes_no_more_calls_is_told) {
    ask(1);
    ask(2);
    ask(3);
    wait(2);
    wait(3);
    used.stop_waiting_by(2, fail(errc::overloaded, "server stops"), now);
    EXPECT_EQ(told(), "2:overloaded ");
    EXPECT_EQ(used.state({2, {}}, now).place, 1) << "it may ask another server";
    used.stop_waiting_by(2, fail(errc::overloaded, "server stops"), now);
    EXPECT_EQ(told(), "");
}

TEST_F(at_the_desk, who_has_no_lasting_conversation_is_known_by_name_or_host_and_must_be_heard_of) {
    const caller_identity first{"anonymous", "tcp://10.0.0.1:4000", 1, false};
    const caller_identity again{"anonymous", "tcp://10.0.0.1:4001", 2, false};
    const caller_identity other{"anonymous", "tcp://10.0.0.2:4000", 3, false};
    const caller_identity named{"ann", "tcp://10.0.0.1:4000", 4, false};
    EXPECT_EQ(used.enter(first, now)->place, 0);
    EXPECT_EQ(used.enter(again, now)->place, 0);
    EXPECT_EQ(used.enter(other, now)->place, 1);
    EXPECT_EQ(used.enter(named, now)->place, 2);
    now += 59s;
    EXPECT_TRUE(used.check(again, now)) << "a call is a sign of life";
    used.gone(2, now);
    pass(59s);
    EXPECT_TRUE(used.state(key_of(again), now).inside);
    pass(1s);
    EXPECT_FALSE(used.check(first, now));
}

TEST_F(at_the_desk, who_was_let_in_while_it_waited_must_show_itself_soon) {
    const caller_identity first{"anonymous", "tcp://10.0.0.1:4000", 1, false};
    const caller_identity second{"anonymous", "tcp://10.0.0.2:4000", 2, false};
    EXPECT_EQ(used.enter(first, now)->place, 0);
    EXPECT_EQ(used.enter(second, now)->place, 1);
    const desk::told nobody = [](const result<admission_state>&) {};
    static_cast<void>(used.wait(key_of(second), 2, 1, false, never, nobody, now));
    EXPECT_TRUE(used.leave(key_of(first), now, fail(errc::cancelled, "left")));
    EXPECT_TRUE(used.state(key_of(second), now).inside);
    pass(9s);
    EXPECT_TRUE(used.state(key_of(second), now).inside);
    pass(1s);
    EXPECT_FALSE(used.state(key_of(second), now).inside) << "it had gone while it waited";
}

TEST_F(at_the_desk, who_may_not_call_is_told_why) {
    ask(1);
    EXPECT_EQ(used.check(user(2), now).error().message(),
              "caller is not admitted: 1 of 1 places are taken; ask admission.enter for one");
    ask(2);
    EXPECT_EQ(used.check(user(2), now).error().message(),
              "caller is not admitted yet: place 1 in the queue, 1 of 1 places are taken");
}

} // namespace
} // namespace beckon
