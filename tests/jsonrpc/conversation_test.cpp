// Typed and dynamic objects over JSON-RPC, as their users see them, and as a peer by hand does.
#include "text_peer.hpp"

#include <condition_variable>
#include <limits>
#include <mutex>
#include <stdexcept>

#include "beckon/jsonrpc.hpp"

namespace jsonrpc_test {

struct Clerk {
    std::int64_t add(std::int64_t a, std::int64_t b);
    std::string note();
    void tell(std::string text);
    beckon::ref<Clerk> another();
    std::int64_t ask(beckon::ref<Clerk> other, std::int64_t a);
    std::int64_t remaining_ms();
    void wait();
    double broken();
    beckon::stream<std::int64_t> count(std::int64_t to);
};
BECKON_INTERFACE(Clerk, (add, a, b), (note), (tell, text), (another), (ask, other, a),
                 (remaining_ms), (wait), (broken), (count, to))
BECKON_ONEWAY(Clerk, tell)

namespace {

using namespace beckon::literals;
using beckon::errc;

struct clerk {
    std::int64_t add(std::int64_t a, std::int64_t b) { return a + b; }
    std::string note() {
        const auto* const texts = beckon::current_call()->metadata;
        return texts != nullptr && !texts->empty() ? (*texts)[0].second : "none";
    }
    void tell(const std::string& text) {
        const std::lock_guard lock(mutex);
        told.push_back(text);
        changed.notify_all();
    }
    beckon::ref<Clerk> another() { return beckon::make_ref<Clerk>(std::make_shared<clerk>()); }
    std::int64_t ask(const beckon::ref<Clerk>& other, std::int64_t a) {
        return other ? other->add(a, 1) : -1;
    }
    std::int64_t remaining_ms() {
        const auto deadline = beckon::current_call()->deadline;
        if (deadline == beckon::never) return -1;
        return (deadline - std::chrono::steady_clock::now()) / 1ms;
    }
    void wait() {
        try {
            beckon::this_call::sleep_for(1h);
        } catch (const beckon::exception&) {
            tell("woken");
            throw;
        }
    }
    double broken() { return std::numeric_limits<double>::quiet_NaN(); }
    beckon::stream<std::int64_t> count(std::int64_t to) { return count_up(to); }
    static beckon::stream<std::int64_t> count_up(std::int64_t to) {
        for (std::int64_t i = 1; i <= to; ++i) co_yield i;
    }
    [[nodiscard]] bool heard(const std::string& text) {
        std::unique_lock lock(mutex);
        return changed.wait_for(
            lock, 10s, [&] { return std::find(told.begin(), told.end(), text) != told.end(); });
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> told;
};

class Conversation : public testing::Test {
protected:
    Conversation() {
        there.server.publish<Clerk>("clerk", here);
        beckon::connect_options options;
        options.context = there.inside;
        session = beckon::connect(there.endpoint, options);
        typed = session.get<Clerk>("clerk");
    }
    std::shared_ptr<clerk> here = std::make_shared<clerk>();
    served there;
    beckon::connected session;
    beckon::ref<Clerk> typed;
};

TEST_F(Conversation, names_reach_the_same_object_with_and_without_an_interface) {
    EXPECT_EQ(typed->add(2, 3), 5);
    EXPECT_EQ(session.get<Clerk>("")->add(2, 3), 5);
    EXPECT_EQ(beckon::dynamic(session.root()).attr("add")(2, 3).as<int>(), 5);
    EXPECT_EQ(beckon::dynamic(session.root()).call("clerk.add", "b"_arg = 3, "a"_arg = 2).as<int>(),
              5);
    EXPECT_EQ(beckon::dynamic(session.get("clerk")).call("add", 2, 3).as<int>(), 5);
    const auto missing = session.get<Clerk>("nobody");
    try {
        static_cast<void>(missing->add(1, 2));
        FAIL() << "nothing was thrown";
    } catch (const beckon::unknown_method& thrown) {
        EXPECT_NE(std::string(thrown.what()).find("nobody.add"), std::string::npos)
            << thrown.what();
    }
}

TEST(Limits, a_result_that_is_too_large_fails_the_request_that_it_is_for) {
    beckon::limits allowed;
    allowed.max_message_bytes = 1000;
    served there({}, allowed);
    there.server.publish("pad",
                         beckon::object_builder("Pad")
                             .method("x", [](std::size_t size) { return std::string(size, 'x'); })
                             .build());
    text_peer peer = there.connect();
    const auto request = [](std::size_t size) {
        return concat(R"({"jsonrpc":"2.0","id":7,"method":"x","params":[)", size, "]}");
    };
    const value refused = peer.ask(request(2000));
    EXPECT_EQ(refused["id"], value(7)) << refused.to_text(300);
    EXPECT_EQ(refused["error"]["code"], value(-32003));
    EXPECT_EQ(peer.ask(request(5))["result"], value("xxxxx"));
    // A batch that becomes too large by what ends it is answered as a whole.
    const std::string before = R"([{"jsonrpc":"2.0","id":7,"result":"")";
    const value batch = peer.ask(concat('[', request(1000 - before.size()), ']'));
    EXPECT_TRUE(batch["id"].is_null()) << batch.to_text(300);
    EXPECT_EQ(batch["error"]["code"], value(-32003));
    EXPECT_EQ(peer.ask(request(5))["result"], value("xxxxx"));
}

TEST_F(Conversation, a_oneway_method_is_a_notification) {
    typed->tell("a");
    beckon::jsonrpc::notify(session.root(), "tell", "text"_arg = "b");
    EXPECT_TRUE(here->heard("a"));
    EXPECT_TRUE(here->heard("b"));
    EXPECT_THROW(beckon::jsonrpc::notify(beckon::object(beckon::make_ref<Clerk>(here)), "tell"),
                 beckon::invalid_argument);
    EXPECT_THROW(beckon::jsonrpc::notify(beckon::object(), "tell"), beckon::exception);
}

TEST_F(Conversation, deadlines_and_metadata_travel) {
    const std::int64_t left = typed.with(beckon::timeout(5s))->remaining_ms();
    EXPECT_GT(left, 0);
    EXPECT_LE(left, 5000);
    beckon::call_options noted;
    noted.metadata = {{"trace", "7"}};
    EXPECT_EQ(typed.with(noted)->note(), "7");
    EXPECT_EQ(typed->note(), "none");
}

TEST_F(Conversation, a_deadline_and_a_future_that_is_dropped_wake_the_handler) {
    EXPECT_THROW(typed.with(beckon::timeout(20ms))->wait(), beckon::timeout_error);
    EXPECT_TRUE(here->heard("woken"));
    here->told.clear();
    { auto dropped = typed.async()->wait(); }
    EXPECT_TRUE(here->heard("woken"));
    EXPECT_EQ(typed->add(1, 1), 2);
}

TEST_F(Conversation, both_tables_are_empty_after_objects_have_come_and_gone) {
    for (int i = 0; i < 100; ++i) {
        const auto other = typed->another();
        EXPECT_EQ(other->add(i, 1), i + 1);
        EXPECT_EQ(typed->ask(other, i), i + 1); // it comes home
        EXPECT_EQ(typed->ask(beckon::make_ref<Clerk>(std::make_shared<clerk>()), i), i + 1);
    }
    EXPECT_EQ(typed->ask({}, 1), -1);
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (session.stats().imports + session.stats().exports != 0 &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_EQ(session.stats().imports, 0u);
    EXPECT_EQ(session.stats().exports, 0u);
}

TEST_F(Conversation, what_json_cannot_carry_is_refused_where_it_would_be_sent) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    try {
        beckon::dynamic(session.root()).call("add", nan, 1);
        FAIL() << "nothing was thrown";
    } catch (const beckon::exception& thrown) {
        EXPECT_EQ(thrown.code(), errc::unsupported);
        EXPECT_NE(std::string(thrown.what()).find("nan cannot travel in json"), std::string::npos);
    }
    try {
        static_cast<void>(typed->broken());
        FAIL() << "nothing was thrown";
    } catch (const beckon::exception& thrown) {
        EXPECT_EQ(thrown.code(), errc::unsupported);
        EXPECT_NE(std::string(thrown.what()).find("nan cannot travel in json"), std::string::npos);
    }
    EXPECT_EQ(typed->add(1, 1), 2);
}

TEST_F(Conversation, only_methods_can_be_asked_for) {
    const beckon::dynamic root(session.root());
    EXPECT_THROW(static_cast<void>(root.get("add")), beckon::exception);
    EXPECT_THROW(static_cast<void>(root.dir()), beckon::exception);
    EXPECT_THROW(static_cast<void>(session.list()), beckon::exception);
}

TEST_F(Conversation, many_calls_are_in_flight_at_once) {
    std::vector<beckon::future<std::int64_t>> sums;
    for (std::int64_t i = 0; i < 2000; ++i) sums.push_back(typed.async()->add(i, i));
    for (std::int64_t i = 0; i < 2000; ++i)
        EXPECT_EQ(sums[static_cast<std::size_t>(i)].get(), 2 * i);
}

TEST_F(Conversation, a_stream_is_read_as_fast_as_it_is_granted) {
    text_peer peer = there.connect();
    const value begun = peer.ask(R"({"jsonrpc":"2.0","method":"count","params":[40],"id":1})");
    EXPECT_EQ(begun["result"], value::map({{"$stream", 1}}));
    for (std::int64_t i = 1; i <= 16; ++i) {
        const value item = peer.read();
        EXPECT_EQ(item["method"], value("$item"));
        EXPECT_EQ(item["params"], value::list({1, i}));
    }
    // Nothing more comes before it is asked for.
    EXPECT_TRUE(peer.is_quiet(R"({"jsonrpc":"2.0","method":"note","id":2})",
                              value::map({{"jsonrpc", "2.0"}, {"id", 2}, {"result", "none"}})));
    peer.send_line(R"({"jsonrpc":"2.0","method":"$credit","params":[1,2]})");
    EXPECT_EQ(peer.read()["params"], value::list({1, 17}));
    EXPECT_EQ(peer.read()["params"], value::list({1, 18}));
    peer.send_line(R"({"jsonrpc":"2.0","method":"$credit","params":[1,0]})");
    const value end = peer.read();
    EXPECT_EQ(end["method"], value("$end"));
    EXPECT_EQ(end["params"], value::list({1}));
    EXPECT_EQ(session.stats().streams, 0u);
}

TEST_F(Conversation, the_last_line_needs_no_end_where_its_sender_says_no_more) {
    text_peer peer = there.connect();
    peer.send(R"({"jsonrpc":"2.0","method":"add","params":[1,2],"id":1})");
    peer.stream().shutdown_write();
    EXPECT_EQ(peer.read()["result"], value(3));
    EXPECT_EQ(peer.read_line(), std::nullopt);
}

TEST_F(Conversation, a_batch_goes_on_while_one_of_its_handlers_asks_its_caller) {
    text_peer peer = there.connect();
    peer.send_line(
        R"([{"jsonrpc":"2.0","method":"ask","params":[{"$ref":9,"interface":"Clerk"},4],"id":1},)"
        R"({"jsonrpc":"2.0","method":"tell","params":["in between"]},)"
        R"({"jsonrpc":"2.0","method":"add","params":[1,1],"id":2}])");
    const value asked = peer.read();
    EXPECT_EQ(asked["method"], value("$ref/9.add"));
    EXPECT_EQ(asked["params"], value::list({4, 1}));
    // The others run while it waits.
    EXPECT_TRUE(here->heard("in between"));
    peer.send_line(*beckon::json::to_string(
        value::map({{"jsonrpc", "2.0"}, {"id", asked["id"]}, {"result", 5}})));
    value answers = peer.read();
    if (answers.is(beckon::value_kind::map)) answers = peer.read(); // it lets go of the listener
    ASSERT_EQ(answers.size(), 2u);
    for (const value& each : answers)
        EXPECT_EQ(each["result"], each["id"] == value(1) ? value(5) : value(2));
}

TEST_F(Conversation, a_request_in_a_batch_can_be_cancelled) {
    text_peer peer = there.connect();
    peer.send_line(
        R"([{"jsonrpc":"2.0","method":"wait","id":"w"},{"jsonrpc":"2.0","method":"add","params":[1,1],"id":2}])");
    peer.send_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"w"}})");
    const value answers = peer.read();
    ASSERT_EQ(answers.size(), 2u);
    for (const value& each : answers) {
        if (each["id"] == value("w")) {
            EXPECT_EQ(each["error"]["code"], value(-32800));
        } else {
            EXPECT_EQ(each["result"], value(2));
        }
    }
}

TEST(Client, is_told_of_a_server_that_answers_nonsense) {
    dialed client({});
    const beckon::dynamic root(client.session.root());
    const auto answer_with = [&](std::string_view members) {
        auto pending = root.async().call("m");
        const value asked = client.peer->read();
        client.peer->send_line(
            concat(R"({"jsonrpc":"2.0","id":)", asked["id"].int64(), ",", members, "}"));
        const auto outcome = pending.result();
        return outcome ? outcome->str() : outcome.error().to_string();
    };
    EXPECT_EQ(answer_with(R"("result":7)"), "7");
    EXPECT_TRUE(answer_with(R"("result":7,"error":{"code":1,"message":"m"})")
                    .starts_with("protocol_error: "));
    EXPECT_TRUE(answer_with(R"("result":{"$bytes":"?"})").starts_with("parse_error: "));
    EXPECT_TRUE(answer_with(R"("result":{"$ref":1,"mine":true})").starts_with("unknown_object: "));
    EXPECT_EQ(answer_with(R"("error":{"code":5,"message":"m","data":[1]})").substr(0, 15),
              "remote_error: m");
}

TEST(Client, whose_time_runs_out_says_what_the_server_sent_instead) {
    dialed client({});
    client.peer->send_line("SSH-2.0-OpenSSH_9.2");
    static_cast<void>(client.peer->read()); // it says that this is no JSON
    const auto outcome =
        beckon::dynamic(client.session.root()).timeout(1ms).async().call("m").result();
    ASSERT_FALSE(outcome);
    const std::string told = outcome.error().to_string();
    EXPECT_NE(told.find("of what it sent 1 made no sense, last: "), std::string::npos) << told;
}

TEST(Client, fails_what_waits_when_its_server_goes) {
    dialed client({});
    auto pending = beckon::dynamic(client.session.root()).async().call("m");
    static_cast<void>(client.peer->read());
    client.peer->stream().close();
    EXPECT_EQ(pending.result().error().code(), errc::disconnected);
}

} // namespace
} // namespace jsonrpc_test
