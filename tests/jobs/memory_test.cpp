// What many jobs cost: docs/performance.md has the figures.
#include <malloc.h>

#include <cstdio>
#include <vector>

#include "beckon/object/task.hpp"
#include "beckon/service/server.hpp"
#include "board_fixture.hpp"

namespace jobs_test {

/// Waits as a coroutine, thousands at once.
struct patient_handler {
    beckon::task<std::string> wait(std::string what) {
        beckon::future<int> opened = gates.emplace_back().get_future();
        begun.fetch_add(1);
        begun.notify_one();
        co_await std::move(opened);
        co_return what;
    }
    std::vector<beckon::promise<int>> gates; ///< One thread alone runs handlers here.
    std::atomic<std::size_t> begun{0};
};
struct Patient {
    std::string wait(std::string what);
};
BECKON_INTERFACE(Patient, (wait, what))

namespace {

constexpr std::size_t jobs = 10'000;
constexpr std::size_t most_bytes = 20u << 20;

/// What the program holds of the heap; of no use under sanitizers, which have one of their own.
[[nodiscard]] std::size_t held() { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; }

void expect_modest(std::size_t before, const char* what) {
    const std::size_t now = held();
    const std::size_t taken = now > before ? now - before : 0;
    std::printf("10,000 jobs %s: %.1f MB\n", what, static_cast<double>(taken) / (1u << 20));
    EXPECT_LT(taken, most_bytes) << what;
}

struct JobMemory : board_fixture {};

TEST_F(JobMemory, of_ten_thousand_that_wait_for_a_thread_and_that_wait_to_be_fetched) {
    make({.max_jobs = jobs + 1, .max_threads = 1});
    ASSERT_TRUE(start(alice, "wait"));
    waits.await_begun(1);
    std::vector<std::string> ids(jobs, std::string(32, ' ')); // the test's own
    const std::size_t before = held();
    for (std::string& each : ids)
        each = start(alice, "echo", value::list({std::string(64, 'x')})).value();
    EXPECT_EQ(board->unfinished(), jobs + 1);
    expect_modest(before, "waiting for a thread");
    waits.open();
    for (const std::string& each : ids) static_cast<void>(ended(each, alice));
    EXPECT_EQ(board->unfinished(), 0u);
    expect_modest(before, "waiting to be fetched");
}

TEST_F(JobMemory, of_ten_thousand_that_run_as_coroutines) {
    const auto handler = std::make_shared<patient_handler>();
    handler->gates.reserve(jobs);
    shown = beckon::make_ref<Patient>(handler);
    make({.max_jobs = jobs, .max_threads = 1});
    std::vector<std::string> ids(jobs, std::string(32, ' ')); // the test's own
    const std::size_t before = held();
    for (std::string& each : ids)
        each = start(alice, "wait", value::list({std::string(64, 'x')})).value();
    for (std::size_t begun = 0; (begun = handler->begun.load()) != jobs;)
        handler->begun.wait(begun);
    expect_modest(before, "running as coroutines");
    for (auto& each : handler->gates) each.set(1);
    for (const std::string& each : ids) EXPECT_EQ(ended(each, alice).stage, job_stage::done);
}

} // namespace
} // namespace jobs_test
