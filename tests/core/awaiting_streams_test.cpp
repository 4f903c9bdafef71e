// Producers that wait for something when their reader gives up an item, or goes.
#include "core/limits_fixture.hpp"

namespace beckon::core_test {

/// What a producer waits for before each item.
struct gate {
    future<std::int64_t> wait() {
        const std::lock_guard lock(mutex);
        asked = true;
        opening.emplace();
        return opening->get_future();
    }
    [[nodiscard]] bool is_waited_at() {
        const std::lock_guard lock(mutex);
        return asked;
    }
    void open(std::int64_t item) {
        std::optional<promise<std::int64_t>> opened;
        {
            const std::lock_guard lock(mutex);
            asked = false;
            opened.swap(opening);
        }
        opened->set(item);
    }
    std::mutex mutex;
    bool asked = false;
    std::optional<promise<std::int64_t>> opening;
};

stream<std::int64_t> through(std::shared_ptr<gate> at) {
    const counted running; // lives as long as the coroutine
    for (;;) {
        future<std::int64_t> waited = at->wait();
        co_yield co_await waited;
    }
}

/// Waits for another stream, as whoever passes on what a peer sends.
stream<std::int64_t> passed_on(stream<std::int64_t> from) {
    const counted running;
    for (;;) {
        future<std::optional<std::int64_t>> next = from.async_next();
        const std::optional<std::int64_t> item = co_await next;
        if (!item) co_return;
        co_yield *item;
    }
}

struct Gates {
    stream<std::int64_t> items();
    stream<std::int64_t> items_passed_on();
    std::int64_t total(stream<std::int64_t> numbers);
    std::int64_t begin();
    stream<std::string> callers();
};
BECKON_INTERFACE(Gates, (items), (items_passed_on), (total, numbers), (begin), (callers))

namespace {

struct gates {
    stream<std::int64_t> items() { return through(at); }
    stream<std::int64_t> items_passed_on() { return passed_on(through(at)); }
    std::int64_t total(stream<std::int64_t> numbers) {
        std::int64_t read = 0;
        while (read < 10) read += numbers.next().value_or(10);
        return read;
    }
    /// What it starts goes on when it has returned.
    std::int64_t begin() {
        start(adds(at)).detach();
        return 1;
    }
    task<std::int64_t> adds(std::shared_ptr<gate> waited_at) {
        const counted running;
        for (int i = 0; i < 2; ++i) {
            future<std::int64_t> waited = waited_at->wait();
            sum += co_await waited;
        }
        caller = this_call::caller_name();
        co_return sum;
    }
    stream<std::string> callers() {
        co_yield this_call::caller_name();
        future<std::int64_t> waited = at->wait();
        co_await waited;
        co_yield this_call::caller_name();
    }
    std::shared_ptr<gate> at = std::make_shared<gate>();
    std::atomic<std::int64_t> sum = 0;
    std::string caller;
};

TEST(awaiting_generator, is_freed_once_what_it_awaits_comes_after_its_reader_went) {
    const auto at = std::make_shared<gate>();
    const int alive = counted::alive;
    {
        auto items = through(at);
        const auto pending = items.async_next();
        EXPECT_FALSE(pending.ready());
        EXPECT_EQ(counted::alive, alive + 1);
    }
    if (counted::alive != alive) at->open(1); // a future of no call cannot be given up by itself
    EXPECT_EQ(counted::alive, alive);
}

TEST(awaiting_generator, gives_up_what_it_awaits_when_its_reader_goes) {
    const auto at = std::make_shared<gate>();
    const int alive = counted::alive;
    {
        auto items = passed_on(through(at));
        auto pending = items.async_next();
        EXPECT_EQ(counted::alive, alive + 2);
        items = stream<std::int64_t>();
        const auto outcome = pending.result();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code(), errc::cancelled);
    }
    at->open(1); // the innermost waits for a promise, which nothing can give up
    EXPECT_EQ(counted::alive, alive);
}

TEST(awaiting_generator, keeps_the_item_that_a_dropped_future_was_for) {
    const auto at = std::make_shared<gate>();
    auto items = through(at);
    static_cast<void>(items.async_next());
    at->open(1);
    EXPECT_EQ(items.next(), 1);
    static_cast<void>(items.async_next());
    auto second = items.async_next();
    at->open(2);
    EXPECT_EQ(second.get(), 2);
}

TEST(awaiting_generator, refuses_a_second_request_while_one_waits) {
    const auto at = std::make_shared<gate>();
    auto items = through(at);
    auto first = items.async_next();
    const auto second = items.async_next().result();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), errc::invalid_argument);
    at->open(7);
    EXPECT_EQ(first.get(), 7);
}

class awaiting_streams : public over_each {
protected:
    awaiting_streams() { far_.there.publish<Gates>("gates", gates_); }
    [[nodiscard]] ref<Gates> gates_there() { return session().get<Gates>("gates"); }
    [[nodiscard]] bool all_ended(int alive) {
        return eventually([&] {
            lab_there()->add(1, 1);
            return session().stats().streams == 0 && counted::alive == alive;
        });
    }
    /// Of a producer whose reader has gone, and who waits for a promise, which nothing can give up.
    void expect_end_with_next_item(int alive) {
        EXPECT_TRUE(eventually([&] {
            lab_there()->add(1, 1);
            return session().stats().streams == 0;
        }));
        gates_->at->open(2);
        EXPECT_TRUE(all_ended(alive)) << counted::alive - alive << " alive";
    }
    [[nodiscard]] bool producer_waits() {
        return eventually([&] { return gates_->at->is_waited_at(); });
    }
    std::shared_ptr<gates> gates_ = std::make_shared<gates>();
};
BECKON_OVER_EACH(awaiting_streams);

TEST_P(awaiting_streams, whose_reader_goes_are_freed_when_the_item_comes) {
    const int alive = counted::alive;
    {
        auto items = gates_there()->items();
        ASSERT_TRUE(producer_waits());
        gates_->at->open(1);
        EXPECT_EQ(items.next(), 1);
        ASSERT_TRUE(producer_waits());
    }
    expect_end_with_next_item(alive);
    EXPECT_EQ(session().stats().oddities, 0u);
}

TEST_P(awaiting_streams, a_stopped_stream_gives_up_the_stream_that_it_passes_on) {
    const int alive = counted::alive;
    {
        const auto items = gates_there()->items_passed_on();
        ASSERT_TRUE(producer_waits());
        EXPECT_EQ(counted::alive, alive + 2);
    }
    EXPECT_TRUE(eventually([&] {
        lab_there()->add(1, 1);
        return counted::alive ==
               alive + 1; // the innermost waits for a promise, which nothing can give up
    })) << counted::alive - alive;
    gates_->at->open(2);
    EXPECT_TRUE(all_ended(alive)) << counted::alive - alive << " alive";
}

TEST_P(awaiting_streams, a_reader_that_drops_a_future_gets_its_item_next) {
    const int alive = counted::alive;
    {
        auto items = gates_there()->items();
        static_cast<void>(items.async_next());
        {
            const auto waits = items.async_next();
            const auto second = items.async_next().result();
            ASSERT_FALSE(second);
            EXPECT_EQ(second.error().code(), errc::invalid_argument);
        }
        ASSERT_TRUE(producer_waits());
        gates_->at->open(1);
        EXPECT_EQ(items.next(), 1);
        ASSERT_TRUE(producer_waits());
    }
    expect_end_with_next_item(alive);
}

TEST_P(awaiting_streams, the_session_ends_while_a_producer_waits) {
    const int alive = counted::alive;
    const auto at = std::make_shared<gate>();
    {
        auto second = open();
        auto items = second.get<Gates>("gates")->items();
        ASSERT_TRUE(producer_waits());
        auto sent = second.get<Gates>("gates").async()->total(through(at));
        ASSERT_TRUE(eventually([&] { return at->is_waited_at(); }));
        second.close();
        EXPECT_FALSE(sent.result());
    }
    // Who has not heard of the end yet waits for one item more.
    EXPECT_TRUE(eventually([&] {
        for (gate* each : {gates_->at.get(), at.get()}) {
            if (each->is_waited_at()) each->open(1);
        }
        return counted::alive == alive;
    })) << counted::alive - alive;
}

TEST_P(awaiting_streams, a_producer_knows_who_called_for_its_stream) {
    auto names = gates_there()->callers();
    EXPECT_EQ(names.next(), "anonymous");
    ASSERT_TRUE(producer_waits());
    gates_->at->open(1);
    EXPECT_EQ(names.next(), "anonymous");
}

TEST_P(awaiting_streams, what_a_handler_starts_may_wait_longer_than_its_call_lasts) {
    const int alive = counted::alive;
    EXPECT_EQ(gates_there()->begin(), 1);
    ASSERT_TRUE(producer_waits());
    for (int i = 0; i < 100; ++i)
        lab_there()->add(1, i); // the memory of the first call is used again
    gates_->at->open(20);
    ASSERT_TRUE(producer_waits());
    gates_->at->open(3);
    EXPECT_EQ(counted::alive, alive);
    EXPECT_EQ(gates_->sum, 23);
    EXPECT_EQ(gates_->caller, "anonymous");
}

} // namespace
} // namespace beckon::core_test
