#include "beckon/object/turn.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "beckon/object/call.hpp"

namespace beckon {
namespace {

TEST(turn, goes_from_holder_to_holder_in_order) {
    object_turn turn;
    EXPECT_TRUE(turn.try_enter());
    EXPECT_FALSE(turn.try_enter());
    std::vector<int> came;
    EXPECT_NE(turn.enter([&] { came.push_back(1); }), 0u);
    const auto second = turn.enter([&] { came.push_back(2); });
    EXPECT_NE(turn.enter([&] { came.push_back(3); }), 0u);
    EXPECT_TRUE(came.empty());
    EXPECT_TRUE(turn.withdraw(second));
    EXPECT_FALSE(turn.withdraw(second));
    turn.leave()();
    EXPECT_EQ(came, (std::vector<int>{1}));
    EXPECT_FALSE(turn.try_enter()) << "the first who waited has it now";
    turn.leave()();
    EXPECT_EQ(came, (std::vector<int>{1, 3}));
    EXPECT_FALSE(static_cast<bool>(turn.leave()));
    EXPECT_EQ(turn.enter([&] { came.push_back(4); }), 0u) << "free again: taken at once";
    EXPECT_EQ(came.size(), 2u);
}

TEST(turn, never_has_two_holders) {
    object_turn turn;
    int holders = 0; // guarded by the turn: the sanitizer looks
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) {
                std::atomic<bool> mine{false};
                if (turn.enter([&] { mine = true; }) == 0) mine = true;
                while (!mine) std::this_thread::yield();
                ++holders;
                EXPECT_EQ(holders, 1);
                --holders;
                if (auto next = turn.leave()) next();
            }
        });
    }
    for (auto& each : threads) each.join();
}

TEST(turn, is_held_by_a_call_and_by_those_nested_in_it) {
    object_turn turn;
    object_turn other;
    call_context outer;
    outer.turn = &turn;
    call_context inner;
    inner.outer = &outer;
    EXPECT_TRUE(holds_turn(&inner, turn));
    EXPECT_FALSE(holds_turn(&inner, other));
    EXPECT_FALSE(holds_turn(nullptr, turn));
}

} // namespace
} // namespace beckon
