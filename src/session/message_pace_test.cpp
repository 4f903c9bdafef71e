#include "beckon/session/message_pace.hpp"

#include <gtest/gtest.h>

namespace beckon {
namespace {

using namespace std::chrono_literals;
using verdict = message_pace::verdict;

constexpr std::size_t least = 100;

/// A peer and a clock, by hand.
class pace : public ::testing::Test {
protected:
    [[nodiscard]] bool begins_with(std::size_t size) { return pace_.left_over(size, now_); }
    [[nodiscard]] verdict after(nanoseconds length) {
        now_ += length;
        return pace_.look(now_);
    }
    time_point now_{1h};
    message_pace pace_{5s, least};
};

TEST_F(pace, nothing_is_watched_until_a_message_is_left_unfinished) {
    EXPECT_FALSE(begins_with(0));
    EXPECT_TRUE(begins_with(1));
    EXPECT_EQ(pace_.due(), now_ + 5s);
    EXPECT_FALSE(begins_with(2)) << "it is watched already";
}

TEST_F(pace, a_byte_less_than_the_least_is_too_slow) {
    ASSERT_TRUE(begins_with(30));
    ASSERT_FALSE(begins_with(30 + least - 1));
    EXPECT_EQ(after(5s), verdict::too_slow);
    EXPECT_EQ(
        pace_.too_slow("tcp://far:1").to_string(),
        "limit_exceeded: peer tcp://far:1 left a message unfinished: 99 bytes more of it came "
        "in 5000 ms (message_within); expected its end or 100 bytes (min_message_progress)");
}

TEST_F(pace, a_slow_link_may_take_for_ever_for_a_large_message) {
    std::size_t here = 30;
    ASSERT_TRUE(begins_with(here));
    for (int stretch = 0; stretch < 10'000; ++stretch) {
        ASSERT_FALSE(begins_with(here += least));
        ASSERT_EQ(after(5s), verdict::goes_on);
        ASSERT_EQ(pace_.due(), now_ + 5s);
    }
    EXPECT_EQ(after(5s), verdict::too_slow) << "and then it stops";
}

TEST_F(pace, small_messages_may_come_in_pieces) {
    ASSERT_TRUE(begins_with(8));
    for (int stretch = 0; stretch < 100; ++stretch) {
        pace_.ended();
        ASSERT_FALSE(begins_with(3)) << "the next one has begun when somebody looks";
        ASSERT_EQ(after(5s), verdict::goes_on);
    }
    EXPECT_EQ(after(5s), verdict::too_slow);
}

TEST_F(pace, the_watch_rests_between_messages) {
    ASSERT_TRUE(begins_with(8));
    pace_.ended();
    EXPECT_EQ(after(5s), verdict::at_rest);
    now_ += 24h;
    EXPECT_TRUE(begins_with(8)) << "and begins anew";
    EXPECT_EQ(pace_.due(), now_ + 5s);
}

TEST_F(pace, no_time_means_no_watch) {
    message_pace unlimited(0s, least);
    EXPECT_FALSE(unlimited.left_over(1, now_));
}

} // namespace
} // namespace beckon
