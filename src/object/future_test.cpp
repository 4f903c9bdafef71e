#include "beckon/object/future.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "beckon/object/task.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;

TEST(future, gives_what_its_promise_was_given_on_whatever_thread) {
    promise<int> given;
    auto later = given.get_future();
    EXPECT_TRUE(later.valid());
    EXPECT_FALSE(later.ready());
    EXPECT_FALSE(later.wait_for(0ns));
    std::thread other([&] { given.set(7); });
    EXPECT_EQ(later.get(), 7);
    EXPECT_FALSE(later.valid());
    other.join();
}

TEST(future, throws_the_exception_that_belongs_to_the_error) {
    EXPECT_THROW(ready_future<int>(fail(errc::timeout, "late")).get(), timeout_error);
    EXPECT_THROW(ready_future<void>(fail(errc::overloaded, "full")).get(), overloaded_error);
    const auto outcome = ready_future<int>(fail(errc::timeout, "late")).result();
    EXPECT_EQ(outcome.error().to_string(), "timeout: late");
}

TEST(future, a_continuation_runs_at_once_where_the_outcome_is_there_and_later_where_it_is_not) {
    int ran = 0;
    auto now = ready_future<int>(2).then([&](int value) { return ran = value; });
    EXPECT_EQ(ran, 2);
    EXPECT_EQ(now.get(), 2);
    promise<int> given;
    auto later = given.get_future().then([&](int value) { return ran = value; });
    EXPECT_EQ(ran, 2);
    given.set(3);
    EXPECT_EQ(ran, 3);
    EXPECT_EQ(later.get(), 3);
}

TEST(future, errors_pass_by_continuations_that_take_a_value) {
    bool ran = false;
    auto passed = ready_future<int>(fail(errc::timeout, "late")).then([&](int) { ran = true; });
    EXPECT_THROW(passed.get(), timeout_error);
    EXPECT_FALSE(ran);
    auto caught = ready_future<int>(fail(errc::timeout, "late")).then([](result<int> outcome) {
        return outcome.error().message();
    });
    EXPECT_EQ(caught.get(), "late");
    auto nothing = ready_future<void>({}).then([] { return 4; });
    EXPECT_EQ(nothing.get(), 4);
}

TEST(future, what_a_continuation_throws_is_its_futures_outcome) {
    auto thrown =
        ready_future<int>(1).then([](int) -> std::string { throw std::length_error("too long"); });
    const auto outcome = thrown.result();
    EXPECT_EQ(outcome.error().type_name(), "std::length_error");
    EXPECT_EQ(outcome.error().message(), "too long");
}

TEST(future, states_are_freed_whatever_is_dropped_first) {
    const auto held = std::make_shared<int>(1);
    {
        promise<int> given;
        auto later = given.get_future().then([held](int value) { return value; });
        EXPECT_EQ(held.use_count(), 2);
        { auto dropped = std::move(later); }
        given.set(1);
    }
    EXPECT_EQ(held.use_count(), 1);
    {
        auto later = ready_future<int>(1).then([held](int value) { return value; });
        EXPECT_EQ(held.use_count(), 1) << "what has run is freed";
    }
}

task<int> twice(future<int> of) { co_return 2 * co_await of; }
task<int> outer(promise<int> given) {
    try {
        co_return co_await twice(given.get_future());
    } catch (const timeout_error&) {
        co_return -1;
    }
}

TEST(task, waits_for_futures_and_tasks_and_passes_exceptions_up) {
    promise<int> given;
    auto running = start(outer(given));
    EXPECT_FALSE(running.ready());
    given.set(21);
    EXPECT_EQ(running.get(), 42);
    promise<int> failing;
    auto caught = start(outer(failing));
    failing.set(fail(errc::timeout, "late"));
    EXPECT_EQ(caught.get(), -1);
}

task<void> throws_own() {
    throw std::out_of_range("mine");
    co_return;
}

TEST(task, sync_wait_throws_the_very_exception) {
    EXPECT_THROW(sync_wait(throws_own()), std::out_of_range);
    EXPECT_THROW(start(throws_own()).get(), remote_error) << "a future carries it as an error";
}

TEST(task, one_that_was_never_started_is_freed) {
    const auto held = std::make_shared<int>(1);
    {
        const auto unstarted = [](std::shared_ptr<int> kept) -> task<int> {
            co_return *kept;
        }(held);
        EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
}

} // namespace
} // namespace beckon
