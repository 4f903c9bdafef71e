// A relay that changes messages holds what has come of one: who begins one goes on, or is not listened to any longer.
#include "bridge/relay_fixture.hpp"

namespace beckon::bridge_test {

namespace {

const std::string half = "Content-Length: 100\r\n\r\n{\"method\"";

relay_rules between_framings(const std::shared_ptr<context>& inside) {
    return rules(inside, "jsonrpc+memory:a?framing=content-length", "jsonrpc+memory:b");
}

limits in_a_hurry() {
    limits chosen;
    chosen.message_within = std::chrono::milliseconds(50);
    return chosen;
}

} // namespace

TEST(relay_times, end_both_where_a_client_leaves_a_message_unfinished) {
    const auto inside = *context::create();
    relayed both(between_framings(inside), over_memory("client"), over_memory("server"),
                 in_a_hurry());
    say(*both.client, half);
    const std::string why = both.over.why();
    EXPECT_NE(why.find("left a message unfinished"), std::string::npos) << why;
    EXPECT_NE(why.find("(message_within)"), std::string::npos) << why;
    EXPECT_NE(why.find("while relaying what the client says"), std::string::npos) << why;
    EXPECT_EQ(hear(*both.server), "");
    EXPECT_EQ(hear(*both.client), "");
}

TEST(relay_times, end_both_where_a_server_does_and_not_for_what_was_whole) {
    const auto inside = *context::create();
    relayed both(between_framings(inside), over_memory("client"), over_memory("server"),
                 in_a_hurry());
    say(*both.client, "Content-Length: 2\r\n\r\n{}");
    EXPECT_EQ(hear(*both.server, 3), "{}\n");
    say(*both.server, "[]\n{\"result\"");
    EXPECT_EQ(hear(*both.client), "Content-Length: 2\r\n\r\n[]");
    const std::string why = both.over.why();
    EXPECT_NE(why.find("left a message unfinished"), std::string::npos) << why;
    EXPECT_NE(why.find("while relaying what the server says"), std::string::npos) << why;
}

} // namespace beckon::bridge_test
