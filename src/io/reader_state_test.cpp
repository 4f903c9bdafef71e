#include "io/reader_state.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/event_loop_test_support.hpp"

namespace beckon::io {
namespace {

struct socket_pair {
    descriptor here;
    descriptor there;
};

socket_pair unix_sockets() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    return {descriptor(ends[0]), descriptor(ends[1])};
}

socket_pair tcp_sockets() {
    const descriptor listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    EXPECT_EQ(::bind(listening.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
    EXPECT_EQ(::listen(listening.get(), 1), 0);
    EXPECT_EQ(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&where), &size), 0);
    descriptor there(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(there.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
    return {descriptor(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC)),
            std::move(there)};
}

/// Until the end of the other side's output has come.
void await_end(int fd) {
    pollfd asked{fd, POLLRDHUP, 0};
    ASSERT_EQ(::poll(&asked, 1, 10'000), 1);
}

TEST(reader_state, of_pipes_is_whether_the_other_end_is_open) {
    pipe_ends pipe;
    EXPECT_EQ(reader_of(pipe.writing.get()), reader_state::there);
    pipe.reading.reset();
    EXPECT_EQ(reader_of(pipe.writing.get()), reader_state::gone);
}

TEST(reader_state, of_unix_sockets_tells_an_end_of_both_directions_from_that_of_one) {
    socket_pair pair = unix_sockets();
    ::shutdown(pair.there.get(), SHUT_WR);
    EXPECT_EQ(reader_of(pair.here.get()), reader_state::there);
    pair.there.reset();
    EXPECT_EQ(reader_of(pair.here.get()), reader_state::gone);
}

TEST(reader_state, of_tcp_sockets_shows_by_writing) {
    socket_pair pair = tcp_sockets();
    EXPECT_EQ(reader_of(pair.here.get()), reader_state::there) << "it says more";
    ::shutdown(pair.there.get(), SHUT_WR);
    await_end(pair.here.get());
    EXPECT_EQ(reader_of(pair.here.get()), reader_state::shown_by_writing);
    ASSERT_EQ(::send(pair.here.get(), " ", 1, MSG_NOSIGNAL), 1);
    EXPECT_EQ(reader_of(pair.here.get()), reader_state::shown_by_writing);
    pair.there.reset(); // with what it has not read: the connection is reset
    pollfd asked{pair.here.get(), 0, 0};
    ASSERT_EQ(::poll(&asked, 1, 10'000), 1);
    EXPECT_EQ(reader_of(pair.here.get()), reader_state::gone);
}

TEST(reader_state, of_files_is_that_they_take_everything) {
    const descriptor file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(reader_of(file.get()), reader_state::there);
    EXPECT_EQ(reader_of(-1), reader_state::there) << "poll disregards it";
}

} // namespace
} // namespace beckon::io
