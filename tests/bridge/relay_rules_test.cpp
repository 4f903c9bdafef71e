// Which pairs of endpoints are relayed, and which are left to objects.
#include "bridge/relay_fixture.hpp"

namespace beckon::bridge_test {

namespace {
[[nodiscard]] bool can(const std::string& accepted, const std::string& dialled) {
    const auto inside = *context::create();
    return rules_between(*inside, at(accepted), at(dialled)).has_value();
}
} // namespace

TEST(relay_rules, one_protocol_over_any_transports_that_carry_bytes) {
    EXPECT_TRUE(can("tcp://127.0.0.1:1", "unix:/b"));
    EXPECT_TRUE(can("rpyc+tls://127.0.0.1:1", "rpyc+exec:b"));
    EXPECT_TRUE(can("msgpack+ws://127.0.0.1:1", "msgpack+stdio:"));
    EXPECT_TRUE(can("pyrpc+tcp://127.0.0.1:1", "pyrpc+tcp://127.0.0.1:2"));
    EXPECT_TRUE(can("jsonrpc+wss://127.0.0.1:1/a", "jsonrpc+exec:b"));
    EXPECT_TRUE(can("rpyc+null+tcp://127.0.0.1:1", "rpyc+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("rpyc+tcp://127.0.0.1:1", "jsonrpc+tcp://127.0.0.1:2"));
}

TEST(relay_rules, not_where_messages_are_protected_answered_or_may_be_lost) {
    EXPECT_FALSE(can("jsonrpc+signed+tcp://127.0.0.1:1", "jsonrpc+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("jsonrpc+tcp://127.0.0.1:1", "jsonrpc+unproven+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("jsonrpc+http://127.0.0.1:1", "jsonrpc+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("jsonrpc+tcp://127.0.0.1:1", "jsonrpc+https://127.0.0.1:2"));
    EXPECT_FALSE(can("quickrpc+udp://127.0.0.1:1", "quickrpc+tcp://127.0.0.1:2"));
    EXPECT_FALSE(
        can("quickrpc+tcp://127.0.0.1:1?keepalive_message=%00", "quickrpc+tcp://127.0.0.1:2"));
}

TEST(relay_rules, options_of_how_messages_look_are_kept_to) {
    EXPECT_TRUE(can("rpyc+tcp://127.0.0.1:1?dialect=5", "rpyc+tcp://127.0.0.1:2?compress"));
    EXPECT_TRUE(can("jsonrpc+tcp://127.0.0.1:1?framing=nul", "jsonrpc+exec:b?lenient"));
    EXPECT_TRUE(can("quickrpc+tcp://127.0.0.1:1?delimiter=crlf", "quickrpc+tcp://127.0.0.1:2"));
    EXPECT_TRUE(can("msgpack+tcp://127.0.0.1:1?compat_old_spec",
                    "msgpack+tcp://127.0.0.1:2?compat_old_spec"));
    EXPECT_FALSE(can("rpyc+tcp://127.0.0.1:1?bind_threads", "rpyc+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("msgpack+tcp://127.0.0.1:1?compat_old_spec", "msgpack+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("quickrpc+tcp://127.0.0.1:1?codec=terse", "quickrpc+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("quickrpc+tcp://127.0.0.1:1?codec=terse:ref",
                     "quickrpc+tcp://127.0.0.1:2?codec=terse"));
}

TEST(relay_rules, options_of_how_objects_behave_are_left_to_objects) {
    EXPECT_FALSE(
        can("rpyc+tcp://127.0.0.1:1?allow_getattr=no", "rpyc+tcp://127.0.0.1:2?allow_getattr=no"));
    EXPECT_FALSE(can("rpyc+tcp://127.0.0.1:1", "rpyc+tcp://127.0.0.1:2?allow_public_attrs"));
    EXPECT_FALSE(
        can("quickrpc+tcp://127.0.0.1:1?max_bad_messages=3", "quickrpc+tcp://127.0.0.1:2"));
    EXPECT_FALSE(can("pyrpc+tcp://127.0.0.1:1", "pyrpc+tcp://127.0.0.1:2?call_timeout=2"));
}

TEST(relay_rules, remember_in_which_dialect_a_server_was_understood) {
    const auto inside = *context::create();
    const auto known = [&] { return rules(inside, "rpyc+memory:a", "rpyc+memory:b").known_way; };
    EXPECT_EQ(known(), std::nullopt);
    for (const std::size_t way : {std::size_t{1}, std::size_t{0}, std::size_t{1}}) {
        rules(inside, "rpyc+memory:a", "rpyc+memory:b").understood(way);
        EXPECT_EQ(known(), way);
        EXPECT_EQ(inside->way_to_speak("rpyc+memory:b") % 2, way) << "for those who connect";
    }
    inside->set_way_to_speak("rpyc+memory:b", 1); // found by somebody who connected
    EXPECT_EQ(known(), 1u);
    EXPECT_FALSE(rules(inside, "rpyc+memory:a", "rpyc+memory:b?dialect=5").dial_again);
}

} // namespace beckon::bridge_test
