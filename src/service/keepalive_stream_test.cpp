#include "service/keepalive_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>

#include "beckon/session/runtime.hpp"
#include "io/event_loop_test_support.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;

/// Takes so many bytes of each write.
class slow_stream final : public io::byte_stream {
public:
    explicit slow_stream(std::string& written, std::size_t& takes)
        : written_(written), takes_(takes) {}
    io::io_result read(std::span<std::byte> into) noexcept override {
        return {io::io_status::ok, into.size(), 0};
    }
    io::io_result write(std::span<const byte_view> gathered) noexcept override {
        std::size_t taken = 0;
        for (const byte_view each : gathered) {
            const byte_view part = each.first(std::min(each.size(), takes_ - taken));
            written_ += as_text(part);
            taken += part.size();
        }
        if (taken == 0) return {io::io_status::would_block, 0, 0};
        return {io::io_status::ok, taken, 0};
    }
    [[nodiscard]] int read_descriptor() const noexcept override { return -1; }
    [[nodiscard]] int write_descriptor() const noexcept override { return -1; }
    void shutdown_write() noexcept override {}
    void close() noexcept override {}
    [[nodiscard]] std::string peer_name() const override { return "slow"; }
    [[nodiscard]] bool is_local() const noexcept override { return true; }

private:
    std::string& written_;
    std::size_t& takes_;
};

struct kept_alive {
    explicit kept_alive(std::string_view endpoint) {
        const auto where = io::parse_endpoint(endpoint);
        EXPECT_TRUE(where);
        EXPECT_TRUE(check_keep_alive(*where));
        stream = keep_alive(std::make_unique<slow_stream>(written, takes), *where, inside);
    }
    void pass(nanoseconds time) {
        clock.advance(time);
        while (inside->runtime()->poll() != 0) {
        }
    }
    io::io_result write(std::string_view text) {
        const byte_view view = as_bytes(text);
        return stream->write({&view, 1});
    }

    io::manual_clock clock;
    std::shared_ptr<context> inside = *context::create({.clock = &clock, .embedded = true});
    std::string written;
    std::size_t takes = 100;
    std::unique_ptr<io::byte_stream> stream;
};

TEST(keepalive_stream, sends_its_message_after_each_time_of_silence) {
    kept_alive one("tcp://h:1?keepalive_message=ping%0A&keepalive_interval=5");
    one.pass(5s - 1ns);
    EXPECT_EQ(one.written, "");
    one.pass(1ns);
    EXPECT_EQ(one.written, "ping\n");
    one.pass(5s);
    EXPECT_EQ(one.written, "ping\nping\n");
}

TEST(keepalive_stream, whatever_is_sent_or_received_starts_the_time_anew) {
    kept_alive one("tcp://h:1?keepalive_message=%00");
    one.pass(9s);
    one.write("x");
    one.pass(9s);
    std::byte letter{};
    EXPECT_EQ(one.stream->read({&letter, 1}).size, 1u);
    one.pass(9s);
    EXPECT_EQ(one.written, "x");
    one.pass(1s);
    EXPECT_EQ(one.written, std::string("x\0", 2)) << "ten seconds by itself";
}

TEST(keepalive_stream, never_sends_into_the_middle_of_a_message) {
    kept_alive one("tcp://h:1?keepalive_message=ping&keepalive_interval=1");
    one.takes = 2;
    EXPECT_EQ(one.write("hello").size, 2u);
    one.pass(10s);
    EXPECT_EQ(one.written, "he");
    one.takes = 100;
    EXPECT_EQ(one.write("llo").size, 3u);
    one.takes = 1; // what of its own message did not leave comes first in the next write
    one.pass(1s);
    EXPECT_EQ(one.written, "helloping");
    one.takes = 0;
    one.pass(1s);
    EXPECT_EQ(one.written, "helloping");
    one.takes = 100;
    EXPECT_EQ(one.write("more").size, 4u);
    EXPECT_EQ(one.written, "hellopingpingmore");
}

TEST(keepalive_stream, ends_with_its_stream) {
    kept_alive one("tcp://h:1?keepalive_message=ping&keepalive_interval=1");
    one.stream->close();
    one.pass(10s);
    EXPECT_EQ(one.written, "");
    kept_alive another("tcp://h:1?keepalive_message=ping&keepalive_interval=1");
    another.stream.reset();
    another.pass(10s);
    EXPECT_EQ(another.written, "");
}

TEST(keepalive_stream, is_not_there_where_nobody_asks_for_it_and_its_options_are_checked) {
    kept_alive plain("tcp://h:1");
    EXPECT_NE(dynamic_cast<slow_stream*>(plain.stream.get()), nullptr);
    const auto refusal = [](std::string_view text) {
        return check_keep_alive(*io::parse_endpoint(text)).error().to_string();
    };
    EXPECT_EQ(refusal("tcp://h:1?keepalive_message="),
              "invalid_argument: option keepalive_message of endpoint "
              "\"tcp://h:1?keepalive_message\" has 0 bytes, expected 1 to 1024");
    EXPECT_NE(refusal("tcp://h:1?keepalive_interval=0").find("from 1 to 86400"), std::string::npos);
}

} // namespace
} // namespace beckon
