#include "beckon/io/wait.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

#include "beckon/io/byte_stream.hpp"
#include "io/event_loop_test_support.hpp"
#include "io/os_error.hpp"

namespace beckon::io {
namespace {

using namespace std::chrono_literals;

time_point in(nanoseconds length) { return steady_clock_source().now() + length; }

TEST(wait, tells_which_descriptor_is_ready) {
    const pipe_ends first;
    const pipe_ends second;
    const auto wait = [&] {
        return wait_readable(first.reading.get(), in(20s), second.reading.get());
    };
    first.put();
    EXPECT_TRUE(wait().ready);
    EXPECT_FALSE(wait().other_ready);
    second.put();
    EXPECT_TRUE(wait().ready && wait().other_ready);
    first.take();
    EXPECT_TRUE(!wait().ready && wait().other_ready);
    EXPECT_TRUE(wait_writable(first.writing.get(), never).ready);
}

TEST(wait, ends_at_the_deadline_and_polls_where_it_has_passed) {
    const pipe_ends pipe;
    const time_point deadline = in(3ms);
    const wait_outcome outcome = wait_readable(pipe.reading.get(), deadline);
    EXPECT_FALSE(outcome.ready || outcome.other_ready);
    EXPECT_GE(steady_clock_source().now(), deadline);
    EXPECT_FALSE(wait_readable(pipe.reading.get(), time_point{}).ready);
    pipe.put();
    EXPECT_TRUE(wait_readable(pipe.reading.get(), time_point{}).ready);
}

TEST(wait, is_ended_by_another_thread_through_the_other_descriptor) {
    const pipe_ends pipe;
    const pipe_ends wake;
    std::thread waker([&] { wake.put(); });
    EXPECT_TRUE(wait_readable(pipe.reading.get(), never, wake.reading.get()).other_ready);
    waker.join();
}

TEST(wait, a_hung_up_or_closed_descriptor_counts_as_ready) {
    pipe_ends pipe;
    pipe.writing.reset();
    EXPECT_TRUE(wait_readable(pipe.reading.get(), never).ready);
    const int number = pipe.reading.get();
    pipe.reading.reset();
    EXPECT_TRUE(wait_readable(number, never).ready);
}

TEST(io_error, failures_of_a_stream_are_told_with_the_systems_words) {
    EXPECT_EQ(to_error({io_status::failed, 0, ECONNRESET}, "reading from", "tcp://h:1").to_string(),
              "disconnected: connection failed while reading from tcp://h:1: connection reset by "
              "peer (ECONNRESET)");
    EXPECT_EQ(to_error({io_status::end, 0, 0}, "reading from", "tcp://h:1").to_string(),
              "disconnected: peer tcp://h:1 ended the connection");
    EXPECT_EQ(os_error_text(EIO), "input/output error (EIO)");
    EXPECT_EQ(os_error_text(987'654), "error number 987654");
}

} // namespace
} // namespace beckon::io
