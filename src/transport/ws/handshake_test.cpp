#include "transport/ws/handshake.hpp"

#include "transport/ws/pair_test.hpp"
#include "transport/ws/sha1.hpp"

namespace beckon::transport::ws {
namespace {

const std::string key = "dGhlIHNhbXBsZSBub25jZQ=="; // of RFC 6455, section 1.3

std::string request(const std::string& change = "", const std::string& into = "",
                    const std::string& more = "") {
    std::string text = "GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\nUpgrade: websocket\r\nConnection: "
                       "keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                       key + "\r\n" + more + "\r\n";
    if (!change.empty()) {
        EXPECT_NE(text.find(change), std::string::npos);
        text.replace(text.find(change), change.size(), into);
    }
    return text;
}

answer answered(const std::string& text, const server_rules& rules = {}) {
    const auto read = http::read_request_head(as_bytes(text));
    EXPECT_TRUE(read && *read) << text;
    return answer_to(**read, rules);
}

TEST(ws_sha1, of_known_texts) {
    const auto hex = [](std::string_view text) { return to_hex(sha1(as_bytes(text))); };
    EXPECT_EQ(hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    EXPECT_EQ(hex(std::string(1000, 'a')), "291e9a6c66994949b57ba5e650361e98fc36b1ba");
    for (const std::size_t size : {55u, 56u, 63u, 64u, 65u})
        EXPECT_NE(hex(std::string(size, 'a')), hex(std::string(size + 1, 'a')));
}

TEST(ws_handshake, the_key_is_answered_as_the_standard_has_it) {
    EXPECT_EQ(accept_for(key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const answer made = answered(request());
    EXPECT_FALSE(made.refusal);
    EXPECT_EQ(made.text, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                         "Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    EXPECT_FALSE(answered(request("Upgrade: websocket", "upgrade: WebSocket")).refusal);
    EXPECT_FALSE(answered(request("GET / ", "GET /?token=1 ")).refusal);
    EXPECT_FALSE(answered(request("GET / ", "GET http://proxied/?token=1 ")).refusal);
}

TEST(ws_handshake, what_is_none_is_answered_with_its_status) {
    const auto status = [](const std::string& text, const server_rules& rules = {}) {
        const answer made = answered(text, rules);
        EXPECT_TRUE(made.refusal) << text;
        return made.text.substr(9, 3);
    };
    EXPECT_EQ(status(request("GET", "POST")), "405");
    EXPECT_EQ(status(request("HTTP/1.1", "HTTP/1.0")), "400");
    EXPECT_EQ(status(request("GET / ", "GET /x ")), "404");
    EXPECT_EQ(status(request(), {.path = "/x"}), "404");
    EXPECT_EQ(status(request("Upgrade: websocket", "Upgrade: h2c")), "426");
    EXPECT_EQ(status(request("keep-alive, Upgrade", "keep-alive")), "426");
    EXPECT_EQ(status(request("Version: 13", "Version: 8")), "426");
    EXPECT_NE(
        answered(request("Version: 13", "Version: 8")).text.find("Sec-WebSocket-Version: 13\r\n"),
        std::string::npos);
    EXPECT_EQ(status(request("Sec-WebSocket-Version: 13\r\n", "")), "426");
    EXPECT_EQ(status(request("dGhl", "####")), "400");
    EXPECT_EQ(status(request("dGhlIHNhbXBsZSBub25jZQ==", "dGhl")), "400");
    EXPECT_EQ(status(request("", "", "Sec-WebSocket-Key: " + key + "\r\n")), "400");
    EXPECT_EQ(status(request("", "", "Content-Length: 1\r\n")), "400");
    EXPECT_EQ(status(request("", "", "Content-Length: 0\r\nContent-Length: 5\r\n")), "400");
    EXPECT_EQ(status(request("", "", "Transfer-Encoding: chunked\r\n")), "400");
    EXPECT_EQ(status(request("", "", "Origin: http://evil.example\r\n")), "403");
}

TEST(ws_handshake, pages_of_other_origins_are_let_in_by_name_only) {
    EXPECT_FALSE(answered(request("", "", "Origin: http://127.0.0.1:80\r\n")).refusal);
    server_rules rules;
    rules.origins.allowed = {"http://app.example"};
    EXPECT_FALSE(answered(request("", "", "Origin: http://app.example\r\n"), rules).refusal);
    EXPECT_EQ(answered(request("", "", "Origin: http://b.example\r\n"), rules).refusal->message(),
              "peer is a page of \"http://b.example\", whose pages may not come in (origins)");
}

TEST(ws_handshake, the_server_chooses_the_sub_protocol_that_it_prefers) {
    const std::string offers = "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: c\r\n";
    const server_rules knows{.subprotocols = {"c", "a"}};
    const answer made = answered(request("", "", offers), knows);
    EXPECT_EQ(made.subprotocol, "c");
    EXPECT_NE(made.text.find("\r\nSec-WebSocket-Protocol: c\r\n"), std::string::npos);
    EXPECT_EQ(answered(request(), knows).subprotocol, "");
    EXPECT_EQ(answered(request("", "", offers), {.subprotocols = {"d"}}).refusal, std::nullopt);
    const server_rules strict{.subprotocols = {"d"}, .must_agree = true};
    EXPECT_TRUE(answered(request("", "", offers), strict).refusal);
    EXPECT_FALSE(answered(request(), strict).refusal);
}

TEST(ws_handshake, the_client_checks_the_answer) {
    const client_rules asks{.host = "h", .target = "/", .subprotocols = {"a"}, .must_agree = true};
    const std::string good = "HTTP/1.1 101 Fine\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Accept: " +
                             accept_for(key) + "\r\nSec-WebSocket-Protocol: a\r\n\r\n";
    const auto outcome = [&](const std::string& change, const std::string& into) {
        std::string text = good;
        EXPECT_NE(text.find(change), std::string::npos);
        text.replace(text.find(change), change.size(), into);
        const auto read = http::read_response_head(as_bytes(text));
        EXPECT_TRUE(read && *read);
        const auto checked = check_response(**read, asks, key);
        return checked ? "agreed on " + *checked : checked.error().message();
    };
    EXPECT_EQ(outcome("", ""), "agreed on a");
    EXPECT_EQ(outcome("101 Fine", "404 Gone"),
              "server answered 404 \"Gone\" to the WebSocket handshake at \"/\"; expected 101");
    EXPECT_NE(outcome("Upgrade: websocket", "Upgrade: h2c").find("something else than WebSocket"),
              std::string::npos);
    EXPECT_NE(
        outcome("Accept: s", "Accept: x").find("expected the answer to this connection's key"),
        std::string::npos);
    EXPECT_NE(outcome("Protocol: a", "Protocol: b").find("\"b\", which was not offered"),
              std::string::npos);
    EXPECT_NE(outcome("Sec-WebSocket-Protocol: a\r\n", "").find("agreed on no sub-protocol"),
              std::string::npos);
    EXPECT_NE(outcome("\r\n\r\n", "\r\nSec-WebSocket-Extensions: x\r\n\r\n").find("not offered"),
              std::string::npos);
}

TEST(ws_handshake, endpoints_say_what_is_asked_for) {
    const auto client = [](const std::string& text) {
        const auto made = make_side(role::client, at(text), {}, message_bounds{});
        EXPECT_TRUE(made) << made.error().to_string();
        return request_text((*made)->asks, "K");
    };
    EXPECT_EQ(client("ws://h:80").substr(0, 25), "GET / HTTP/1.1\r\nHost: h\r\n");
    EXPECT_EQ(client("ws://[::1]:81/a%3Fb=c%20d").substr(0, 41),
              "GET /a?b=c%20d HTTP/1.1\r\nHost: [::1]:81\r\n");
    EXPECT_NE(client("ws://h:80/?subprotocol=a,b").find("Sec-WebSocket-Protocol: a, b\r\n"),
              std::string::npos);
    const auto refused = [](role plays, const std::string& text) {
        const auto made = make_side(plays, at(text), {}, message_bounds{});
        return made ? "" : made.error().message();
    };
    EXPECT_NE(refused(role::client, "ws://h:80/?subprotocol=a b"), "");
    EXPECT_NE(refused(role::server, "ws://h:80/%3Fq"), "");
    EXPECT_NE(refused(role::server, "ws://h:80/?ping=x"), "");
}

TEST(ws_listener, gives_connections_that_have_opened_and_answers_others) {
    kept_log log;
    const auto listening = *listen_ws(
        "?subprotocol=x", {.log = &log, .handshake_within = std::chrono::seconds(1)}, "/here");
    const std::string where = listening->local_endpoint().address;
    EXPECT_TRUE(where.ends_with("/here")) << where;
    EXPECT_EQ(listening->local_endpoint().transport, "ws");
    const std::string below = where.substr(0, where.find('/'));
    const auto silent = *tcp::connect(at("tcp://" + below));
    const auto tls = *tcp::connect(at("tcp://" + below));
    const byte_view hello = as_bytes("\x16\x03\x01");
    EXPECT_EQ(tls->write({&hello, 1}).size, 3u);
    result<std::unique_ptr<io::byte_stream>> lost = fail(errc::internal, "not run");
    result<std::unique_ptr<io::byte_stream>> found = fail(errc::internal, "not run");
    std::thread clients([&] {
        lost = connect_ws(below + "/there");
        found = connect_ws(where, "?subprotocol=y,x");
    });
    const auto served = accept_one(*listening);
    clients.join();
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), errc::not_found);
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_EQ((*found)->agreed_protocol(), "x");
    EXPECT_EQ(served->agreed_protocol(), "x");
    while (log.lines().size() < 3) {
        EXPECT_EQ(*listening->accept(), nullptr);
        if (log.lines().size() == 3) break;
        const time_point until = steady_clock_source().now() + std::chrono::seconds(20);
        EXPECT_TRUE(io::wait_readable(listening->descriptor(), until).ready);
    }
    std::string all;
    for (const std::string& line : log.lines()) all += line + '\n';
    EXPECT_NE(all.find("[BKN-WS-HANDSHAKE]"), std::string::npos);
    EXPECT_NE(all.find("peer speaks TLS; expected WebSocket without it"), std::string::npos) << all;
    EXPECT_NE(all.find("peer asked for \"/there\"; there is a WebSocket at /here only"),
              std::string::npos);
    EXPECT_NE(
        all.find("peer said nothing within 1000 ms (handshake_within); it may not speak WebSocket"),
        std::string::npos);
}

} // namespace
} // namespace beckon::transport::ws
