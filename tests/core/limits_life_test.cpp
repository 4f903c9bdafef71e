// Limits of connections: how many, how silent, how slow to begin.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "core/limits_fixture.hpp"

namespace beckon::core_test {
namespace {

constexpr u16 add = method_number<Lab>("add"), block = method_number<Lab>("block");

class limited_life : public limited {};

/// An IPv4 address of this machine that other machines could use; empty where there is none.
std::string own_address() {
    std::string found;
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return found;
    for (const ifaddrs* each = all; each != nullptr && found.empty(); each = each->ifa_next) {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET ||
            (each->ifa_flags & IFF_LOOPBACK) != 0 || (each->ifa_flags & IFF_UP) == 0)
            continue;
        char text[INET_ADDRSTRLEN] = {};
        sockaddr_in address;
        std::memcpy(&address, each->ifa_addr, sizeof address);
        if (::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text) != nullptr) found = text;
    }
    ::freeifaddrs(all);
    return found;
}

TEST_F(limited_life, pings_left_unanswered) {
    limits hasty;
    hasty.ping_after = 10ms;
    hasty.dead_after_pings = 2;
    serve(hasty);
    raw_peer peer = by_hand();
    EXPECT_EQ(peer.await(frame_type::ping).header.call, 1u);
    EXPECT_EQ(peer.await(frame_type::ping).header.call, 2u);
    EXPECT_NE(peer.reason_of_end().find("left 2 pings unanswered"), std::string::npos);
    // Who answers begins anew, and stays.
    hasty.dead_after_pings = 1000;
    serve(hasty);
    raw_peer alive = by_hand();
    for (int i = 0; i < 3; ++i) {
        raw_frame ping = alive.await(frame_type::ping);
        while (ping.header.call != 1 && ping.header.size != 0) ping = alive.await(frame_type::ping);
        alive.send_frame(frame_type::pong, 0, 0, ping.header.call, ping.header.object);
    }
    EXPECT_NE(alive.get("lab"), 0u);
}

TEST_F(limited_life, pings_do_not_disturb_sessions_that_answer_by_themselves) {
    limits hasty;
    hasty.ping_after = 5ms;
    hasty.dead_after_pings = 400;
    serve(hasty);
    const auto session = open(hasty);
    const auto lab = session.get<Lab>("lab");
    auto pending = lab.async()->block("door");
    far_->lab_object->gate.await("door");
    EXPECT_FALSE(pending.wait_for(40ms)) << "idle for several pings";
    far_->lab_object->gate.open("door");
    EXPECT_EQ(pending.get(), "door");
}

TEST_F(limited_life, connections_of_a_server) {
    limits few;
    few.max_connections = 2;
    serve(few);
    const auto first = open();
    const auto second = open();
    EXPECT_EQ(first.get<Lab>("lab")->add(1, 1), 2);
    EXPECT_EQ(second.get<Lab>("lab")->add(1, 1), 2);
    const auto third = open();
    EXPECT_THROW(static_cast<void>(third.get<Lab>("lab")), disconnected_error);
    EXPECT_NE(far_->log.lines().find("BKN-CONNECTIONS-LIMIT: connection from memory:"),
              std::string::npos);
    EXPECT_NE(far_->log.lines().find("refused: there are 2; limit is 2 (max_connections)"),
              std::string::npos)
        << far_->log.lines();
    second.close();
    EXPECT_TRUE(eventually([&] {
        try {
            return open().get<Lab>("lab")->add(1, 1) == 2;
        } catch (const disconnected_error&) {
            return false;
        }
    })) << "there is room again";
}

TEST_F(limited_life, connections_of_one_address_unless_it_is_this_machines) {
    // A machine's own address that is not loopback counts as foreign.
    const std::string own = own_address();
    if (own.empty()) GTEST_SKIP() << "no address but loopback here";
    limits few;
    few.max_connections_per_address = 2;
    serve(few);
    const std::string loopback = far_->there.listen("tcp://127.0.0.1:0");
    const std::string outside = far_->there.listen(concat("tcp://", own, ":0"));
    connect_options options;
    options.context = far_->inside;
    std::vector<connected> all;
    for (int i = 0; i < 2; ++i) {
        all.push_back(connect(outside, options));
        EXPECT_EQ(all.back().get<Lab>("lab")->add(1, 1), 2);
    }
    const auto third = connect(outside, options);
    EXPECT_THROW(static_cast<void>(third.get<Lab>("lab")), disconnected_error);
    EXPECT_NE(far_->log.lines().find(concat("refused: there are 2 from that address; limit is 2 "
                                            "(max_connections_per_address)")),
              std::string::npos)
        << far_->log.lines();
    for (int i = 0; i < 4; ++i) {
        all.push_back(connect(loopback, options));
        EXPECT_EQ(all.back().get<Lab>("lab")->add(1, 1), 2) << "loopback is not counted";
    }
}

TEST_F(limited_life, a_hello_once_begun_must_end_in_time_too) {
    limits hasty;
    hasty.handshake_within = 20ms;
    serve(hasty);
    raw_peer peer = silent();
    const bytes all = raw_peer::magic() + raw_peer::hello_frame({});
    peer.send(byte_view(all).first(all.size() - 1));
    EXPECT_NE(peer.reason_of_end().find("sent no greeting within 20 ms (handshake_within)"),
              std::string::npos);
}

TEST_F(limited_life, silent_connections_count_until_they_are_let_go) {
    limits few;
    few.max_connections = 1;
    few.handshake_within = 10ms;
    serve(few);
    const raw_peer mute = silent();
    EXPECT_TRUE(eventually([&] {
        try {
            return open().get<Lab>("lab")->add(1, 1) == 2;
        } catch (const beckon::exception&) {
            return false;
        }
    }));
}

TEST_F(limited_life, a_message_once_begun_must_keep_coming) {
    limits hasty;
    hasty.message_within = 20ms;
    serve_beside_another(hasty);
    raw_peer peer = by_hand();
    const u32 lab = peer.get("lab");
    const bytes call = raw_peer::frame(frame_type::call, 0, add, 3, lab, raw(1.0, 2.0));
    peer.send(byte_view(call).first(call.size() - 1));
    const std::string reason = peer.reason_of_end();
    EXPECT_NE(
        reason.find("left a message unfinished: 0 bytes more of it came in 20 ms "
                    "(message_within); expected its end or 4096 bytes (min_message_progress)"),
        std::string::npos)
        << reason;
}

TEST_F(limited_life, a_handler_may_take_longer_than_a_message) {
    limits hasty;
    hasty.message_within = 5ms;
    hasty.ping_after = 10ms;
    hasty.dead_after_pings = 1000;
    serve_beside_another(hasty);
    raw_peer peer = by_hand();
    const u32 lab = peer.get("lab");
    const bytes call =
        raw_peer::frame(frame_type::call, 0, block, 3, lab, content_of(std::string("door")));
    peer.send(byte_view(call).first(10));
    peer.send(byte_view(call).subspan(10));
    far_->lab_object->gate.await("door");
    for (u32 i = 1; i <= 3; ++i) EXPECT_EQ(peer.await(frame_type::ping).header.call, i);
    far_->lab_object->gate.open("door");
    EXPECT_EQ(peer.answer(3).type(), frame_type::reply);
}

} // namespace
} // namespace beckon::core_test
