#include "beckon/session/replay_memory.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace beckon {
namespace {

using namespace std::chrono_literals;
constexpr replay_memory::time begun{1000s};

[[nodiscard]] std::optional<errc> refusal(const result<void>& kept) {
    return kept ? std::nullopt : std::optional(kept.error().code());
}

TEST(replay_memory, knows_a_conversation_until_it_could_not_count_again) {
    replay_memory memory(begun);
    EXPECT_TRUE(memory.keep("a", "one", begun, begun + 60s));
    EXPECT_TRUE(memory.keep("b", "one", begun, begun + 10s));
    EXPECT_EQ(refusal(memory.keep("a", "two", begun + 60s, begun + 120s)), errc::access_denied);
    EXPECT_TRUE(memory.keep("b", "two", begun + 10'001ms, begun + 20s));
    EXPECT_TRUE(memory.keep("a", "two", begun + 60'001ms, begun + 120s));
}

TEST(replay_memory, knows_it_as_long_as_the_last_of_its_messages_counts) {
    replay_memory memory(begun);
    EXPECT_TRUE(memory.keep("a", "one", begun, begun + 30s));
    EXPECT_TRUE(memory.keep("a", "one", begun + 20s, begun + 50s));
    EXPECT_TRUE(memory.keep("a", "one", begun + 20s, begun + 40s)); // sent earlier, came later
    EXPECT_EQ(refusal(memory.keep("a", "two", begun + 50s, begun + 80s)), errc::access_denied);
    EXPECT_TRUE(memory.keep("a", "two", begun + 50'001ms, begun + 80s));
}

TEST(replay_memory, has_one_taker_of_a_conversation_whoever_was_first) {
    replay_memory memory(begun);
    EXPECT_TRUE(memory.keep("a", "one", begun, begun + 30s));
    // Its later message was held back, and brought by another connection first.
    EXPECT_TRUE(memory.keep("a", "two", begun + 31s, begun + 60s));
    EXPECT_EQ(refusal(memory.keep("a", "one", begun + 31s, begun + 60s)), errc::access_denied);
}

TEST(replay_memory, takes_no_more_than_it_can_know) {
    replay_memory memory(begun, 2);
    EXPECT_TRUE(memory.keep("a", "one", begun, begun + 1s));
    EXPECT_TRUE(memory.keep("b", "two", begun, begun + 5s));
    EXPECT_EQ(refusal(memory.keep("c", "three", begun, begun + 5s)), errc::overloaded);
    EXPECT_EQ(refusal(memory.keep("b", "three", begun, begun + 5s)), errc::access_denied);
    EXPECT_TRUE(memory.keep("b", "two", begun, begun + 6s)); // what it knows goes on
    EXPECT_TRUE(memory.keep("c", "three", begun + 2s, begun + 5s));
}

TEST(replay_memory, takes_nothing_that_it_forgot_when_the_clock_is_set_back) {
    replay_memory memory(begun);
    EXPECT_TRUE(memory.keep("a", "one", begun, begun + 30s));
    EXPECT_TRUE(memory.keep("b", "one", begun + 31s, begun + 60s));
    EXPECT_EQ(refusal(memory.keep("a", "two", begun + 10s, begun + 30s)), errc::access_denied);
    EXPECT_TRUE(memory.keep("c", "two", begun + 10s, begun + 40s)); // of now, by that clock
}

} // namespace
} // namespace beckon
