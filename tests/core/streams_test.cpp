// Streams in both directions: order, ends, and a reader that is slow, dishonest or gone.
#include <numeric>

#include "core/limits_fixture.hpp"

namespace beckon::core_test {

struct Reel {
    ref<Counter> counter;
    bytes film;
};
BECKON_RECORD(Reel, counter, film)

struct Tape {
    stream<std::int64_t> count(std::int64_t to);
    stream<std::int64_t> squares(stream<std::int64_t> numbers);
    std::int64_t total(stream<std::int64_t> numbers);
    std::int64_t first(stream<std::int64_t> numbers, std::int64_t count);
    stream<bytes> blocks(std::int64_t count, std::int64_t size);
    stream<std::int64_t> broken(std::int64_t after);
    stream<ref<Counter>> counters(std::int64_t count);
    stream<Reel> reels(std::int64_t count);
    std::int64_t add(std::int64_t a, std::int64_t b);
};
BECKON_INTERFACE(Tape, (count, to), (squares, numbers), (total, numbers), (first, numbers, count),
                 (blocks, count, size), (broken, after), (counters, count), (reels, count),
                 (add, a, b))

namespace {

stream<std::int64_t> count_up(std::int64_t to) {
    const counted running; // lives as long as the coroutine
    for (std::int64_t i = 1; i <= to; ++i) co_yield i;
}

struct tape {
    stream<std::int64_t> count(std::int64_t to) { return count_up(to); }
    stream<std::int64_t> squares(stream<std::int64_t> numbers) {
        for (;;) {
            const std::optional<std::int64_t> number = co_await numbers.async_next();
            if (!number) break;
            co_yield *number** number;
        }
    }
    std::int64_t total(stream<std::int64_t> numbers) {
        std::int64_t sum = 0;
        for (const std::int64_t number : numbers) sum += number;
        return sum;
    }
    std::int64_t first(stream<std::int64_t> numbers, std::int64_t wanted) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < wanted; ++i) sum += numbers.next().value_or(0);
        return sum;
    }
    stream<bytes> blocks(std::int64_t wanted, std::int64_t size) {
        const counted running;
        for (std::int64_t i = 0; i < wanted; ++i) {
            ++made;
            co_yield bytes(static_cast<std::size_t>(size), static_cast<std::byte>(i));
        }
    }
    stream<std::int64_t> broken(std::int64_t after) {
        for (std::int64_t i = 1; i <= after; ++i) co_yield i;
        throw std::range_error("tape is torn");
    }
    stream<ref<Counter>> counters(std::int64_t wanted) {
        for (std::int64_t i = 0; i < wanted; ++i)
            co_yield make_ref<Counter>(std::make_shared<counter>(i));
    }
    stream<Reel> reels(std::int64_t wanted) {
        for (std::int64_t i = 0; i < wanted; ++i) {
            Reel next{make_ref<Counter>(std::make_shared<counter>(i)), bytes(50'000)};
            co_yield std::move(next);
        }
    }
    std::int64_t add(std::int64_t a, std::int64_t b) { return a + b; }
    std::atomic<std::int64_t> made{0};
};

class streams : public over_each {
protected:
    streams() { far_.there.publish<Tape>("tape", tape_); }
    [[nodiscard]] ref<Tape> tape_there() { return session().get<Tape>("tape"); }
    /// Neither side has a stream open, and no producer runs.
    [[nodiscard]] bool all_ended(int alive) {
        return eventually([&] {
            lab_there()->add(1, 1);
            return session().stats().streams == 0 && counted::alive == alive;
        });
    }
    std::shared_ptr<tape> tape_ = std::make_shared<tape>();
};
BECKON_OVER_EACH(streams);

TEST_P(streams, items_come_in_order_and_then_the_end) {
    const auto there = tape_there();
    std::int64_t next = 1;
    for (const std::int64_t number : there->count(50'000)) EXPECT_EQ(number, next++);
    EXPECT_EQ(next, 50'001);
    EXPECT_FALSE(there->count(0).next().has_value());
    auto ended = there->count(1);
    EXPECT_EQ(ended.next(), 1);
    EXPECT_EQ(ended.next(), std::nullopt);
    EXPECT_EQ(ended.next(), std::nullopt) << "and stays at its end";
}

TEST_P(streams, flow_on_where_items_are_padded) {
    // Credit is for what items hold. Were the zeroes behind them taken from it too, it would be used up before the end.
    const auto there = tape_there();
    std::size_t came = 0;
    for (const bytes& block : there->blocks(60'000, 5)) came += block.size();
    EXPECT_EQ(came, 300'000u);
}

TEST_P(streams, go_the_other_way_and_both_ways_at_once) {
    const auto there = tape_there();
    EXPECT_EQ(there->total(count_up(20'000)), 200'010'000);
    EXPECT_EQ(there->total(stream_of(std::vector<std::int64_t>{})), 0);
    std::int64_t i = 1;
    for (const std::int64_t square : there->squares(count_up(20'000))) {
        EXPECT_EQ(square, i * i);
        ++i;
    }
    EXPECT_EQ(i, 20'001);
    EXPECT_EQ(session().stats().oddities, 0u);
}

TEST_P(streams, a_slow_reader_holds_up_the_producer_and_nothing_else) {
    const auto there = tape_there();
    auto blocks = there->blocks(5'000, 10'000);
    ASSERT_TRUE(blocks.next().has_value());
    for (int i = 0; i < 50; ++i) EXPECT_EQ(there->add(i, 1), i + 1);
    const std::int64_t window = static_cast<std::int64_t>(limits().stream_window_bytes) / 10'000;
    EXPECT_LE(tape_->made, window + 3) << "what the window allows, and no more";
    std::int64_t count = 1;
    while (auto block = blocks.next()) {
        ASSERT_EQ(block->size(), 10'000u);
        ASSERT_EQ(block->front(), static_cast<std::byte>(count));
        ++count;
    }
    EXPECT_EQ(count, 5'000);
}

TEST_P(streams, a_dropped_stream_ends_its_producer_on_either_side) {
    const auto there = tape_there();
    const int alive = counted::alive;
    {
        auto numbers = there->count(1'000'000'000);
        EXPECT_EQ(numbers.next(), 1);
        EXPECT_EQ(numbers.next(), 2);
    }
    EXPECT_EQ(there->first(count_up(1'000'000'000), 4), 10);
    { const auto unread = there->blocks(1'000'000, 10'000); }
    EXPECT_TRUE(all_ended(alive)) << session().stats().streams << " open";
    EXPECT_EQ(session().stats().oddities, 0u);
    EXPECT_EQ(far_.log.lines(), "");
}

TEST_P(streams, a_stream_that_nobody_waits_for_any_more_is_stopped) {
    const auto there = tape_there();
    const int alive = counted::alive;
    static_cast<void>(there.async()->count(1'000'000'000)); // dropped: cancelled
    there.async()->count(1'000'000'000).detach();
    auto late = there.async()->count(1'000'000'000);
    late.cancel();
    try {
        static_cast<void>(late.get()); // it had come before: then it is ours to drop
    } catch (const beckon::exception& thrown) {
        EXPECT_EQ(thrown.code(), errc::cancelled);
    }
    EXPECT_TRUE(all_ended(alive)) << session().stats().streams << " open";
}

TEST_P(streams, what_the_producer_throws_comes_behind_its_items) {
    auto numbers = tape_there()->broken(3);
    for (std::int64_t i = 1; i <= 3; ++i) EXPECT_EQ(numbers.next(), i);
    EXPECT_EQ(failure_of<remote_error>([&] { static_cast<void>(numbers.next()); }),
              "remote_error (std::range_error): tape is torn");
    EXPECT_EQ(tape_there()->add(1, 2), 3);
}

TEST_P(streams, references_in_items_that_come_after_their_reader_went_are_given_back) {
    const auto there = tape_there();
    const int alive = counted::alive;
    // The first items fill what the reader gave credit for, and most of that is still on its way then.
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(there->reels(100).next().has_value());
    EXPECT_TRUE(all_ended(alive)) << counted::alive - alive << " alive, "
                                  << session().stats().streams << " streams open";
    EXPECT_EQ(session().stats().oddities, 0u);
}

TEST_P(streams, items_may_be_references_and_unread_ones_are_given_back) {
    const auto there = tape_there();
    const int alive = counted::alive;
    {
        auto counters = there->counters(100);
        for (std::int64_t i = 0; i < 10; ++i) {
            const auto each = counters.next();
            ASSERT_TRUE(each.has_value());
            EXPECT_EQ((*each)->increment(1), i + 1);
        }
    }
    EXPECT_TRUE(all_ended(alive));
    EXPECT_TRUE(eventually([&] {
        lab_there()->add(1, 1);
        return session().stats().imports <= 2; // lab and tape
    })) << session().stats().imports;
}

TEST_P(streams, the_end_of_a_session_ends_its_streams_on_both_sides) {
    const int alive = counted::alive;
    {
        auto second = open();
        const auto there = second.get<Tape>("tape");
        auto numbers = there->count(1'000'000'000);
        EXPECT_EQ(numbers.next(), 1);
        auto taken = there.async()->total(count_up(1'000'000'000));
        second.close();
        EXPECT_FALSE(taken.result());
        const std::string text = failure_of<disconnected_error>([&] {
            while (numbers.next().has_value()) {
            }
        });
        EXPECT_EQ(text, "disconnected: session was closed by this side; while reading a stream");
    }
    EXPECT_TRUE(eventually([&] { return counted::alive == alive; })) << counted::alive;
}

TEST_P(streams, coroutines_read_them) {
    const auto sum = [](ref<Tape> from) -> task<std::int64_t> {
        auto numbers = co_await from.async()->count(1000);
        std::int64_t total = 0;
        for (;;) {
            const std::optional<std::int64_t> number = co_await numbers.async_next();
            if (!number) break;
            total += *number;
        }
        co_return total;
    };
    EXPECT_EQ(sync_wait(sum(tape_there())), 500'500);
}

} // namespace
} // namespace beckon::core_test
