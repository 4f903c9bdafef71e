// The recorded packets of RPyC's own registry, in their order, and what goes beyond them: age, limits, odd input.
#include "naming/rpyc_registry/table.hpp"

#include "codec/brine_vectors_test.hpp"
#include "naming/rpyc_registry/packets.hpp"

namespace beckon::naming::rpyc_registry {
namespace {

using namespace std::chrono_literals;
using brine::vectors::from_hex;

constexpr time_point start{1000s};
const table_options usual{240s, 256, 10'000};

std::vector<std::string> hosts(const std::vector<service_address>& found) {
    std::vector<std::string> made;
    for (const auto& each : found) made.push_back(concat(each.host, ':', each.port.number));
    return made;
}
using texts = std::vector<std::string>;

std::string why_not(result<void> done) { return done ? "done" : done.error().to_string(); }

TEST(rpyc_registry_table, recorded_requests_get_the_recorded_replies) {
    const value entries = brine::vectors::section("registry");
    ASSERT_EQ(entries.size(), 16u);
    table known(usual);
    time_point now = start;
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        now += 1s;
        const bool listing = entry["name"].string() != "list when listing is off";
        const auto reply = answer(known, from_hex(entry["request_hex"].string()), "127.0.0.1", now,
                                  {.allow_listing = listing});
        if (entry["reply"].is_null()) {
            EXPECT_FALSE(reply);
        } else {
            ASSERT_TRUE(reply) << reply.error().to_string();
            EXPECT_EQ(to_hex(reply->view()), entry["reply"]["hex"].string());
        }
    }
}

TEST(rpyc_registry_table, services_are_forgotten_after_240_seconds_unless_renewed) {
    table known(usual);
    ASSERT_TRUE(known.add("10.0.0.1", {"foo"}, {1}, start));
    ASSERT_TRUE(known.add("10.0.0.2", {"foo", "bar"}, {2}, start));
    ASSERT_TRUE(known.add("10.0.0.1", {"foo"}, {1}, start + 60s));
    EXPECT_EQ(hosts(known.find("Foo", start + 240s)), (texts{"10.0.0.2:2", "10.0.0.1:1"}));
    EXPECT_EQ(hosts(known.find("Foo", start + 240s + 1ns)), texts{"10.0.0.1:1"});
    EXPECT_EQ(known.names({}, start + 240s), (texts{"FOO", "BAR"}));
    EXPECT_EQ(known.names({}, start + 241s), texts{"FOO"});
    EXPECT_EQ(hosts(known.find("foo", start + 301s)), texts{});
    EXPECT_EQ(known.size(), 0u);
}

TEST(rpyc_registry_table, a_service_leaves_all_its_names_but_only_from_its_own_host) {
    table known(usual);
    ASSERT_TRUE(known.add("10.0.0.1", {"a", "b", "A"}, {1}, start));
    EXPECT_EQ(known.size(), 2u) << "a name counts once, in whatever case";
    ASSERT_TRUE(known.add("10.0.0.2", {"a"}, {1}, start));
    known.remove("10.0.0.3", {1});
    known.remove("10.0.0.1", {2});
    EXPECT_EQ(known.size(), 3u);
    known.remove("10.0.0.1", {1});
    EXPECT_EQ(hosts(known.find("a", start)), texts{"10.0.0.2:1"});
    EXPECT_EQ(known.names({}, start), texts{"A"});
    EXPECT_EQ(known.names("10.0.0.1", start), texts{});
    EXPECT_EQ(known.names("10.0.0.2", start), texts{"A"});
}

TEST(rpyc_registry_table, a_host_and_all_hosts_have_room_for_so_many_and_age_makes_room) {
    table known({240s, 2, 3});
    ASSERT_TRUE(known.add("10.0.0.1", {"a", "b"}, {1}, start));
    EXPECT_EQ(why_not(known.add("10.0.0.1", {"c"}, {1}, start)),
              "limit_exceeded: host \"10.0.0.1\" would have 3 registrations; limit is 2 "
              "(max_registrations_per_host)");
    EXPECT_TRUE(known.add("10.0.0.1", {"b", "a"}, {1}, start)) << "to renew takes no room";
    EXPECT_EQ(
        why_not(known.add("10.0.0.2", {"a", "b"}, {1}, start)),
        "limit_exceeded: registry would have 4 registrations; limit is 3 (max_registrations)");
    EXPECT_EQ(hosts(known.find("a", start)), texts{"10.0.0.1:1"}) << "all names or none";
    EXPECT_TRUE(known.add("10.0.0.2", {"a", "b"}, {1}, start + 241s));
    EXPECT_EQ(known.size(), 2u);
    EXPECT_EQ(why_not(known.add("10.0.0.2", {""}, {1}, start)),
              "invalid_argument: service has an empty name");
}

TEST(rpyc_registry_table, replies_hold_what_their_readers_take) {
    table known({240s, 10'000, 10'000});
    texts names;
    for (int i = 0; i < 5'000; ++i) names.push_back(concat("NAME", i));
    ASSERT_TRUE(known.add("10.0.0.1", names, {1}, start));
    for (std::uint16_t port = 1; port < 500; ++port) {
        ASSERT_TRUE(known.add("10.0.0.1", {"many"}, {port}, start));
    }
    const auto ask = [&](const request& from, std::size_t list_bytes) {
        const auto reply = answer(known, write_request(from)->view(), "10.0.0.1", start,
                                  {.allow_listing = true, .max_list_bytes = list_bytes});
        return bytes(reply->view().begin(), reply->view().end());
    };
    const bytes found = ask({.command = command::query, .names = {"many"}}, 0);
    EXPECT_LE(found.size(), max_packet_bytes);
    EXPECT_GT(found.size(), max_packet_bytes - 40);
    EXPECT_EQ(read_addresses(found)->front().port.number, 1);
    for (const std::size_t most : {max_packet_bytes, max_list_reply_bytes}) {
        const bytes listed = ask({.command = command::list}, most);
        EXPECT_LE(listed.size(), most);
        EXPECT_GT(listed.size(), most - 40);
        EXPECT_EQ(read_names(listed)->value().front(), "NAME0");
    }
}

TEST(rpyc_registry_packets, requests_survive_the_way_there) {
    const request all[] = {
        {.command = command::query, .names = {"foo"}},
        {.command = command::list},
        {.command = command::list, .host = "10.0.0.1"},
        {.command = command::add, .names = {"a", "b"}, .port = {12'345}},
        {.command = command::add, .names = {"a"}, .port = {0, "/run/a.sock"}},
        {.command = command::remove, .port = {65'535}},
    };
    for (const request& each : all) {
        const auto packet = write_request(each);
        ASSERT_TRUE(packet);
        const auto got = read_request(packet->view());
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(got->command, each.command);
        EXPECT_EQ(got->names, each.names);
        EXPECT_EQ(got->port, each.port);
        EXPECT_EQ(got->host, each.host);
        EXPECT_TRUE(is_whole(packet->view()));
        EXPECT_FALSE(is_whole(packet->view().first(packet->size() - 1)));
    }
}

TEST(rpyc_registry_packets, odd_packets_are_refused_with_what_was_found_and_expected) {
    const auto refusal = [](const value& packet) {
        buffer out;
        EXPECT_TRUE(brine::write(out, packet));
        const auto got = read_request(out.view());
        return got ? std::string("read") : got.error().message();
    };
    const auto tuple = [](auto... items) { return value::tuple({value(items)...}); };
    EXPECT_EQ(refusal(tuple("RPYD", "QUERY", tuple("a"))), "peer sent \"RPYD\"; expected \"RPYC\"");
    EXPECT_EQ(refusal(tuple("RPYC", "PING", tuple())),
              "peer sent command \"PING\"; expected QUERY, LIST, REGISTER or UNREGISTER");
    EXPECT_EQ(refusal(tuple("RPYC", "register", tuple(tuple("a"), 0))),
              "peer sent port 0; expected a number from 1 to 65535 or the path of a socket");
    EXPECT_EQ(refusal(tuple("RPYC", "UNREGISTER", tuple(65'536))),
              "peer sent port 65536; expected a number from 1 to 65535 or the path of a socket");
    EXPECT_EQ(refusal(tuple("RPYC", "QUERY", tuple("a", "b"))),
              "peer sent a tuple of 2 items at byte 15; expected 1");
    EXPECT_EQ(refusal(tuple("RPYC", "REGISTER", tuple("a", 1))),
              "peer sent tag 0x08 at byte 19; expected a tuple");
    EXPECT_EQ(refusal(tuple("RPYC", "UNREGISTER", tuple(""))).substr(0, 38),
              "peer sent an empty path of a socket at");
    const request long_one{.command = command::query, .names = {std::string(1'500, 'a')}};
    EXPECT_EQ(write_request(long_one).error().to_string(),
              "limit_exceeded: request to the registry of 1522 bytes; registries read at most "
              "1500 bytes");
    table known(usual);
    EXPECT_EQ(answer(known, bytes(1'501), "h", start, {}).error().to_string(),
              "limit_exceeded: peer sent a request of more than 1500 bytes");
}

} // namespace
} // namespace beckon::naming::rpyc_registry
