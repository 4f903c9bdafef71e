#include "codec/brine_vectors_test.hpp"
#include "naming/rpyc_registry/packets.hpp"
#include "naming/rpyc_registry/registry_test_support.hpp"

namespace beckon::naming::rpyc_registry {
namespace {

using namespace std::chrono_literals;
using brine::vectors::from_hex;

const bytes ask_for_foo = from_hex("12080d52505943080e05515545525910080c464f4f");
const std::string nobody = "02";

bytes packet(const request& from) {
    const auto written = write_request(from);
    return {written->view().begin(), written->view().end()};
}
std::string hex_of(std::vector<service_address> addresses) {
    return to_hex(write_addresses(addresses, max_packet_bytes).view());
}

void replay_recorded_packets(transport kind, int type) {
    const still_registry registry(at_any_port(kind));
    const value entries = brine::vectors::section("registry");
    ASSERT_EQ(entries.size(), 16u);
    for (const value& entry : entries.items()) {
        if (entry["name"].string() == "list when listing is off") continue;
        SCOPED_TRACE(entry["name"].string());
        const raw_socket socket(type, registry.served->port());
        socket.send(from_hex(entry["request_hex"].string()));
        registry.wait_and_turn();
        if (entry["reply"].is_null()) {
            // "07" is no value, but might be the start of one, as far as TCP knows.
            if (type == SOCK_DGRAM || entry["name"].string() == "not brine") {
                EXPECT_EQ(socket.received(), "nothing");
            } else {
                EXPECT_EQ(socket.receive(), "end");
            }
        } else {
            EXPECT_EQ(socket.receive(), entry["reply"]["hex"].string());
            if (type == SOCK_STREAM) {
                EXPECT_EQ(socket.receive(), "end");
            }
        }
    }
}

TEST(rpyc_registry_server, recorded_requests_get_the_recorded_replies_over_udp) {
    replay_recorded_packets(transport::udp, SOCK_DGRAM);
}
TEST(rpyc_registry_server, recorded_requests_get_the_recorded_replies_over_tcp) {
    replay_recorded_packets(transport::tcp, SOCK_STREAM);
}

TEST(rpyc_registry_server, names_are_not_listed_unless_that_is_allowed) {
    server_options options = at_any_port(transport::udp);
    options.allow_listing = server_options().allow_listing;
    const still_registry registry(options);
    const raw_socket socket(SOCK_DGRAM, registry.served->port());
    socket.send(packet({.command = command::list}));
    registry.wait_and_turn();
    EXPECT_EQ(socket.receive(), "00");
}

TEST(rpyc_registry_server, a_list_is_longer_over_udp_as_its_readers_take_more_there) {
    const auto listed = [](transport kind, int type) {
        const still_registry registry(at_any_port(kind));
        const auto ask = [&](const request& from) {
            const raw_socket socket(type, registry.served->port());
            socket.send(packet(from));
            registry.wait_and_turn();
            return socket.receive();
        };
        for (const std::string_view letter : {"A", "B"}) {
            request some{.command = command::add, .port = {7}};
            for (int i = 100; i < 140; ++i) {
                some.names.push_back(concat(letter, "-SERVICE-OF-20-LETTERS-", i));
            }
            EXPECT_EQ(ask(some), "080b4f4b");
        }
        return read_names(from_hex(ask({.command = command::list})))->value().size();
    };
    EXPECT_EQ(listed(transport::udp, SOCK_DGRAM), 80u);
    const std::size_t over_tcp = listed(transport::tcp, SOCK_STREAM);
    EXPECT_LT(over_tcp, 60u);
    EXPECT_GT(over_tcp, 40u);
}

TEST(rpyc_registry_server, the_program_is_told_who_comes_and_who_goes) {
    std::vector<std::string> told;
    server_options options = at_any_port(transport::udp);
    options.on_service_added = [&](const std::string& name, const service_address& where) {
        told.push_back(concat("+", name, " ", where.host, ":", where.port.number));
    };
    options.on_service_removed = [&](const std::string& name, const service_address& where) {
        told.push_back(concat("-", name, " ", where.host, ":", where.port.number));
        throw std::runtime_error("told enough");
    };
    still_registry registry(options);
    const raw_socket socket(SOCK_DGRAM, registry.served->port());
    const auto ask = [&](const request& what) {
        socket.send(packet(what));
        registry.wait_and_turn();
        return socket.receive();
    };
    ask({.command = command::add, .names = {"foo", "bar"}, .port = {7}});
    ask({.command = command::add, .names = {"foo"}, .port = {8}});
    ask({.command = command::add, .names = {"foo"}, .port = {7}}); // renewed
    EXPECT_EQ(told, (std::vector<std::string>{"+FOO 127.0.0.1:7", "+BAR 127.0.0.1:7",
                                              "+FOO 127.0.0.1:8"}));
    told.clear();
    ask({.command = command::remove, .port = {8}});
    EXPECT_EQ(told, (std::vector<std::string>{"-FOO 127.0.0.1:8"}));
    told.clear();
    registry.clock.advance(241s);
    socket.send(ask_for_foo);
    registry.wait_and_turn();
    EXPECT_EQ(socket.receive(), nobody);
    EXPECT_EQ(told, (std::vector<std::string>{"-FOO 127.0.0.1:7"}));
}

TEST(rpyc_registry_server, the_loops_clock_decides_what_is_out_of_date) {
    still_registry registry(at_any_port(transport::udp));
    const raw_socket socket(SOCK_DGRAM, registry.served->port());
    socket.send(packet({.command = command::add, .names = {"foo"}, .port = {7}}));
    registry.wait_and_turn();
    EXPECT_EQ(socket.receive(), "080b4f4b");
    registry.clock.advance(240s);
    socket.send(ask_for_foo);
    registry.wait_and_turn();
    EXPECT_EQ(socket.receive(), hex_of({{"127.0.0.1", {7}}}));
    registry.clock.advance(1ns);
    socket.send(ask_for_foo);
    registry.wait_and_turn();
    EXPECT_EQ(socket.receive(), nobody);
}

TEST(rpyc_registry_server, a_silent_connection_blocks_nobody_and_ends_in_time) {
    still_registry registry(at_any_port(transport::tcp));
    const raw_socket silent(SOCK_STREAM, registry.served->port());
    registry.wait_and_turn();
    const raw_socket other(SOCK_STREAM, registry.served->port());
    other.send(ask_for_foo);
    registry.wait_and_turn();
    EXPECT_EQ(other.receive(), nobody);
    registry.clock.advance(2s - 1ns);
    registry.turn();
    EXPECT_EQ(silent.received(), "nothing");
    registry.clock.advance(1ns);
    registry.turn();
    EXPECT_EQ(silent.receive(), "end");
}

TEST(rpyc_registry_server, a_request_may_come_in_pieces_but_not_for_ever) {
    still_registry registry(at_any_port(transport::tcp));
    const raw_socket slow(SOCK_STREAM, registry.served->port());
    for (const std::byte& each : ask_for_foo) {
        EXPECT_EQ(slow.received(), "nothing");
        slow.send({&each, 1});
        registry.wait_and_turn();
    }
    EXPECT_EQ(slow.receive(), nobody);
    const raw_socket slower(SOCK_STREAM, registry.served->port());
    slower.send(byte_view(ask_for_foo).first(5));
    registry.wait_and_turn();
    registry.clock.advance(1500ms);
    slower.send(byte_view(ask_for_foo).subspan(5, 5));
    registry.wait_and_turn();
    registry.clock.advance(500ms);
    registry.turn();
    EXPECT_EQ(slower.receive(), "end");
}

TEST(rpyc_registry_server, requests_over_the_limit_get_no_answer) {
    const still_registry datagrams(at_any_port(transport::udp));
    const raw_socket one(SOCK_DGRAM, datagrams.served->port());
    bytes padded = ask_for_foo;
    padded.resize(max_packet_bytes);
    one.send(padded);
    datagrams.wait_and_turn();
    EXPECT_EQ(one.receive(), nobody) << "bytes behind a request are passed over";
    padded.resize(max_packet_bytes + 1);
    one.send(padded);
    datagrams.wait_and_turn();
    EXPECT_EQ(one.received(), "nothing");

    const still_registry connections(at_any_port(transport::tcp));
    const raw_socket two(SOCK_STREAM, connections.served->port());
    bytes endless = from_hex("0f00010000");
    endless.resize(max_packet_bytes + 1);
    two.send(endless);
    connections.wait_and_turn();
    EXPECT_EQ(two.receive(), "end") << "no need to wait for more of it";
}

TEST(rpyc_registry_server, one_connection_too_many_ends_the_oldest) {
    server_options options = at_any_port(transport::tcp);
    options.max_connections = 2;
    const still_registry registry(options);
    const raw_socket first(SOCK_STREAM, registry.served->port());
    const raw_socket second(SOCK_STREAM, registry.served->port());
    registry.wait_and_turn();
    EXPECT_EQ(first.received(), "nothing");
    const raw_socket third(SOCK_STREAM, registry.served->port());
    third.send(ask_for_foo);
    registry.wait_and_turn();
    EXPECT_EQ(first.receive(), "end");
    EXPECT_EQ(second.received(), "nothing");
    EXPECT_EQ(third.receive(), nobody);
}

TEST(rpyc_registry_server, it_can_be_closed_at_any_time_and_its_port_is_free_then) {
    for (const transport kind : {transport::udp, transport::tcp}) {
        still_registry registry(at_any_port(kind));
        const std::uint16_t port = registry.served->port();
        const raw_socket socket(kind == transport::udp ? SOCK_DGRAM : SOCK_STREAM, port);
        if (kind == transport::tcp) registry.wait_and_turn();
        server_options same = at_any_port(kind);
        same.port = port;
        const auto taken = server::start(*registry.loop, same);
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().to_string(),
                  concat("address_in_use: ", kind == transport::udp ? "udp" : "tcp",
                         "://127.0.0.1:", port,
                         " is taken: another registry listens there; stop it, or choose another "
                         "port, or port 0 for any free one"));
        registry.served->close();
        registry.served->close();
        if (kind == transport::tcp) {
            EXPECT_EQ(socket.receive(), "end");
        }
        EXPECT_TRUE(server::start(*registry.loop, same));
        registry.clock.advance(10s);
        registry.turn();
    }
}

} // namespace
} // namespace beckon::naming::rpyc_registry
