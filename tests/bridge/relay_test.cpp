// A relay passes bytes, ends and slowness of either side on to the other.
#include <sys/socket.h>

#include <thread>

#include "bridge/relay_fixture.hpp"
#include "service/detection/begun_stream.hpp"

namespace beckon::bridge_test {

namespace {

[[nodiscard]] std::string pattern(std::size_t size) {
    std::string made(size, '\0');
    for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>(i * 2654435761u >> 13);
    return made;
}

/// The connection ends by a reset rather than by an end of what is said.
void reset(stream& of) {
    const linger at_once{1, 0};
    ASSERT_EQ(::setsockopt(of->read_descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
              0);
    of.reset();
}

} // namespace

TEST(relay, passes_both_ways_what_is_said) {
    for (const bool sockets : {false, true}) {
        relayed both({}, sockets ? over_tcp() : over_memory("client"),
                     sockets ? over_tcp() : over_memory("server"));
        for (int i = 0; i < 10; ++i) {
            say(*both.client, "question " + std::to_string(i));
            EXPECT_EQ(hear(*both.server, 10), "question " + std::to_string(i));
            say(*both.server, "answer " + std::to_string(i));
            EXPECT_EQ(hear(*both.client, 8), "answer " + std::to_string(i));
        }
        both.client->close();
        EXPECT_EQ(hear(*both.server), "");
        both.server->close();
        EXPECT_EQ(both.over.why(), "");
    }
}

TEST(relay, passes_on_that_a_client_says_no_more_and_lets_the_server_go_on) {
    for (const bool sockets : {false, true}) {
        relayed both({}, sockets ? over_tcp() : over_memory("client"),
                     sockets ? over_tcp() : over_memory("server"));
        say(*both.client, "all that I have to say");
        both.client->shutdown_write();
        EXPECT_EQ(hear(*both.server), "all that I have to say");
        const std::string answer = pattern(300'000);
        std::thread speaks([&] {
            say(*both.server, answer);
            both.server->shutdown_write();
        });
        EXPECT_EQ(hear(*both.client) == answer, true);
        speaks.join();
        EXPECT_EQ(both.over.why(), "");
    }
}

TEST(relay, passes_on_the_end_of_a_server_after_its_last_words) {
    relayed both;
    const std::string last = pattern(200'000);
    std::thread speaks([&] {
        say(*both.server, last);
        both.server->close();
    });
    EXPECT_EQ(hear(*both.client) == last, true);
    speaks.join();
    both.client->close();
    EXPECT_EQ(both.over.why(), "");
}

TEST(relay, reads_no_more_from_one_side_than_the_other_takes) {
    for (const bool sockets : {false, true}) {
        relayed both({}, sockets ? over_tcp() : over_memory("client"),
                     sockets ? over_tcp() : over_memory("server"));
        const std::string piece = pattern(32'768);
        const std::size_t taken = fill(*both.client, piece);
        // What two connections and one read hold; sockets of the system take some megabytes.
        EXPECT_LT(taken, sockets ? 32u << 20 : 4u * 65'536u);
        // The other direction does not wait for this one.
        say(*both.server, "still here");
        EXPECT_EQ(hear(*both.client, 10), "still here");
        both.client->shutdown_write();
        const std::string heard = hear(*both.server);
        ASSERT_EQ(heard.size(), taken);
        bool same = true;
        for (std::size_t i = 0; i < taken; ++i) same = same && heard[i] == piece[i % piece.size()];
        EXPECT_TRUE(sockets || same); // a socket may take a part of a piece
    }
}

TEST(relay, carries_much_in_both_directions_at_once) {
    relayed both({}, over_tcp(), over_tcp());
    const std::string much = pattern(24u << 20);
    std::thread client([&] {
        say(*both.client, much);
        both.client->shutdown_write();
    });
    std::thread server([&] {
        say(*both.server, much);
        both.server->shutdown_write();
    });
    std::string at_server;
    std::thread hears([&] { at_server = hear(*both.server); });
    EXPECT_TRUE(hear(*both.client) == much);
    for (std::thread* const each : {&client, &server, &hears}) each->join();
    EXPECT_TRUE(at_server == much);
    EXPECT_EQ(both.over.why(), "");
}

TEST(relay, ends_the_server_where_its_client_vanishes) {
    relayed both({}, over_tcp(), over_tcp());
    say(*both.client, "goodbye");
    EXPECT_EQ(hear(*both.server, 7), "goodbye");
    reset(both.client);
    EXPECT_EQ(hear(*both.server), "");
    const std::string why = both.over.why();
    EXPECT_NE(why.find("reading from tcp:"), std::string::npos) << why;
    EXPECT_NE(why.find("while relaying what the client says"), std::string::npos) << why;
}

TEST(relay, ends_the_client_where_its_server_vanishes_after_what_it_said) {
    relayed both({}, over_memory("client"), over_tcp());
    say(*both.server, "so far");
    EXPECT_EQ(hear(*both.client, 6), "so far");
    reset(both.server);
    EXPECT_EQ(hear(*both.client), "");
    const std::string why = both.over.why();
    EXPECT_NE(why.find("while relaying what the server says"), std::string::npos) << why;
}

TEST(relay, ends_both_where_one_takes_nothing_for_too_long) {
    limits allowed;
    allowed.stalled_after = std::chrono::milliseconds(50);
    relayed both({}, over_memory("client"), over_memory("server"), allowed);
    static_cast<void>(fill(*both.client, pattern(65'536)));
    EXPECT_NE(both.over.why().find("took no byte for 50 ms (stalled_after)"), std::string::npos);
    EXPECT_EQ(hear(*both.client), "");
}

TEST(relay, ends_when_it_is_closed) {
    relayed both;
    both.runs->close();
    both.runs->close();
    EXPECT_EQ(both.over.why(), "");
    EXPECT_EQ(hear(*both.client), "");
    EXPECT_EQ(hear(*both.server), "");
}

TEST(relay, begins_with_what_was_read_of_its_client_before) {
    ends at_client = over_memory("client");
    say(*at_client.mine, " and the rest");
    at_client.relayed =
        detection::make_begun_stream(std::move(at_client.relayed), to_bytes("the beginning"));
    relayed both({}, std::move(at_client));
    EXPECT_EQ(hear(*both.server, 26), "the beginning and the rest");
}

TEST(relay, begins_with_much_that_was_read_before_a_server_that_is_slow) {
    const std::string before = pattern(1u << 20);
    ends at_client = over_memory("client");
    at_client.relayed =
        detection::make_begun_stream(std::move(at_client.relayed), to_bytes(before));
    relayed both({}, std::move(at_client));
    EXPECT_TRUE(hear(*both.server, before.size()) == before);
}

} // namespace beckon::bridge_test
