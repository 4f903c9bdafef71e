// Calls of every kind, over every transport: what comes back, and what comes back instead.
#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

class calls : public over_each {};
BECKON_OVER_EACH(calls);

TEST_P(calls, a_synchronous_call_gives_the_value) {
    const auto there = lab_there();
    EXPECT_EQ(there->add(2, 3), 5);
    EXPECT_EQ(there->echo("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
    bytes large(3u << 20);
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::byte>(i * 7);
    const bytes back = there->reverse(large);
    EXPECT_TRUE(std::equal(back.rbegin(), back.rend(), large.begin(), large.end()));
}

TEST_P(calls, futures_come_in_any_order_and_continuations_run) {
    const auto there = lab_there();
    std::vector<future<double>> pending;
    for (int i = 0; i < 200; ++i) pending.push_back(there.async()->add(i, 1));
    for (int i = 199; i >= 0; --i) EXPECT_EQ(pending[static_cast<std::size_t>(i)].get(), i + 1);

    auto chained = there.async()
                       ->echo("a")
                       .then([](const std::string& text) { return text + "b"; })
                       .then([](const std::string& text) { return text.size(); })
                       .then([](std::size_t size) { EXPECT_EQ(size, 2u); });
    chained.get();
    auto failed =
        there.async()->pay(300).then([](std::int64_t) { return 1; }).then([](result<int> outcome) {
            return outcome ? 0 : 2;
        });
    EXPECT_EQ(failed.get(), 2);
    auto thrown = there.async()->add(1, 1).then(
        [](double) -> int { throw std::logic_error("in the continuation"); });
    EXPECT_EQ(failure_of<remote_error>([&] { thrown.get(); }),
              "remote_error (std::logic_error): in the continuation");
}

TEST_P(calls, waiting_for_a_future_with_a_limit_leaves_the_call_going) {
    auto pending = lab_there().async()->block("door");
    far_.lab_object->gate.await("door");
    EXPECT_FALSE(pending.wait_for(1ms));
    EXPECT_FALSE(pending.ready());
    far_.lab_object->gate.open("door");
    EXPECT_TRUE(pending.wait_for(10s));
    EXPECT_EQ(pending.get(), "door");
}

TEST_P(calls, a_detached_call_goes_on) {
    lab_there().async()->block("door").detach();
    far_.lab_object->gate.await("door");
    far_.lab_object->gate.open("door");
    EXPECT_TRUE(eventually([&] { return far_.lab_object->gate.waiting("door") == 0; }));
    EXPECT_TRUE(eventually([&] { return session().stats().calls_in_flight == 0; }));
}

TEST_P(calls, one_way_calls_arrive_in_order_and_nothing_is_said_about_them) {
    const auto there = lab_there();
    for (int i = 0; i < 100; ++i) there->note(i);
    there.async()->note(100).get();
    std::vector<std::int64_t> expected(101);
    for (int i = 0; i <= 100; ++i) expected[static_cast<std::size_t>(i)] = i;
    EXPECT_EQ(there->notes(), expected);
    EXPECT_EQ(far_.log.lines(), "");
    EXPECT_EQ(session().stats().oddities, 0u);
}

TEST_P(calls, declared_exceptions_arrive_as_themselves) {
    const auto there = lab_there();
    EXPECT_EQ(there->pay(40), 60);
    try {
        there->pay(130);
        ADD_FAILURE() << "no exception";
    } catch (const NoMoney& caught) {
        EXPECT_EQ(caught.missing, 30);
        EXPECT_EQ(caught.account, "current");
    }
    auto later = there.async()->pay(130);
    EXPECT_THROW(later.get(), NoMoney);
    const auto outcome = there.async()->pay(101).result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::declared);
    EXPECT_EQ(error_as<NoMoney>(outcome.error())->missing, 1);
}

TEST_P(calls, other_exceptions_arrive_with_their_type_and_message) {
    const auto there = lab_there();
    try {
        there->fail("standard");
        ADD_FAILURE() << "no exception";
    } catch (const remote_error& caught) {
        EXPECT_EQ(caught.type_name(), "std::out_of_range");
        EXPECT_EQ(caught.message(), "no such shelf");
        EXPECT_EQ(caught.trace(), "");
    }
    EXPECT_EQ(failure_of<remote_error>([&] { there->fail("odd"); }),
              "remote_error (int): handler threw something that is no std::exception");
    EXPECT_EQ(failure_of<access_denied>([&] { there->fail("own"); }),
              concat("access_denied: door is shut; while calling lab.fail at ", url_));
    EXPECT_NO_THROW(there->fail("not at all"));
}

TEST_P(calls, metadata_travels_with_its_call_alone) {
    const auto there = lab_there();
    EXPECT_EQ(there->text_of("user"), "none");
    const call_options options{0ns, false, {{"user", "lucy"}, {"trace", "17"}}};
    EXPECT_EQ(there.with(options)->text_of("user"), "lucy");
    EXPECT_EQ(there.with(options)->text_of("trace"), "17");
    EXPECT_EQ(there.with(options)->text_of("other"), "missing");
    EXPECT_EQ(there->text_of("user"), "none");
}

TEST_P(calls, a_timeout_ends_the_wait_and_names_the_call) {
    const auto there = lab_there();
    EXPECT_EQ(failure_of<timeout_error>([&] { there.with(timeout(5ms))->block("door"); }),
              concat("timeout: deadline passed before lab.block at ", url_, " replied"));
    auto later = there.with(timeout(5ms)).async()->block("door");
    EXPECT_EQ(failure_of<timeout_error>([&] { later.get(); }),
              concat("timeout: deadline passed before lab.block at ", url_, " replied"));
    // Nobody waits for this one: the session's timer ends it.
    auto watched = there.with(timeout(5ms)).async()->block("door");
    EXPECT_TRUE(eventually([&] { return watched.ready(); }));
    far_.lab_object->gate.open("door");
    EXPECT_EQ(there->add(1, 1), 2) << "the session is none the worse";
}

TEST_P(calls, a_call_that_nobody_wants_any_more_ends_in_the_handler) {
    const auto asked = [&](const std::string& name) {
        const auto fresh = std::make_shared<lab>();
        far_.there.publish<Lab>(name, fresh);
        return std::pair(session().get<Lab>(name), fresh);
    };
    {
        const auto [there, handler] = asked("cancelled");
        auto pending = there.async()->sleep(60'000);
        handler->gate.pass("sleeping");
        pending.cancel();
        EXPECT_EQ(pending.result().error().code(), errc::cancelled);
        handler->gate.pass("cancelled");
        EXPECT_EQ(there->add(1, 1), 2);
    }
    {
        const auto [there, handler] = asked("dropped");
        {
            auto pending = there.async()->sleep(60'000);
            handler->gate.pass("sleeping");
        }
        handler->gate.pass("cancelled");
    }
    {
        far_.there.publish<Listener>("quick", std::make_shared<listener>(), policy::inline_);
        const auto quick = session().get<Listener>("quick");
        const auto [there, handler] = asked("queued");
        auto first = there.async()->block("door");
        handler->gate.await("door");
        auto second = there.async()->block("never");
        second.cancel();
        quick->told(1); // so the server has read the cancellation
        handler->gate.open("door");
        EXPECT_EQ(first.get(), "door");
        EXPECT_EQ(there->add(1, 1), 2) << "it never started";
        handler->gate.open("never");
    }
    EXPECT_TRUE(eventually([&] { return session().stats().calls_in_flight == 0; }));
}

TEST_P(calls, a_call_has_the_default_time_and_a_nested_one_what_is_left_of_its_callers) {
    const auto there = lab_there();
    EXPECT_GT(there->time_left(), 9000);
    EXPECT_LE(there->time_left(), 10'000);
    auto mine = std::make_shared<lab>();
    const auto here = make_ref<Lab>(mine);
    // A calls B, B calls A, with B's own default of ten seconds: A sees what A gave.
    EXPECT_LE(there.with(timeout(3s))->forward_time_left(here), 3000);
    EXPECT_GT(there.with(timeout(3s))->forward_time_left(here), 1000);
    EXPECT_LE(slow_there().with(timeout(3s))->forward_time_left(here), 3000);
    EXPECT_GT(there.with(timeout(300s))->forward_time_left(here), 5000);
    EXPECT_LE(there.with(timeout(300s))->forward_time_left(here), 10'000);
}

TEST_P(calls, coroutine_handlers_answer_when_they_end) {
    const auto there = slow_there();
    auto mine = std::make_shared<listener>();
    const auto here = make_ref<Listener>(mine);
    EXPECT_EQ(there->drive(here, 10), 11);
    EXPECT_EQ(mine->sum, 55);
    EXPECT_EQ(there->pay(1), 99);
    try {
        there->pay(101);
        ADD_FAILURE() << "no exception";
    } catch (const NoMoney& caught) {
        EXPECT_EQ(caught.account, "savings");
    } catch (const std::exception& other) {
        ADD_FAILURE() << other.what();
    }
    auto blocked = there.async()->block(lab_there(), "door");
    far_.lab_object->gate.await("door");
    far_.lab_object->gate.open("door");
    EXPECT_EQ(blocked.get(), "door") << "a handler that gives a future";
}

task<double> sum_of(ref<Lab> there, int count) {
    double sum = 0;
    for (int i = 0; i < count; ++i) sum = co_await there.async()->add(sum, i);
    co_return sum;
}
task<std::string> both(ref<Lab> there) {
    const double sum = co_await sum_of(there, 5);
    try {
        co_await there.async()->pay(sum > 0 ? 500 : 0);
    } catch (const NoMoney& caught) {
        co_return concat(static_cast<int>(sum), " and ", caught.missing);
    }
    co_return "paid";
}

TEST_P(calls, coroutines_can_call) {
    EXPECT_EQ(sync_wait(both(lab_there())), "10 and 400");
    auto one = start(sum_of(lab_there(), 10));
    auto other = start(sum_of(lab_there(), 20));
    EXPECT_EQ(one.get() + other.get(), 45 + 190);
}

TEST_P(calls, calls_after_the_end_say_why) {
    auto there = lab_there();
    session().close();
    EXPECT_EQ(
        failure_of<disconnected_error>([&] { there->add(1, 1); }),
        concat("disconnected: session was closed by this side; while calling lab.add at ", url_));
    EXPECT_EQ(failure_of<invalid_argument>([&] { ref<Lab>()->add(1, 1); }),
              "invalid_argument: call of Lab.add through a null reference");
}

TEST_P(calls, a_session_that_ends_fails_what_is_in_flight_and_names_it) {
    const auto there = lab_there();
    auto pending = there.async()->block("door");
    far_.lab_object->gate.await("door");
    std::thread waiter([&] {
        EXPECT_EQ(failure_of<cancelled_error>([&] { there->block("door"); }),
                  concat("cancelled: session was closed by this side; while awaiting lab.block at ",
                         url_));
    });
    ASSERT_TRUE(eventually([&] { return session().stats().calls_in_flight == 2; }));
    session().close();
    waiter.join();
    EXPECT_EQ(pending.result().error().code(), errc::cancelled);
    far_.lab_object->gate.open("door");

    auto second = open();
    auto again = second.get<Lab>("lab").async()->block("gate");
    far_.lab_object->gate.await("gate");
    far_.there.stop();
    EXPECT_EQ(again.result().error().to_string(),
              concat("disconnected: peer ", url_,
                     " said goodbye: server stops; while awaiting lab.block at ", url_));
    far_.lab_object->gate.open("gate");
}

TEST_P(calls, a_draining_server_finishes_what_it_has_and_takes_no_more) {
    // Calls of the lab would wait behind the one that blocks; those of this object do not.
    far_.there.publish<Listener>("quick", std::make_shared<listener>(), policy::inline_);
    const auto quick = session().get<Listener>("quick");
    auto pending = lab_there().async()->block("door");
    far_.lab_object->gate.await("door");
    std::thread draining([&] { far_.there.drain(10s); });
    std::string refused;
    EXPECT_TRUE(eventually([&] {
        refused = failure_of<overloaded_error>([&] { quick->told(1); });
        return refused != "no exception";
    }));
    EXPECT_TRUE(refused == concat("overloaded: peer ", url_,
                                  " takes no new calls: server stops; while calling quick.told at ",
                                  url_) ||
                refused == concat("overloaded: no new calls are taken: server stops; while calling "
                                  "quick.told at ",
                                  url_))
        << refused;
    EXPECT_FALSE(pending.ready());
    far_.lab_object->gate.open("door");
    EXPECT_EQ(pending.result().value_or("lost"), "door");
    draining.join();
}

} // namespace
} // namespace beckon::core_test
