#include "beckon/session/replay_memory.hpp"

#include <gtest/gtest.h>

namespace beckon {
namespace {

using namespace std::chrono_literals;
constexpr replay_memory::time begun{1000s};

TEST(replay_memory, knows_a_conversation_until_it_could_not_count_again) {
    replay_memory memory(begun);
    EXPECT_TRUE(memory.note("a", begun, begun + 60s));
    EXPECT_TRUE(memory.note("b", begun, begun + 10s));
    EXPECT_EQ(memory.note("a", begun + 60s, begun + 120s).error().code(), errc::access_denied);
    EXPECT_TRUE(memory.note("b", begun + 11s, begun + 20s));
    EXPECT_TRUE(memory.note("a", begun + 60'001ms, begun + 120s));
}

TEST(replay_memory, takes_no_more_than_it_can_know) {
    replay_memory memory(begun, 2);
    EXPECT_TRUE(memory.note("a", begun, begun + 1s));
    EXPECT_TRUE(memory.note("b", begun, begun + 5s));
    EXPECT_EQ(memory.note("c", begun, begun + 5s).error().code(), errc::overloaded);
    EXPECT_EQ(memory.note("b", begun, begun + 5s).error().code(), errc::access_denied);
    EXPECT_TRUE(memory.note("c", begun + 2s, begun + 5s));
}

} // namespace
} // namespace beckon
