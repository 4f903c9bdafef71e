// Several protocols by one path of WebSocket.
#include "beckon/session/session.hpp"
#include "conformance/remcall_service.hpp"
#include "one_port_fixture.hpp"

namespace one_port_test {
namespace {

TEST_F(one_port, serves_texts_and_bytes_of_web_sockets_by_one_path) {
    listen("tcp");
    listen("jsonrpc+ws", "/here");
    listen("ws", "/here");
    listen("rpyc+ws", "/here");
    listen("ws", "/there");
    for (const char* const each : {"jsonrpc+ws", "ws", "rpyc+ws"})
        EXPECT_EQ(add(each, "/here"), 5) << each;
    EXPECT_EQ(add("ws", "/there"), 5);
    EXPECT_NE(refused("ws", "/here").find("cannot be told apart"), std::string::npos);
    EXPECT_EQ(refused("quickrpc+ws", "/here"),
              concat("jsonrpc+ws://", at, "/here and quickrpc+ws://", at,
                     "/here cannot be told apart at one address: both speak in text messages"));
    EXPECT_NE(refused("jsonrpc+ws", "/there").find("listen there in the other order"),
              std::string::npos)
        << refused("jsonrpc+ws", "/there");
    EXPECT_EQ(add("ws", "/there"), 5) << "which goes on as it was";
}

struct heard {
    std::vector<std::string> texts;
    void onEvent(std::int64_t, const std::string& text) { texts.push_back(text); }
};

TEST_F(one_port, serves_those_whose_bytes_tell_no_types_over_web_socket_too) {
    namespace here = conformance::remcall;
    here::publish(server);
    listen("any+tcp");
    for (const char* const each : {"basic+tcp", "basic+ws"}) EXPECT_EQ(add(each), 5) << each;
    for (const char* const each : {"remcall+tcp", "remcall+ws"}) {
        const auto session = beckon::connect(concat(each, "://", at), {.context = inside});
        const auto service = session.get<here::Main>("Main");
        EXPECT_EQ(service->makeCounter(5)->increment(2), 7) << each;
        const auto listener = std::make_shared<heard>();
        EXPECT_EQ(service->callBack(beckon::make_ref<here::Listener>(listener), 2), 2) << each;
        EXPECT_EQ(listener->texts, (std::vector<std::string>{"event 1", "event 2"})) << each;
    }
}

/// What a server says to a WebSocket that says this at the shared path; what tells of the handshake is left out.
std::string answer_over_web_socket(beckon::io::byte_stream& peer, std::string_view said) {
    say(peer, concat("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "\r\n",
                     said));
    const std::string all = hear(peer);
    return all.substr(std::min(all.find("\r\n\r\n") + 4, all.size()));
}

TEST_F(one_port, says_by_what_code_it_ends_what_it_does_not_know_over_web_socket) {
    listen("any+tcp");
    const auto peer = raw();
    // A binary message of one byte, masked with zeroes.
    EXPECT_EQ(answer_over_web_socket(*peer, {"\x82\x81\0\0\0\0\xff", 7}),
              "\x88\x2c\x03\xebthis tells no protocol that is served here");
    EXPECT_NE(logged().find("peer begins with \"\\xff\", which tells none of these: "),
              std::string::npos)
        << logged();
    EXPECT_EQ(add("jsonrpc+ws"), 5);
    EXPECT_EQ(add("ws"), 5);
}

TEST_F(one_port, says_by_what_code_it_ends_a_conversation_that_has_begun_over_web_socket) {
    listen("any+tcp");
    // [2, "x", []], a notification, and behind it what is no MessagePack.
    const std::string said("\x93\x02\xa1x\x90\xc1", 6);
    const auto broken = raw();
    const std::string left =
        answer_over_web_socket(*broken, std::string("\x82\x86\0\0\0\0", 6) + said);
    EXPECT_EQ(left.substr(2, 2), "\x03\xea") << "1002: " << left;
    EXPECT_NE(left.find("peer sent what is no message of MessagePack-RPC"), std::string::npos);
}

TEST_F(one_port, says_that_it_goes_when_it_stops_over_web_socket) {
    listen("any+tcp");
    const auto peer = raw();
    say(*peer, {"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "\r\n"});
    // {"id":1,"method":"whoami"} in a text that is masked with zeroes, and its answer.
    const std::string_view asked = R"({"jsonrpc":"2.0","id":1,"method":"whoami"})";
    say(*peer, concat("\x81", static_cast<char>(0x80 | asked.size()), std::string(4, '\0'), asked));
    std::string heard;
    while (heard.find("anonymous") == std::string::npos) heard += hear_some(*peer);
    server.stop();
    EXPECT_EQ(hear(*peer), "\x88\x0e\x03\xe9server stops");
}

TEST_F(one_port, ends_a_web_socket_that_its_program_closes_as_usual) {
    listen("any+tcp");
    listen("jsonrpc+ws", "/here");
    const auto session = beckon::connect(concat("jsonrpc+ws://", at, "/here"), {.context = inside});
    EXPECT_EQ(session.get<conformance::Conformance>("conformance")->add(2, 3), 5);
    ASSERT_EQ(server.peers().size(), 1u);
    EXPECT_TRUE(server.close(server.peers().front().name()));
    session.core()->await_end(beckon::deadline_after(session.core()->now(), 20s));
    EXPECT_EQ(logged().find("it closed the WebSocket with"), std::string::npos) << logged();
}

TEST_F(hurried_port, ends_what_begins_over_web_socket_and_does_not_go_on) {
    listen("any+tcp");
    const auto texts = raw();
    EXPECT_EQ(answer_over_web_socket(*texts, "\x81\xfe"), "\x88\x21\x03\xf0"
                                                          "a frame began and did not go on")
        << "a text, and nothing of its length";
    const auto bytes = raw();
    EXPECT_EQ(answer_over_web_socket(*bytes, {"\x82\x81\0\0\0\0\x89", 7}),
              "\x88\x1a\x03\xf0what began did not go on");
}

TEST_F(hurried_port, ends_a_message_that_does_not_go_on_over_web_socket) {
    listen("any+tcp");
    const auto peer = raw();
    // INIT of basic-socket-rpc, and the beginning of what follows it.
    const std::string said("\x08\0\0\0\0\0\0\0\0\x08\0\0", 12);
    const std::string all =
        answer_over_web_socket(*peer, std::string("\x82\x8c\0\0\0\0", 6) + said);
    EXPECT_NE(all.find("\x03\xf0peer "), std::string::npos) << "1008: " << all;
}

} // namespace
} // namespace one_port_test
