#include "beckon/transport/unix/unix.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "transport/conformance_test.hpp"
#include "transport/listening_test.hpp"

namespace beckon::transport {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string abstract_name(std::string_view name) {
    return concat("unix:@beckon-test-", ::getpid(), "-", name);
}

const conformance_suite suite({.scheme = "unix", .connect = [] {
                                   const scratch_directory directory;
                                   return connect_pair(at("unix:" + (directory / "socket")),
                                                       unix_::connect, unix_::listen);
                               }});

/// What a server that crashed leaves behind: a socket file where nobody listens.
void leave_stale_file(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int crashed = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(crashed, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::close(crashed);
}

unsigned mode_of(const std::string& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return found.st_mode & 0777;
}

TEST(unix, the_socket_file_has_its_mode_and_goes_when_the_listener_is_closed) {
    const scratch_directory directory;
    const std::string path = directory / "socket";
    auto listening = *unix_::listen(at("unix:" + path));
    EXPECT_EQ(mode_of(path), 0600u);
    EXPECT_EQ(to_string(listening->local_endpoint()), "unix:" + path);
    listening->close();
    EXPECT_FALSE(fs::exists(path));
    listening = *unix_::listen(at("unix:" + path + "?mode=0666"));
    EXPECT_EQ(mode_of(path), 0666u) << "whatever the umask is";
    listening.reset();
    EXPECT_FALSE(fs::exists(path)) << "the destructor closes, too";
    const auto refused = unix_::listen(at("unix:" + path + "?mode=999"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message().substr(0, 28), "option mode of endpoint \"uni");
}

TEST(unix, abstract_addresses_work_and_leave_no_file) {
    const std::string name = abstract_name("plain");
    const stream_pair pair = connect_pair(at(name), unix_::connect, unix_::listen);
    EXPECT_EQ(pair.near->peer_name(), name);
    EXPECT_EQ(pair.far->peer_name(), concat(name, " (pid ", ::getpid(), ")"));
    const auto first = *unix_::listen(at(name));
    const auto second = unix_::listen(at(name));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().to_string(),
              "address_in_use: " + name +
                  " is taken: another program listens there; stop it, or choose another name");
}

TEST(unix, a_live_socket_is_respected) {
    const scratch_directory directory;
    const io::endpoint where = at("unix:" + (directory / "socket"));
    const auto first = *unix_::listen(where);
    const auto second = unix_::listen(where);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().to_string(),
              "address_in_use: " + to_string(where) +
                  " is taken: another program listens there; stop it, or choose another path");
    EXPECT_TRUE(unix_::connect(where)) << "the first is undisturbed";
}

TEST(unix, a_stale_socket_file_is_replaced) {
    const scratch_directory directory;
    const std::string path = directory / "socket";
    leave_stale_file(path);
    ASSERT_TRUE(fs::is_socket(path));
    const auto nobody = unix_::connect(at("unix:" + path));
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().to_string(),
              "io_error: cannot connect to unix:" + path + ": connection refused (ECONNREFUSED)");
    const auto listening = unix_::listen(at("unix:" + path));
    ASSERT_TRUE(listening) << listening.error().to_string();
    EXPECT_TRUE(unix_::connect(at("unix:" + path)));
}

TEST(unix, a_file_that_is_no_socket_is_never_removed) {
    const scratch_directory directory;
    const std::string path = directory / "letter";
    std::ofstream(path) << "dear";
    const auto refused = unix_::listen(at("unix:" + path));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "address_in_use: unix:" + path +
                  " is taken: the file there is no socket; remove it, or choose another path");
    EXPECT_EQ(fs::file_size(path), 4u);
}

TEST(unix, closing_leaves_a_file_alone_that_somebody_else_has_put_there) {
    const scratch_directory directory;
    const std::string path = directory / "socket";
    const auto first = *unix_::listen(at("unix:" + path));
    fs::remove(path);
    const auto second = *unix_::listen(at("unix:" + path));
    first->close();
    EXPECT_TRUE(fs::exists(path));
    EXPECT_TRUE(unix_::connect(at("unix:" + path)));
}

TEST(unix, a_server_waits_while_another_one_is_about_to_replace_a_stale_file) {
    const scratch_directory directory;
    const std::string path = directory / "socket";
    leave_stale_file(path);
    const int lock = ::open((directory / ".").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(lock, LOCK_EX), 0);
    auto slower = std::async(std::launch::async, [&] { return unix_::listen(at("unix:" + path)); });
    EXPECT_EQ(slower.wait_for(50ms), std::future_status::timeout);
    EXPECT_FALSE(unix_::connect(at("unix:" + path))) << "the file is still the stale one";
    ::close(lock);
    EXPECT_TRUE(slower.get());
}

TEST(unix, servers_that_race_for_a_stale_file_leave_exactly_one_listening) {
    const scratch_directory directory;
    for (int round = 0; round < 20; ++round) {
        const std::string path = directory / concat("socket", round);
        leave_stale_file(path);
        std::unique_ptr<io::listener> winners[4];
        std::vector<std::thread> servers;
        std::latch start(std::size(winners));
        for (auto& winner : winners) {
            servers.emplace_back([&] {
                start.arrive_and_wait();
                if (auto listening = unix_::listen(at("unix:" + path)))
                    winner = std::move(listening).value();
            });
        }
        for (std::thread& server : servers) server.join();
        int count = 0;
        for (const auto& winner : winners) count += winner != nullptr ? 1 : 0;
        ASSERT_EQ(count, 1) << "round " << round;
        ASSERT_TRUE(unix_::connect(at("unix:" + path)));
    }
}

TEST(unix, bad_addresses_are_refused_with_the_limit) {
    const std::string longest(107, 'x');
    const auto refused = unix_::connect(at("unix:" + longest + "y"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::invalid_argument);
    EXPECT_NE(refused.error().message().find(
                  "has an address of 108 bytes, expected a path of 1 to 107 bytes"),
              std::string::npos)
        << refused.error().message();
    EXPECT_EQ(unix_::connect(at("unix:" + longest)).error().code(), errc::not_found);
    EXPECT_TRUE(unix_::listen(at("unix:@" + longest)));
    EXPECT_EQ(unix_::listen(at("unix:@" + longest + "y")).error().code(), errc::invalid_argument);
    EXPECT_EQ(unix_::listen(at("unix:")).error().code(), errc::invalid_argument);
    EXPECT_EQ(unix_::listen(at("unix:a%00b")).error().to_string(),
              "invalid_argument: endpoint \"unix:a%00b\" has a zero byte in its address, expected "
              "none");
}

TEST(unix, a_missing_file_and_a_full_queue_have_their_own_errors) {
    const scratch_directory directory;
    const io::endpoint where = at("unix:" + (directory / "socket"));
    const auto missing = unix_::connect(where);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().to_string(), "not_found: cannot connect to " + to_string(where) +
                                               ": no such file or directory (ENOENT)");
    const auto full = *unix_::listen(where, {.backlog = 0});
    const auto first = *unix_::connect(where);
    const auto second = unix_::connect(where, {.timeout = 10ms});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().to_string(), "timeout: no answer within 10 ms from " +
                                              to_string(where) +
                                              "; the queue of its listener is full");
}

} // namespace
} // namespace beckon::transport
