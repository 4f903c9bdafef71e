// Jobs as their board runs them.
#include "board_fixture.hpp"

namespace jobs_test {
namespace {

struct JobBoard : board_fixture {};

TEST_F(JobBoard, runs_calls_and_gives_their_results_once_or_as_long_as_they_are_kept) {
    make();
    const std::string id = start(alice, "add", value::list({2, 3})).value();
    EXPECT_EQ(ended(id, alice).stage, job_stage::done);
    EXPECT_EQ(board->fetch(id, alice.owner(), true).value(), value(5));
    EXPECT_EQ(board->fetch(id, alice.owner()).value(), value(5));
    EXPECT_EQ(board->fetch(id, alice.owner()).error().code(), errc::not_found);
    EXPECT_EQ(board->size(), 0u);
}

TEST_F(JobBoard, failures_are_what_the_call_threw) {
    make();
    const std::string id = start(alice, "fail", value::list({"boom"})).value();
    const job_status job = ended(id, alice);
    EXPECT_EQ(job.stage, job_stage::failed);
    EXPECT_EQ(job.failure->message(), "boom");
    const auto outcome = board->fetch(id, alice.owner());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::remote_error);
    EXPECT_EQ(outcome.error().type_name(), "std::runtime_error");
}

TEST_F(JobBoard, the_handler_knows_who_began_it) {
    make();
    const std::string id = start(bob, "whoami").value();
    EXPECT_EQ(ended(id, bob).method, "whoami");
    EXPECT_EQ(board->fetch(id, bob.owner()).value(), value("bob"));
}

TEST_F(JobBoard, a_job_is_there_for_its_owner_alone) {
    make();
    const std::string id = start(alice, "wait").value();
    waits.await_begun(1);
    const std::string unknown = board->find("unknown", bob.owner()).error().message();
    for (const user* const other : {&bob, &nobody}) {
        const auto found = board->find(id, other->owner());
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code(), errc::not_found);
        EXPECT_EQ(board->cancel(id, other->owner()).error().code(), errc::not_found);
        EXPECT_EQ(board->fetch(id, other->owner()).error().code(), errc::not_found);
    }
    EXPECT_EQ(board->list(bob.owner()).value().size(), 0u);
    ASSERT_EQ(board->list(alice.owner()).value().size(), 1u);
    EXPECT_EQ(board->list(alice.owner()).value()[0].id, id);
}

TEST_F(JobBoard, who_is_not_identified_knows_jobs_by_ids_that_cannot_be_guessed) {
    make();
    const std::string id = start(nobody, "add", value::list({1, 1})).value();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_NE(start(nobody, "add", value::list({1, 1})).value(), id);
    EXPECT_EQ(board->list(nobody.owner()).error().code(), errc::access_denied);
    EXPECT_EQ(ended(id, nobody).stage, job_stage::done);
    make({.unidentified_are_one = true});
    ASSERT_TRUE(start(nobody, "add", value::list({1, 1})));
    EXPECT_EQ(board->list(nobody.owner()).value().size(), 1u);
}

TEST_F(JobBoard, has_no_result_before_the_end) {
    make();
    const std::string id = start(alice, "wait").value();
    waits.await_begun(1);
    EXPECT_EQ(board->find(id, alice.owner()).value().stage, job_stage::running);
    EXPECT_EQ(board->fetch(id, alice.owner()).error().to_string(),
              beckon::concat("invalid_argument: job ", id,
                             " is running and has no result yet; wait for it"));
    waits.open();
    EXPECT_EQ(ended(id, alice).stage, job_stage::done);
}

TEST_F(JobBoard, shows_what_the_handler_reports) {
    make();
    const std::string id = start(alice, "work").value();
    waits.await_begun(1);
    const job_status job = board->find(id, alice.owner()).value();
    EXPECT_EQ(job.fraction, 0.5);
    EXPECT_EQ(job.text, "half of it");
}

TEST_F(JobBoard, cancelling_ends_it_at_once_and_tells_the_handler) {
    make();
    const std::string id = start(alice, "wait").value();
    waits.await_begun(1);
    EXPECT_TRUE(board->cancel(id, alice.owner()).value());
    EXPECT_EQ(ended(id, alice).stage, job_stage::cancelled);
    waits.await_given_up();
    EXPECT_FALSE(board->cancel(id, alice.owner()).value());
    EXPECT_EQ(board->fetch(id, alice.owner()).error().code(), errc::cancelled);
}

TEST_F(JobBoard, what_waits_for_a_thread_can_be_cancelled_and_is_never_called) {
    make({.max_threads = 1});
    const std::string first = start(alice, "wait").value();
    waits.await_begun(1);
    const std::string second = start(alice, "wait").value();
    EXPECT_EQ(board->find(second, alice.owner()).value().stage, job_stage::waiting);
    EXPECT_TRUE(board->cancel(second, alice.owner()).value());
    const std::string third = start(alice, "add", value::list({1, 2})).value();
    waits.open();
    EXPECT_EQ(ended(third, alice).stage, job_stage::done);
    EXPECT_EQ(waits.begun(), 1);
}

TEST_F(JobBoard, takes_and_gives_plain_data_alone) {
    make();
    const auto refused = start(alice, "echo", value::list({value(shown)}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::type_mismatch);
    EXPECT_EQ(refused.error().message(),
              "arguments of \"echo\" cannot be those of a job: it holds a reference to Root; a job "
              "takes and gives plain data, which needs no conversation");
    const std::string id = start(alice, "self").value();
    const job_status job = ended(id, alice);
    EXPECT_EQ(job.stage, job_stage::failed);
    EXPECT_EQ(
        job.failure->to_string(),
        "type_mismatch: the result of \"self\" cannot be kept: it holds a reference to Root; a "
        "job takes and gives plain data, which needs no conversation");
}

TEST_F(JobBoard, is_no_way_around_an_access_rule) {
    std::atomic<bool> allowed = true;
    make({.max_threads = 1}, [&](const beckon::access_question& asked) -> result<void> {
        if (asked.caller.name == "bob" && asked.method == "add")
            return beckon::fail(errc::access_denied, "bob adds nothing");
        if (asked.method == "echo" && !allowed)
            return beckon::fail(errc::access_denied, "not any more");
        return {};
    });
    EXPECT_EQ(start(bob, "add", value::list({1, 2})).error().message(), "bob adds nothing");
    ASSERT_TRUE(start(alice, "add", value::list({1, 2})));
    // Asked again when its turn has come.
    ASSERT_TRUE(start(alice, "wait"));
    waits.await_begun(1);
    const std::string id = start(alice, "echo", value::list({1})).value();
    allowed = false;
    waits.open();
    EXPECT_EQ(ended(id, alice).failure->message(), "not any more");
}

TEST_F(JobBoard, calls_a_serial_object_in_its_turn) {
    shown = beckon::object_builder("Root")
                .method("wait", [this] { waits.pass(); })
                .execution(beckon::policy::serial)
                .build();
    make();
    const std::string first = start(alice, "wait").value();
    const std::string second = start(bob, "wait").value();
    waits.await_begun(1);
    waits.open();
    EXPECT_EQ(ended(first, alice).stage, job_stage::done);
    EXPECT_EQ(ended(second, bob).stage, job_stage::done);
    EXPECT_EQ(waits.begun(), 2);
    EXPECT_EQ(waits.most(), 1);
}

} // namespace
} // namespace jobs_test
