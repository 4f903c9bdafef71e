// Conversations over transports where each message of the client has exactly one answer.
#include <gtest/gtest.h>

#include "protocol/jsonrpc/conversation_test.hpp"

namespace beckon::jsonrpc {
namespace {

using testing::conversation;

/// A message as io::byte_stream::keep_messages has it.
std::string sized(std::string_view content) {
    std::string out;
    for (int i = 0; i < 4; ++i) out += static_cast<char>(content.size() >> (8 * i));
    return out + std::string(content);
}

struct answering_server {
    answering_server() { peer.speaks->use_messages(true); }
    conversation peer{{.only_answers = true}};
    /// What is said at once to a text.
    std::string to(std::string_view text) {
        peer.hear(sized(text));
        return peer.written();
    }
};

struct asking_client {
    asking_client() { peer.speaks->use_messages(true); }
    conversation peer;
    /// What the session is told of an answer.
    std::string of(std::string_view text) {
        peer.hear(sized(text));
        EXPECT_EQ(peer.written(), "") << "an answer is not answered";
        std::string all;
        for (const std::string& each : peer.news()) all += each + '\n';
        return all;
    }
};

TEST(jsonrpc_turns, every_message_of_the_client_gets_one_answer) {
    answering_server server;
    EXPECT_EQ(server.to(R"({"jsonrpc":"2.0","id":1,"method":"a"})"), "");
    EXPECT_TRUE(server.peer.reply(1, value(5)));
    EXPECT_EQ(server.peer.written(), sized(R"({"jsonrpc":"2.0","id":1,"result":5})"));
    const std::string nothing = sized("");
    EXPECT_EQ(server.to(R"({"jsonrpc":"2.0","method":"a"})"), nothing);
    EXPECT_EQ(server.to(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":9}})"),
              nothing);
    EXPECT_EQ(server.to(R"({"jsonrpc":"2.0","id":1,"result":5})"), nothing);
    EXPECT_EQ(server.to(R"([{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}])"),
              nothing);
    for (int i = 0; i < 2; ++i) // headers of messages, which there is no provider for
        EXPECT_EQ(server.to(R"({"jsonrpc":"2.0","method":"rpc.secinfo","params":{"a":"b"}})"),
                  nothing);
    EXPECT_EQ(server.to(R"({"jsonrpc":"2.0","method":"a"})"), nothing)
        << "refused, as said in the log";
    for (const std::string_view broken : {"", "{", "[]", "1", R"({"jsonrpc":"2.0","id":2})"}) {
        const std::string answer = server.to(broken);
        EXPECT_NE(answer.find("\"error\""), std::string::npos) << broken;
        EXPECT_EQ(answer, sized(answer.substr(4))) << "one message";
    }
}

TEST(jsonrpc_turns, a_server_cannot_call_its_client) {
    answering_server server;
    const auto called = server.peer.call(1, "on_event");
    ASSERT_FALSE(called);
    EXPECT_EQ(called.error().code(), errc::unsupported);
    EXPECT_EQ(called.error().message(), "peer is an HTTP client, which cannot be called "
                                        "(on_event); over WebSocket it could be");
    server.peer.speaks->write_stream_stop(server.peer.out, 3);
    EXPECT_EQ(server.peer.written(), "");
}

TEST(jsonrpc_turns, whatever_the_server_answers_ends_the_call_that_it_answers) {
    asking_client client;
    for (std::uint32_t id = 1; id <= 7; ++id) EXPECT_TRUE(client.peer.call(0x10000 + id, "m"));
    EXPECT_TRUE(client.peer.call(0x20000, "told", value::list(), 0, true));
    EXPECT_TRUE(client.peer.call(0x10008, "m"));
    static_cast<void>(client.peer.written());
    EXPECT_EQ(client.of(R"({"jsonrpc":"2.0","id":1,"result":5})"), "reply 65537 5\n");
    const auto broken = [&](std::string_view text, std::uint32_t number) {
        const std::string told = client.of(text);
        EXPECT_TRUE(told.starts_with(concat("error ", number, ' '))) << told;
        return told;
    };
    EXPECT_NE(broken("HTTP 404 Not Found", 0x10002)
                  .find("server answered \"HTTP 404 Not Found\"; expected the answer"),
              std::string::npos);
    EXPECT_NE(broken("", 0x10003).find("server answered nothing"), std::string::npos);
    EXPECT_NE(
        broken(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no"}})", 0x10004)
            .find("no"),
        std::string::npos);
    // What comes for another call is taken, and this one does not wait any longer.
    const std::string other = client.of(R"({"jsonrpc":"2.0","id":6,"result":1})");
    EXPECT_NE(other.find("reply 65542 1"), std::string::npos) << other;
    EXPECT_NE(other.find("error 65541 "), std::string::npos) << other;
    EXPECT_EQ(client.of(""), "") << "the sixth was answered already";
    broken(R"({"jsonrpc":"2.0","id":9,"method":"x"})", 0x10007);
    EXPECT_EQ(client.of(""), "") << "a notification";
    EXPECT_EQ(client.of(R"({"jsonrpc":"2.0","id":8,"result":8})"), "reply 65544 8\n");
}

TEST(jsonrpc_turns, a_cancelled_call_sends_nothing_more) {
    asking_client client;
    EXPECT_TRUE(client.peer.call(0x10001, "m"));
    static_cast<void>(client.peer.written());
    client.peer.speaks->write_cancel(client.peer.out, 0x10001);
    EXPECT_EQ(client.peer.written(), "");
}

TEST(jsonrpc_turns, messages_come_however_they_are_cut) {
    conversation peer;
    peer.speaks->use_messages(false);
    const std::string text = sized(R"({"jsonrpc":"2.0","id":1,"method":"a"})") + sized("") +
                             sized(R"({"jsonrpc":"2.0","id":2,"method":"b"})");
    for (const char letter : text) peer.hear({&letter, 1});
    std::string told;
    for (const std::string& each : peer.news()) told += each + '\n';
    EXPECT_NE(told.find("called 1 a"), std::string::npos) << told;
    EXPECT_NE(told.find("called 2 b"), std::string::npos) << told;
    EXPECT_NE(peer.written().find("-32700"), std::string::npos) << "the empty one";
    peer.hear("\xff\xff\xff\xff");
    const auto news = peer.news();
    ASSERT_FALSE(news.empty());
    EXPECT_NE(news.back().find("max_message_bytes"), std::string::npos) << news.back();
}

} // namespace
} // namespace beckon::jsonrpc
