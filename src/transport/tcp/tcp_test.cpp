#include "beckon/transport/tcp/tcp.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "transport/conformance_test.hpp"
#include "transport/listening_test.hpp"

namespace beckon::transport {
namespace {

using namespace std::chrono_literals;

const conformance_suite suite({.scheme = "tcp", .connect = [] {
                                   return connect_pair(at("tcp://:0"), tcp::connect, tcp::listen);
                               }});

int option_of(int socket, int level, int name) {
    int number = -1;
    socklen_t size = sizeof number;
    EXPECT_EQ(::getsockopt(socket, level, name, &number, &size), 0);
    return number;
}

TEST(tcp, local_endpoint_has_the_real_port_and_both_ends_name_each_other) {
    const auto listening = *tcp::listen(at("rpyc+tcp://127.0.0.1:0?x=1"));
    const io::endpoint local = listening->local_endpoint();
    EXPECT_EQ(local.address.substr(0, 10), "127.0.0.1:");
    EXPECT_NE(local.address, "127.0.0.1:0");
    EXPECT_EQ(to_string(local), "tcp://" + local.address);
    const auto near = *tcp::connect(local);
    const auto far = accept_one(*listening);
    EXPECT_EQ(near->peer_name(), "tcp://" + local.address);
    EXPECT_EQ(far->peer_name().substr(0, 16), "tcp://127.0.0.1:");
    EXPECT_NE(far->peer_name(), near->peer_name());
}

TEST(tcp, an_ipv6_listener_serves_both_kinds_and_names_ipv4_peers_as_such) {
    auto listened = tcp::listen(at("tcp://[::]:0"));
    if (!listened) GTEST_SKIP() << "no IPv6 here: " << listened.error().to_string();
    const auto listening = std::move(listened).value();
    const std::string port = concat(io::parse_host_address(listening->local_endpoint())->port);
    const auto six = tcp::connect(at("tcp://[::1]:" + port));
    if (six) {
        EXPECT_EQ((*six)->peer_name(), "tcp://[::1]:" + port);
        EXPECT_TRUE(accept_one(*listening)->is_local());
    }
    const auto four = *tcp::connect(at("tcp://127.0.0.1:" + port));
    const auto far = accept_one(*listening);
    EXPECT_EQ(far->peer_name().substr(0, 16), "tcp://127.0.0.1:");
    EXPECT_TRUE(far->is_local());
}

TEST(tcp, names_are_looked_up_and_all_their_addresses_tried) {
    const auto listening = *tcp::listen(at("tcp://localhost:0"));
    const std::string address = listening->local_endpoint().address;
    EXPECT_EQ(address.substr(0, 10), "127.0.0.1:") << "IPv4 goes first when listening";
    // Where localhost is ::1 as well, that one refuses and the next is tried.
    EXPECT_TRUE(tcp::connect(at("tcp://localhost" + address.substr(9))));
    const auto unknown = tcp::connect(at("tcp://no-such-host.invalid:1"));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code(), errc::not_found);
    EXPECT_EQ(unknown.error().message().substr(0, 44),
              "host \"no-such-host.invalid\" has no address: ");
}

TEST(tcp, both_sides_have_no_delay_and_keepalive_as_asked) {
    const auto listening = *tcp::listen(at("tcp://:0?keepalive=17"));
    const auto near =
        *tcp::connect(at("tcp://" + listening->local_endpoint().address + "?keepalive=0"));
    const auto far = accept_one(*listening);
    for (const int socket : {near->read_descriptor(), far->read_descriptor()})
        EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(option_of(far->read_descriptor(), SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option_of(far->read_descriptor(), IPPROTO_TCP, TCP_KEEPIDLE), 17);
    EXPECT_EQ(option_of(near->read_descriptor(), SOL_SOCKET, SO_KEEPALIVE), 0);
    const auto refused = tcp::connect(at("tcp://:1?keepalive=never"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "invalid_argument: option keepalive of endpoint \"tcp://:1?keepalive=never\" is "
              "\"never\", expected a whole number from 0 to 32767");
}

TEST(tcp, a_taken_port_is_refused_with_advice) {
    const auto first = *tcp::listen(at("tcp://:0"));
    const std::string name = to_string(first->local_endpoint());
    const auto second = tcp::listen(first->local_endpoint());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().to_string(),
              "address_in_use: " + name +
                  " is taken: another program listens there; stop it, or choose another port, or "
                  "port 0 for any free one");
}

TEST(tcp, a_port_is_free_again_as_soon_as_its_listener_is_closed) {
    const auto first = *tcp::listen(at("tcp://:0"));
    const auto near = *tcp::connect(first->local_endpoint());
    const auto far = accept_one(*first);
    far->close(); // Leaves the connection in TIME_WAIT on the listener's side.
    first->close();
    first->close();
    const auto second = tcp::listen(first->local_endpoint());
    EXPECT_TRUE(second) << second.error().to_string();
}

TEST(tcp, refusal_and_silence_are_told_apart) {
    auto listening = *tcp::listen(at("tcp://:0"));
    const io::endpoint where = listening->local_endpoint();
    listening.reset();
    const auto refused = tcp::connect(where);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(), "io_error: cannot connect to " + to_string(where) +
                                               ": connection refused (ECONNREFUSED)");
    // A listener with a full queue lets further connections hang.
    const auto full = *tcp::listen(at("tcp://:0"), {.backlog = 0});
    std::vector<std::unique_ptr<io::byte_stream>> waiting;
    for (int i = 0; i < 16; ++i) {
        auto attempt = tcp::connect(full->local_endpoint(), {.timeout = 30ms});
        if (attempt) {
            waiting.push_back(std::move(attempt).value());
            continue;
        }
        EXPECT_EQ(attempt.error().to_string(), "timeout: no answer within 30 ms from " +
                                                   to_string(full->local_endpoint()) +
                                                   ": connection timed out (ETIMEDOUT)");
        return;
    }
    FAIL() << "the queue never was full";
}

TEST(tcp, an_address_of_another_machine_cannot_be_listened_on) {
    const auto refused = tcp::listen(at("tcp://192.0.2.1:0"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "io_error: cannot listen on tcp://192.0.2.1:0, this machine has no such address: "
              "cannot assign requested address (EADDRNOTAVAIL)");
}

TEST(tcp, accept_says_when_nobody_waits_and_when_it_was_closed) {
    const auto listening = *tcp::listen(at("tcp://:0"));
    const auto nobody = listening->accept();
    ASSERT_TRUE(nobody);
    EXPECT_EQ(*nobody, nullptr);
    listening->close();
    const auto closed = listening->accept();
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().to_string(),
              "disconnected: listener " + to_string(listening->local_endpoint()) + " was closed");
}

TEST(tcp, connections_are_dropped_and_logged_while_descriptors_are_out_and_served_after) {
    kept_log log;
    const auto listening = *tcp::listen(at("tcp://:0"), {.log = &log});
    const auto first = *tcp::connect(listening->local_endpoint());
    const auto second = *tcp::connect(listening->local_endpoint());
    // The undefined-behaviour sanitizer opens a pipe when it first sees a class used by its base.
    EXPECT_TRUE(static_cast<log_sink&>(log).wants(log_level::error));
    {
        const no_descriptors_left none;
        const auto nobody = listening->accept();
        ASSERT_TRUE(nobody);
        EXPECT_EQ(*nobody, nullptr);
    }
    const std::vector<std::string> lines = log.lines();
    ASSERT_EQ(lines.size(), 1u) << "one line for a burst";
    EXPECT_EQ(lines[0], "[BKN-ACCEPT-FULL] " + to_string(listening->local_endpoint()) +
                            " dropped 2 connections without a word, because no descriptor was "
                            "left: too many open files (EMFILE); raise the limit (ulimit -n) or "
                            "lower max_connections");
    std::byte letter{};
    EXPECT_EQ(first->read_waiting({&letter, 1}, 10s).status, io::io_status::end);
    EXPECT_EQ(second->read_waiting({&letter, 1}, 10s).status, io::io_status::end);
    const auto third = *tcp::connect(listening->local_endpoint());
    EXPECT_NE(accept_one(*listening), nullptr);
}

TEST(tcp, a_listener_that_cannot_even_drop_connections_says_so_and_recovers) {
    no_descriptors_left none;
    none.spare(1); // For the listening socket; its spare descriptor finds no number.
    const auto listening = *tcp::listen(at("tcp://:0"));
    none.spare(1);
    const auto near = *tcp::connect(listening->local_endpoint());
    const auto refused = listening->accept();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "overloaded: listener " + to_string(listening->local_endpoint()) +
                  " has nothing left to take a connection with; it waits in the queue: too many "
                  "open files (EMFILE)");
    none.spare(1);
    EXPECT_NE(accept_one(*listening), nullptr);
}

TEST(tcp, a_connection_that_was_reset_in_the_queue_disturbs_nobody) {
    const auto listening = *tcp::listen(at("tcp://:0"));
    {
        const auto gone = *tcp::connect(listening->local_endpoint());
        const linger at_once{1, 0};
        ::setsockopt(gone->read_descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    const auto near = *tcp::connect(listening->local_endpoint());
    const auto hello = as_bytes("hello");
    ASSERT_EQ(near->write({&hello, 1}).size, 5u);
    // Linux hands the dead one out first, or skips it; either way the living one follows.
    for (;;) {
        const auto far = accept_one(*listening);
        ASSERT_NE(far, nullptr);
        bytes into(5);
        const auto got = far->read_waiting(into, 10s);
        if (got.status == io::io_status::failed) {
            EXPECT_EQ(got.os_error, ECONNRESET);
            continue;
        }
        EXPECT_EQ(as_text(into), "hello");
        return;
    }
}

} // namespace
} // namespace beckon::transport
