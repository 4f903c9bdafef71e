#include "beckon/object/call.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "beckon/object/exception.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;

TEST(cancellation, tells_each_callback_once_and_late_ones_at_once) {
    cancellation asked;
    int told = 0;
    EXPECT_NE(asked.on_request([&] { ++told; }), 0u);
    const auto forgotten = asked.on_request([&] { told += 100; });
    asked.forget(forgotten);
    EXPECT_FALSE(asked.requested());
    asked.request();
    asked.request();
    EXPECT_TRUE(asked.requested());
    EXPECT_EQ(told, 1);
    EXPECT_EQ(asked.on_request([&] { ++told; }), 0u);
    EXPECT_EQ(told, 2);
}

TEST(cancellation, a_callback_may_forget_itself_and_free_what_it_holds) {
    cancellation asked;
    std::uint64_t number = 0;
    const auto held = std::make_shared<int>(1);
    number = asked.on_request([&, held] { asked.forget(number); });
    EXPECT_EQ(held.use_count(), 2);
    asked.request();
    EXPECT_EQ(held.use_count(), 1);
}

TEST(cancellation, forgetting_waits_for_a_callback_that_runs) {
    cancellation asked;
    std::atomic<bool> inside{false};
    std::atomic<bool> goes{false};
    std::atomic<bool> done{false};
    const auto number = asked.on_request([&] {
        inside = true;
        while (!goes) std::this_thread::yield();
        done = true;
    });
    std::thread asking([&] { asked.request(); });
    while (!inside) std::this_thread::yield();
    std::thread letting([&] { goes = true; });
    asked.forget(number);
    EXPECT_TRUE(done);
    asking.join();
    letting.join();
}

TEST(this_call, sleep_ends_early_where_the_call_is_cancelled_or_out_of_time) {
    cancellation asked;
    call_context context;
    context.cancellation = &asked;
    const current_call_scope scope(context);
    EXPECT_FALSE(this_call::cancelled());
    this_call::sleep_for(1ms);
    std::thread other([&] { asked.request(); });
    EXPECT_THROW(this_call::sleep_for(1h), cancelled_error);
    other.join();
    EXPECT_TRUE(this_call::cancelled());

    call_context late;
    late.deadline = steady_clock_source().now() + 2ms;
    const current_call_scope inner(late);
    EXPECT_THROW(this_call::sleep_for(1h), timeout_error);
    EXPECT_TRUE(this_call::cancelled());
    EXPECT_EQ(this_call::caller_name(), "local");
}

} // namespace
} // namespace beckon
