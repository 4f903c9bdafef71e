// A process for each client. The server runs in a process of its own, which has no threads.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "beckon/io/forked_children.hpp"
#include "beckon/service/process_server.hpp"
#include "core/fixture.hpp"
#include "testing/sanitizer.hpp"

namespace beckon::core_test {

struct Cell {
    std::int64_t number();
    std::int64_t add(std::int64_t amount);
    void crash();
};
BECKON_INTERFACE(Cell, (number), (add, amount), (crash))

namespace {

struct cell {
    std::int64_t number() { return ::getpid(); }
    std::int64_t add(std::int64_t amount) { return sum += amount; }
    void crash() { ::raise(SIGKILL); }
    std::int64_t sum = 0;
};

class process_servers : public ::testing::TestWithParam<const char*> {
protected:
    void start(const process_server_options& options = {}) {
        if (testing::under_thread_sanitizer)
            GTEST_SKIP() << "the thread sanitizer's own thread keeps a process from being forked";
        if (io::thread_count_of_process() > 1)
            GTEST_SKIP() << "this process has threads already: run the test alone";
        int lines[2];
        ASSERT_EQ(::pipe(lines), 0);
        process_ = ::fork();
        if (process_ == 0) run(lines[1], options);
        ::close(lines[1]);
        for (char letter = 0; ::read(lines[0], &letter, 1) == 1 && letter != '\n';) url_ += letter;
        ::close(lines[0]);
        if (url_.empty()) GTEST_SKIP() << "there is no such protocol";
    }
    [[noreturn]] static void run(int out, const process_server_options& options) {
        try {
            process_server server(
                [](beckon::server& each) { each.publish<Cell>("cell", std::make_shared<cell>()); },
                options);
            const std::string url = server.listen(concat(GetParam(), "tcp://127.0.0.1:0")) + "\n";
            if (::write(out, url.data(), url.size()) < 0) ::_exit(3);
            ::close(out);
            server.run();
            ::_exit(0);
        } catch (const std::exception&) {
            ::_exit(2);
        }
    }
    /// Its status when it has ended, after SIGTERM or by itself.
    int end(bool by_signal = true) {
        if (process_ <= 0) return -1;
        if (by_signal) ::kill(process_, SIGTERM);
        int how = 0;
        ::waitpid(std::exchange(process_, -1), &how, 0);
        return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
    }
    ~process_servers() override { end(); }

    pid_t process_ = -1;
    std::string url_;
};
INSTANTIATE_TEST_SUITE_P(over, process_servers, ::testing::Values("", "rpyc+"),
                         [](const auto& of) { return *of.param ? "rpyc" : "native"; });

TEST_P(process_servers, give_each_client_a_process_that_no_other_can_harm) {
    start();
    if (IsSkipped()) return;
    const connected one = connect(url_);
    const connected other = connect(url_);
    const auto mine = one.get<Cell>("cell");
    const auto theirs = other.get<Cell>("cell");
    const std::int64_t first = mine->number();
    const std::int64_t second = theirs->number();
    EXPECT_NE(first, second);
    EXPECT_NE(first, process_);
    EXPECT_EQ(mine->add(1), 1);
    EXPECT_EQ(theirs->add(5), 5) << "nothing is shared";
    EXPECT_THROW(mine->crash(), disconnected_error);
    EXPECT_EQ(theirs->add(5), 10);
    EXPECT_EQ(connect(url_).get<Cell>("cell")->add(1), 1) << "the server goes on";
    EXPECT_EQ(end(), 0);
    EXPECT_TRUE(other.await_end(10s)) << "its children end with it";
    EXPECT_EQ(::kill(static_cast<pid_t>(second), 0), -1);
}

TEST_P(process_servers, keep_so_many_processes_and_let_others_wait) {
    process_server_options options;
    options.max_processes = 1;
    start(options);
    if (IsSkipped()) return;
    std::optional<connected> first = connect(url_);
    EXPECT_EQ(first->get<Cell>("cell")->add(1), 1);
    std::atomic<bool> served{false};
    std::thread waits([&] {
        EXPECT_EQ(connect(url_).get<Cell>("cell")->add(2), 2);
        served = true;
    });
    EXPECT_EQ(first->get<Cell>("cell")->add(1), 2);
    EXPECT_FALSE(served);
    first.reset();
    waits.join();
    EXPECT_EQ(end(), 0);
}

TEST_P(process_servers, end_by_themselves_after_so_many_clients) {
    process_server_options options;
    options.serving.connections_in_all = 2;
    start(options);
    if (IsSkipped()) return;
    EXPECT_EQ(connect(url_).get<Cell>("cell")->add(1), 1);
    EXPECT_EQ(connect(url_).get<Cell>("cell")->add(2), 2);
    EXPECT_EQ(end(false), 0);
}

TEST_P(process_servers, end_the_process_of_a_client_that_is_refused) {
    process_server_options options;
    options.serving.connections_in_all = 1;
    options.serving.connection_authenticator = [](raw_connection&) -> result<std::string> {
        return fail(errc::access_denied, "nobody is let in");
    };
    start(options);
    if (IsSkipped()) return;
    EXPECT_THROW(static_cast<void>(connect(url_).get<Cell>("cell")->add(1)), beckon::exception);
    EXPECT_EQ(end(false), 0);
}

TEST(process_server, says_what_it_cannot_be) {
    process_server server([](beckon::server&) {});
    EXPECT_NE(failure_of<beckon::exception>([&] {
                  static_cast<void>(server.listen("memory:x"));
              }).find("processes cannot share"),
              std::string::npos);
    static_cast<void>(server.listen("tcp://127.0.0.1:0"));
    const auto threads = *context::create();
    io::forked_children children;
    const auto forked = children.fork();
    ASSERT_FALSE(forked);
    EXPECT_NE(forked.error().message().find("threads and cannot be forked"), std::string::npos);
}

} // namespace
} // namespace beckon::core_test
