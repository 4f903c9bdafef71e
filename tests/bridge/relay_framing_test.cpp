// JSON-RPC's framings and quickrpc's end marks through a relay, and messages of transports that have some.
#include <thread>

#include "beckon/transport/ws/ws.hpp"
#include "bridge/relay_fixture.hpp"

namespace beckon::bridge_test {

namespace {

[[nodiscard]] std::string headed(const std::string& text) {
    return "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}
/// As io::byte_stream::keep_messages has it.
[[nodiscard]] std::string message(const std::string& text) {
    std::string made(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) made[i] = static_cast<char>(text.size() >> (8 * i));
    return made + text;
}

/// Both ends of a WebSocket that keep its messages; ours is the client's.
[[nodiscard]] ends over_web_socket() {
    auto listening =
        *transport::ws::listen(at("ws://127.0.0.1:0"), {}, [](const io::listen_options& below) {
            return transport::tcp::listen(at("tcp://127.0.0.1:0"), below);
        });
    const std::string address = listening->local_endpoint().address;
    const std::string host = address.substr(0, address.find('/'));
    stream mine;
    std::thread connects([&] {
        mine = *transport::ws::connect(at("ws://" + address), {}, [&](const auto& below) {
            return transport::tcp::connect(at("tcp://" + host), below);
        });
    });
    stream theirs;
    for (;;) {
        theirs = *listening->accept();
        if (theirs != nullptr) break;
        EXPECT_TRUE(io::wait_readable(listening->descriptor(), soon()).ready);
    }
    connects.join();
    EXPECT_EQ(mine->keep_messages(), io::message_mode::free);
    return {std::move(mine), std::move(theirs)};
}

struct framed_relay {
    framed_relay(const std::string& accepted, const std::string& dialled,
                 ends at_client = over_memory("client"), ends at_server = over_memory("server"),
                 const limits& allowed = {})
        : both(rules(inside, accepted, dialled), std::move(at_client), std::move(at_server),
               allowed) {}
    void to_server(const std::string& said, const std::string& wanted) {
        say(*both.client, said);
        EXPECT_EQ(hear(*both.server, wanted.size()), wanted);
    }
    void to_client(const std::string& said, const std::string& wanted) {
        say(*both.server, said);
        EXPECT_EQ(hear(*both.client, wanted.size()), wanted);
    }
    std::shared_ptr<context> inside = *context::create();
    relayed both;
};

const std::string one = R"({"jsonrpc":"2.0","method":"a","params":["line\nbreak \u0000"]})";
const std::string spread = "{\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"b\"\n}";
const std::string on_one_line = "{   \"jsonrpc\": \"2.0\",    \"method\": \"b\" }";

} // namespace

TEST(relay_framing, lines_and_headers) {
    framed_relay peers("jsonrpc+memory:a", "jsonrpc+memory:b?framing=content-length");
    peers.to_server(one + "\n\r\n" + one + "\r\n", headed(one) + headed(one));
    peers.to_client("content-length:" + std::to_string(spread.size()) +
                        "\r\nContent-Type: x\r\n\r\n" + spread,
                    on_one_line + "\n");
    peers.to_client(headed("  ") + headed(one), one + "\n");
}

TEST(relay_framing, headers_and_texts_alone) {
    framed_relay peers("jsonrpc+memory:a?framing=content-length", "jsonrpc+memory:b?framing=none");
    peers.to_server(headed(spread) + headed("17"), spread + "\n17\n");
    peers.to_client(spread + one, headed(spread) + headed(one));
}

TEST(relay_framing, the_last_line_may_have_no_end) {
    framed_relay peers("jsonrpc+memory:a", "jsonrpc+memory:b?framing=content-length");
    say(*peers.both.client, one);
    peers.both.client->shutdown_write();
    EXPECT_EQ(hear(*peers.both.server), headed(one));
    peers.both.server->close();
    EXPECT_EQ(peers.both.over.why(), "");
}

TEST(relay_framing, messages_of_web_sockets_and_headers) {
    framed_relay peers("jsonrpc+ws://127.0.0.1:1", "jsonrpc+memory:b?framing=content-length",
                       over_web_socket());
    peers.to_server(message(one) + message(spread), headed(one) + headed(spread));
    peers.to_client(headed(spread) + headed(one), message(spread) + message(one));
    const std::string large = "\"" + std::string(3u << 20, 'x') + "\"";
    std::thread speaks([&] { say(*peers.both.client, message(large)); });
    EXPECT_TRUE(hear(*peers.both.server, headed(large).size()) == headed(large));
    speaks.join();
}

TEST(relay_framing, messages_of_two_web_sockets_stay_whole) {
    framed_relay peers("jsonrpc+ws://127.0.0.1:1", "jsonrpc+ws://127.0.0.1:2", over_web_socket(),
                       over_web_socket());
    const std::string large = "\"" + std::string(3u << 20, 'x') + "\"";
    std::thread speaks([&] { say(*peers.both.client, message(large) + message(spread)); });
    EXPECT_TRUE(hear(*peers.both.server, large.size() + 4) == message(large));
    EXPECT_EQ(hear(*peers.both.server, spread.size() + 4), message(spread));
    speaks.join();
    peers.to_client(message(one), message(one));
}

TEST(relay_framing, end_marks_of_quickrpc) {
    framed_relay peers("quickrpc+memory:a?delimiter=newline", "quickrpc+memory:b");
    peers.to_server("{\"a\":1}\n\n{\"b\":2}\n", "{\"a\":1}\0{\"b\":2}\0"s);
    peers.to_client("{\"c\":3}\0"s, "{\"c\":3}\n");
}

TEST(relay_framing, quickrpc_in_web_sockets) {
    framed_relay peers("quickrpc+ws://127.0.0.1:1", "quickrpc+memory:b", over_web_socket());
    peers.to_server(message("{\"a\":1}\0{\"b\":2}"s), "{\"a\":1}\0{\"b\":2}\0"s);
    peers.to_client("{\"c\":3}\0{\"d\":4}\0"s, message("{\"c\":3}\0"s) + message("{\"d\":4}\0"s));
}

TEST(relay_framing, what_claims_or_grows_too_much_ends_both) {
    limits allowed;
    allowed.max_message_bytes = 1000;
    const std::string long_line(2000, 'x');
    const std::pair<std::string, std::string> hostile[] = {
        {"jsonrpc+memory:a?framing=content-length", "Content-Length: 99999999999999999999\r\n\r\n"},
        {"jsonrpc+memory:a?framing=content-length", "Content-Length: 1001\r\n\r\n"},
        {"jsonrpc+memory:a?framing=nul", long_line},
        {"jsonrpc+memory:a?framing=none", "[" + long_line},
    };
    for (const auto& [accepted, said] : hostile) {
        framed_relay peers(accepted, "jsonrpc+memory:b", over_memory(), over_memory(), allowed);
        say(*peers.both.client, said);
        const std::string why = peers.both.over.why();
        EXPECT_NE(why.find("limit is 1000 bytes (max_message_bytes)"), std::string::npos) << why;
        EXPECT_EQ(hear(*peers.both.server), "");
        EXPECT_EQ(hear(*peers.both.client), "");
    }
}

TEST(relay_framing, a_text_that_the_other_framing_would_cut_ends_both) {
    framed_relay peers("jsonrpc+memory:a", "jsonrpc+memory:b?framing=nul");
    say(*peers.both.client, one + "\n[\"\0\"]\n"s);
    EXPECT_EQ(hear(*peers.both.server), one + "\0"s);
    EXPECT_NE(peers.both.over.why().find("a byte 00 in it"), std::string::npos);
}

} // namespace beckon::bridge_test
