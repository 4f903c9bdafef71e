#include "io/greeting_listener.hpp"

#include <gtest/gtest.h>

#include "transport/tls/pair_test.hpp"

namespace beckon::transport::tls {
namespace {

using namespace std::chrono_literals;

/// Accepts until there is a line in the log.
std::string next_line(io::listener& listening, const kept_log& log, std::size_t after = 0) {
    const time_point until = steady_clock_source().now() + 20s;
    while (log.lines().size() <= after && steady_clock_source().now() < until) {
        auto accepted = listening.accept();
        EXPECT_TRUE(accepted && *accepted == nullptr);
        if (log.lines().size() <= after)
            (void)io::wait_readable(listening.descriptor(), steady_clock_source().now() + 1s);
    }
    return log.lines().size() > after ? log.lines()[after] : "no line";
}

std::string by_server() { return "cert=" + test_authority::shared().server_file; }

TEST(tls_listener, a_silent_peer_has_its_time_and_holds_nobody_up) {
    kept_log log;
    const auto listening = *listen_tls(by_server(), {.log = &log, .handshake_within = 1500ms});
    const std::string address = listening->local_endpoint().address;
    const auto silent = *tcp::connect(at("tcp://" + address));
    std::thread client(
        [&] { EXPECT_TRUE(connect_tls(address, "ca=" + test_authority::shared().ca)); });
    const auto served = accept_one(*listening);
    client.join();
    EXPECT_TRUE(served) << "while the silent one still has time";
    EXPECT_TRUE(log.lines().empty());
    const std::string line = next_line(*listening, log);
    EXPECT_NE(line.find("refused: peer said nothing within 1500 ms (handshake_within); it may not "
                        "speak TLS"),
              std::string::npos)
        << line;
    std::byte letter{};
    EXPECT_EQ(silent->read_waiting({&letter, 1}, 10s).status, io::io_status::end);
}

TEST(tls_listener, a_peer_that_stops_in_the_middle_is_told_from_a_silent_one) {
    kept_log log;
    const auto listening = *listen_tls(by_server(), {.log = &log, .handshake_within = 50ms});
    const auto slow = *tcp::connect(at("tcp://" + listening->local_endpoint().address));
    const char begun[] = {0x16, 3, 1, 3, '\xe8', 1, 0, 3, '\xe4', 3, 3};
    const byte_view view = as_bytes({begun, sizeof begun});
    ASSERT_EQ(slow->write({&view, 1}).size, view.size());
    const std::string line = next_line(*listening, log);
    EXPECT_NE(line.find("refused: peer did not end its handshake within 50 ms (handshake_within)"),
              std::string::npos)
        << line;
}

TEST(tls_listener, the_oldest_makes_room_where_too_many_greet) {
    kept_log log;
    const auto listening = *listen_tls(by_server(), {.log = &log, .max_handshakes = 2});
    const io::endpoint where = at("tcp://" + listening->local_endpoint().address);
    std::vector<std::unique_ptr<io::byte_stream>> silent;
    for (int i = 0; i < 2; ++i) silent.push_back(*tcp::connect(where));
    EXPECT_EQ(*listening->accept(), nullptr);
    EXPECT_TRUE(log.lines().empty()) << "two may";
    silent.push_back(*tcp::connect(where));
    const std::string line = next_line(*listening, log);
    EXPECT_NE(
        line.find("refused: there are 2 TLS handshakes under way; limit is 2 (max_handshakes)"),
        std::string::npos)
        << line;
    std::byte letter{};
    EXPECT_EQ(silent[0]->read_waiting({&letter, 1}, 10s).status, io::io_status::end);
    EXPECT_EQ(silent[1]->read({&letter, 1}).status, io::io_status::would_block);
}

TEST(tls_listener, a_peer_that_goes_away_is_dropped) {
    kept_log log;
    const auto listening = *listen_tls(by_server(), {.log = &log});
    tcp::connect(at("tcp://" + listening->local_endpoint().address)).value().reset();
    const std::string line = next_line(*listening, log);
    EXPECT_NE(line.find("peer ended the connection during the TLS handshake; it may not speak TLS"),
              std::string::npos)
        << line;
}

TEST(tls_listener, many_clients_at_once_all_come_in) {
    const auto listening = *listen_tls(by_server());
    const std::string address = listening->local_endpoint().address;
    std::vector<std::thread> clients;
    for (int i = 0; i < 40; ++i) {
        clients.emplace_back([&] {
            auto made = connect_tls(address, "ca=" + test_authority::shared().ca);
            EXPECT_TRUE(made) << made.error().to_string();
        });
    }
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(accept_one(*listening));
    for (auto& each : clients) each.join();
}

TEST(tls_listener, closing_refuses_those_who_come_later) {
    const auto listening = *listen_tls(by_server());
    EXPECT_EQ(listening->local_endpoint().transport, "tls");
    listening->close();
    listening->close();
    EXPECT_FALSE(connect_tls(listening->local_endpoint().address, "verify=no"));
}

TEST(tls_connect, a_server_that_says_nothing_has_its_time) {
    const auto plain = *tcp::listen(at("tcp://127.0.0.1:0"));
    const auto made =
        connect_tls(plain->local_endpoint().address, "verify=no", {.handshake_within = 50ms});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::timeout);
    EXPECT_EQ(made.error().message(), "peer did not answer TLS within 50 ms; it may not speak it");
    const auto hurried =
        connect_tls(plain->local_endpoint().address, "verify=no", {.timeout = 60ms});
    ASSERT_FALSE(hurried);
    EXPECT_EQ(hurried.error().code(), errc::timeout);
}

} // namespace
} // namespace beckon::transport::tls
