// beckon::carrier by itself.
#include <future>
#include <set>

#include "beckon/object/exception.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "carriers/greeter.hpp"

namespace beckon::carrier_test {
namespace {

TEST_F(carriers, tells_who_comes_and_goes_by_name) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("mux:(memory:a)(memory:b)");
    visitors seen;
    {
        carrier both("mux:(memory:a)(memory:b)", carrying());
        seen.watch(both);
        EXPECT_FALSE(both.is_running());
        EXPECT_TRUE(both.peers().empty());
        both.start();
        EXPECT_TRUE(both.is_running());
        ASSERT_EQ(both.peers().size(), 2u);
        ASSERT_TRUE(both.find("memory:a"));
        EXPECT_EQ(both.find("memory:a")->get<Greeter>("greeter")->greet("x"), "greeter greets x");
        EXPECT_FALSE(both.find("memory:c"));
        ASSERT_TRUE(eventually([&] { return seen.seen().size() == 2; }));
        EXPECT_TRUE(both.close("memory:a"));
        EXPECT_FALSE(both.close("memory:a"));
        ASSERT_TRUE(eventually([&] { return seen.seen().size() == 3; }));
        EXPECT_EQ(seen.seen()[2], "-memory:a");
        EXPECT_TRUE(both.is_running()) << "one of its transports still is";
        EXPECT_TRUE(both.close("memory:b"));
        ASSERT_TRUE(eventually([&] { return !both.is_running(); }));
    }
    EXPECT_EQ(seen.seen().size(), 4u);
}

TEST_F(carriers, stops_and_starts_again) {
    server there(serving());
    there.listen("memory:a");
    visitors seen;
    carrier one("memory:a", carrying());
    seen.watch(one);
    for (std::size_t i = 1; i <= 3; ++i) {
        one.start();
        one.start(); // runs already
        EXPECT_EQ(one.peers().size(), 1u);
        ASSERT_TRUE(eventually([&] { return seen.seen().size() == 2 * i - 1; }));
        one.stop();
        EXPECT_FALSE(one.is_running());
        EXPECT_EQ(seen.seen().size(), 2 * i) << "who went has been told of when stop returns";
        EXPECT_TRUE(one.peers().empty());
    }
}

TEST_F(carriers, start_fails_with_what_each_part_says_and_can_be_tried_again) {
    carrier both("mux:(memory:a)(memory:b)", carrying());
    const auto first = both.try_start();
    ASSERT_FALSE(first);
    ASSERT_EQ(both.failures().size(), 2u);
    EXPECT_EQ(both.failures()[0].name, "memory:a");
    EXPECT_EQ(both.failures()[0].reason.code(), errc::not_found);
    EXPECT_FALSE(both.is_running());
    server there(serving());
    there.listen("mux:(memory:a)(memory:b)");
    both.start();
    EXPECT_TRUE(both.failures().empty());
    EXPECT_EQ(both.peers().size(), 2u);
}

TEST_F(carriers, start_gives_up_on_who_takes_too_long) {
    // The thread that dials outlives the attempt.
    const auto gate = std::make_shared<std::mutex>();
    gate->lock();
    inside->add_transport("slow", {.connect =
                                       [gate](const io::endpoint&, const auto&) {
                                           const std::lock_guard waits(*gate);
                                           return result<std::unique_ptr<io::byte_stream>>(
                                               fail(errc::timeout, "at last"));
                                       },
                                   .listen = nullptr});
    server there(serving());
    there.listen("memory:quick");
    carrier both("mux:(slow:x)(memory:quick)", carrying());
    const auto outcome = both.try_start(20ms);
    gate->unlock();
    ASSERT_FALSE(outcome);
    ASSERT_EQ(both.failures().size(), 1u) << outcome.error().to_string();
    EXPECT_EQ(both.failures()[0].name, "slow:x");
    EXPECT_EQ(both.failures()[0].reason.message(), "it has not begun within 20 ms");
    EXPECT_TRUE(both.peers().empty()) << "the quick one was stopped with it";
}

TEST_F(carriers, start_soon_does_not_wait) {
    server there(serving());
    there.listen("memory:a");
    carrier one("memory:a", carrying());
    auto later = one.start_soon();
    EXPECT_TRUE(later.wait_for(10s));
    later.get();
    EXPECT_TRUE(one.is_running());
    carrier nowhere("memory:b", carrying());
    auto never_there = nowhere.start_soon();
    EXPECT_EQ(never_there.result().error().code(), errc::not_found);
}

TEST_F(carriers, transports_are_added_to_a_mux_and_taken_out_while_it_runs) {
    server there(serving());
    there.listen("mux:(memory:a)(memory:b)");
    carrier all("mux:", carrying());
    all.start();
    all.add("memory:a");
    ASSERT_EQ(all.peers().size(), 1u);
    const auto failed = all.try_add("memory:nobody");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), errc::not_found);
    all.add("memory:b");
    EXPECT_EQ(all.name(), "mux:(memory:a)(memory:b)") << "what failed was not added";
    EXPECT_TRUE(all.remove("memory:a"));
    EXPECT_FALSE(all.remove("memory:a"));
    ASSERT_TRUE(eventually([&] { return all.peers().size() == 1; }));
    EXPECT_EQ(all.peers()[0].name(), "memory:b");
    carrier one("memory:a", carrying());
    EXPECT_EQ(one.try_add("memory:b").error().code(), errc::unsupported);
}

TEST_F(carriers, what_is_added_to_a_mux_that_is_being_started_is_started_as_well) {
    std::promise<void> reachable;
    std::atomic<bool> is_dialled = false;
    bool fails = false;
    inside->add_transport("slow", {.connect = [&](const io::endpoint&, const io::connect_options&)
                                       -> result<std::unique_ptr<io::byte_stream>> {
                              is_dialled = true;
                              reachable.get_future().wait();
                              if (fails) return fail(errc::not_found, "nobody is there in the end");
                              return inside->memory().connect("there");
                          }});
    server there(serving());
    there.listen("memory:there");
    for (const bool and_fails : {false, true}) {
        fails = and_fails;
        reachable = std::promise<void>();
        is_dialled = false;
        carrier_options has = carrying();
        has.published = with_greeter("added");
        carrier all("mux:(slow:it)", has);
        future<void> started = all.start_soon();
        ASSERT_TRUE(eventually([&] { return is_dialled.load(); }));
        const auto added = all.try_add("listen:memory:added");
        EXPECT_TRUE(added) << added.error().to_string();
        EXPECT_EQ(greeting_at("memory:added"), "added greets you") << "before the others are there";
        reachable.set_value();
        EXPECT_EQ(started.result().has_value(), !fails);
        EXPECT_EQ(all.is_running(), !fails);
        if (fails) {
            EXPECT_FALSE(try_connect("memory:added", connecting())) << "stopped with the rest";
        }
        all.stop();
    }
}

TEST_F(carriers, a_mux_has_ended_when_the_last_that_ran_is_taken_out) {
    auto there = std::make_unique<server>(serving());
    there->listen("memory:a");
    carrier both("mux:(memory:a)(listen:memory:b)", carrying());
    both.start();
    there.reset();
    ASSERT_TRUE(eventually([&] { return both.everybody().empty(); }));
    EXPECT_TRUE(both.is_running());
    EXPECT_TRUE(both.remove("listen:memory:b"));
    EXPECT_TRUE(eventually([&] { return !both.is_running(); }));
    carrier empty("mux:(listen:memory:b)", carrying());
    empty.start();
    EXPECT_TRUE(empty.remove("listen:memory:b"));
    EXPECT_TRUE(empty.is_running()) << "as one that has nothing from the start";
    empty.add("listen:memory:b");
    EXPECT_TRUE(try_connect("memory:b", connecting()));
}

TEST_F(carriers, a_mux_has_ended_when_what_was_being_added_to_it_meanwhile_fails) {
    std::promise<void> fails;
    std::atomic<bool> is_dialled = false;
    inside->add_transport("slow", {.connect = [&](const io::endpoint&, const io::connect_options&)
                                       -> result<std::unique_ptr<io::byte_stream>> {
                              is_dialled = true;
                              fails.get_future().wait();
                              return fail(errc::not_found, "nobody is there in the end");
                          }});
    auto there = std::make_unique<server>(serving());
    there->listen("memory:a");
    carrier all("mux:(memory:a)", carrying());
    all.start();
    std::thread adds([&] { EXPECT_FALSE(all.try_add("slow:it")); });
    ASSERT_TRUE(eventually([&] { return is_dialled.load(); }));
    there.reset();
    ASSERT_TRUE(eventually([&] { return all.everybody().empty(); }));
    EXPECT_TRUE(all.is_running());
    fails.set_value();
    adds.join();
    EXPECT_TRUE(eventually([&] { return !all.is_running(); }));
}

TEST_F(carriers, what_ends_in_a_mux_leaves_the_others_alone) {
    auto there = std::make_unique<server>(serving());
    there->listen("memory:a");
    server stays(serving());
    stays.publish<Greeter>("greeter", std::make_shared<greeter>());
    stays.listen("memory:b");
    carrier both("mux:(memory:a)(memory:b)", carrying());
    both.start();
    there.reset();
    ASSERT_TRUE(eventually([&] { return both.peers().size() == 1; }));
    EXPECT_EQ(both.everybody()[0].get<Greeter>("greeter")->greet("you"), "greeter greets you");
    EXPECT_TRUE(both.is_running());
}

TEST_F(carriers, both_sides_publish_whoever_connected) {
    carrier_options near = carrying();
    near.published = with_greeter("near");
    near.endpoints = io::leaf_use::listen;
    carrier_options far = carrying();
    far.published = with_greeter("far");
    carrier listens("memory:a", near);
    carrier connects("memory:a", far);
    listens.start();
    connects.start();
    ASSERT_TRUE(eventually([&] { return listens.peers().size() == 1; }));
    EXPECT_EQ(listens.peers()[0].get<Greeter>("greeter")->greet("you"), "far greets you");
    EXPECT_EQ(connects.peers()[0].get<Greeter>("greeter")->greet("you"), "near greets you");
}

TEST_F(carriers, names_are_made_different) {
    carrier_options near = carrying();
    near.endpoints = io::leaf_use::listen;
    carrier listens("memory:a", near);
    listens.start();
    const auto one = connect("memory:a", connecting());
    const auto another = connect("memory:a", connecting());
    ASSERT_TRUE(eventually([&] { return listens.peers().size() == 2; }));
    EXPECT_TRUE(listens.find("memory:a"));
    EXPECT_TRUE(listens.find("memory:a#2"));
    std::vector<decltype(connect("memory:a", connecting()))> more;
    for (int i = 0; i < 9; ++i) more.push_back(connect("memory:a", connecting()));
    ASSERT_TRUE(eventually([&] { return listens.peers().size() == 11; }));
    for (int i = 2; i <= 11; ++i) EXPECT_TRUE(listens.find(concat("memory:a#", i))) << i;
    listens.close("memory:a#2");
    listens.close("memory:a#7");
    ASSERT_TRUE(eventually([&] { return listens.peers().size() == 9; }));
    for (int i = 0; i < 3; ++i) more.push_back(connect("memory:a", connecting()));
    ASSERT_TRUE(eventually([&] { return listens.peers().size() == 12; }));
    std::set<std::string> names;
    for (const connected& each : listens.peers()) names.insert(each.name());
    EXPECT_EQ(names.size(), 12u) << "each has one of its own";
    EXPECT_EQ(listens.reach("memory:b").error().code(), errc::not_found);
}

TEST_F(carriers, connect_wants_one_peer) {
    const auto several = try_connect("mux:(memory:a)(memory:b)", connecting());
    ASSERT_FALSE(several);
    EXPECT_NE(several.error().to_string().find("has 2 transports; connect wants one"),
              std::string::npos)
        << several.error().to_string();
    EXPECT_NE(try_connect("tcpserv:127.0.0.1:0", connecting())
                  .error()
                  .to_string()
                  .find("has no peer to connect to"),
              std::string::npos);
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("memory:a");
    EXPECT_EQ(greeting_at("connect:memory:a"), "greeter greets you");
}

} // namespace
} // namespace beckon::carrier_test
