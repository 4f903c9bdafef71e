#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "beckon/io/event_loop.hpp"
#include "io/event_loop_test_support.hpp"

namespace beckon::io {
namespace {

/// The right to run turns: a number that names the owner.
struct baton {
    std::atomic<int> holder{0};
};
class holder final : public turn_owner {
public:
    holder(const baton& held, int self) : held_(held), self_(self) {}
    [[nodiscard]] bool lost() const noexcept override { return held_.holder.load() != self_; }

private:
    const baton& held_;
    const int self_;
};

TEST(event_loop_threads, a_function_posted_by_another_thread_wakes_the_sleeper) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    int ran = 0;
    std::binary_semaphore done(0);
    std::thread poster([&] {
        for (int i = 0; i < 2000; ++i) {
            loop->post([&] {
                ++ran;
                done.release();
            });
            done.acquire();
        }
    });
    while (ran < 2000) loop->run_turn(for_ever, alone);
    poster.join();
}

TEST(event_loop_threads, a_timer_set_by_another_thread_shortens_the_sleep) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    bool ran = false;
    (void)loop->schedule_at(clock.now() + std::chrono::hours(1), [] {});
    std::thread setter([&] {
        (void)loop->schedule_at(clock.now() + std::chrono::milliseconds(2), [&] { ran = true; });
    });
    while (!ran) loop->run_turn(for_ever, alone);
    setter.join();
}

TEST(event_loop_threads, a_watch_begun_by_another_thread_is_heard_by_the_sleeper) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    const pipe_ends pipe;
    bool heard = false;
    std::thread starter([&] {
        const auto id = loop->watch(pipe.reading.get(), interest::read,
                                    make_counted<calling_watcher>([&](bool, bool) {
                                        heard = true;
                                        pipe.take();
                                    }));
        EXPECT_TRUE(id);
        pipe.put();
    });
    while (!heard) loop->run_turn(for_ever, alone);
    starter.join();
}

TEST(event_loop_threads, a_burst_towards_a_turn_that_is_awake_sends_no_signal) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    const std::uint64_t before = signals_sent();
    int ran = 0;
    int turns = 0;
    std::binary_semaphore inside(0);
    std::binary_semaphore go_on(0);
    loop->post([&] {
        inside.release();
        go_on.acquire();
    });
    std::thread poster([&] {
        inside.acquire();
        for (int i = 0; i < 1000; ++i) {
            loop->post([&] { ++ran; });
            loop->wake();
        }
        go_on.release();
    });
    while (ran < 1000) {
        loop->run_turn(for_ever, alone);
        ++turns;
    }
    poster.join();
    EXPECT_EQ(turns, 2);
    EXPECT_EQ(signals_sent(), before);
}

TEST(event_loop_threads, a_turn_taken_over_inside_a_callback_goes_on_elsewhere_exactly_once) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    baton held;
    std::binary_semaphore blocked(0);
    std::binary_semaphore unblock(0);
    std::mutex lock;
    std::vector<int> ran;
    const auto note = [&](int label) {
        const std::lock_guard guard(lock);
        ran.push_back(label);
    };
    const pipe_ends pipe;
    const auto id = loop->watch(pipe.reading.get(), interest::read,
                                make_counted<calling_watcher>([&](bool, bool) {
                                    pipe.take();
                                    note(5);
                                }));
    ASSERT_TRUE(id);
    pipe.put();
    loop->post([&] { note(0); });
    loop->post([&] {
        note(1);
        blocked.release();
        unblock.acquire();
    });
    loop->post([&] { note(2); });
    loop->post([&] { note(3); });
    (void)loop->schedule_at(clock.now(), [&] { note(4); });

    std::size_t ran_by_first = 0;
    std::thread first([&] { ran_by_first = loop->run_turn(for_ever, holder(held, 0)); });
    blocked.acquire();
    held.holder = 1; // The watchdog takes the turn away from the blocked thread.
    EXPECT_EQ(loop->run_turn(for_ever, holder(held, 1)), 4u);
    unblock.release();
    first.join();
    EXPECT_EQ(ran_by_first, 2u);
    EXPECT_EQ(ran, (std::vector<int>{0, 1, 2, 3, 4, 5}));
    loop->unwatch(*id);
}

TEST(event_loop_threads, a_turn_lost_inside_a_watcher_leaves_the_other_events_to_the_new_owner) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    baton held;
    std::binary_semaphore blocked(0);
    std::binary_semaphore unblock(0);
    constexpr std::size_t count = 8;
    const pipe_ends pipes[count];
    std::atomic<int> heard[count] = {};
    std::atomic<bool> block_next{true};
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(loop->watch(pipes[i].reading.get(), interest::read,
                                make_counted<calling_watcher>([&, i](bool, bool) {
                                    pipes[i].take();
                                    ++heard[i];
                                    if (block_next.exchange(false)) {
                                        blocked.release();
                                        unblock.acquire();
                                    }
                                })));
        pipes[i].put();
    }
    std::thread first([&] { loop->run_turn(for_ever, holder(held, 0)); });
    blocked.acquire();
    held.holder = 1;
    EXPECT_EQ(loop->run_turn(for_ever, holder(held, 1)), count - 1);
    unblock.release();
    first.join();
    for (const auto& times : heard) EXPECT_EQ(times, 1);
}

TEST(event_loop_threads, a_turn_lost_while_asleep_passes_its_wake_up_on) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    baton held;
    // Both threads get into the wait; whoever of them the wake-up reaches, the owner must run it.
    std::thread first([&] { loop->run_turn(for_ever, holder(held, 0)); });
    std::thread second([&] {
        while (held.holder != 1) std::this_thread::yield();
        bool ran = false;
        loop->post([&] { ran = true; });
        while (!ran) loop->run_turn(for_ever, holder(held, 1));
    });
    held.holder = 1;
    second.join();
    loop->wake();
    first.join();
}

// Threads hand the turn to one another in mid-callback while others post, set and cancel timers and
// feed pipes. Everything that was started must happen exactly once.
TEST(event_loop_threads, nothing_is_lost_or_doubled_under_takeovers_and_foreign_work) {
    constexpr int runners = 3;
    constexpr int per_feeder = 3000;
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    baton held;
    std::atomic<bool> stop{false};
    std::atomic<int> posted_ran{0};
    std::atomic<int> timers_ran{0};
    std::atomic<int> timers_cancelled{0};
    std::atomic<int> bytes_read{0};
    std::atomic<unsigned> takeovers{0};

    // Inside a callback: let the next thread own the turn, and wait until it has gone on.
    const auto be_taken_over = [&] {
        const int self = held.holder.load();
        held.holder = (self + 1) % runners;
        ++takeovers;
        loop->wake();
    };
    const pipe_ends pipe;
    const auto id = loop->watch(
        pipe.reading.get(), interest::read, make_counted<calling_watcher>([&](bool, bool) {
            char letters[16];
            const auto size = ::read(pipe.reading.get(), letters, sizeof letters);
            if (size > 0) bytes_read += static_cast<int>(size);
        }));
    ASSERT_TRUE(id);

    std::vector<std::thread> threads;
    for (int self = 0; self < runners; ++self) {
        threads.emplace_back([&, self] {
            const holder owner(held, self);
            while (!stop) {
                if (owner.lost()) {
                    std::this_thread::yield();
                } else {
                    loop->run_turn(std::chrono::milliseconds(50), owner);
                }
            }
        });
    }
    std::vector<std::thread> feeders;
    feeders.emplace_back([&] {
        for (int i = 0; i < per_feeder; ++i) {
            loop->post([&, i] {
                ++posted_ran;
                if (i % 50 == 0) be_taken_over();
            });
        }
    });
    feeders.emplace_back([&] {
        for (int i = 0; i < per_feeder; ++i) {
            const timer_id timer =
                loop->schedule_at(clock.now() + std::chrono::microseconds(i % 100), [&, i] {
                    ++timers_ran;
                    if (i % 70 == 0) be_taken_over();
                });
            if (i % 3 == 0 && loop->cancel(timer)) ++timers_cancelled;
        }
    });
    feeders.emplace_back([&] {
        for (int i = 0; i < per_feeder;) {
            if (::write(pipe.writing.get(), "x", 1) == 1) {
                ++i;
            } else {
                std::this_thread::yield();
            }
        }
    });
    for (std::thread& feeder : feeders) feeder.join();
    while (posted_ran < per_feeder || timers_ran + timers_cancelled < per_feeder ||
           bytes_read < per_feeder) {
        std::this_thread::yield();
    }
    stop = true;
    loop->wake();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(posted_ran, per_feeder);
    EXPECT_EQ(timers_ran + timers_cancelled, per_feeder);
    EXPECT_EQ(bytes_read, per_feeder);
    EXPECT_GT(takeovers, 0u);
    EXPECT_EQ(loop->next_timer(), never);
    loop->unwatch(*id);
}

} // namespace
} // namespace beckon::io
