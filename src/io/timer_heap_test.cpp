#include "io/timer_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "io/function_queue.hpp"

namespace beckon::io {
namespace {

time_point at(int microseconds) { return time_point(std::chrono::microseconds(microseconds)); }

TEST(timer_heap, timers_come_out_by_moment_and_in_order_of_making_within_one_moment) {
    timer_heap heap;
    std::vector<int> ran;
    for (const int moment : {5, 3, 5, 1, 3}) {
        const int label = moment * 10 + static_cast<int>(heap.size());
        (void)heap.add(at(moment), [&ran, label] { ran.push_back(label); });
    }
    while (function<void()> due = heap.pop_due(at(9), heap.mark())) due();
    EXPECT_EQ(ran, (std::vector<int>{13, 31, 34, 50, 52}));
    EXPECT_EQ(heap.earliest(), never);
}

TEST(timer_heap, a_timer_is_not_due_before_its_moment_nor_behind_the_bound) {
    timer_heap heap;
    (void)heap.add(at(7), [] {});
    EXPECT_FALSE(heap.pop_due(at(6), heap.mark()));
    const std::uint64_t bound = heap.mark();
    (void)heap.add(at(5), [] {});
    EXPECT_FALSE(heap.pop_due(at(7), bound)) << "the earliest was made after the bound";
    EXPECT_TRUE(heap.pop_due(at(7), heap.mark()));
}

TEST(timer_heap, an_id_is_stale_once_its_timer_is_gone_even_if_the_slot_is_used_again) {
    timer_heap heap;
    const timer_id first = heap.add(at(1), [] {});
    EXPECT_TRUE(heap.remove(first));
    EXPECT_FALSE(heap.remove(first));
    const timer_id second = heap.add(at(1), [] {});
    EXPECT_EQ(first.slot, second.slot);
    EXPECT_FALSE(heap.remove(first));
    EXPECT_TRUE(heap.remove(second));
    EXPECT_FALSE(heap.remove({17, 1}));
    EXPECT_FALSE(heap.remove({}));
}

TEST(timer_heap, random_adding_and_removing_agrees_with_a_sorted_list) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        struct model {
            int moment;
            int label;
            timer_id id;
        };
        std::vector<model> expected;
        timer_heap heap;
        int ran = -1;
        for (int step = 0; step < 2000; ++step) {
            const auto choice = random() % 5;
            if (choice < 3) {
                const int moment = static_cast<int>(random() % 100);
                expected.push_back(
                    {moment, step, heap.add(at(moment), [&ran, step] { ran = step; })});
            } else if (choice == 3 && !expected.empty()) {
                const auto victim =
                    expected.begin() + static_cast<std::ptrdiff_t>(random() % expected.size());
                ASSERT_TRUE(heap.remove(victim->id)) << "seed " << seed << " step " << step;
                expected.erase(victim);
            } else if (!expected.empty()) {
                const auto first = std::min_element(
                    expected.begin(), expected.end(),
                    [](const model& a, const model& b) { return a.moment < b.moment; });
                ASSERT_EQ(heap.earliest(), at(first->moment)) << "seed " << seed;
                function<void()> due = heap.pop_due(at(first->moment), heap.mark());
                ASSERT_TRUE(due);
                due();
                ASSERT_EQ(ran, first->label) << "seed " << seed << " step " << step;
                expected.erase(first);
            }
            ASSERT_EQ(heap.size(), expected.size());
        }
    }
}

TEST(function_queue, keeps_order_while_it_wraps_around_and_grows) {
    function_queue queue;
    std::vector<int> ran;
    int pushed = 0;
    for (int round = 0; round < 30; ++round) {
        for (int i = 0; i < 7; ++i) queue.push([&ran, label = pushed++] { ran.push_back(label); });
        for (int i = 0; i < 5; ++i) queue.pop()();
    }
    EXPECT_EQ(queue.size(), 60u);
    while (!queue.empty()) queue.pop()();
    ASSERT_EQ(ran.size(), 210u);
    EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

} // namespace
} // namespace beckon::io
