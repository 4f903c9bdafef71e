#include "beckon/io/event_loop.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "io/event_loop_test_support.hpp"

namespace beckon::io {
namespace {

using namespace std::chrono_literals;

TEST(event_loop, posted_functions_run_in_order_and_those_they_post_run_in_the_next_turn) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    std::vector<int> ran;
    loop->post([&] {
        ran.push_back(1);
        loop->post([&] { ran.push_back(3); });
    });
    loop->post([&] { ran.push_back(2); });
    EXPECT_EQ(loop->run_turn(for_ever, alone), 2u);
    EXPECT_EQ(ran, (std::vector<int>{1, 2}));
    EXPECT_EQ(loop->run_turn(for_ever, alone), 1u);
    EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(loop->run_turn(no_wait, alone), 0u);
}

// Else each message that a watcher passes on to another descriptor costs a look at the descriptors more.
TEST(event_loop, what_watchers_post_runs_at_the_end_of_their_turn_and_what_that_posts_in_the_next) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    const pipe_ends ends;
    std::string ran;
    const auto heard = make_counted<calling_watcher>([&](bool, bool) {
        ends.take();
        ran += 'w';
        loop->post([&] {
            ran += 'p';
            loop->post([&] { ran += 'n'; });
        });
    });
    ASSERT_TRUE(loop->watch(ends.reading.get(), interest::read, heard));
    ends.put();
    EXPECT_EQ(loop->run_turn(for_ever, alone), 2u);
    EXPECT_EQ(ran, "wp");
    EXPECT_EQ(loop->run_turn(no_wait, alone), 1u);
    EXPECT_EQ(ran, "wpn");
}

TEST(event_loop, functions_not_run_are_destroyed_with_the_loop) {
    const steady_clock_source clock;
    const auto token = std::make_shared<int>(1);
    {
        const auto loop = make_loop(clock);
        loop->post([token] {});
        (void)loop->schedule_at(never, [token] {});
        EXPECT_EQ(token.use_count(), 3);
    }
    EXPECT_EQ(token.use_count(), 1);
}

TEST(event_loop, timers_follow_the_injected_clock) {
    manual_clock clock;
    const auto loop = make_loop(clock);
    std::string ran;
    const time_point start = clock.now();
    (void)loop->schedule_at(start + 20ms, [&] { ran += 'b'; });
    (void)loop->schedule_at(start + 10ms, [&] { ran += 'a'; });
    const timer_id dropped = loop->schedule_at(start + 10ms, [&] { ran += 'x'; });
    EXPECT_EQ(loop->next_timer(), start + 10ms);
    EXPECT_TRUE(loop->cancel(dropped));
    EXPECT_FALSE(loop->cancel(dropped));
    EXPECT_EQ(loop->run_turn(no_wait, alone), 0u);
    clock.advance(10ms);
    EXPECT_EQ(loop->run_turn(for_ever, alone), 1u);
    EXPECT_EQ(ran, "a");
    clock.advance(1h);
    EXPECT_EQ(loop->run_turn(for_ever, alone), 1u);
    EXPECT_EQ(ran, "ab");
    EXPECT_EQ(loop->next_timer(), never);
}

TEST(event_loop, a_timer_that_sets_itself_into_the_past_starves_nobody) {
    manual_clock clock;
    const auto loop = make_loop(clock);
    int greedy = 0;
    int modest = 0;
    struct again {
        event_loop& loop;
        int& count;
        void operator()() const {
            ++count;
            (void)loop.schedule_at(time_point{}, again{loop, count});
        }
    };
    (void)loop->schedule_at(time_point{}, again{*loop, greedy});
    (void)loop->schedule_at(clock.now(), [&] { ++modest; });
    EXPECT_EQ(loop->run_turn(no_wait, alone), 2u);
    EXPECT_EQ(modest, 1);
    (void)loop->schedule_at(clock.now(), [&] { ++modest; });
    EXPECT_EQ(loop->run_turn(no_wait, alone), 2u);
    EXPECT_EQ(modest, 2);
    EXPECT_EQ(greedy, 2);
}

TEST(event_loop, a_timer_ends_the_wait_at_its_moment) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    const time_point due = clock.now() + 3ms;
    time_point ran{};
    (void)loop->schedule_at(due, [&] { ran = clock.now(); });
    while (ran == time_point{}) loop->run_turn(for_ever, alone);
    EXPECT_GE(ran, due);
}

TEST(event_loop, cancelling_inside_a_callback_spares_a_timer_that_is_due_in_the_same_turn) {
    manual_clock clock;
    const auto loop = make_loop(clock);
    timer_id second;
    bool cancelled = false;
    (void)loop->schedule_at(clock.now(), [&] { cancelled = loop->cancel(second); });
    second = loop->schedule_at(clock.now(), [] { FAIL() << "it was cancelled"; });
    EXPECT_EQ(loop->run_turn(no_wait, alone), 1u);
    EXPECT_TRUE(cancelled);
}

TEST(event_loop, a_watcher_hears_of_what_it_wants_and_nothing_else) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    const descriptor near(ends[0]);
    descriptor far(ends[1]);
    std::string heard;
    const auto id = loop->watch(near.get(), interest::read,
                                make_counted<calling_watcher>([&](bool readable, bool writable) {
                                    heard += readable ? 'r' : '-';
                                    heard += writable ? 'w' : '-';
                                    heard += ' ';
                                }));
    ASSERT_TRUE(id);
    loop->run_turn(no_wait, alone);
    EXPECT_EQ(heard, "");
    ASSERT_TRUE(loop->change(*id, interest::read_write));
    loop->run_turn(for_ever, alone);
    EXPECT_EQ(heard, "-w ");
    ASSERT_EQ(::write(far.get(), "x", 1), 1);
    loop->run_turn(for_ever, alone);
    EXPECT_EQ(heard, "-w rw ");
    ASSERT_TRUE(loop->change(*id, interest::read));
    loop->run_turn(for_ever, alone);
    EXPECT_EQ(heard, "-w rw r- ");
    ASSERT_TRUE(loop->change(*id, interest::none));
    far.reset();
    loop->run_turn(no_wait, alone);
    EXPECT_EQ(heard, "-w rw r- ") << "not even a hang-up counts while nothing is wanted";
    ASSERT_TRUE(loop->change(*id, interest::write));
    loop->run_turn(for_ever, alone);
    EXPECT_EQ(heard, "-w rw r- -w ");
    loop->unwatch(*id);
    loop->unwatch(*id);
    loop->run_turn(no_wait, alone);
    EXPECT_EQ(heard, "-w rw r- -w ");
}

TEST(event_loop, unwatching_drops_the_watcher_and_a_stale_id_reaches_nobody_else) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    const pipe_ends first;
    const pipe_ends second;
    const auto keep = make_counted<calling_watcher>([](bool, bool) {});
    const auto stale = loop->watch(first.reading.get(), interest::read, keep);
    EXPECT_EQ(keep->use_count(), 2u);
    loop->unwatch(*stale);
    EXPECT_EQ(keep->use_count(), 1u);
    int heard = 0;
    const auto fresh = loop->watch(second.reading.get(), interest::read,
                                   make_counted<calling_watcher>([&](bool, bool) { ++heard; }));
    EXPECT_EQ(stale->slot, fresh->slot);
    loop->unwatch(*stale);
    const auto changed = loop->change(*stale, interest::none);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().message(), "watch 0 of generation 1 does not exist any more");
    second.put();
    loop->run_turn(for_ever, alone);
    EXPECT_EQ(heard, 1);
}

TEST(event_loop, an_event_already_fetched_is_dropped_when_its_watch_has_ended) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    const pipe_ends pipes[2];
    watch_id ids[2];
    int heard = 0;
    for (int i = 0; i < 2; ++i) {
        ids[i] = *loop->watch(pipes[i].reading.get(), interest::read,
                              make_counted<calling_watcher>([&, i](bool, bool) {
                                  ++heard;
                                  loop->unwatch(ids[1 - i]);
                              }));
    }
    pipes[0].put();
    pipes[1].put();
    EXPECT_EQ(loop->run_turn(for_ever, alone), 1u);
    EXPECT_EQ(heard, 1);
    // The slot is taken by another watch inside the callback: the stale event is not for it.
    const pipe_ends third;
    loop->unwatch(ids[0]);
    loop->unwatch(ids[1]);
    for (int i = 0; i < 2; ++i) {
        ids[i] = *loop->watch(pipes[i].reading.get(), interest::read,
                              make_counted<calling_watcher>([&, i](bool, bool) {
                                  loop->unwatch(ids[1 - i]);
                                  ids[1 - i] =
                                      *loop->watch(third.reading.get(), interest::read,
                                                   make_counted<calling_watcher>([](bool, bool) {
                                                       FAIL()
                                                           << "told of another descriptor's bytes";
                                                   }));
                              }));
    }
    EXPECT_EQ(loop->run_turn(for_ever, alone), 1u);
}

TEST(event_loop, refuses_a_descriptor_watched_twice_or_closed) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    pipe_ends pipe;
    const auto ignore = make_counted<calling_watcher>([](bool, bool) {});
    const int number = pipe.reading.get();
    ASSERT_TRUE(loop->watch(number, interest::read, ignore));
    const auto twice = loop->watch(number, interest::read, ignore);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code(), errc::invalid_argument);
    EXPECT_EQ(twice.error().message(), concat("descriptor ", number,
                                              " is watched already; one "
                                              "watch for each descriptor"));
    const auto closed = loop->watch(-1, interest::read, ignore);
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().message(), "cannot watch descriptor -1: bad file descriptor (EBADF)");
    EXPECT_EQ(ignore->use_count(), 2u) << "a refused watch keeps no watcher";
}

TEST(event_loop, a_regular_file_counts_as_always_ready) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    const descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    int heard = 0;
    const auto id = loop->watch(file.get(), interest::read,
                                make_counted<calling_watcher>([&](bool readable, bool writable) {
                                    EXPECT_TRUE(readable && !writable);
                                    ++heard;
                                }));
    ASSERT_TRUE(id);
    loop->run_turn(for_ever, alone);
    loop->run_turn(for_ever, alone);
    EXPECT_EQ(heard, 2);
    ASSERT_TRUE(loop->change(*id, interest::none));
    EXPECT_EQ(loop->run_turn(no_wait, alone), 0u);
    ASSERT_TRUE(loop->change(*id, interest::read));
    EXPECT_EQ(loop->run_turn(for_ever, alone), 1u);
    loop->unwatch(*id);
    EXPECT_EQ(loop->run_turn(no_wait, alone), 0u);
}

TEST(event_loop, a_nested_turn_runs_what_the_outer_one_has_left_and_nothing_twice) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    std::string ran;
    loop->post([&] {
        ran += 'a';
        EXPECT_EQ(loop->run_turn(for_ever, alone), 2u);
        ran += 'z';
    });
    loop->post([&] { ran += 'b'; });
    loop->post([&] { ran += 'c'; });
    EXPECT_EQ(loop->run_turn(for_ever, alone), 1u);
    EXPECT_EQ(ran, "abcz");
}

TEST(event_loop, a_wake_before_the_wait_is_not_lost) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock);
    loop->wake();
    loop->wake();
    EXPECT_EQ(loop->run_turn(for_ever, alone), 0u);
}

TEST(event_loop, the_descriptor_of_an_embedded_loop_is_readable_exactly_while_there_is_work) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock, true);
    EXPECT_FALSE(polls_readable(loop->descriptor()));
    loop->post([&] { loop->post([] {}); });
    EXPECT_TRUE(polls_readable(loop->descriptor()));
    EXPECT_EQ(loop->run_turn(no_wait, alone), 1u);
    EXPECT_TRUE(polls_readable(loop->descriptor())) << "the second function is still to run";
    EXPECT_EQ(loop->run_turn(no_wait, alone), 1u);
    loop->run_turn(no_wait, alone);
    EXPECT_FALSE(polls_readable(loop->descriptor()));
    loop->wake();
    EXPECT_TRUE(polls_readable(loop->descriptor()));
    loop->run_turn(no_wait, alone);
    EXPECT_FALSE(polls_readable(loop->descriptor()));
}

TEST(event_loop, a_burst_is_one_signal_until_a_turn_has_noticed_it) {
    const steady_clock_source clock;
    const auto loop =
        make_loop(clock, true); // Always signalled: nobody but the foreign loop sleeps.
    const std::uint64_t before = signals_sent();
    for (int i = 0; i < 100; ++i) {
        loop->post([] {});
        loop->wake();
    }
    EXPECT_EQ(signals_sent() - before, 1u);
    EXPECT_EQ(loop->run_turn(no_wait, alone), 100u);
    loop->post([] {});
    EXPECT_EQ(signals_sent() - before, 2u);
}

TEST(event_loop, an_embedded_loop_is_not_kept_awake_by_a_clock_that_lags_behind_the_kernels) {
    manual_clock clock;
    const auto loop = make_loop(clock, true);
    (void)loop->schedule_at(clock.now() + 1ms, [] {});
    pollfd polled{loop->descriptor(), POLLIN, 0};
    ASSERT_EQ(::poll(&polled, 1, 20'000), 1);
    clock.advance(-1h); // By our clock there is much time left.
    EXPECT_EQ(loop->run_turn(no_wait, alone), 0u);
    EXPECT_FALSE(polls_readable(loop->descriptor()));
}

TEST(event_loop, the_descriptor_of_an_embedded_loop_becomes_readable_when_a_timer_is_due) {
    const steady_clock_source clock;
    const auto loop = make_loop(clock, true);
    bool ran = false;
    (void)loop->schedule_at(clock.now() + 1h, [] {});
    EXPECT_FALSE(polls_readable(loop->descriptor()));
    const timer_id soon = loop->schedule_at(clock.now() + 2ms, [&] { ran = true; });
    pollfd polled{loop->descriptor(), POLLIN, 0};
    EXPECT_EQ(::poll(&polled, 1, 10'000), 1);
    while (!ran) loop->run_turn(no_wait, alone);
    EXPECT_FALSE(loop->cancel(soon));
    EXPECT_FALSE(polls_readable(loop->descriptor())) << "the next timer is an hour away";
}

} // namespace
} // namespace beckon::io
