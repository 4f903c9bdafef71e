// References: everywhere that they can be, the same object when they come home, and nothing left when they have gone.
#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

class references : public over_each {
protected:
    /// Whether both sides' tables hold just what the test began with.
    [[nodiscard]] ::testing::AssertionResult settled(std::size_t imports, std::size_t exports) {
        session_stats now;
        const bool held = eventually([&] {
            lab_->add(1, 1); // releases leave with the next call
            now = session().stats();
            return now.imports == imports && now.exports == exports;
        });
        if (held) return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure()
               << now.imports << " imports and " << now.exports << " exports; expected " << imports
               << " and " << exports;
    }
    references() {
        // What an earlier test left goes a moment after it.
        EXPECT_TRUE(eventually([] { return counted::alive == 3; })) << counted::alive;
    }

    ref<Lab> lab_ = lab_there();
    std::shared_ptr<listener> mine_ = std::make_shared<listener>();
    ref<Listener> here_ = make_ref<Listener>(mine_);
};
BECKON_OVER_EACH(references);

TEST_P(references, the_callee_calls_back) {
    EXPECT_EQ(lab_->drive(here_, 100), 101);
    EXPECT_EQ(mine_->sum, 5050);
}

TEST_P(references, one_object_has_one_reference_and_comes_home_as_itself) {
    EXPECT_EQ(lab_->give_back(here_), here_);
    EXPECT_TRUE(lab_->give_back(here_).is_local());
    EXPECT_EQ(lab_->give_back({}), ref<Listener>());
    lab_->keep(here_);
    EXPECT_EQ(lab_->kept(), here_);
    EXPECT_EQ(session().get<Lab>("lab"), lab_);
    const auto counter = lab_->make(3);
    EXPECT_FALSE(counter.is_local());
    EXPECT_NE(lab_->make(3), counter);
    // A servant made anew each time is another object; one that is kept is the same.
    EXPECT_NE(counter->itself(), counter);
    lab_->keep({});
    EXPECT_TRUE(settled(2, 0));
}

TEST_P(references, they_go_in_records_lists_maps_and_optionals) {
    const auto other = make_ref<Listener>(std::make_shared<listener>());
    Basket basket{"b", here_, {other, here_, {}, other}, {{"o", other}}, here_};
    const Basket back = lab_->shuffle(basket);
    EXPECT_EQ(back.one, other);
    EXPECT_EQ(back.many, (std::vector<ref<Listener>>{other, here_, {}, other}));
    EXPECT_EQ(back.named, (std::map<std::string, ref<Listener>>{{"o", other}, {"one", here_}}));
    EXPECT_EQ(back.perhaps, std::optional(here_));
    EXPECT_EQ(lab_->shuffle({}).perhaps, std::nullopt);
    EXPECT_TRUE(settled(1, 0));
}

TEST_P(references, both_tables_are_back_at_their_start_after_many_objects) {
    const int before = counted::alive;
    std::vector<ref<Counter>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(lab_->make(i));
    EXPECT_EQ(session().stats().imports, 1001u);
    EXPECT_EQ(counted::alive, before + 1000);
    EXPECT_EQ(all[500]->value(), 500);
    all.clear();
    EXPECT_TRUE(settled(1, 0));
    EXPECT_TRUE(eventually([&] { return counted::alive == before; }));
    for (int i = 0; i < 1000; ++i)
        static_cast<void>(lab_->give_back(make_ref<Listener>(std::make_shared<listener>())));
    EXPECT_TRUE(settled(1, 0));
    EXPECT_TRUE(eventually([&] { return counted::alive == before; }));
    EXPECT_EQ(session().stats().oddities, 0u);
}

TEST_P(references, tables_settle_whichever_threads_make_and_drop) {
    const int before = counted::alive;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i) {
                auto counter = lab_->make(t);
                auto next = counter.async()->next();
                EXPECT_EQ(next->value(), t + 1);
                const auto passed = make_ref<Listener>(std::make_shared<listener>());
                EXPECT_EQ(lab_->give_back(passed), passed);
                lab_->keep(here_);
                static_cast<void>(
                    lab_->kept()); // this thread's or another's: the same object each time
                if (i % 3 == 0) static_cast<void>(lab_.async()->make(i)); // dropped unanswered
                if (i % 5 == 0) lab_.async()->make(i).detach();
            }
        });
    }
    for (auto& each : threads) each.join();
    lab_->keep({});
    EXPECT_TRUE(settled(1, 0));
    EXPECT_TRUE(eventually([&] { return counted::alive == before; }));
    EXPECT_EQ(session().stats().oddities, 0u);
    EXPECT_EQ(far_.log.lines(), "");
}

TEST_P(references, results_can_be_called_before_they_are_there) {
    const int before = counted::alive;
    {
        auto first = lab_.async()->make(0);
        auto second = first.async()->next();
        auto third = second.async()->next();
        auto fourth = third.async()->next();
        EXPECT_EQ(fourth.async()->value().get(), 3);
        // The futures are whole objects still.
        EXPECT_EQ(first.get()->increment(10), 10);
        EXPECT_EQ(second.get()->value(), 1);
        third.cancel();
    }
    {
        auto unused = lab_.async()->make(7);
        { auto called = unused.async()->value(); }
        EXPECT_EQ(lab_->add(1, 1),
                  2); // all that was dropped by now has been told to the other side
        EXPECT_EQ(unused.get()->value(), 7) << "the promised object was not given back too early";
    }
    {
        auto pending = lab_.async()->make(5);
        const ref<Counter> promised = pending.promised_ref();
        EXPECT_EQ(promised->increment(1), 6);
        const ref<Counter> real = pending.get();
        EXPECT_EQ(real, promised);
        EXPECT_EQ(real->increment(1), 7);
    }
    EXPECT_TRUE(settled(1, 0));
    EXPECT_TRUE(eventually([&] { return counted::alive == before; }));
    EXPECT_EQ(session().stats().oddities, 0u);
    EXPECT_EQ(far_.log.lines(), "");
}

TEST_P(references, calls_on_a_result_that_never_comes_fail_as_it_did) {
    auto failing = lab_.async()->make_failing("out of stock");
    auto chained = failing.async()->next();
    auto value = chained.async()->value();
    EXPECT_EQ(failure_of<remote_error>([&] { value.get(); }),
              "remote_error (std::runtime_error): out of stock");
    EXPECT_EQ(failure_of<remote_error>([&] { static_cast<void>(chained.get()); }),
              "remote_error (std::runtime_error): out of stock");
    const ref<Counter> promised = [&] {
        auto again = lab_.async()->make_failing("sold");
        auto kept = again.promised_ref();
        EXPECT_THROW(static_cast<void>(again.get()), remote_error);
        return kept;
    }();
    EXPECT_EQ(failure_of<remote_error>([&] { promised->value(); }),
              "remote_error (std::runtime_error): sold");
    auto null = lab_.async()->none();
    EXPECT_EQ(failure_of<unknown_object>([&] { null->value(); }).substr(0, 51),
              "unknown_object: the result of the call is no object");
    EXPECT_EQ(null.get(), ref<Counter>());
    // Where the failure has come already it is told in the same way: by the call's future, not by the call.
    auto known = lab_.async()->make_failing("gone");
    known.wait();
    auto late = known.async()->value();
    EXPECT_EQ(failure_of<remote_error>([&] { late.get(); }),
              "remote_error (std::runtime_error): gone");
    EXPECT_EQ(failure_of<remote_error>([&] { known->next(); }),
              "remote_error (std::runtime_error): gone");
}

TEST_P(references, a_promised_reference_can_be_passed_on) {
    // The same object under two numbers: the promise's, and the one it has as an argument.
    auto pending = lab_.async()->kept();
    lab_->keep(here_);
    EXPECT_EQ(pending.get(), ref<Listener>());
    auto kept = lab_.async()->kept();
    const auto own = kept.promised_ref();
    EXPECT_EQ(own->told(5), 6) << "an own object behind a promise";
    EXPECT_EQ(kept.get(), here_);
    lab_->keep({});
}

TEST_P(references, a_reference_may_go_while_its_calls_are_under_way) {
    auto counter = lab_->make(1);
    auto pending = counter.async()->next();
    auto late = counter.with(timeout(1ms)).async()->next();
    counter = {};
    lab_->add(1, 1);
    EXPECT_EQ(pending.get()->value(), 2);
    static_cast<void>(late.result());
    EXPECT_TRUE(settled(1, 0));
}

/// Its end asks the session for something, as that of an object that says goodbye does.
struct says_goodbye : listener {
    explicit says_goodbye(connected through) : session(std::move(through)) {}
    ~says_goodbye() { lab_exports = session.stats().exports; }
    connected session;
    static inline std::atomic<std::size_t> lab_exports{99};
};

TEST_P(references, an_object_may_call_the_session_whose_message_was_its_last_holder) {
    says_goodbye::lab_exports = 99;
    auto ending = make_ref<Listener>(std::make_shared<says_goodbye>(session()));
    beckon::session& core = *session().core();
    core.lock(); // as while the arguments of a call are dropped
    ending = {};
    EXPECT_EQ(says_goodbye::lab_exports, 99u);
    core.unlock();
    core.run_completions();
    EXPECT_EQ(says_goodbye::lab_exports, 0u);
}

TEST_P(references, the_end_of_a_session_gives_back_all_that_it_held) {
    const int before = counted::alive;
    {
        auto second = open();
        auto there = second.get<Lab>("lab");
        there->keep(make_ref<Listener>(std::make_shared<listener>()));
        std::vector<ref<Counter>> all;
        for (int i = 0; i < 50; ++i) all.push_back(there->make(i));
        EXPECT_EQ(counted::alive, before + 51);
        second.close();
        EXPECT_EQ(failure_of<disconnected_error>([&] { all[0]->value(); }).substr(0, 54),
                  "disconnected: session was closed by this side; while c");
    }
    EXPECT_TRUE(eventually([&] { return counted::alive == before; }));
    EXPECT_EQ(lab_->kept().is_local(), false) << "a reference to what is gone stays a reference";
    EXPECT_THROW(lab_->kept()->told(1), disconnected_error);
}

TEST_P(references, a_session_lives_as_long_as_anything_that_came_from_it) {
    ref<Counter> counter;
    future<std::string> pending;
    {
        auto second = open();
        counter = second.get<Lab>("lab")->make(4);
    }
    EXPECT_EQ(counter->value(), 4);
    {
        auto third = open();
        pending = third.get<Lab>("lab").async()->block("door");
    }
    far_.lab_object->gate.await("door");
    EXPECT_EQ(far_.there.connection_count(), 3u);
    counter = {};
    EXPECT_TRUE(eventually([&] { return far_.there.connection_count() == 2; }));
    far_.lab_object->gate.open("door");
    EXPECT_EQ(pending.get(), "door");
    EXPECT_TRUE(eventually([&] { return far_.there.connection_count() == 1; }));
}

} // namespace
} // namespace beckon::core_test
