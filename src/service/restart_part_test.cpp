// Restarting by a clock that the test moves, with a host that only pretends.
#include "service/restart_part.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "io/event_loop_test_support.hpp"
#include "service/leaf_parts.hpp"
#include "service/mux_part.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;

/// A connection that is nothing but its names.
class no_stream final : public io::byte_stream {
public:
    io::io_result read(std::span<std::byte>) noexcept override {
        return {io::io_status::end, 0, 0};
    }
    io::io_result write(std::span<const byte_view>) noexcept override { return {}; }
    [[nodiscard]] int read_descriptor() const noexcept override { return -1; }
    [[nodiscard]] int write_descriptor() const noexcept override { return -1; }
    void shutdown_write() noexcept override {}
    void close() noexcept override {}
    [[nodiscard]] std::string peer_name() const override { return "nobody"; }
    [[nodiscard]] bool is_local() const noexcept override { return true; }
};

class kept_lines final : public log_sink {
public:
    [[nodiscard]] bool wants(log_level) const noexcept override { return true; }
    void write(log_level, std::string_view id, std::string_view text) noexcept override {
        lines.push_back(concat(id, ": ", text));
    }
    std::vector<std::string> lines;
};

class pretended_host final : public part_host {
public:
    [[nodiscard]] result<void> check(const io::endpoint&) const override { return {}; }
    [[nodiscard]] dialler dial(const io::endpoint&, const std::string& text) const override {
        return {false, [this, text]() -> result<std::unique_ptr<io::byte_stream>> {
                    dialled.push_back(text);
                    if (!there) return fail(errc::timeout, "nobody is there");
                    return std::unique_ptr<io::byte_stream>(std::make_unique<no_stream>());
                }};
    }
    [[nodiscard]] result<io::endpoint> open(const io::endpoint& where, const void*,
                                            function<void(error)>) override {
        return where;
    }
    void take(arrival come) override { arrivals.push_back(std::move(come)); }
    void close_owned(const void* owner, const error&) override {
        std::deque<arrival> gone;
        for (arrival& each : arrivals) {
            if (each.owner == owner) gone.push_back(std::move(each));
        }
        std::erase_if(arrivals, [](const arrival& each) { return !each.stream; });
    }
    [[nodiscard]] io::event_loop& loop() const override { return *loop_; }
    [[nodiscard]] log_sink& log() const override { return lines; }

    void pass(nanoseconds time) {
        clock.advance(time);
        while (loop_->run_turn(nanoseconds(0), io::alone) != 0) {
        }
    }

    io::manual_clock clock;
    std::unique_ptr<io::event_loop> loop_ = io::make_loop(clock);
    mutable kept_lines lines;
    mutable std::vector<std::string> dialled;
    bool there = false;
    std::deque<arrival> arrivals;
};

struct restarting {
    explicit restarting(std::string_view text) {
        const auto read = io::parse_transport_expression(text);
        EXPECT_TRUE(read) << text;
        part = *make_part(host, *read, io::leaf_use::connect);
    }
    ~restarting() { part->stop(fail(errc::cancelled, "test is over")); }
    void start() {
        part->start([this](carrier_part::failures all) { told = all.size(); }, [](const error&) {});
    }

    std::shared_ptr<pretended_host> host = std::make_shared<pretended_host>();
    std::shared_ptr<carrier_part> part;
    std::optional<std::size_t> told;
};

TEST(restart_part, is_running_at_once_and_tries_every_so_often) {
    restarting one("restart:10:tcp:h:1");
    one.start();
    EXPECT_EQ(one.told, 0u) << "it has begun";
    EXPECT_EQ(one.host->dialled, std::vector<std::string>{"tcp:h:1"});
    for (std::size_t attempts = 1; attempts <= 4; ++attempts) {
        one.host->pass(10s - 1ns);
        EXPECT_EQ(one.host->dialled.size(), attempts);
        one.host->pass(1ns);
        EXPECT_EQ(one.host->dialled.size(), attempts + 1) << "a timeout is retried as all else is";
    }
    EXPECT_EQ(one.host->lines.lines.at(0),
              "BKN-RESTART: timeout: nobody is there; while starting tcp:h:1; next attempt in "
              "10000 ms");
}

TEST(restart_part, begins_again_when_the_connection_has_ended) {
    restarting one("restart:3:tcp:h:1");
    one.host->there = true;
    one.start();
    ASSERT_EQ(one.host->arrivals.size(), 1u);
    one.host->pass(1h);
    EXPECT_EQ(one.host->dialled.size(), 1u) << "while it lasts nothing is tried";
    one.host->arrivals.clear();
    one.host->pass(3s - 1ns);
    EXPECT_EQ(one.host->dialled.size(), 1u);
    one.host->pass(1ns);
    EXPECT_EQ(one.host->dialled.size(), 2u);
    EXPECT_EQ(one.host->arrivals.size(), 1u);
}

TEST(restart_part, stop_ends_the_connection_and_the_attempts) {
    restarting one("restart:3:tcp:h:1");
    one.host->there = true;
    one.start();
    one.part->stop(fail(errc::cancelled, "enough"));
    EXPECT_TRUE(one.host->arrivals.empty());
    one.host->pass(1h);
    EXPECT_EQ(one.host->dialled.size(), 1u);
    one.host->there = false;
    one.start();
    EXPECT_EQ(one.host->dialled.size(), 2u) << "and it can be started anew";
    one.part->stop(fail(errc::cancelled, "enough"));
    one.host->pass(1h);
    EXPECT_EQ(one.host->dialled.size(), 2u);
}

TEST(restart_part, at_rest_lets_nothing_begin_again) {
    restarting one("restart:3:tcp:h:1");
    one.host->there = true;
    one.start();
    one.part->rest();
    EXPECT_EQ(one.host->arrivals.size(), 1u) << "what there is goes on";
    one.host->arrivals.clear();
    one.host->pass(1h);
    EXPECT_EQ(one.host->dialled.size(), 1u);
}

TEST(restart_part, nested_ones_keep_their_own_time) {
    restarting one("restart:5:mux:(tcp:h:1)(restart:1:tcp:h:2)");
    one.start();
    one.host->pass(1s);
    EXPECT_EQ(one.host->dialled, std::vector<std::string>{"tcp:h:1"})
        << "the mux has failed, and was stopped whole";
    one.host->there = true;
    one.host->pass(4s);
    EXPECT_EQ(one.host->arrivals.size(), 2u);
    std::erase_if(one.host->arrivals, [](const arrival& each) { return each.name == "h:2"; });
    one.host->pass(1s);
    EXPECT_EQ(one.host->arrivals.size(), 2u);
}

TEST(restart_part, a_connection_that_ends_before_it_has_begun_has_failed) {
    const auto host = std::make_shared<pretended_host>();
    host->there = true;
    const auto read = io::parse_transport_expression("tcp:h:1");
    // A host that drops what it is given.
    class dropping final : public part_host {
    public:
        explicit dropping(std::shared_ptr<pretended_host> below) : below_(std::move(below)) {}
        [[nodiscard]] result<void> check(const io::endpoint&) const override { return {}; }
        [[nodiscard]] dialler dial(const io::endpoint& where,
                                   const std::string& text) const override {
            return below_->dial(where, text);
        }
        [[nodiscard]] result<io::endpoint> open(const io::endpoint& where, const void*,
                                                function<void(error)>) override {
            return where;
        }
        void take(arrival) override {}
        void close_owned(const void*, const error&) override {}
        [[nodiscard]] io::event_loop& loop() const override { return below_->loop(); }
        [[nodiscard]] log_sink& log() const override { return below_->log(); }

    private:
        const std::shared_ptr<pretended_host> below_;
    };
    const auto drops = std::make_shared<dropping>(host);
    const auto dropped = *make_part(drops, *read, io::leaf_use::connect);
    carrier_part::failures told;
    dropped->start([&](carrier_part::failures all) { told = std::move(all); }, [](const error&) {});
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].reason.message(), "connection of tcp:h:1 has ended");
}

TEST(restart_delay, is_the_interval_and_grows_where_that_is_wanted) {
    io::restart_pace pace;
    for (const std::uint32_t failed : {1u, 2u, 100u})
        EXPECT_EQ(restart_delay(pace, failed, 0.5), 10s) << failed;
    pace.growth = 2;
    EXPECT_EQ(restart_delay(pace, 1, 0), 10s);
    EXPECT_EQ(restart_delay(pace, 2, 0), 20s);
    EXPECT_EQ(restart_delay(pace, 5, 0), 160s);
    EXPECT_EQ(restart_delay(pace, 6, 0), 300s) << "longest";
    EXPECT_EQ(restart_delay(pace, 4'000'000'000, 0), 300s);
    pace.interval = 3600s;
    EXPECT_EQ(restart_delay(pace, 9, 0), 3600s) << "the interval itself has no bound";
}

TEST(restart_delay, is_by_chance_shorter_and_never_nothing) {
    io::restart_pace pace;
    pace.jitter_percent = 20;
    EXPECT_EQ(restart_delay(pace, 1, 0), 10s);
    EXPECT_EQ(restart_delay(pace, 1, 1), 8s);
    pace.interval = 0s;
    pace.jitter_percent = 0;
    EXPECT_EQ(restart_delay(pace, 1, 0), 100ms);
    pace.jitter_percent = 100;
    EXPECT_EQ(restart_delay(pace, 1, 1), 50ms);
}

} // namespace
} // namespace beckon
