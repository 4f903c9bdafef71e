// Recordings that people have changed, and replays over other transports than they were made over.
#include "recorded.hpp"

namespace record_tests {
namespace {

const std::string head = "{\"recording\":\"beckon\",\"version\":1}\n";

struct ChangedRecording : testing::Test {
    scratch_folder folder;
    const std::string file = folder.file("shop.rec");

    [[nodiscard]] beckon::replay_report replay(const std::string& endpoint,
                                               std::vector<std::string> ignore = {}) const {
        beckon::replay_options options;
        options.timeout = std::chrono::seconds(20);
        options.ignore = std::move(ignore);
        return beckon::replay(file, endpoint, options);
    }
    static std::string told(const beckon::replay_report& report) {
        std::string all;
        for (const auto& each : report.differences) all += each.to_string() + '\n';
        return all;
    }
    /// One conversation in JSON-RPC.
    void write(const std::vector<std::string>& lines) const {
        std::string all = head + "{\"conversation\":1,\"begin\":\"jsonrpc+tcp://127.0.0.1:1\"}\n";
        for (const std::string& each : lines)
            all += each.starts_with('#') ? each + "\n" : "{\"conversation\":1," + each + "}\n";
        write_file(file, all);
    }
};

const std::string ask_nails =
    R"("client":"","json":{"jsonrpc": "2.0", "id": "a", "method": "shop.price", "params": ["nails"]})";
const std::string say_nails = R"("server":"","json":{"id":"a","result": 3, "jsonrpc":"2.0"})";
const std::string ask_word =
    R"("client":"","json":{"jsonrpc":"2.0","id":2,"method":"shop.say","params":["word"]})";
const std::string say_word = R"("server":"","json":{"jsonrpc":"2.0","id":2,"result":"word"})";

TEST_F(ChangedRecording, may_be_written_by_hand_in_any_spelling_and_any_order_of_answers) {
    write({"# two at once", ask_nails, ask_word, say_word, "# behind it", say_nails});
    const served_shop at("jsonrpc+tcp://127.0.0.1:0");
    const auto report = replay(at.endpoint);
    EXPECT_EQ(told(report), "");
    EXPECT_EQ(report.sent, 2u);
    EXPECT_EQ(report.compared, 2u);
}

TEST_F(ChangedRecording, is_replayed_in_every_framing_and_over_every_transport) {
    write({ask_nails, say_nails, ask_word, say_word});
    for (const std::string where :
         {"jsonrpc+tcp://127.0.0.1:0?framing=content-length", "jsonrpc+ws://127.0.0.1:0/shop",
          "jsonrpc+http://127.0.0.1:0/shop"}) {
        const served_shop at(where);
        std::string endpoint = at.endpoint;
        if (where.find("content-length") != std::string::npos &&
            endpoint.find('?') == std::string::npos)
            endpoint += "?framing=content-length";
        const auto report = replay(endpoint);
        EXPECT_EQ(told(report), "") << where;
        EXPECT_EQ(report.compared, 2u) << where;
    }
}

TEST_F(ChangedRecording, means_the_objects_that_the_server_lends_now) {
    // By numbers that this server does not give, and in another order.
    write(
        {R"("client":"","json":{"jsonrpc":"2.0","id":1,"method":"shop.make_counter","params":[5]})",
         R"("server":"","json":{"jsonrpc":"2.0","id":1,"result":{"$ref":78,"interface":"Counter"}})",
         R"("client":"","json":{"jsonrpc":"2.0","id":2,"method":"shop.make_counter","params":[70]})",
         R"("server":"","json":{"jsonrpc":"2.0","id":2,"result":{"$ref":77,"interface":"Counter"}})",
         R"("client":"","json":{"jsonrpc":"2.0","id":3,"method":"$ref/77.increment","params":[1]})",
         R"("server":"","json":{"jsonrpc":"2.0","id":3,"result":71})",
         R"("client":"","json":{"jsonrpc":"2.0","method":"$release","params":[77,1]})",
         R"("client":"","json":{"jsonrpc":"2.0","id":4,"method":"$ref/78.increment","params":[2]})",
         R"("server":"","json":{"jsonrpc":"2.0","id":4,"result":7})"});
    const served_shop at("jsonrpc+tcp://127.0.0.1:0");
    EXPECT_EQ(told(replay(at.endpoint)), "");
}

TEST_F(ChangedRecording, answers_the_calls_that_the_server_makes_now) {
    write(
        {R"("client":"","json":{"jsonrpc":"2.0","id":1,"method":"shop.call_back","params":[{"$ref":1,"interface":"Listener"},1]})",
         R"("server":"","json":{"jsonrpc":"2.0","id":900,"method":"$ref/1.on_event","params":[1]})",
         R"("client":"","json":{"jsonrpc":"2.0","id":900,"result":41})",
         R"("server":"","json":{"jsonrpc":"2.0","id":1,"result":41})"});
    const served_shop at("jsonrpc+tcp://127.0.0.1:0");
    EXPECT_EQ(told(replay(at.endpoint)), "");
}

TEST_F(ChangedRecording, tells_differences_that_are_not_ignored) {
    write({ask_nails, R"("server":"","json":{"id":"a","result":4})"});
    const served_shop at("jsonrpc+tcp://127.0.0.1:0");
    EXPECT_EQ(
        told(replay(at.endpoint)),
        "line 4: differs at result: recorded reply #\"a\" 4 (4), actual reply #\"a\" 3 (3)\n");
    EXPECT_EQ(told(replay(at.endpoint, {"^result=\\d$"})), "");
    EXPECT_NE(told(replay(at.endpoint, {"^result=4$"})), "");
}

TEST_F(ChangedRecording, tells_of_an_end_that_does_not_come) {
    write({ask_nails, say_nails, R"("end":"server")"});
    const served_shop at("jsonrpc+tcp://127.0.0.1:0");
    beckon::replay_options options;
    options.timeout = std::chrono::milliseconds(200);
    const auto report = beckon::replay(file, at.endpoint, options);
    ASSERT_EQ(report.differences.size(), 1u) << told(report);
    EXPECT_EQ(report.differences[0].to_string(),
              "line 5: ended: recorded the server ends the conversation, actual it goes on");
}

TEST_F(ChangedRecording, tells_of_a_server_that_hangs_up) {
    write({R"("client":"","raw":true,"text":"{\n")", ask_nails, say_nails});
    const served_shop at("tcp://127.0.0.1:0"); // another protocol
    beckon::io::endpoint where = beckon::io::parse_endpoint(at.endpoint).value();
    where.protocol = "jsonrpc";
    const auto report = replay(beckon::io::to_string(where));
    EXPECT_GE(report.differences.size(), 1u);
}

TEST_F(ChangedRecording, is_refused_where_a_line_is_not_one_message) {
    const served_shop at("jsonrpc+tcp://127.0.0.1:0");
    const auto refusal = [&](const std::string& line) {
        write({line});
        const auto made = beckon::try_replay(file, at.endpoint);
        return made ? "none" : made.error().message();
    };
    EXPECT_EQ(refusal(R"("client":"","text":"{}\n{}\n")"),
              "line 3: 6 bytes are not one message, which has 3");
    write_file(file, head + "{\"conversation\":1,\"begin\":\"rpyc+tcp://127.0.0.1:1\"}\n"
                            "{\"conversation\":1,\"client\":\"\",\"hex\":\"000000\"}\n");
    const auto made = beckon::try_replay(file, "rpyc+tcp://127.0.0.1:1");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message(), "line 3: 3 bytes are not one message, which is longer");
}

TEST_F(ChangedRecording, says_what_is_wrong_with_a_pattern) {
    write({ask_nails, say_nails});
    beckon::replay_options options;
    options.ignore = {"("};
    const auto made = beckon::try_replay(file, "jsonrpc+tcp://127.0.0.1:1", options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), beckon::errc::invalid_argument);
    EXPECT_TRUE(made.error().message().starts_with("pattern \"(\" is no regular expression: "));
}

} // namespace
} // namespace record_tests
