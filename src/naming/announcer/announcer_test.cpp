#include "beckon/naming/announcer/announcer.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include "beckon/io/wait.hpp"
#include "codec/vector_file_test.hpp"
#include "io/datagram_socket.hpp"
#include "io/event_loop_test_support.hpp"
#include "naming/announcer/lines.hpp"

namespace beckon::naming::announcer {
namespace {

using namespace std::chrono_literals;

std::string text(const bytes& of) { return std::string(as_text(byte_view(of))); }

TEST(announcer_lines, are_the_originals) {
    std::size_t seeks = 0, answers = 0;
    const value recorded =
        beckon::vectors::section_of("quickrpc.json", "announcer", value::map())["frames"];
    for (const value& frame : recorded) {
        const bytes content = beckon::vectors::from_hex(frame["hex"].string());
        const heard said = read_datagram(content);
        ASSERT_EQ(said.filters.size() + said.descriptions.size(), 1u) << text(content);
        if (!said.filters.empty()) {
            ++seeks;
            // Its own line without an argument means the same as the one with an empty text.
            if (text(content) != "seek \n") {
                EXPECT_EQ(text(*seek_line(said.filters[0])), text(content));
            } else {
                EXPECT_EQ(said.filters[0], value(""));
            }
        } else {
            ++answers;
            EXPECT_EQ(text(*advertise_line(said.descriptions[0])), text(content));
        }
    }
    EXPECT_EQ(seeks, 5u);
    EXPECT_EQ(answers, 4u);
}

TEST(announcer_lines, what_does_not_concern_us_is_passed_over) {
    const heard said =
        read_datagram(as_bytes("\n\r\nnonsense {\nseek/5 filter:\"id\"\nquit \n[3]:1\n"
                               "advertise description:[1 \"two\"]\nseek filter:1"));
    ASSERT_EQ(said.filters.size(), 1u) << "the last line has no end";
    EXPECT_EQ(said.filters[0], value("id"));
    ASSERT_EQ(said.descriptions.size(), 1u);
    EXPECT_EQ(said.descriptions[0], value::list({1, "two"}));
    std::string many;
    for (int i = 0; i < 100; ++i) many += "seek \n";
    EXPECT_EQ(read_datagram(as_bytes(many)).filters.size(), max_lines);
    EXPECT_TRUE(
        read_datagram(as_bytes("seek filter:\"" + std::string(max_line_bytes, 'x') + "\"\n"))
            .filters.empty());
    std::string deep = "seek filter:";
    for (int i = 0; i < 100; ++i) deep += '[';
    EXPECT_TRUE(read_datagram(as_bytes(deep + '\n')).filters.empty());
}

TEST(announcer_lines, have_a_limit_and_say_what_they_cannot_carry) {
    EXPECT_EQ(advertise_line(value(std::string(max_line_bytes, 'x'))).error().to_string(),
              "limit_exceeded: description makes a line of 1225 bytes; limit is 1200 bytes");
    EXPECT_EQ(advertise_line(value(nullptr)).error().code(), errc::unsupported);
}

TEST(announcer_lines, a_filter_fits_as_a_part_of_the_description) {
    EXPECT_TRUE(fits(value(""), value("my-service 1.0")));
    EXPECT_TRUE(fits(value("my"), value("my-service 1.0")));
    EXPECT_FALSE(fits(value("your"), value("my-service 1.0")));
    EXPECT_TRUE(fits(value("lab"), value::map({{"name", "lab"}})));
    EXPECT_FALSE(fits(value("bal"), value::map({{"name", "lab"}})));
    EXPECT_TRUE(fits(value(5), value(5)));
    EXPECT_FALSE(fits(value(5), value("5")));
}

TEST(announcer_lines, answers_are_rationed) {
    io::manual_clock clock;
    allowance allowed(2, clock.now());
    EXPECT_TRUE(allowed.take(clock.now()));
    EXPECT_TRUE(allowed.take(clock.now()));
    EXPECT_FALSE(allowed.take(clock.now()));
    clock.advance(499ms);
    EXPECT_FALSE(allowed.take(clock.now()));
    clock.advance(1ms);
    EXPECT_TRUE(allowed.take(clock.now()));
    clock.advance(1h);
    EXPECT_TRUE(allowed.take(clock.now()));
    EXPECT_TRUE(allowed.take(clock.now()));
    EXPECT_FALSE(allowed.take(clock.now())) << "no more are saved up than a second's";
}

/// An announcer on a loop that another thread turns.
struct announcing {
    explicit announcing(announcer_options options) {
        options.port = 0;
        auto started = announcer::start(*loop, options);
        EXPECT_TRUE(started) << started.error().to_string();
        served = std::move(*started);
        thread = std::thread([this] {
            while (!over) loop->run_turn(10ms, io::alone);
        });
    }
    ~announcing() {
        over = true;
        thread.join();
    }
    [[nodiscard]] std::vector<found> sought(value filter, nanoseconds within = 300ms) const {
        auto all = seek({.port = served->port(),
                         .filter = std::move(filter),
                         .to = "127.255.255.255",
                         .timeout = within,
                         .max_found = 1}); // and no longer than until it is there
        EXPECT_TRUE(all) << all.error().to_string();
        return all ? std::move(*all) : std::vector<found>();
    }

    steady_clock_source clock;
    std::unique_ptr<io::event_loop> loop = io::make_loop(clock);
    std::unique_ptr<announcer> served;
    std::atomic<bool> over{false};
    std::thread thread;
};

TEST(announcer, is_found_by_who_seeks_what_fits) {
    announcing one({.description = value("my-service 1.0")});
    const auto all = one.sought(value("my"), 10s);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].host, "127.0.0.1");
    EXPECT_EQ(all[0].description, value("my-service 1.0"));
    EXPECT_TRUE(one.sought(value("nope"), 50ms).empty());
    ASSERT_TRUE(one.served->describe(value::map({{"name", "renamed"}})));
    const auto again = one.sought(value(""), 10s);
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].description["name"], value("renamed"));
    EXPECT_EQ(one.served->describe(value(nullptr)).error().code(), errc::unsupported);
    one.served->close();
    EXPECT_TRUE(one.sought(value(""), 50ms).empty());
}

TEST(announcer, asks_the_programs_judge) {
    std::atomic<int> asked{0};
    announcing one({.description = value("x"), .accepts = [&](const value& filter) {
                        ++asked;
                        if (filter == value("throw")) throw std::runtime_error("no");
                        return filter == value(5);
                    }});
    EXPECT_EQ(one.sought(value(5), 10s).size(), 1u);
    EXPECT_TRUE(one.sought(value("throw"), 50ms).empty());
    EXPECT_GE(asked, 2);
    EXPECT_EQ(one.sought(value(5), 10s).size(), 1u) << "it goes on after one that failed";
}

TEST(announcer, several_on_one_machine_answer_from_one_port) {
    announcing one({.description = value("one")});
    auto another =
        announcer::start(*one.loop, {.port = one.served->port(), .description = value("another")});
    ASSERT_TRUE(another) << another.error().to_string();
    auto all =
        seek({.port = one.served->port(), .to = "127.255.255.255", .timeout = 10s, .max_found = 2});
    ASSERT_TRUE(all);
    EXPECT_EQ(all->size(), 2u);
}

TEST(announcer, seeking_needs_an_address_and_a_filter_that_can_be_said) {
    EXPECT_EQ(seek({.to = "nowhere"}).error().to_string(),
              "invalid_argument: address to seek at is \"nowhere\", expected an IPv4 address");
    EXPECT_EQ(seek({.filter = value(nullptr)}).error().code(), errc::unsupported);
}

} // namespace
} // namespace beckon::naming::announcer
