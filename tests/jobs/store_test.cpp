// Jobs that outlive their board, in a database.
#include <cstdlib>
#include <filesystem>

#include "beckon/service/server.hpp"
#include "beckon/session/jobs/job_store.hpp"
#if BECKON_HAS_STORAGE_SQLITE
#include "beckon/storage/sqlite/job_store.hpp"
#endif
#include "board_fixture.hpp"

namespace jobs_test {
namespace {

#if BECKON_HAS_STORAGE_SQLITE
struct JobStore : board_fixture {
    JobStore() {
        std::string name = (std::filesystem::temp_directory_path() / "beckon-jobs-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        file = folder + "/jobs.sqlite";
    }
    ~JobStore() override {
        waits.open();
        if (board) board->stop();
        board.reset();
        std::filesystem::remove_all(folder);
    }
    /// Another run of the server.
    void begin_anew(beckon::job_options options = {}) {
        if (board) board->stop();
        board.reset();
        make(options);
        auto store = beckon::storage::sqlite::open_job_store(file);
        ASSERT_TRUE(store) << store.error().to_string();
        ASSERT_TRUE(board->configure(options, std::move(*store)));
    }

    std::string folder;
    std::string file;
};

TEST_F(JobStore, keeps_outcomes_and_whose_they_are) {
    begin_anew();
    const value given = value::map({{"text", "grüße"}, {"list", value::list({1, 2.5, nullptr})}});
    const std::string done = start(alice, "echo", value::list({given})).value();
    const std::string failed = start(alice, "fail", value::list({"boom"})).value();
    EXPECT_EQ(ended(done, alice).stage, job_stage::done);
    EXPECT_EQ(ended(failed, alice).stage, job_stage::failed);
    begin_anew();
    EXPECT_EQ(board->find(done, bob.owner()).error().code(), errc::not_found);
    EXPECT_EQ(board->find(done, alice.owner()).value().method, "echo");
    EXPECT_EQ(board->fetch(done, alice.owner()).value(), given);
    const auto outcome = board->fetch(failed, alice.owner(), true);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().to_string(), "remote_error (std::runtime_error): boom");
    begin_anew();
    EXPECT_EQ(board->find(done, alice.owner()).error().code(), errc::not_found); // was fetched
    EXPECT_EQ(board->find(failed, alice.owner()).value().stage, job_stage::failed);
}

TEST_F(JobStore, what_had_not_ended_has_failed) {
    begin_anew();
    const std::string id = start(alice, "wait").value();
    waits.await_begun(1);
    begin_anew();
    EXPECT_EQ(board->find(id, alice.owner()).value().failure->to_string(),
              beckon::concat("disconnected: the server ended before job ", id, " did"));
}

TEST_F(JobStore, what_nobody_fetched_goes_when_its_time_is_over_whoever_runs) {
    begin_anew({.keep_for = 50s});
    const std::string first = start(alice, "add", value::list({1, 2})).value();
    EXPECT_EQ(ended(first, alice).stage, job_stage::done);
    test_seconds += 30;
    const std::string second = start(alice, "add", value::list({3, 4})).value();
    EXPECT_EQ(ended(second, alice).stage, job_stage::done);
    begin_anew({.keep_for = 50s});
    test_seconds += 20;
    EXPECT_EQ(board->find(first, alice.owner()).error().code(), errc::not_found);
    test_seconds += 29;
    begin_anew({.keep_for = 50s});
    EXPECT_EQ(board->fetch(second, alice.owner(), true).value(), value(7));
    test_seconds += 1;
    begin_anew({.keep_for = 50s});
    EXPECT_EQ(board->size(), 0u);
}

TEST_F(JobStore, tells_what_is_wrong_with_a_file) {
    beckon::server server;
    try {
        server.publish_jobs({.file = folder + "/nothing/jobs.sqlite"});
        FAIL() << "expected an exception";
    } catch (const beckon::exception& failed) {
        EXPECT_EQ(failed.code(), errc::io_error);
        EXPECT_NE(std::string(failed.what()).find("unable to open database file"),
                  std::string::npos);
    }
    server.publish_jobs({.file = file});
    beckon::server second;
    EXPECT_THROW(second.publish_jobs({.file = file}), beckon::exception); // held by the other
}
#else
TEST(JobStore, says_that_this_build_has_none) {
    beckon::server server;
    EXPECT_THROW(server.publish_jobs({.file = "jobs.sqlite"}), beckon::exception);
}
#endif

} // namespace
} // namespace jobs_test
