// How many, how large, how long: each limit of jobs at its edge.
#include "beckon/object/turn.hpp"
#include "board_fixture.hpp"

namespace jobs_test {
namespace {

struct JobLimits : board_fixture {};

TEST_F(JobLimits, number) {
    make({.max_jobs = 2});
    ASSERT_TRUE(start(alice, "wait"));
    ASSERT_TRUE(start(alice, "wait"));
    EXPECT_EQ(start(bob, "wait").error().to_string(),
              "overloaded: there are 2 jobs already; limit is 2 (max_jobs)");
}

TEST_F(JobLimits, arguments) {
    make({.max_job_bytes = 100});
    ASSERT_TRUE(start(alice, "echo", value::list({std::string(50, 'x')})));
    const auto refused = start(alice, "echo", value::list({std::string(100, 'x')}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::limit_exceeded);
    EXPECT_NE(refused.error().message().find("limit is 100 bytes (max_job_bytes)"),
              std::string::npos);
}

TEST_F(JobLimits, a_result) {
    shown = beckon::object_builder("Root")
                .method("make", [](std::size_t size) { return std::string(size, 'x'); })
                .build();
    make({.max_job_bytes = 100});
    const std::string small = start(alice, "make", value::list({50})).value();
    EXPECT_EQ(ended(small, alice).stage, job_stage::done);
    const std::string large = start(alice, "make", value::list({200})).value();
    const job_status job = ended(large, alice);
    EXPECT_EQ(job.stage, job_stage::failed);
    EXPECT_EQ(job.failure->code(), errc::limit_exceeded);
    EXPECT_NE(job.failure->message().find("limit is 100 bytes (max_job_bytes)"), std::string::npos);
}

TEST_F(JobLimits, all_that_is_kept) {
    make({.max_kept_bytes = 110});
    const std::string id = start(alice, "echo", value::list({std::string(80, 'x')})).value();
    EXPECT_EQ(ended(id, alice).stage, job_stage::done);
    const auto refused = start(alice, "echo", value::list({std::string(30, 'x')}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::overloaded);
    EXPECT_NE(refused.error().message().find("limit is 110 bytes (max_kept_bytes)"),
              std::string::npos);
    ASSERT_TRUE(board->fetch(id, alice.owner()));
    EXPECT_TRUE(start(alice, "echo", value::list({std::string(30, 'x')})));
}

/// Who begins many calls of a busy object and gives them up at once has had them, as long as they wait there.
TEST_F(JobLimits, number_of_those_that_were_given_up_before_their_turn) {
    make({.max_jobs = 3, .max_threads = 1});
    ASSERT_TRUE(start(alice, "wait"));
    waits.await_begun(1);
    for (int i = 0; i < 3; ++i) {
        const std::string id = start(bob, "add", value::list({1, 2})).value();
        EXPECT_TRUE(board->cancel(id, bob.owner()).value());
        EXPECT_EQ(board->fetch(id, bob.owner()).error().code(), errc::cancelled);
    }
    EXPECT_EQ(start(bob, "add", value::list({1, 2})).error().to_string(),
              "overloaded: 3 jobs wait for their turn, with those that were given up meanwhile; "
              "limit is 3 (max_jobs)");
    waits.open();
}

/// Arguments count until the call has begun, not until it stands in the queue of a serial object.
TEST_F(JobLimits, all_that_waits_for_a_turn) {
    shown = beckon::object_builder("Serial")
                .execution(beckon::policy::serial)
                .method("wait", [this](value) { waits.pass(); })
                .build();
    make({.max_threads = 2, .max_kept_bytes = 1000});
    ASSERT_TRUE(start(alice, "wait", value::list({1})));
    waits.await_begun(1);
    const auto holders = shown.core()->use_count();
    std::uint32_t waiting = 0;
    while (waiting < 50 && start(alice, "wait", value::list({std::string(100, 'x')}))) {
        ++waiting;
        while (shown.core()->use_count() < holders + waiting) std::this_thread::yield();
    }
    EXPECT_LT(waiting, 10u);
    waits.open();
}

TEST_F(JobLimits, names_of_methods_are_kept_and_counted) {
    make({.max_job_bytes = 10'000, .max_kept_bytes = 20'000});
    EXPECT_EQ(start(alice, std::string(100'000, 'x')).error().code(), errc::limit_exceeded);
    for (int i = 0; i < 2; ++i) {
        const std::string id = start(alice, std::string(9'000, 'x')).value();
        EXPECT_EQ(ended(id, alice).stage, job_stage::failed);
    }
    EXPECT_EQ(start(alice, std::string(9'000, 'x')).error().code(), errc::overloaded);
}

TEST_F(JobLimits, errors_are_kept_and_counted) {
    make({.max_job_bytes = 1'000, .max_kept_bytes = 2'000});
    const auto fails_with = [&](std::size_t size) {
        const auto id = start(alice, "fail", value::list({std::string(size, 'x')}));
        return id ? ended(*id, alice).failure->code() : id.error().code();
    };
    EXPECT_EQ(fails_with(900), errc::remote_error);
    EXPECT_EQ(fails_with(900), errc::remote_error);
    EXPECT_EQ(fails_with(900), errc::overloaded);
}

/// Many small calls may have large results.
TEST_F(JobLimits, all_results) {
    shown = beckon::object_builder("Root")
                .method("make",
                        [this](std::size_t size) {
                            waits.pass();
                            return std::string(size, 'x');
                        })
                .build();
    make({.max_threads = 1, .max_kept_bytes = 1000});
    std::vector<std::string> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(start(alice, "make", value::list({400})).value());
    waits.open();
    std::size_t done = 0;
    for (const std::string& id : ids) {
        const job_status job = ended(id, alice);
        if (job.stage == job_stage::done) {
            ++done;
            continue;
        }
        EXPECT_EQ(job.failure->code(), errc::limit_exceeded);
        EXPECT_NE(job.failure->message().find("limit is 1000 bytes (max_kept_bytes)"),
                  std::string::npos)
            << job.failure->message();
    }
    EXPECT_EQ(done, 2u);
}

/// The object may be published elsewhere too; and the turn goes from one to the next without a stack of them all.
TEST_F(JobLimits, a_turn_that_comes_to_calls_which_are_never_made_is_given_on) {
    shown = beckon::object_builder("Serial")
                .execution(beckon::policy::serial)
                .method("add", [](int a, int b) { return a + b; })
                .build();
    auto* const serial = static_cast<beckon::servant*>(shown.core().get());
    constexpr std::size_t waiting = 100'000;
    std::promise<void> stopped;
    std::atomic<std::size_t> asked{0}; // of each job when it is begun, and when a thread has it
    const auto asks = [&](const beckon::access_question&) -> result<void> {
        if (++asked != 2 * (waiting + 1)) return {};
        // On the only thread, for the last job: the others stand in the queue, and the first gets the turn now.
        serial->turn()->leave()();
        board->stop();
        stopped.set_value();
        return {};
    };
    make({.max_jobs = waiting + 1, .max_threads = 1}, asks);
    ASSERT_TRUE(serial->turn()->try_enter());
    for (std::size_t i = 0; i <= waiting; ++i)
        ASSERT_TRUE(start(alice, "add", value::list({1, 2})));
    stopped.get_future().get();
    // Who stopped the board is its thread, which nobody joins: it still has a job to drop.
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (board.use_count() != 1 && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    EXPECT_EQ(board.use_count(), 1);
    EXPECT_TRUE(serial->turn()->try_enter());
}

TEST_F(JobLimits, time_to_run) {
    make({.max_run_time = 100s});
    const std::string id = start(alice, "wait").value();
    job_order hasty{.method = "wait", .caller = &alice.identity, .timeout = 20s};
    const std::string soon = board->start(hasty).value();
    waits.await_begun(2);
    test_seconds += 20;
    const job_status over = board->find(soon, alice.owner()).value();
    EXPECT_EQ(over.stage, job_stage::failed);
    EXPECT_EQ(over.failure->to_string(),
              beckon::concat("timeout: job ", soon, " did not end within 20000 ms"));
    test_seconds += 79;
    EXPECT_FALSE(is_over(board->find(id, alice.owner()).value().stage));
    test_seconds += 1;
    EXPECT_EQ(board->find(id, alice.owner()).value().stage, job_stage::failed);
    waits.await_given_up();
}

TEST_F(JobLimits, time_to_be_fetched) {
    make({.keep_for = 50s});
    const std::string id = start(alice, "add", value::list({1, 2})).value();
    EXPECT_EQ(ended(id, alice).stage, job_stage::done);
    test_seconds += 49;
    EXPECT_EQ(board->fetch(id, alice.owner(), true).value(), value(3));
    test_seconds += 1;
    EXPECT_EQ(board->fetch(id, alice.owner()).error().code(), errc::not_found);
    EXPECT_EQ(board->size(), 0u);
}

TEST_F(JobLimits, time_to_be_forgotten_by_order) {
    make();
    job_order order{.method = "wait", .caller = &alice.identity, .id = "mine"};
    order.forget_after = 30s;
    EXPECT_EQ(board->start(order).value(), "mine");
    waits.await_begun(1);
    EXPECT_EQ(board->start(order).error().code(), errc::invalid_argument);
    test_seconds += 30;
    EXPECT_EQ(board->find("mine", alice.owner()).error().code(), errc::not_found);
    waits.await_given_up();
}

TEST_F(JobLimits, waits_end_with_their_time_and_can_be_given_up) {
    make();
    const std::string id = start(alice, "wait").value();
    waits.await_begun(1);
    std::promise<job_stage> late;
    board->wait(id, alice.owner(), 10s,
                [&](result<job_status> told) { late.set_value(told.value().stage); });
    std::promise<errc> dropped;
    auto drop = board->wait(id, alice.owner(), 1h, [&](result<job_status> told) {
        dropped.set_value(told.error().code());
    });
    drop();
    EXPECT_EQ(dropped.get_future().get(), errc::cancelled);
    test_seconds += 10;
    ASSERT_TRUE(board->find(id, alice.owner())); // looks at the clock
    EXPECT_EQ(late.get_future().get(), job_stage::running);
}

TEST_F(JobLimits, a_board_that_stops_ends_its_jobs) {
    make();
    const std::string id = start(alice, "wait").value();
    waits.await_begun(1);
    board->rest();
    EXPECT_EQ(start(alice, "wait").error().to_string(),
              "overloaded: no new jobs are taken: server stops");
    EXPECT_EQ(board->unfinished(), 1u);
    board->stop();
    EXPECT_EQ(board->unfinished(), 0u);
    EXPECT_EQ(board->find(id, alice.owner()).value().stage, job_stage::cancelled);
}

TEST_F(JobLimits, a_board_that_has_stopped_holds_nothing_that_is_published) {
    make();
    const auto* const published = shown.core().get();
    const auto holds = published->use_count();
    board->stop();
    EXPECT_EQ(published->use_count(), holds - 1);
}

} // namespace
} // namespace jobs_test
