#include "beckon/transport/stdio/stdio.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "io/descriptor_stream.hpp"
#include "transport/conformance_test.hpp"
#include "transport/listening_test.hpp"
#include "transport/stdio/take_over.hpp"

namespace beckon::transport {
namespace {

using io::descriptor;

/// A process's view of its standard descriptors, under other numbers, and the parent's ends of them.
struct surroundings {
    descriptor input, output, errors;
    descriptor to_input, from_output, from_errors;

    explicit surroundings(bool sockets = false) {
        join(input, to_input, sockets, true);
        join(output, from_output, sockets, false);
        join(errors, from_errors, false, false);
    }

private:
    static void join(descriptor& inner, descriptor& outer, bool socket, bool inner_reads) {
        int ends[2];
        EXPECT_EQ(socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)
                         : ::pipe2(ends, O_CLOEXEC),
                  0);
        inner.reset(ends[inner_reads ? 0 : 1]);
        outer.reset(ends[inner_reads ? 1 : 0]);
    }
};

stream_pair pair_over(bool sockets) {
    auto around = std::make_shared<surroundings>(sockets);
    auto near = stdio::take_over(around->input.get(), around->output.get(), around->errors.get());
    EXPECT_TRUE(near) << near.error().to_string();
    if (!sockets) {
        io::set_nonblocking(around->to_input.get());
        io::set_nonblocking(around->from_output.get());
    }
    auto far = io::descriptor_stream::create(std::move(around->from_output),
                                             std::move(around->to_input), "far", true, true);
    EXPECT_TRUE(far);
    return {std::move(near).value(), std::move(far).value(), around};
}

const conformance_suite pipes({.scheme = "stdio",
                               .variant = "pipe",
                               .connect = [] { return pair_over(false); },
                               .close_wakes_reader = false});
const conformance_suite
    sockets({.scheme = "stdio", .variant = "socket", .connect = [] { return pair_over(true); }});

bool is_nonblocking(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0; }

TEST(stdio, the_modes_of_shared_files_are_set_back) {
    for (const bool close_first : {false, true}) {
        const surroundings around;
        // What the shell would still hold of the same open files.
        const descriptor shells_input(::dup(around.input.get()));
        const descriptor shells_output(::dup(around.output.get()));
        {
            const auto stream =
                *stdio::take_over(around.input.get(), around.output.get(), around.errors.get());
            EXPECT_TRUE(is_nonblocking(shells_input.get()));
            EXPECT_TRUE(is_nonblocking(shells_output.get()));
            if (close_first) stream->close();
        }
        EXPECT_FALSE(is_nonblocking(shells_input.get()));
        EXPECT_FALSE(is_nonblocking(shells_output.get()));
    }
}

TEST(stdio, one_file_for_both_directions_stays_non_blocking_until_the_end) {
    const descriptor terminal(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const descriptor input(::dup(terminal.get()));
    const descriptor output(::dup(terminal.get()));
    {
        const auto stream = *stdio::take_over(input.get(), output.get(), STDERR_FILENO);
        stream->shutdown_write();
        EXPECT_TRUE(is_nonblocking(terminal.get())) << "reading goes on";
    }
    EXPECT_FALSE(is_nonblocking(terminal.get()));
}

TEST(stdio, what_is_printed_goes_to_standard_error_and_what_is_read_is_empty) {
    const surroundings around;
    const auto stream =
        *stdio::take_over(around.input.get(), around.output.get(), around.errors.get());
    ASSERT_EQ(::write(around.output.get(), "noise", 5), 5);
    const auto hello = as_bytes("hello");
    ASSERT_EQ(stream->write({&hello, 1}).size, 5u);
    char text[64];
    EXPECT_EQ(::read(around.from_errors.get(), text, sizeof text), 5);
    EXPECT_EQ(std::string_view(text, 5), "noise");
    EXPECT_EQ(::read(around.from_output.get(), text, sizeof text), 5);
    EXPECT_EQ(std::string_view(text, 5), "hello");
    ASSERT_EQ(::write(around.to_input.get(), "x", 1), 1);
    EXPECT_EQ(::read(around.input.get(), text, sizeof text), 0) << "the byte is the stream's";
}

TEST(stdio, a_broken_pipe_does_not_raise_a_signal_nor_leave_one_pending) {
    surroundings around;
    const auto stream =
        *stdio::take_over(around.input.get(), around.output.get(), around.errors.get());
    around.from_output.reset();
    const auto hello = as_bytes("hello");
    EXPECT_EQ(stream->write({&hello, 1}).os_error, EPIPE); // The default action would end us here.
    sigset_t mask;
    sigset_t pending;
    ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &mask), 0);
    ASSERT_EQ(::sigpending(&pending), 0);
    EXPECT_EQ(::sigismember(&mask, SIGPIPE), 0);
    EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
}

TEST(stdio, an_address_is_refused) {
    const auto refused = stdio::connect(at("stdio:x"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(), "invalid_argument: endpoint \"stdio:x\" has an address, "
                                           "expected none: stdio:");
}

/// What the child of the next test does with its real descriptors; its exit status.
int serve_once() {
    auto listening = stdio::listen(at("remcall+stdio:"));
    if (!listening) return 10;
    auto accepted = (*listening)->accept();
    if (!accepted || *accepted == nullptr) return 11;
    auto none = (*listening)->accept();
    if (!none || *none != nullptr) return 12;
    if (to_string((*listening)->local_endpoint()) != "stdio:") return 13;
    std::puts("noise");
    std::fflush(stdout);
    bytes into(64);
    const auto got = (*accepted)->read_waiting(into, std::chrono::seconds(20));
    const byte_view back = byte_view(into).first(got.size);
    if ((*accepted)->write({&back, 1}).size != got.size) return 14;
    const auto again = stdio::connect(at("stdio:"));
    if (again || again.error().code() != errc::address_in_use) return 15;
    return 0;
}

TEST(stdio, a_process_serves_its_real_descriptors_once) {
    surroundings around;
    std::fflush(stdout);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::dup2(around.input.get(), STDIN_FILENO);
        ::dup2(around.output.get(), STDOUT_FILENO);
        ::dup2(around.errors.get(), STDERR_FILENO);
        ::_exit(serve_once());
    }
    around.output.reset();
    around.errors.reset();
    ASSERT_EQ(::write(around.to_input.get(), "hello", 5), 5);
    std::string answer(64, ' ');
    answer.resize(
        static_cast<std::size_t>(::read(around.from_output.get(), answer.data(), answer.size())));
    EXPECT_EQ(answer, "hello");
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    std::string errors(64, ' ');
    errors.resize(
        static_cast<std::size_t>(::read(around.from_errors.get(), errors.data(), errors.size())));
    EXPECT_EQ(errors, "noise\n");
}

} // namespace
} // namespace beckon::transport
