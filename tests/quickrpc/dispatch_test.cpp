// Every recorded dispatch: one chunk that an API receives, what it sends, whom it calls.
#include "quickrpc/desk.hpp"

namespace quickrpc_test {
namespace {

/// What the vectors' handlers do, and which of them ran.
class handlers {
public:
    void connect(desk& api, const value& described_handler) {
        const std::string to = text_of(described_handler, "connected_to");
        const std::string name = text_of(described_handler, "name");
        api.method(to).connect_values([this, name](const delivered& call) {
            calls.push_back(concat(name, ' ', call.arguments.to_text()));
            return run(name, call);
        });
    }
    std::vector<std::string> calls;

private:
    static value run(const std::string& name, const delivered& call) {
        if (name == "sum") return call.arguments["a"].int64() + call.arguments["b"].int64();
        if (name == "first") return "one";
        if (name == "second") return "two";
        if (name == "false") return false;
        if (name == "zero") return 0;
        if (name == "raiser" || name == "note_raiser") throw std::runtime_error("'lost'");
        if (name == "unserialisable") return value::complex(1, 2);
        if (name == "pair") return value::list({call.arguments["x"], call.arguments["y"]});
        if (name == "kwecho") {
            value sent = call.given;
            sent.insert_or_assign("secinfo", call.arguments["secinfo"]);
            return sent;
        }
        if (name == "note_value") return 1;
        if (name == "extra") return 5;
        EXPECT_TRUE(name == "silent" || name == "noted") << name;
        return {};
    }
};

TEST(remote_api, answers_as_the_original_does) {
    const value vectors = section("dispatch");
    ASSERT_GT(vectors.size(), 45u);
    for (const value& each : vectors) {
        const std::string name = text_of(each, "name");
        SCOPED_TRACE(name);
        const bool terse = text_of(each, "codec") == "terse";
        wire joins;
        api_options options{.codec = text_of(each, "codec"), .transport = joins.through};
        if (text_of(each, "security") != "null") options.security = believes(text_of(each, "user"));
        desk api(std::move(options));
        handlers run;
        for (const value& handler : each["handlers"]) run.connect(api, handler);
        if (const std::string secured = text_of(each, "pass_secinfo"); !secured.empty())
            api.method(secured).pass_secinfo(true);
        joins.through->start();
        raw_peer peer = joins.connect();
        peer.send(
            beckon::as_text(beckon::quickrpc::vectors::from_hex(each["receive_hex"].string())));
        // What is still to come of a message makes it a bad one; then a call whose answer is known.
        const char mark = terse ? '\n' : '\0';
        if (each["remainder_hex"].is(beckon::value_kind::string) && !each["remainder_hex"].empty())
            peer.send({&mark, 1});
        peer.send(terse ? std::string("sentinel/99 \n")
                        : std::string(R"({"jsonrpc": "2.0", "method": "sentinel", "id": 99})") +
                              '\0');
        std::string sent;
        for (;;) {
            std::string one = peer.read(mark);
            if (one.empty() || one.find("sentinel") != std::string::npos) break;
            sent += one;
        }
        if (each["security"] != value("null")) { // the sentinel's answer has a header before it
            const std::size_t header =
                sent.rfind("{\"jsonrpc\": \"2.0\", \"method\": \"rpc.secinfo\"");
            ASSERT_NE(header, std::string::npos);
            sent.resize(header);
        }
        std::string expected;
        for (const value& one : each["sent"]) {
            expected += text_of(one, "text");
            if (terse && one["text"].string().starts_with('[')) expected += '\n';
        }
        if (name == "result_not_encodable") {
            EXPECT_NE(sent.find("complex cannot travel in json"), std::string::npos) << sent;
        } else if (name == "method_name_not_string") {
            EXPECT_NE(sent.find("\"id\": 6}"), std::string::npos) << sent;
        } else if (name == "unparsable_then_good") {
            EXPECT_EQ(sent, std::string(R"({"jsonrpc": "2.0", "result": 6, "id": 1})") + '\0');
        } else if (name == "terse_call_with_id") {
            EXPECT_EQ(sent, "[5]:6\n");
        } else {
            EXPECT_EQ(comparable_to(expected, sent), comparable(expected));
        }
        // Those with traces tell their failures to the hook; the good ones tell nothing.
        const bool told = !api.errors().empty() || each["remainder_hex"] == value("7b226a736f6e");
        EXPECT_TRUE(told) << "the sentinel itself is not defined";
        if (each["handler_calls"].is(beckon::value_kind::list) &&
            expected.find("error") == std::string::npos) {
            EXPECT_GE(run.calls.size(), each["handler_calls"].size());
        }
    }
}

TEST(remote_api, lists_calls_that_nobody_handles) {
    const value vectors = section("unhandled_calls");
    const auto names = [](const value& from) { return from.as<std::vector<std::string>>(); };
    desk api;
    EXPECT_EQ(api.unhandled_calls(), names(vectors["fresh"]));
    api.add.connect([](const std::string&, value, value) { return 0; });
    EXPECT_EQ(api.unhandled_calls(), names(vectors["after connecting add"]));
    desk other({.invert = true});
    EXPECT_EQ(other.unhandled_calls(), names(vectors["inverted"]));
    other.invert();
    EXPECT_EQ(other.unhandled_calls(), names(vectors["fresh"]));
    EXPECT_THROW(api.invert(), beckon::invalid_argument) << "handlers are connected";
}

TEST(remote_api, has_handlers_of_its_own_in_each_instance) {
    const value vectors = section("listener_sharing");
    ASSERT_EQ(vectors["repaired"], value("always per instance"));
    desk first;
    desk second;
    first.note.connect([](const std::string&, value) {});
    EXPECT_EQ(second.unhandled_calls().size(), 4u);
    EXPECT_EQ(first.unhandled_calls().size(), 3u);
}

TEST(remote_api, lets_go_of_a_handler_that_is_disconnected) {
    wire joins;
    desk api({.transport = joins.through});
    int calls = 0;
    const handler_id mine = api.note.connect([&](const std::string&, value) { ++calls; });
    joins.through->start();
    raw_peer peer = joins.connect();
    const auto note_and_wait = [&] {
        peer.send(std::string(R"({"jsonrpc": "2.0", "method": "note"})") + '\0' +
                  R"({"jsonrpc": "2.0", "method": "fixed", "id": 1})" + '\0');
        EXPECT_NE(peer.read().find("from the declaration"), std::string::npos);
    };
    note_and_wait();
    EXPECT_EQ(calls, 1);
    api.note.disconnect(mine);
    note_and_wait();
    EXPECT_EQ(calls, 1);
    EXPECT_THROW(api.note.disconnect(mine), beckon::invalid_argument);
}

TEST(remote_api, gives_typed_handlers_what_they_take) {
    wire joins;
    struct typed : remote_api {
        using remote_api::remote_api;
        incoming<int(int, int)> add{*this, "add", "a", param("b", 5)};
        incoming<reply<>(std::string)> told{*this, "told", "text"};
    } api({.transport = joins.through, .security = believes("srv"), .log = &beckon::null_log()});
    std::string user;
    std::string sender;
    api.add.connect([&](const std::string& from, int a, int b, const value& secinfo) {
        sender = from;
        user = secinfo["user"].is_null() ? "nobody" : std::string(secinfo["user"].string());
        return a + b;
    });
    joins.through->start();
    raw_peer peer = joins.connect();
    const auto ask = [&](std::string_view text) {
        peer.send(concat(text, '\0'));
        EXPECT_NE(peer.read().find("\"srv\""), std::string::npos);
        return peer.read();
    };
    EXPECT_NE(
        ask(R"({"jsonrpc":"2.0","method":"add","params":{"a":2},"id":1})").find("\"result\": 7"),
        std::string::npos);
    EXPECT_EQ(user, "nobody");
    EXPECT_EQ(std::vector{sender}, joins.through->peers());
    peer.send(std::string(R"({"jsonrpc":"2.0","method":"rpc.secinfo","params":{"user":"ann"}})") +
              '\0');
    EXPECT_NE(ask(R"({"jsonrpc":"2.0","method":"add","params":{"a":2,"b":3},"id":2})")
                  .find("\"result\": 5"),
              std::string::npos);
    EXPECT_EQ(user, "ann");
    const std::string wrong = ask(R"({"jsonrpc":"2.0","method":"add","params":{"a":"x"},"id":3})");
    EXPECT_NE(wrong.find("argument a: expected"), std::string::npos) << wrong;
    EXPECT_NE(ask(R"({"jsonrpc":"2.0","method":"told","params":{"text":"x"},"id":4})")
                  .find("\"result\": null"),
              std::string::npos);
}

} // namespace
} // namespace quickrpc_test
