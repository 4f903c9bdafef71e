#include "transport/conformance_test.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <latch>
#include <random>
#include <span>
#include <thread>
#include <vector>

#include "beckon/io/event_loop.hpp"
#include "beckon/io/wait.hpp"

namespace beckon::transport {
namespace {

using io::byte_stream;
using io::io_result;
using io::io_status;
using namespace std::chrono_literals;

time_point soon() { return steady_clock_source().now() + 20s; }

bool polls(int fd, short events) {
    pollfd polled{fd, events, 0};
    return ::poll(&polled, 1, 0) == 1;
}

/// The byte that belongs at an offset: any shift, loss or repeat shows.
std::byte pattern(std::size_t offset) {
    return static_cast<std::byte>((offset * 2'654'435'761u) >> 13 & 0xff);
}

bytes patterned(std::size_t offset, std::size_t size) {
    bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = pattern(offset + i);
    return out;
}

/// Writes all, waiting where needed.
void write_all(byte_stream& stream, byte_view view) {
    while (!view.empty()) {
        const io_result wrote = stream.write({&view, 1});
        if (wrote.status == io_status::would_block) {
            ASSERT_TRUE(io::wait_writable(stream.write_descriptor(), soon()).ready);
            continue;
        }
        ASSERT_EQ(wrote.status, io_status::ok) << wrote.os_error;
        ASSERT_LE(wrote.size, view.size());
        view = view.subspan(wrote.size);
    }
}

/// The next bytes, at most `most`; empty at the end.
bytes read_some(byte_stream& stream, std::size_t most) {
    bytes into(most);
    for (;;) {
        const io_result got = stream.read(into);
        if (got.status == io_status::would_block) {
            if (!io::wait_readable(stream.read_descriptor(), soon()).ready) {
                ADD_FAILURE() << "nothing came from " << stream.peer_name();
                return {};
            }
            continue;
        }
        if (got.status == io_status::end) return {};
        EXPECT_EQ(got.status, io_status::ok) << got.os_error;
        into.resize(got.size);
        return into;
    }
}

/// Reads exactly that many bytes.
bytes read_all(byte_stream& stream, std::size_t size) {
    bytes out;
    while (out.size() < size) {
        const bytes part = read_some(stream, size - out.size());
        if (part.empty()) {
            ADD_FAILURE() << "stream ended after " << out.size() << " of " << size << " bytes";
            break;
        }
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

void write_pattern(byte_stream& stream, std::size_t total, unsigned seed) {
    std::minstd_rand random(seed);
    for (std::size_t offset = 0; offset < total;) {
        // Mostly small, now and then huge.
        const std::size_t most = random() % 8 == 0 ? 1'500'000 : 3'000;
        const std::size_t size = std::min<std::size_t>(total - offset, 1 + random() % most);
        write_all(stream, patterned(offset, size));
        offset += size;
    }
}

void read_pattern(byte_stream& stream, std::size_t total, unsigned seed) {
    std::minstd_rand random(seed);
    for (std::size_t offset = 0; offset < total;) {
        const std::size_t most = random() % 2 == 0 ? 100'000 : 500;
        const bytes part =
            read_some(stream, std::min<std::size_t>(total - offset, 1 + random() % most));
        ASSERT_FALSE(part.empty()) << "stream ended at byte " << offset;
        ASSERT_EQ(part, patterned(offset, part.size())) << "behind byte " << offset;
        offset += part.size();
    }
}

void bytes_arrive_whole_and_in_order_both_ways_at_once(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    constexpr std::size_t total = 6'000'000;
    std::thread near_writer([&] { write_pattern(*pair.near, total, 1); });
    std::thread far_writer([&] { write_pattern(*pair.far, total, 2); });
    std::thread near_reader([&] { read_pattern(*pair.near, total, 3); });
    read_pattern(*pair.far, total, 4);
    near_writer.join();
    far_writer.join();
    near_reader.join();
}

void gathered_views_arrive_as_one_text(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    // More views than one call sends, and empty ones among them.
    const bytes content = patterned(0, 5'000);
    std::vector<byte_view> views;
    for (std::size_t offset = 0; offset < content.size(); offset += 50) {
        views.push_back(byte_view(content).subspan(offset, 50));
        views.emplace_back();
    }
    const io_result first = pair.near->write(views);
    ASSERT_EQ(first.status, io_status::ok);
    EXPECT_EQ(first.size, io::max_gathered * 50);
    EXPECT_EQ(read_all(*pair.far, first.size), patterned(0, first.size));
}

void moving_no_bytes_is_no_end(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    const byte_view nothing;
    EXPECT_EQ(pair.near->write({}).status, io_status::ok);
    EXPECT_EQ(pair.near->write({&nothing, 1}).status, io_status::ok);
    EXPECT_EQ(pair.near->read({}).status, io_status::ok);
}

void readiness_follows_the_bytes(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    std::byte letter{};
    EXPECT_EQ(pair.near->read({&letter, 1}).status, io_status::would_block);
    EXPECT_FALSE(polls(pair.near->read_descriptor(), POLLIN));
    EXPECT_TRUE(polls(pair.near->write_descriptor(), POLLOUT));
    write_all(*pair.far, patterned(0, 2));
    ASSERT_TRUE(io::wait_readable(pair.near->read_descriptor(), soon()).ready);
    (void)read_all(*pair.near, 1);
    EXPECT_TRUE(polls(pair.near->read_descriptor(), POLLIN)) << "one byte is left";
    (void)read_all(*pair.near, 1);
    EXPECT_FALSE(polls(pair.near->read_descriptor(), POLLIN));
    EXPECT_EQ(pair.near->read({&letter, 1}).status, io_status::would_block);
}

void one_direction_ends_while_the_other_goes_on(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    write_all(*pair.near, patterned(0, 1000));
    pair.near->shutdown_write();
    pair.near->shutdown_write();
    EXPECT_EQ(read_all(*pair.far, 1000), patterned(0, 1000));
    EXPECT_TRUE(read_some(*pair.far, 10).empty());
    const byte_view late = as_bytes("late");
    const io_result refused = pair.near->write({&late, 1});
    EXPECT_EQ(refused.status, io_status::failed);
    EXPECT_EQ(refused.os_error, EPIPE);
    write_all(*pair.far, patterned(7, 1000));
    EXPECT_EQ(read_all(*pair.near, 1000), patterned(7, 1000));
}

void a_peer_that_goes_away_is_an_end_for_reading_and_a_failure_for_writing(
    const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    write_all(*pair.far, patterned(0, 10));
    const_cast<stream_pair&>(pair).far.reset();
    EXPECT_EQ(read_all(*pair.near, 10), patterned(0, 10));
    EXPECT_TRUE(read_some(*pair.near, 10).empty());
    EXPECT_TRUE(polls(pair.near->read_descriptor(), POLLIN)) << "the end stays readable";
    const bytes chunk(4096);
    const byte_view view(chunk);
    io_result wrote;
    do {
        wrote = pair.near->write({&view, 1});
        if (wrote.status == io_status::would_block) {
            ASSERT_TRUE(io::wait_writable(pair.near->write_descriptor(), soon()).ready);
        }
    } while (wrote.status != io_status::failed);
    EXPECT_TRUE(wrote.os_error == EPIPE || wrote.os_error == ECONNRESET) << wrote.os_error;
    EXPECT_EQ(io::to_error(wrote, "writing to", "x").code(), errc::disconnected);
}

void a_slow_reader_holds_the_writer_back_until_it_reads(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    std::size_t written = 0;
    // What is between the ends may take more for a moment after it first says no.
    for (int refusals = 0; refusals < 50;) {
        const bytes chunk = patterned(written, 10'000);
        const byte_view view(chunk);
        const io_result wrote = pair.near->write({&view, 1});
        if (wrote.status == io_status::would_block) {
            ++refusals;
            (void)io::wait_writable(pair.near->write_descriptor(),
                                    steady_clock_source().now() + 2ms);
            continue;
        }
        ASSERT_EQ(wrote.status, io_status::ok) << wrote.os_error;
        written += wrote.size;
        ASSERT_LT(written, 64u << 20) << "nothing holds the writer back";
    }
    EXPECT_FALSE(polls(pair.near->write_descriptor(), POLLOUT));
    EXPECT_EQ(read_all(*pair.far, written), patterned(0, written));
    ASSERT_TRUE(io::wait_writable(pair.near->write_descriptor(), soon()).ready);
    write_all(*pair.near, patterned(written, 100));
    EXPECT_EQ(read_all(*pair.far, 100), patterned(written, 100));
}

void closing_twice_is_closing_once(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    write_all(*pair.near, patterned(0, 100));
    pair.near->close();
    pair.near->close();
    pair.near->shutdown_write();
    std::byte letter{};
    EXPECT_EQ(pair.near->read({&letter, 1}).status, io_status::end);
    EXPECT_EQ(pair.near->read_waiting({&letter, 1}, 1s).status, io_status::end);
    const byte_view late = as_bytes("late");
    const io_result refused = pair.near->write({&late, 1});
    EXPECT_EQ(refused.status, io_status::failed);
    EXPECT_EQ(refused.os_error, EPIPE);
    EXPECT_EQ(read_all(*pair.far, 100), patterned(0, 100)) << "what was written still arrives";
    EXPECT_TRUE(read_some(*pair.far, 10).empty());
}

void a_waiting_read_gives_the_bytes_or_gives_up(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    bytes into(100);
    // Below and above the limit from which sockets wait inside the read itself.
    for (const nanoseconds patience : {nanoseconds(2ms), nanoseconds(40ms)}) {
        EXPECT_EQ(pair.near->read_waiting(into, patience).status, io_status::would_block);
        std::thread writer([&] { write_all(*pair.far, patterned(0, 3)); });
        io_result got;
        do {
            got = pair.near->read_waiting(into, patience);
        } while (got.status == io_status::would_block);
        writer.join();
        ASSERT_EQ(got.status, io_status::ok);
        (void)read_all(*pair.near, 3 - got.size);
    }
}

void closing_wakes_a_thread_that_waits_in_a_read(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    std::latch begun(1);
    io_status status = io_status::ok;
    std::thread reader([&] {
        std::byte letter{};
        begun.count_down();
        do {
            status = pair.near->read_waiting({&letter, 1}, 1h).status;
        } while (status == io_status::would_block);
    });
    begun.wait();
    pair.near->close();
    reader.join();
    EXPECT_EQ(status, io_status::end);
}

void names_and_places(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    EXPECT_EQ(pair.near->peer_name().substr(0, subject.scheme.size() + 1), subject.scheme + ":");
    EXPECT_TRUE(pair.near->is_local());
}

/// Sends back what comes, as an event loop's user would.
class echo final : public io::watcher {
public:
    explicit echo(byte_stream& stream) : stream_(stream) {}
    void on_ready(bool, bool) noexcept override {
        while (!ended_) {
            bytes into(65'536);
            const io_result got = stream_.read(into);
            if (got.status == io_status::would_block) return;
            ended_ = got.status != io_status::ok;
            write_all(stream_, byte_view(into).first(got.size));
        }
        stream_.shutdown_write();
    }
    [[nodiscard]] bool ended() const { return ended_; }

private:
    byte_stream& stream_;
    bool ended_ = false;
};

void an_event_loop_serves_it(const transport_under_test& subject) {
    const stream_pair pair = subject.connect();
    const steady_clock_source clock;
    auto loop = io::event_loop::create(clock);
    ASSERT_TRUE(loop);
    const auto server = make_counted<echo>(*pair.near);
    const auto id = (*loop)->watch(pair.near->read_descriptor(), io::interest::read, server);
    ASSERT_TRUE(id);
    constexpr std::size_t total = 500'000;
    std::thread writer([&] {
        write_pattern(*pair.far, total, 5);
        pair.far->shutdown_write();
    });
    std::thread reader([&] {
        read_pattern(*pair.far, total, 6);
        EXPECT_TRUE(read_some(*pair.far, 1).empty());
    });
    while (!server->ended()) (*loop)->run_turn(nanoseconds::max(), io::sole_owner());
    writer.join();
    reader.join();
    (*loop)->unwatch(*id);
}

class body final : public testing::Test {
public:
    using check = void (*)(const transport_under_test&);
    body(check run, const transport_under_test& subject) : run_(run), subject_(subject) {}
    void TestBody() override { run_(subject_); }

private:
    const check run_;
    const transport_under_test subject_;
};

} // namespace

conformance_suite::conformance_suite(const transport_under_test& subject) {
    const std::pair<const char*, body::check> checks[] = {
#define BECKON_CHECK(name) {#name, name}
        BECKON_CHECK(bytes_arrive_whole_and_in_order_both_ways_at_once),
        BECKON_CHECK(gathered_views_arrive_as_one_text),
        BECKON_CHECK(moving_no_bytes_is_no_end),
        BECKON_CHECK(readiness_follows_the_bytes),
        BECKON_CHECK(one_direction_ends_while_the_other_goes_on),
        BECKON_CHECK(a_peer_that_goes_away_is_an_end_for_reading_and_a_failure_for_writing),
        BECKON_CHECK(a_slow_reader_holds_the_writer_back_until_it_reads),
        BECKON_CHECK(closing_twice_is_closing_once),
        BECKON_CHECK(a_waiting_read_gives_the_bytes_or_gives_up),
        BECKON_CHECK(closing_wakes_a_thread_that_waits_in_a_read),
        BECKON_CHECK(names_and_places),
        BECKON_CHECK(an_event_loop_serves_it),
#undef BECKON_CHECK
    };
    std::string suite = "transport_" + subject.scheme;
    if (!subject.variant.empty()) suite += "_" + subject.variant;
    for (const auto& [name, run] : checks) {
        if (run == closing_wakes_a_thread_that_waits_in_a_read && !subject.close_wakes_reader)
            continue;
        testing::RegisterTest(
            suite.c_str(), name, nullptr, nullptr, __FILE__, __LINE__,
            [run = run, subject]() -> testing::Test* { return new body(run, subject); });
    }
}

} // namespace beckon::transport
