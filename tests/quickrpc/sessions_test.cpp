// The recorded conversations over TCP, with an API as the server.
#include <map>

#include "quickrpc/desk.hpp"

namespace quickrpc_test {
namespace {

/// The server of the recordings.
struct recorded_api : remote_api {
    explicit recorded_api(api_options options) : remote_api(std::move(options)) {
        note.connect([this](const std::string&, value what) {
            const std::lock_guard lock(mutex);
            notes.push_back(std::move(what));
        });
        add.connect([](const std::string&, value a, value b) { return sum(a, b); });
        failing.connect([](const std::string&) -> value { throw std::runtime_error("it failed"); });
        whoami.connect([](const std::string&, const value& secinfo) { return secinfo["user"]; });
    }
    incoming<void(value)> note{*this, "note", param("a", nullptr)};
    incoming<value(value, value)> add{*this, "add", "a", param("b", 5)};
    incoming<value()> failing{*this, "fail"};
    incoming<value()> whoami{*this, "whoami"};
    outgoing<void(std::string)> cast{*this, "cast", param("text", "")};
    outgoing<value(int)> ask{*this, "ask", param("q", 0)};

    std::mutex mutex;
    std::vector<value> notes;

private:
    /// As Python adds.
    static value sum(const value& a, const value& b) {
        if (a.is(beckon::value_kind::integer)) return a.int64() + b.int64();
        if (a.is(beckon::value_kind::string)) return concat(a.string(), b.string());
        if (a.is(beckon::value_kind::bytes)) {
            beckon::bytes both(a.bytes().begin(), a.bytes().end());
            both.insert(both.end(), b.bytes().begin(), b.bytes().end());
            return both;
        }
        std::vector<value> both(a.begin(), a.end());
        both.insert(both.end(), b.begin(), b.end());
        return value::list(std::move(both));
    }
};

const value* find_session(const value& all, std::string_view name) {
    for (const value& each : all) {
        if (each["name"] == value(name)) return &each;
    }
    return nullptr;
}

/// Plays what the clients sent, makes the server's own calls where the recording has them, and compares what comes back.
void replay(const std::string& name,
            const std::map<std::string, std::function<void(recorded_api&, const std::string&)>>&
                own_calls) {
    SCOPED_TRACE(name);
    const value all = section("sessions");
    const value* const recorded = find_session(all, name);
    ASSERT_NE(recorded, nullptr);
    const std::string codec = text_of(*recorded, "codec");
    const char mark = codec == "terse" ? '\n' : '\0';
    wire joins;
    api_options options{.codec = codec, .transport = joins.through, .log = &beckon::null_log()};
    if (text_of(*recorded, "security") != "null") options.security = believes("srv");
    recorded_api api(std::move(options));
    joins.through->start();
    std::map<std::string, raw_peer> peers;
    std::map<std::string, std::string> names;
    const auto read_frame = [&](raw_peer& from, const std::string& like) {
        std::string got;
        for (const char letter : like) {
            if (letter == mark) got += from.read(mark);
        }
        return got;
    };
    std::size_t compared = 0;
    for (const value& frame : (*recorded)["frames"]) {
        const std::string who = text_of(frame, "peer");
        const std::string event = text_of(frame, "event");
        const bool to_server = frame["dir"] == value("c2s");
        if (event == "connect") {
            peers.emplace(who, joins.connect());
            joins.await_peers(peers.size());
            for (const std::string& each : joins.through->peers()) {
                bool is_new = true;
                for (const auto& [other, known] : names) is_new = is_new && known != each;
                if (is_new) names[who] = each;
            }
        } else if (event == "close") {
            if (to_server) peers.at(who).close();
        } else if (to_server) {
            peers.at(who).send(text_of(frame, "text"));
        } else {
            std::string expected = text_of(frame, "text");
            if (expected == "[0]:3[0]:10")
                expected = "[0]:3\n[0]:10\n"; // which the original forgets
            const auto own = own_calls.find(expected);
            // The same one to several is made once, for whoever comes first.
            if (own != own_calls.end()) own->second(api, names.at(who));
            EXPECT_EQ(comparable_to(expected, read_frame(peers.at(who), expected)),
                      comparable(expected));
            ++compared;
        }
    }
    EXPECT_GE(compared, 1u);
    std::vector<value> expected;
    for (const value& each : (*recorded)["notes_received"]) expected.push_back(described(each));
    EXPECT_TRUE(eventually([&] {
        const std::lock_guard lock(api.mutex);
        return api.notes.size() == expected.size();
    }));
    EXPECT_EQ(value::list(std::move(api.notes)), value::list(std::move(expected)));
}

std::string message(std::string_view rest) {
    return concat("{\"jsonrpc\": \"2.0\", ", rest, "}", '\0');
}
std::string ask_message(int q, int id) {
    return message(concat("\"method\": \"ask\", \"params\": {\"q\": ", q, "}, \"id\": ", id));
}

TEST(quickrpc_sessions, of_two_clients) {
    std::vector<promise<value>> answers;
    bool cast_all = false;
    bool asked_all = false;
    replay("tcp_jrpc",
           {{message("\"method\": \"cast\", \"params\": {\"text\": \"to everybody\"}"),
             [&](recorded_api& api, const std::string&) {
                 if (!std::exchange(cast_all, true)) api.cast("to everybody");
             }},
            {message("\"method\": \"cast\", \"params\": {\"text\": \"only A\"}"),
             [](recorded_api& api, const std::string& who) { api.cast(to(who), "only A"); }},
            {ask_message(4, 1),
             [&](recorded_api& api, const std::string& who) {
                 answers.push_back(api.ask(to(who), 4));
             }},
            {ask_message(5, 2),
             [&](recorded_api& api, const std::string&) {
                 if (!std::exchange(asked_all, true)) answers.push_back(api.ask(5));
             }},
            {ask_message(6, 3),
             [&](recorded_api& api, const std::string& who) {
                 answers.push_back(api.ask(to(who), 6));
             }},
            {ask_message(7, 4), [&](recorded_api& api, const std::string& who) {
                 answers.push_back(api.ask(to(who), 7));
             }}});
    ASSERT_EQ(answers.size(), 4u);
    EXPECT_EQ(answers[0].result(10s), value(8));
    EXPECT_EQ(answers[1].result(10s), value(10));
    EXPECT_THROW(static_cast<void>(answers[2].result(10s)), beckon::remote_error);
    EXPECT_EQ(answers[3].result(10s), value());
}

TEST(quickrpc_sessions, with_security) {
    replay("tcp_jrpc_secured",
           {{message("\"method\": \"rpc.secinfo\", \"params\": {\"user\": \"srv\"}") +
                 message("\"method\": \"cast\", \"params\": {\"text\": \"secured\"}"),
             [](recorded_api& api, const std::string&) { api.cast("secured"); }}});
}

TEST(quickrpc_sessions, in_terse) {
    replay("tcp_terse",
           {{"cast text:\"hello \\\"terse\\\"\\nworld\"\n",
             [](recorded_api& api, const std::string&) { api.cast("hello \"terse\"\nworld"); }}});
}

// Where the original dies of a junk message, the conversation goes on.
TEST(quickrpc_sessions, with_junk_between_messages) {
    wire joins;
    recorded_api api({.transport = joins.through, .log = &beckon::null_log()});
    joins.through->start();
    const value all = section("sessions");
    const value* const recorded = find_session(all, "tcp_jrpc_raw_client");
    ASSERT_NE(recorded, nullptr);
    raw_peer peer = joins.connect();
    std::string sent;
    std::vector<std::string> expected;
    for (const value& frame : (*recorded)["frames"]) {
        if (frame["dir"] == value("c2s")) sent += text_of(frame, "text");
        if (frame["dir"] == value("s2c") && !text_of(frame, "text").empty())
            expected.push_back(text_of(frame, "text"));
    }
    ASSERT_NE(sent.find("junk"), std::string::npos);
    expected.push_back(message("\"result\": 10, \"id\": 5")); // the call behind the junk
    peer.send(sent);
    for (const std::string& each : expected) EXPECT_EQ(peer.read(), each);
}

// The same for the terse raw client, whose answers the original runs together.
TEST(quickrpc_sessions, in_terse_by_hand) {
    wire joins;
    recorded_api api({.codec = "terse", .transport = joins.through, .log = &beckon::null_log()});
    joins.through->start();
    raw_peer peer = joins.connect();
    peer.send("add a:1 b:2\r\n\nnote a:\"raw\"\nnosuch x:1\n}{\nadd/7 a:5\nadd[8] a:6\n");
    EXPECT_EQ(peer.read('\n'), "[0]:3\n");
    EXPECT_EQ(peer.read('\n'), "[7]:10\n");
    EXPECT_EQ(peer.read('\n'), "[8]:11\n");
}

TEST(quickrpc_sessions, with_made_up_names_get_short_answers) {
    wire joins;
    recorded_api api({.transport = joins.through, .log = &beckon::null_log()});
    joins.through->start();
    raw_peer peer = joins.connect();
    peer.send(message(concat("\"method\": \"", std::string(100'000, 'x'), "\", \"id\": 1")));
    const std::string long_one = peer.read();
    EXPECT_LT(long_one.size(), 1000u);
    EXPECT_NE(long_one.find("not defined on the api"), std::string::npos);
    peer.send(message(R"("method": "two\nlines", "id": 2)"));
    const std::string two_lines = peer.read();
    EXPECT_NE(two_lines.find(R"(Incoming call of \"two\\)"), std::string::npos) << two_lines;
}

TEST(quickrpc_sessions, that_send_junk_only_are_dropped_where_one_wishes) {
    wire joins;
    recorded_api api(
        {.transport = joins.through, .max_bad_messages = 3, .log = &beckon::null_log()});
    joins.through->start();
    raw_peer peer = joins.connect();
    peer.send(std::string("one\0two\0", 8) +
              message("\"method\": \"add\", \"params\": {\"a\": 1}, \"id\": 1"));
    EXPECT_NE(peer.read().find("\"result\": 6"), std::string::npos);
    peer.send(std::string("three\0", 6));
    EXPECT_EQ(peer.read(), "") << "the end";
}

} // namespace
} // namespace quickrpc_test
