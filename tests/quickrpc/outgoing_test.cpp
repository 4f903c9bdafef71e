// Calls that an API makes: the recorded ones, whom they go to, and who answers them.
#include <map>

#include "quickrpc/desk.hpp"

namespace quickrpc_test {
namespace {

using beckon::literals::operator""_arg;

/// What each vector's name says, in C++.
const std::map<std::string, std::function<void(desk&)>> made_calls{
    {"cast(text=\"x\")", [](desk& api) { api.cast(everybody, "text"_arg = "x"); }},
    {"cast() sends no defaults", [](desk& api) { api.cast(); }},
    {"cast([\"p\"], text=\"x\")",
     [](desk& api) { api.cast(to(api.transport()->peers().at(0)), "x"); }},
    {"cast(receivers=[\"p\"], text=\"x\")",
     [](desk& api) { api.cast(receivers(api.transport()->peers()), "text"_arg = "x"); }},
    {"cast([\"p\"], \"x\") positional refused",
     [](desk& api) {
         static_cast<void>(
             api.method("cast").call_values(everybody, value::list({"x"}), value::map()));
     }},
    {"cast(bad=1)", [](desk& api) { api.cast(everybody, "bad"_arg = 1); }},
    {"pcast(null, 1, 2)",
     [](desk& api) {
         static_cast<void>(
             api.method("pcast").call_values(everybody, value::list({1, 2}), value::map()));
     }},
    {"pcast(null, 1, x=2)", [](desk& api) { api.pcast(everybody, 1, "x"_arg = 2); }},
    {"pcast(null, 1, 2, 3)",
     [](desk& api) {
         static_cast<void>(
             api.method("pcast").call_values(everybody, value::list({1, 2, 3}), value::map()));
     }},
    {"checked(n=1)", [](desk& api) { api.checked(1); }},
    {"checked(n=-1)", [](desk& api) { api.checked(-1); }},
    {"ask(q=1)", [](desk& api) { static_cast<void>(api.ask(1)); }},
    {"ask, cast, ask: ids 1 and 2",
     [](desk& api) {
         static_cast<void>(api.ask(1));
         api.cast("n");
         static_cast<void>(api.ask(2));
     }},
    {"inverted note(a=1)", [](desk& api) { api.note(value(1)); }},
    {"inverted add(a=1)", [](desk& api) { static_cast<void>(api.add(value(1))); }},
    {"inverted add() misses a", [](desk& api) { static_cast<void>(api.add()); }},
    {"inverted cast is incoming",
     [](desk& api) { api.cast.connect([](const std::string&, std::string) {}); }},
    {"secured cast", [](desk& api) { api.cast("z"); }},
    {"secured cast, user not set", [](desk& api) { api.cast("z"); }},
    {"terse cast", [](desk& api) { api.cast("hi"); }},
    {"terse ask", [](desk& api) { static_cast<void>(api.ask(3)); }},
    {"no transport", [](desk& api) { api.cast("x"); }},
};

TEST(remote_api, sends_what_the_original_sends) {
    const value vectors = section("outgoing");
    ASSERT_EQ(vectors.size(), made_calls.size() + 1);
    for (const value& each : vectors) {
        const std::string name = text_of(each, "name");
        SCOPED_TRACE(name);
        wire joins;
        api_options options{.codec = text_of(each, "codec"), .invert = each["inverted"].boolean()};
        if (text_of(each, "security") != "null") options.security = believes(text_of(each, "user"));
        if (name == "terse secured") {
            EXPECT_THROW(desk{std::move(options)}, beckon::exception);
            continue;
        }
        if (name != "no transport") options.transport = joins.through;
        desk api(std::move(options));
        joins.through->start();
        std::optional<raw_peer> peer;
        if (name != "no transport") {
            peer.emplace(joins.connect());
            joins.await_peers(1);
        }
        const bool raises = !each["raises"].is_null();
        try {
            made_calls.at(name)(api);
            EXPECT_FALSE(raises);
        } catch (const std::exception& failure) {
            EXPECT_TRUE(raises) << failure.what();
            const std::string why = text_of(each["raises"], "message");
            if (name.find("positional") != std::string::npos ||
                name.find("twice") != std::string::npos || name == "checked(n=-1)") {
                EXPECT_NE(std::string(failure.what()).find(why), std::string::npos)
                    << failure.what();
            }
        }
        if (!peer) continue;
        // What follows shows where the recorded ones end.
        std::string expected;
        for (const value& one : each["sent"]) expected += text_of(one, "text");
        const bool inverted = each["inverted"].boolean();
        inverted ? api.note(value("end")) : api.cast("end");
        std::string sent;
        const char mark = text_of(each, "codec") == "terse" ? '\n' : '\0';
        for (std::string one; !(one = peer->read(mark)).empty();) {
            if (one.find("\"end\"") != std::string::npos) break;
            sent += one;
        }
        if (text_of(each, "security") != "null")
            sent.resize(sent.rfind("{\"jsonrpc\": \"2.0\", \"method\": \"rpc.secinfo\""));
        EXPECT_EQ(sent, expected);
    }
}

TEST(remote_api, refuses_what_its_codec_cannot_tell_before_anything_is_sent) {
    wire joins;
    desk api({.codec = "terse", .transport = joins.through, .invert = true});
    joins.through->start();
    raw_peer peer = joins.connect();
    joins.await_peers(1);
    EXPECT_THROW(api.note(value()), beckon::exception);
    api.note(value(1));
    EXPECT_EQ(peer.read('\n'), "note a:1\n");
}

TEST(remote_api, sends_to_those_that_are_named_and_to_everybody) {
    wire joins;
    desk api({.codec = "jrpc:\n", .transport = joins.through});
    joins.through->start();
    raw_peer a = joins.connect();
    joins.await_peers(1);
    const std::string name_of_a = joins.through->peers().at(0);
    raw_peer b = joins.connect();
    joins.await_peers(2);
    api.cast(to(name_of_a), "only a");
    api.cast(to("nobody at all"), "lost");
    api.cast(receivers(std::vector<std::string>{}), "lost");
    api.cast("both");
    const auto cast_of = [](std::string_view text) {
        return concat(R"({"jsonrpc": "2.0", "method": "cast", "params": {"text": ")", text,
                      "\"}}\n");
    };
    EXPECT_EQ(a.read('\n'), cast_of("only a"));
    EXPECT_EQ(a.read('\n'), cast_of("both"));
    EXPECT_EQ(b.read('\n'), cast_of("both"));
}

TEST(remote_api, tells_at_once_that_nobody_is_there_to_answer) {
    wire joins;
    desk api({.codec = "jrpc:\n", .transport = joins.through});
    joins.through->start();
    const auto answer = api.ask(5);
    EXPECT_THROW(static_cast<void>(answer.result(10s)), beckon::disconnected_error);
}

TEST(remote_api, takes_the_first_answer_of_many) {
    wire joins;
    desk api({.codec = "jrpc:\n", .transport = joins.through});
    joins.through->start();
    raw_peer a = joins.connect();
    raw_peer b = joins.connect();
    joins.await_peers(2);
    const auto answer = api.ask(5);
    EXPECT_EQ(a.read('\n'), b.read('\n')) << "one id, whoever is asked";
    EXPECT_THROW(static_cast<void>(answer.result(0ms)), promise_timeout_error);
    b.send("{\"jsonrpc\": \"2.0\", \"result\": 10, \"id\": 1}\n");
    EXPECT_EQ(answer.result(10s), value(10));
    a.send("{\"jsonrpc\": \"2.0\", \"result\": 11, \"id\": 1}\n");
    const auto second = api.ask(6);
    a.send("{\"jsonrpc\": \"2.0\", \"error\": {\"code\": 0, \"message\": \"cannot say\", \"data\": "
           "\"Traceback (most recent call last):\\nValueError: cannot say\\n\"}, \"id\": 2}\n");
    try {
        static_cast<void>(second.result(10s));
        FAIL() << "it failed there";
    } catch (const beckon::remote_error& failure) {
        EXPECT_EQ(failure.message(), "cannot say");
        EXPECT_EQ(failure.type_name(), "ValueError");
        EXPECT_EQ(code_of(failure.failure()), 0);
    }
    EXPECT_EQ(answer.result(), value(10));
}

TEST(remote_api, gives_up_what_still_goes_on_of_a_broadcast_that_was_answered) {
    wire joins;
    desk api({.codec = "jrpc:\n", .transport = joins.through, .forget_after = 1h});
    joins.through->start();
    raw_peer a = joins.connect();
    raw_peer b = joins.connect();
    joins.await_peers(2);
    const auto in_flight = [&joins] {
        std::size_t all = 0;
        for (const beckon::connected& each : joins.through->carrier().everybody())
            all += each.stats().calls_in_flight;
        return all;
    };
    const auto answer = api.ask(5);
    EXPECT_EQ(a.read('\n'), b.read('\n'));
    EXPECT_EQ(in_flight(), 2u);
    b.send("{\"jsonrpc\": \"2.0\", \"result\": 10, \"id\": 1}\n");
    EXPECT_EQ(answer.result(10s), value(10));
    EXPECT_TRUE(eventually([&] { return in_flight() == 0; })) << "nobody waits for the other one";
    a.send("{\"jsonrpc\": \"2.0\", \"result\": 11, \"id\": 1}\n"); // which answers all the same
    const auto second = api.ask(6);
    static_cast<void>(a.read('\n'));
    a.send("{\"jsonrpc\": \"2.0\", \"result\": 12, \"id\": 2}\n");
    EXPECT_EQ(second.result(10s), value(12));
}

TEST(remote_api, names_the_type_of_what_was_thrown_there) {
    wire joins;
    desk api({.codec = "jrpc:\n", .transport = joins.through});
    joins.through->start();
    raw_peer peer = joins.connect();
    joins.await_peers(1);
    int id = 0;
    for (const auto& [details, type] :
         {std::pair("std::out_of_range: no such place", "std::out_of_range"),
          std::pair("my_app.Error: a::b: c", "my_app.Error"), std::pair("a::b", "a::b"),
          std::pair("what: ever: it is", "what"), std::pair("no type here", ""),
          std::pair(":: x", "")}) {
        const auto answer = api.ask(1);
        static_cast<void>(peer.read('\n'));
        peer.send(concat(R"({"jsonrpc": "2.0", "error": {"code": 0, "message": "m", "data": ")",
                         details, R"("}, "id": )", ++id, "}\n"));
        try {
            static_cast<void>(answer.result(10s));
            ADD_FAILURE() << "it failed there";
        } catch (const beckon::remote_error& failure) {
            EXPECT_EQ(failure.type_name(), type) << details;
        }
    }
}

TEST(remote_api, takes_no_answer_from_those_that_were_not_asked) {
    wire joins;
    desk api({.codec = "jrpc:\n", .transport = joins.through});
    joins.through->start();
    raw_peer a = joins.connect();
    joins.await_peers(1);
    const std::string name_of_a = joins.through->peers().at(0);
    raw_peer b = joins.connect();
    joins.await_peers(2);
    const auto answer = api.ask(to(name_of_a), 5);
    static_cast<void>(a.read('\n'));
    b.send("{\"jsonrpc\": \"2.0\", \"result\": 66, \"id\": 1}\n"
           "{\"jsonrpc\": \"2.0\", \"method\": \"fixed\", \"id\": 7}\n");
    EXPECT_NE(b.read('\n').find("from the declaration"), std::string::npos);
    EXPECT_FALSE(answer.is_done());
    a.send("{\"jsonrpc\": \"2.0\", \"result\": 10, \"id\": 1}\n");
    EXPECT_EQ(answer.result(10s), value(10));
}

TEST(remote_api, fails_promises_of_peers_that_have_gone) {
    wire joins;
    desk api({.transport = joins.through});
    joins.through->start();
    raw_peer a = joins.connect();
    joins.await_peers(1);
    const auto answer = api.ask(5);
    static_cast<void>(a.read());
    a.close();
    EXPECT_THROW(static_cast<void>(answer.result(10s)), beckon::disconnected_error);
}

TEST(remote_api, joins_two_that_share_one_declaration) {
    for (const char* const codec : {"jrpc", "terse", "msgpack", "jrpc:\r\n"}) {
        SCOPED_TRACE(codec);
        wire joins;
        desk server({.codec = codec, .transport = joins.through});
        server.add.connect(
            [](const std::string&, value a, value b) { return value(a.int64() + b.int64()); });
        joins.through->start();
        desk client({.codec = codec, .transport = joins.other_end(), .invert = true});
        client.transport()->start();
        client.ask.connect([](const std::string&, int q) { return value(2 * q); });
        std::string heard;
        std::mutex mutex;
        client.cast.connect([&](const std::string&, std::string text) {
            const std::lock_guard lock(mutex);
            heard = text;
        });
        EXPECT_EQ(client.add(value(1), value(2)).result(10s), value(3));
        EXPECT_EQ(client.add("a"_arg = 1).result(10s), value(6));
        EXPECT_EQ(server.ask(4).result(10s), value(8));
        server.cast("all of you");
        EXPECT_TRUE(eventually([&] {
            const std::lock_guard lock(mutex);
            return heard == "all of you";
        }));
        EXPECT_THROW(static_cast<void>(client.add(value("x"), value(1)).result(10s)),
                     beckon::remote_error);
    }
}

} // namespace
} // namespace quickrpc_test
