// So many users at a time: the same desk for whatever protocol they come by.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "access/failures.hpp"
#include "beckon/beckon.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/service/admission/admission.hpp"
#include "jsonrpc/text_peer.hpp"

namespace admission_test {

struct Laser {
    std::int64_t fire(std::int64_t times);
};
BECKON_INTERFACE(Laser, (fire, times))

namespace {

using namespace std::chrono_literals;
using access_test::expect_has;
using access_test::failure_of;
using beckon::admission;
using beckon::concat;

struct laser {
    std::int64_t fire(std::int64_t times) { return times; }
};

class users : public testing::TestWithParam<std::string> {
protected:
    users() {
        server.publish<Laser>("laser", std::make_shared<laser>());
        address = server.listen(concat(GetParam(), "memory:", jsonrpc_test::fresh_name()));
    }
    struct user {
        explicit user(const users& at)
            : session(beckon::connect(at.address, {.context = at.inside})),
              desk(session.get<admission>("admission")), there(session.get<Laser>("laser")) {}
        beckon::connected session;
        beckon::ref<admission> desk;
        beckon::ref<Laser> there;
    };
    /// Waits until so many are in the queue.
    void await_queue(const user& seen_by, std::int64_t length) {
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (seen_by.desk->state().waiting != length) {
            ASSERT_LT(std::chrono::steady_clock::now(), until);
            std::this_thread::sleep_for(1ms);
        }
    }

    std::shared_ptr<beckon::context> inside =
        beckon::context::create({.log = &beckon::null_log()}).value();
    beckon::server server{
        {.context = inside,
         .admission = beckon::admit({.administrator = [](const auto&) { return true; }})}};
    std::string address;
};

INSTANTIATE_TEST_SUITE_P(of, users,
                         testing::Values("", "jsonrpc+", "msgpack+", "rpyc+", "quickrpc+"),
                         [](const auto& each) {
                             return each.param.empty()
                                        ? "native"
                                        : each.param.substr(0, each.param.size() - 1);
                         });

TEST_P(users, come_in_one_after_the_other) {
    const user first(*this);
    const user second(*this);
    expect_has(failure_of([&] { return first.there->fire(1); }), "caller is not admitted: 0 of 1");
    EXPECT_EQ(first.desk->state().place, -1);
    EXPECT_TRUE(first.desk->enter(0).inside);
    EXPECT_EQ(first.there->fire(2), 2);
    expect_has(failure_of([&] { return second.desk->enter(0); }),
               "no place was free: 1 users inside, place 1 in the queue");
    expect_has(failure_of([&] { return second.there->fire(1); }),
               "not admitted yet: place 1 in the queue");
    auto waits = second.desk.async()->enter({});
    await_queue(first, 1);
    EXPECT_FALSE(waits.ready());
    EXPECT_TRUE(first.desk->leave());
    EXPECT_TRUE(waits.get().inside);
    EXPECT_EQ(second.there->fire(3), 3);
    expect_has(failure_of([&] { return first.there->fire(1); }), "not admitted: 1 of 1");
    EXPECT_FALSE(first.desk->leave());
}

TEST_P(users, who_vanish_give_up_their_places) {
    auto first = std::make_unique<user>(*this);
    auto gone = std::make_unique<user>(*this);
    const user second(*this);
    EXPECT_TRUE(first->desk->enter(0).inside);
    expect_has(failure_of([&] { return gone->desk->enter(0); }), "place 1 in the queue");
    expect_has(failure_of([&] { return second.desk->enter(0); }), "place 2 in the queue");
    gone.reset();
    await_queue(second, 1);
    auto waits = second.desk.async()->enter({});
    EXPECT_FALSE(waits.wait_for(1ms)); // it has left
    first.reset();
    EXPECT_TRUE(waits.get().inside);
}

TEST_P(users, are_sent_away_by_an_administrator) {
    const user first(*this);
    const user second(*this);
    EXPECT_TRUE(first.desk->enter(0).inside);
    auto waits = second.desk.async()->enter({});
    await_queue(first, 1);
    const auto all = first.desk->users();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].place, 1);
    EXPECT_TRUE(first.desk->kick(all[1].id, "closing time"));
    expect_has(failure_of([&] { return waits.get(); }),
               "place was taken away by an administrator: closing time");
    EXPECT_FALSE(first.desk->kick(all[1].id, ""));
    EXPECT_TRUE(first.desk->kick(all[0].id, ""));
    expect_has(failure_of([&] { return first.there->fire(1); }), "not admitted");
}

TEST_P(users, who_give_up_waiting_are_in_the_queue_only_for_a_while) {
    const user first(*this);
    const user second(*this);
    EXPECT_TRUE(first.desk->enter(0).inside);
    expect_has(failure_of([&] { return second.desk->enter(20); }), "no place was free");
    expect_has(failure_of([&] { return second.desk.with(beckon::timeout(20ms))->enter({}); }), "");
    EXPECT_EQ(second.desk->state().place, 1) << "it may ask again";
    EXPECT_TRUE(first.desk->leave());
    EXPECT_TRUE(second.desk->enter(0).inside);
}

TEST_P(users, see_their_places_change) {
    if (GetParam() == "quickrpc+") GTEST_SKIP() << "it has no streams";
    const user first(*this);
    const user second(*this);
    const user third(*this);
    EXPECT_TRUE(first.desk->enter(0).inside);
    auto dropped = std::make_unique<beckon::stream<std::int64_t>>(second.desk->places());
    EXPECT_EQ(dropped->next(), 1);
    auto places = third.desk->places();
    EXPECT_EQ(places.next(), 2);
    dropped.reset();
    EXPECT_EQ(places.next(), 1);
    EXPECT_TRUE(first.desk->leave());
    EXPECT_EQ(places.next(), 0);
    EXPECT_EQ(places.next(), std::nullopt);
    EXPECT_EQ(third.there->fire(4), 4);
}

TEST_P(users, who_have_come_in_otherwise_stay_when_they_read_no_more_places) {
    if (GetParam() == "quickrpc+") GTEST_SKIP() << "it has no streams";
    const user first(*this);
    const user second(*this);
    EXPECT_TRUE(first.desk->enter(0).inside);
    auto places = std::make_unique<beckon::stream<std::int64_t>>(second.desk->places());
    EXPECT_EQ(places->next(), 1);
    EXPECT_TRUE(second.desk->leave());
    EXPECT_TRUE(first.desk->leave());
    EXPECT_TRUE(second.desk->enter(0).inside);
    places.reset();
    EXPECT_TRUE(second.desk->state().inside);
    EXPECT_EQ(second.there->fire(5), 5);
}

TEST_P(users, who_wait_do_not_hold_up_a_server_that_drains) {
    const user first(*this);
    const user second(*this);
    EXPECT_TRUE(first.desk->enter(0).inside);
    auto waits = second.desk.async()->enter({});
    await_queue(first, 1);
    server.drain(1h);
    expect_has(failure_of([&] { return waits.get(); }), "by this server any more: it stops");
}

/// The desk was there before everything else, and is nevertheless not what peers are shown first.
TEST_P(users, find_the_first_of_the_programs_own_objects_at_the_root) {
    EXPECT_EQ(server.published()->name_of(*server.published()->root()), "laser");
}

/// Without a conversation that lasts, who calls from one host is one user.
TEST(users_of_single_calls, are_known_by_their_host) {
    const auto inside = beckon::context::create({.log = &beckon::null_log()}).value();
    for (const std::string& each :
         {std::string("pyrpc+tcp://127.0.0.1:0"), std::string("jsonrpc+http://127.0.0.1:0")}) {
        beckon::server server({.context = inside, .admission = beckon::admit()});
        server.publish<Laser>("laser", std::make_shared<laser>());
        const std::string address = server.listen(each);
        const auto desk_of = [&](const beckon::connected& session) {
            return session.get<admission>("admission");
        };
        {
            const auto session = beckon::connect(address, {.context = inside});
            expect_has(failure_of([&] { return session.get<Laser>("laser")->fire(1); }),
                       "not admitted");
            EXPECT_TRUE(desk_of(session)->enter(0).inside);
        }
        const auto again = beckon::connect(address, {.context = inside});
        EXPECT_EQ(again.get<Laser>("laser")->fire(2), 2);
        EXPECT_TRUE(desk_of(again)->leave());
        expect_has(failure_of([&] { return again.get<Laser>("laser")->fire(1); }), "not admitted");
    }
}

TEST(admit, refuses_what_cannot_be) {
    expect_has(failure_of([] { return beckon::admit({.places = 0}); }), "places is 0");
    expect_has(failure_of([] { return beckon::admit({.lease = -1s}); }), "lease is below 0");
}

} // namespace
} // namespace admission_test
