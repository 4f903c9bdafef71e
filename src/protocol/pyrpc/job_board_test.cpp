#include "beckon/protocol/pyrpc/job_board.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace beckon::pyrpc {
namespace {

using stage = job_board::stage;

struct PyrpcJobBoard : testing::Test {
    [[nodiscard]] static std::shared_ptr<job_board> make(std::size_t jobs,
                                                         std::size_t bytes = 1000) {
        return make_job_board({.max_jobs = jobs,
                               .max_outcome_bytes = bytes,
                               .clean_interval = std::chrono::seconds(0)});
    }
    static result<void> begin(job_board& at, std::string_view id,
                              std::optional<wall_time> due = std::nullopt) {
        return at.begin(as_bytes(id), due);
    }
};

TEST_F(PyrpcJobBoard, keeps_outcomes_for_as_often_as_they_are_asked_for) {
    const auto board = make(10);
    EXPECT_EQ(board->find(as_bytes("a")).stage, stage::unknown);
    ASSERT_TRUE(begin(*board, "a"));
    EXPECT_EQ(board->find(as_bytes("a")).stage, stage::running);
    board->finish(as_bytes("a"), as_bytes("outcome"));
    board->finish(as_bytes("a"), as_bytes("another"));
    for (int i = 0; i < 2; ++i) {
        const auto found = board->find(as_bytes("a"));
        EXPECT_EQ(found.stage, stage::finished);
        EXPECT_EQ(as_text(found.outcome), "outcome");
    }
    board->finish(as_bytes("unknown"), as_bytes("outcome"));
    EXPECT_EQ(board->find(as_bytes("unknown")).stage, stage::unknown);
}

TEST_F(PyrpcJobBoard, has_one_call_for_an_id_and_so_many_in_all) {
    const auto board = make(2);
    ASSERT_TRUE(begin(*board, "a"));
    EXPECT_EQ(begin(*board, "a").error().code(), errc::invalid_argument);
    ASSERT_TRUE(begin(*board, "b"));
    const error full = begin(*board, "c").error();
    EXPECT_EQ(full.to_string(), "overloaded: there are 2 calls already; limit is 2");
}

TEST_F(PyrpcJobBoard, begins_nothing_while_outcomes_take_too_much) {
    const auto board = make(10, 5);
    ASSERT_TRUE(begin(*board, "a"));
    board->finish(as_bytes("a"), as_bytes("outcome"));
    EXPECT_EQ(begin(*board, "b").error().to_string(),
              "overloaded: outcomes of 7 bytes wait already; limit is 5 bytes");
}

TEST_F(PyrpcJobBoard, believes_no_clock_that_is_far_off) {
    const auto board = make(10);
    const wall_time nan(std::numeric_limits<double>::quiet_NaN());
    // What has come to its end by the caller's clock is still there, as it may be wrong.
    for (const wall_time due : {wall_time(0), wall_now() - wall_time(1000), nan, -nan,
                                wall_time(std::numeric_limits<double>::infinity())}) {
        const std::string id = std::to_string(due.count());
        static_cast<void>(begin(*board, id, due));
        EXPECT_EQ(board->find(as_bytes(id)).stage, stage::running) << id;
    }
}

wall_time told_now{};
[[nodiscard]] wall_time tell_now() noexcept { return told_now; }

TEST_F(PyrpcJobBoard, forgets_finished_and_running_calls_when_their_time_is_over) {
    told_now = wall_time(1000);
    const auto board =
        make_job_board({.max_jobs = 2, .max_age = std::chrono::seconds(100), .now = &tell_now});
    ASSERT_TRUE(begin(*board, "soon", wall_time(1020)));
    ASSERT_TRUE(begin(*board, "late", wall_time(5000))); // a day is the most, here 100 s
    board->finish(as_bytes("soon"), as_bytes("outcome"));
    told_now = wall_time(1030); // before the next cleaning, but there is no room else
    ASSERT_TRUE(begin(*board, "next"));
    EXPECT_EQ(board->find(as_bytes("soon")).stage, stage::unknown);
    told_now = wall_time(1099);
    EXPECT_EQ(board->find(as_bytes("late")).stage, stage::running);
    told_now = wall_time(1200);
    EXPECT_EQ(board->find(as_bytes("late")).stage, stage::unknown);
}

} // namespace
} // namespace beckon::pyrpc
