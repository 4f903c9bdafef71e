// The race between a start's outcome and the time that it has.
#include "service/carrier_start.hpp"

#include <gtest/gtest.h>

#include "io/event_loop_test_support.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;

class timed_host final : public part_host {
public:
    [[nodiscard]] result<void> check(const io::endpoint&) const override { return {}; }
    [[nodiscard]] dialler dial(const io::endpoint&, const std::string&) const override {
        return {};
    }
    [[nodiscard]] result<io::endpoint> open(const io::endpoint& where, const void*,
                                            function<void(error)>) override {
        return where;
    }
    void take(arrival) override {}
    void close_owned(const void*, const error&) override {}
    [[nodiscard]] io::event_loop& loop() const override { return *loop_; }
    [[nodiscard]] log_sink& log() const override { return null_log(); }

    void pass(nanoseconds time) {
        clock.advance(time);
        while (loop_->run_turn(nanoseconds(0), io::alone) != 0) {
        }
    }

    io::manual_clock clock;
    std::unique_ptr<io::event_loop> loop_ = io::make_loop(clock);
};

/// Tells its outcome when the test says so, or just as it is being stopped.
class slow_part final : public carrier_part {
public:
    using carrier_part::carrier_part;
    void start(started done, ended) override { done_ = std::move(done); }
    void stop(const error& reason) override {
        ++stops;
        if (begins_while_stopped) {
            // As another thread would, before this one has come to an end.
            tell({});
            told_within_stop = told;
            return;
        }
        if (done_) tell({{name(), reason}});
    }
    void tell(failures all) {
        auto done = std::move(done_);
        done(std::move(all));
    }

    bool begins_while_stopped = false;
    bool told = false; ///< Whoever started it knows the outcome, and may start it anew.
    bool told_within_stop = false;
    int stops = 0;

private:
    started done_;
};

class starts : public ::testing::Test {
protected:
    void start() {
        start_within(
            host, part, 5s,
            [this](carrier_part::failures all) {
                part->told = true;
                outcome = std::move(all);
            },
            [this](carrier_part::started done) { part->start(std::move(done), nullptr); });
    }
    const std::shared_ptr<timed_host> host = std::make_shared<timed_host>();
    const std::shared_ptr<slow_part> part = std::make_shared<slow_part>(host, "slow");
    carrier_part::failures outcome;
};

TEST_F(starts, in_time_are_not_stopped_later) {
    start();
    host->pass(4s);
    part->tell({});
    EXPECT_TRUE(part->told);
    EXPECT_TRUE(outcome.empty());
    host->pass(2s);
    EXPECT_EQ(part->stops, 0);
}

TEST_F(starts, that_take_too_long_are_stopped_and_told_why) {
    start();
    host->pass(5s);
    EXPECT_EQ(part->stops, 1);
    ASSERT_EQ(outcome.size(), 1u);
    EXPECT_EQ(outcome[0].reason.message(), "it has not begun within 5000 ms");
}

TEST_F(starts, that_end_while_they_are_being_stopped_are_told_of_behind_that) {
    part->begins_while_stopped = true;
    start();
    host->pass(5s);
    EXPECT_FALSE(part->told_within_stop) << "the stop would end what is started anew";
    EXPECT_TRUE(part->told);
    ASSERT_EQ(outcome.size(), 1u) << "what was stopped has not begun";
}

} // namespace
} // namespace beckon
