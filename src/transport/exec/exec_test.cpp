#include "beckon/transport/exec/exec.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <thread>

#include "io/descriptor_stream.hpp"
#include "transport/conformance_test.hpp"
#include "transport/listening_test.hpp"

namespace beckon::transport {
namespace {

using namespace std::chrono_literals;

/// An endpoint that runs a shell script, with options in front of the question mark's place.
io::endpoint script(std::string_view text,
                    std::vector<std::pair<std::string, std::string>> options) {
    io::endpoint where;
    where.transport = "exec";
    where.address = concat("sh -c '", text, "'");
    where.options = std::move(options);
    return where;
}

std::unique_ptr<io::byte_stream> started(const io::endpoint& where,
                                         const io::connect_options& options = {}) {
    auto stream = exec::connect(where, options);
    EXPECT_TRUE(stream) << stream.error().to_string();
    return std::move(stream).value();
}

std::string read_to_end(io::byte_stream& stream) {
    std::string text;
    bytes into(4096);
    for (;;) {
        const auto got = stream.read_waiting(into, 20s);
        if (got.status != io::io_status::ok) {
            EXPECT_EQ(got.status, io::io_status::end);
            return text;
        }
        text += as_text(byte_view(into).first(got.size));
    }
}

/// Reads one line with a process number in it.
pid_t read_number(io::byte_stream& stream) {
    std::string line;
    std::byte letter{};
    while (stream.read_waiting({&letter, 1}, 20s).status == io::io_status::ok &&
           letter != std::byte{'\n'})
        line += static_cast<char>(letter);
    pid_t number = -1;
    std::from_chars(line.data(), line.data() + line.size(), number);
    EXPECT_GT(number, 0) << quoted(line);
    return number;
}

bool ends(const io::descriptor& process) {
    pollfd polled{process.get(), POLLIN, 0};
    return ::poll(&polled, 1, 20'000) == 1;
}

/// Whether the number is given back, which a zombie would keep.
bool is_reaped(pid_t number) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (::kill(number, 0) == 0 || errno != ESRCH) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// A child that relays its standard streams to two fifos, whose other ends are ours.
stream_pair relayed(const std::string& kind) {
    const scratch_directory directory;
    const std::string forth = directory / "forth";
    const std::string back = directory / "back";
    EXPECT_EQ(::mkfifo(forth.c_str(), 0600), 0);
    EXPECT_EQ(::mkfifo(back.c_str(), 0600), 0);
    auto near = started(script(concat("exec 3<&0; cat <&3 >", forth, " & exec 3<&-; cat <", back),
                               {{"stdio", kind}, {"grace", "100"}}));
    // Each waits for the other side to open it.
    io::descriptor in(::open(forth.c_str(), O_RDONLY | O_CLOEXEC));
    io::descriptor out(::open(back.c_str(), O_WRONLY | O_CLOEXEC));
    io::set_nonblocking(in.get());
    io::set_nonblocking(out.get());
    auto far = io::descriptor_stream::create(std::move(in), std::move(out), "far", true, true);
    EXPECT_TRUE(far);
    return {std::move(near), std::move(far).value(), nullptr};
}

const conformance_suite pipes({.scheme = "exec",
                               .variant = "pipe",
                               .connect = [] { return relayed("pipe"); },
                               .close_wakes_reader = false});
const conformance_suite
    sockets({.scheme = "exec", .variant = "socket", .connect = [] { return relayed("socket"); }});

TEST(exec, words_are_split_without_a_shell) {
    const auto stream = started(at("exec:printf '%25s|' 'a b' $HOME \"*\" c\\ d"));
    EXPECT_EQ(read_to_end(*stream), "a b|$HOME|*|c d|");
    EXPECT_EQ(stream->peer_name().substr(0, 17), "exec:printf (pid ");
}

TEST(exec, tells_how_the_child_ended) {
    const auto with_status = started(script("exit 3", {}));
    EXPECT_EQ(read_to_end(*with_status), "");
    EXPECT_EQ(with_status->exit_description(), "exited with status 3");
    const auto killed = started(script("kill -9 $$", {}));
    EXPECT_EQ(read_to_end(*killed), "");
    EXPECT_EQ(killed->exit_description(), "killed by signal 9 (killed)");
    EXPECT_EQ(killed->exit_description(), "killed by signal 9 (killed)") << "also the second time";
    const auto running = started(at("exec:cat"));
    EXPECT_EQ(running->exit_description(), "still running");
    running->shutdown_write();
    EXPECT_EQ(read_to_end(*running), "");
    EXPECT_EQ(running->exit_description(), "exited with status 0");
}

TEST(exec, a_status_that_somebody_else_took_is_said_to_be_lost) {
    struct sigaction ignore {};
    struct sigaction before {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGCHLD, &ignore, &before);
    const auto stream = started(at("exec:true"));
    EXPECT_EQ(read_to_end(*stream), "");
    EXPECT_EQ(stream->exit_description(),
              "ended; this program reaped it elsewhere, so its status is lost");
    ::sigaction(SIGCHLD, &before, nullptr);
}

TEST(exec, a_program_that_cannot_be_started_is_named) {
    const auto missing = exec::connect(at("exec:no-such-program-here --x"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().to_string(), "not_found: program \"no-such-program-here\" is not in "
                                           "PATH, or the interpreter it names does not exist");
    const auto absent = exec::connect(at("exec:/no/such/program"));
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().to_string(), "not_found: program \"/no/such/program\" does not exist, "
                                          "or the interpreter it names does not");
    const auto forbidden = exec::connect(at("exec:/dev/null"));
    ASSERT_FALSE(forbidden);
    EXPECT_EQ(forbidden.error().to_string(),
              "io_error: cannot start program \"/dev/null\": permission denied (EACCES)");
}

TEST(exec, bad_endpoints_are_refused) {
    const auto refusal = [](std::string_view text) {
        const auto refused = exec::connect(at(text));
        EXPECT_FALSE(refused) << text;
        return refused ? "" : refused.error().to_string();
    };
    EXPECT_EQ(refusal("exec:"), "invalid_argument: endpoint \"exec:\" names no program, expected "
                                "exec:PROGRAM ARGUMENTS");
    EXPECT_EQ(refusal("exec:cat '"), "parse_error: command \"cat '\" has a quote open at byte 4, "
                                     "expected another ' after it");
    EXPECT_EQ(refusal("exec:cat%00"), "invalid_argument: endpoint \"exec:cat%00\" has a zero byte "
                                      "in its command, expected none");
    EXPECT_EQ(refusal("exec:cat?stdio=tty"), "invalid_argument: option stdio of endpoint "
                                             "\"exec:cat?stdio=tty\" is \"tty\", expected pipe or "
                                             "socket");
    EXPECT_EQ(refusal("exec:cat?stderr=x"), "invalid_argument: option stderr of endpoint "
                                            "\"exec:cat?stderr=x\" is \"x\", expected inherit, log "
                                            "or null");
    EXPECT_EQ(refusal("exec:cat?grace=600001"),
              "invalid_argument: option grace of endpoint \"exec:cat?grace=600001\" is \"600001\", "
              "expected a whole number from 0 to 600000");
}

TEST(exec, closing_ends_a_child_that_heeds_the_end_of_its_input_and_leaves_no_zombie) {
    auto stream = started(script("echo $$; cat", {}));
    const pid_t number = read_number(*stream);
    stream.reset();
    EXPECT_TRUE(is_reaped(number));
}

TEST(exec, closing_ends_a_child_that_heeds_neither_its_input_nor_sigterm) {
    // The shell and what it started ignore SIGTERM; both are in the group that SIGKILL reaches.
    auto stream =
        started(script("trap \"\" TERM; sleep 1000 & echo $!; echo $$; wait", {{"grace", "10"}}));
    const pid_t grandchild = read_number(*stream);
    const pid_t child = read_number(*stream);
    const io::descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, grandchild, 0)));
    ASSERT_TRUE(handle);
    stream->close();
    stream->close();
    EXPECT_TRUE(ends(handle));
    EXPECT_TRUE(is_reaped(child));
    EXPECT_EQ(stream->exit_description(), "killed by signal 9 (killed)");
}

TEST(exec, closing_gives_sigterm_first_and_leaves_nothing_of_the_group) {
    auto stream =
        started(script("trap \"\" TERM; sleep 1000 & echo $!; trap \"exit 7\" TERM; echo $$; wait",
                       {{"grace", "10"}}));
    const pid_t grandchild = read_number(*stream);
    const pid_t child = read_number(*stream);
    const io::descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, grandchild, 0)));
    ASSERT_TRUE(handle);
    stream->close();
    EXPECT_TRUE(is_reaped(child));
    EXPECT_EQ(stream->exit_description(), "exited with status 7");
    EXPECT_TRUE(ends(handle)) << "it ignores SIGTERM";
}

TEST(exec, standard_error_can_go_to_the_log_with_its_bytes_made_harmless) {
    kept_log log;
    const auto stream = started(
        script("echo oops >&2; printf \"\\033[1m\" >&2; head -c 1030 /dev/zero | tr \"\\0\" x >&2",
               {{"stderr", "log"}}),
        {.log = &log});
    EXPECT_EQ(read_to_end(*stream), "");
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (log.lines().size() < 3 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    const auto lines = log.lines();
    ASSERT_EQ(lines.size(), 3u);
    const std::string start = "[BKN-EXEC-STDERR] " + stream->peer_name() + ": ";
    EXPECT_EQ(lines[0], start + "\"oops\"");
    EXPECT_EQ(lines[1], start + "\"\\x1b[1m" + std::string(1020, 'x') + "\"");
    EXPECT_EQ(lines[2], start + "\"" + std::string(10, 'x') + "\"");
}

TEST(exec, the_log_need_not_outlive_the_stream) {
    const scratch_directory directory;
    const std::string mark = directory / "mark";
    ASSERT_EQ(::mkfifo(mark.c_str(), 0600), 0);
    {
        kept_log log;
        const auto stream =
            started(script(concat("cat; echo late >&2; echo done >", mark), {{"stderr", "log"}}),
                    {.log = &log});
    }
    const io::descriptor done(::open(mark.c_str(), O_RDONLY | O_CLOEXEC));
    char letter = 0;
    EXPECT_EQ(::read(done.get(), &letter, 1), 1) << "the child wrote to its error output and lives";
}

TEST(exec, standard_error_can_go_nowhere) {
    const auto stream = started(script("echo oops >&2; echo fine", {{"stderr", "null"}}));
    EXPECT_EQ(read_to_end(*stream), "fine\n");
}

TEST(exec, the_child_holds_no_descriptor_of_ours) {
    const auto bystander = started(at("exec:cat"));
    const auto stream = started(script("ls -l /proc/$$/fd", {}));
    const std::string listed = read_to_end(*stream);
    EXPECT_NE(listed.find("1 -> pipe:["), std::string::npos) << listed;
    for (const int fd : {bystander->read_descriptor(), bystander->write_descriptor()}) {
        const std::string file = std::filesystem::read_symlink(concat("/proc/self/fd/", fd));
        EXPECT_EQ(listed.find(file), std::string::npos) << file << " in\n" << listed;
    }
}

TEST(exec, a_child_starts_even_where_this_process_has_no_standard_descriptors) {
    const pid_t helper = ::fork();
    ASSERT_GE(helper, 0);
    if (helper == 0) {
        for (int fd = 0; fd < 3; ++fd) ::close(fd);
        auto stream = exec::connect(at("exec:cat?stderr=null"));
        if (!stream) ::_exit(1);
        const auto hello = as_bytes("hello");
        if ((*stream)->write({&hello, 1}).size != 5) ::_exit(2);
        (*stream)->shutdown_write();
        bytes into(5);
        if ((*stream)->read_waiting(into, 20s).size != 5) ::_exit(3);
        ::_exit(as_text(into) == "hello" ? 0 : 4);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(helper, &status, 0), helper);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace
} // namespace beckon::transport
