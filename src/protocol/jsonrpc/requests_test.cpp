// What a peer's requests become, and what is written for ours.
#include <gtest/gtest.h>

#include "beckon/protocol/jsonrpc/error.hpp"
#include "protocol/jsonrpc/conversation_test.hpp"

namespace beckon::jsonrpc {
namespace {

using testing::conversation;
using testing::named_object;
using texts = std::vector<std::string>;

value object_of(std::uint32_t number) {
    return value(intrusive_ptr<referent>(new named_object(number)));
}

TEST(jsonrpc_requests, are_told_with_their_arguments) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"add","params":[1,2.5],"id":"x"})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"add","params":{"a":1},"id":2})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"log"})");
    peer.hear_line(
        R"({"jsonrpc":"2.0","method":"a","id":3,"$deadline_ms":50,"$meta":{"trace":"7","n":1}})");
    EXPECT_EQ(peer.news(), (texts{"called 1 add [1, 2.5]", "called 2 add {\"a\": 1}",
                                  "notified log", "called 3 a within 50 ms trace=7"}));
    EXPECT_EQ(peer.written(), "");
}

TEST(jsonrpc_requests, the_last_one_needs_no_end_mark) {
    for (const framing_kind kind : {framing_kind::newline, framing_kind::nul, framing_kind::none}) {
        conversation peer({.framing = kind});
        peer.hear(R"({"jsonrpc":"2.0","method":"m","id":1})");
        if (kind != framing_kind::none) {
            EXPECT_TRUE(peer.news().empty());
        }
        peer.hear_end();
        EXPECT_EQ(peer.news(), texts{"called 1 m"}) << to_string(kind);
        peer.hear_end();
        EXPECT_TRUE(peer.news().empty());
    }
    conversation peer;
    peer.hear(R"([{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}])");
    peer.hear_end();
    EXPECT_EQ(peer.news(), (texts{"notified a", "notified b"}));
}

TEST(jsonrpc_requests, are_answered_with_their_ids) {
    conversation peer;
    for (const std::string_view id :
         {"1", "-7", "0", "\"1\"", "\"\"", "null", "1.5", "18446744073709551615",
          "123456789012345678901234567890", "\"\\u0000\""}) {
        peer.hear_line(concat(R"({"jsonrpc":"2.0","method":"m","id":)", id, "}"));
        ASSERT_TRUE(peer.reply(peer.last_call, value(true)));
        EXPECT_EQ(peer.written(),
                  concat(R"({"jsonrpc":"2.0","id":)", id, R"(,"result":true})", "\n"));
    }
}

TEST(jsonrpc_requests, the_same_id_twice_is_answered_twice) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"a","id":1})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"b","id":1})");
    ASSERT_EQ(peer.news(), (texts{"called 1 a", "called 2 b"}));
    ASSERT_TRUE(peer.reply(2, value("b")));
    ASSERT_TRUE(peer.reply(1, value("a")));
    EXPECT_EQ(peer.written(), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"b\"}\n"
                              "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"a\"}\n");
}

TEST(jsonrpc_requests, name_objects_by_their_handles) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$ref/3.increment","params":[1],"id":1})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$ref/3.a.b"})");
    EXPECT_EQ(peer.news(), (texts{"called 1 #3.increment [1]", "notified #3.a.b"}));
    for (const std::string_view wrong : {"$ref/", "$ref/0.m", "$ref/x.m", "$ref/3", "$ref/-1.m",
                                         "$ref/2147483648.m", "$ref/99999999999999999999.m"}) {
        peer.hear_line(concat(R"({"jsonrpc":"2.0","method":")", wrong, R"(","id":1})"));
        const texts news = peer.news();
        ASSERT_EQ(news.size(), 1u) << wrong;
        EXPECT_NE(news[0].find("unknown_method"), std::string::npos) << news[0];
        EXPECT_NE(peer.written().find("-32601"), std::string::npos);
    }
}

TEST(jsonrpc_requests, handles_in_arguments_are_looked_up) {
    conversation peer;
    peer.hear_line(
        R"({"jsonrpc":"2.0","method":"m","params":[{"$ref":5,"interface":"Listener"}],"id":1})");
    peer.hear_line(
        R"({"jsonrpc":"2.0","method":"m","params":[[{"$ref":6,"interface":"X","mine":true}]],"id":1})");
    const texts news = peer.news();
    ASSERT_EQ(news.size(), 4u);
    EXPECT_EQ(news[0], "borrowed its 5 Listener");
    EXPECT_EQ(news[2], "borrowed our 6 X");
    for (const std::string_view wrong : {"0", "-1", "\"1\"", "1.5", "4294967296", "null"}) {
        peer.hear_line(
            concat(R"({"jsonrpc":"2.0","method":"m","params":[{"$ref":)", wrong, R"(}],"id":1})"));
        EXPECT_NE(peer.written().find("-32602"), std::string::npos) << wrong;
    }
}

TEST(jsonrpc_requests, arguments_that_stand_for_something_are_that) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"m","params":[{"$bytes":"aGk="}],"id":1})");
    EXPECT_EQ(peer.news(), texts{R"(called 1 m [b"hi"])"});
    // As all arguments together it is a name like any other.
    peer.hear_line(R"({"jsonrpc":"2.0","method":"m","params":{"$bytes":"aGk="},"id":1})");
    EXPECT_EQ(peer.news(), texts{R"(called 2 m {"$bytes": "aGk="})"});
    peer.hear_line(R"({"jsonrpc":"2.0","method":"m","params":[{"$bytes":"?"}],"id":1})");
    EXPECT_NE(peer.written().find("-32602"), std::string::npos);
}

TEST(jsonrpc_requests, what_the_protocol_takes_itself_is_no_call) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"slow","id":"a"})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"slow","id":2})");
    static_cast<void>(peer.news());
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"a"}})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"a"}})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"2"}})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{}})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":[2]})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest"})");
    EXPECT_EQ(peer.news(), texts{"cancel 1"});
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$release","params":[4,2]})");
    EXPECT_EQ(peer.news(), texts{"release 4 2"});
    for (const std::string_view wrong : {"[4]", "[4,0]", "[-1,2]", "[4,2,1]", "[4.5,1]", "{}"}) {
        peer.hear_line(concat(R"({"jsonrpc":"2.0","method":"$release","params":)", wrong, "}"));
        const texts news = peer.news();
        ASSERT_EQ(news.size(), 1u);
        EXPECT_TRUE(news[0].starts_with("BKN-JSONRPC-PARAMS: peer sent $release with ")) << news[0];
    }
    EXPECT_EQ(peer.written(), "");
    // With an id they are requests for methods that nobody has.
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":2},"id":9})");
    EXPECT_EQ(peer.news(), texts{"called 3 $/cancelRequest {\"id\": 2}"});
    peer.fail_call(1, fail(errc::cancelled, "it"));
    peer.fail_call(2, fail(errc::cancelled, "it"));
    EXPECT_EQ(peer.written(),
              "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":-32800,\"message\":\"it\"}}\n"
              "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32004,\"message\":\"it\","
              "\"data\":{\"error\":\"cancelled\"}}}\n");
}

TEST(jsonrpc_requests, streams_are_notifications) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$credit","params":[3,8]})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$credit","params":[3,99999999999999999999]})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$credit","params":[3,0]})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$item","params":[4,{"$bytes":"aGk="}]})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$end","params":[4]})");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$end","params":[5,{"code":1001,"message":"m"}]})");
    EXPECT_EQ(peer.news(), (texts{"credit 3 8", "credit 3 2147483647", "stop 3", "item 4 b\"hi\"",
                                  "end 4", "end 5 remote_error: m"}));
    EXPECT_EQ(peer.written(), "");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"$item","params":[4,{"$bytes":"?"}]})");
    EXPECT_TRUE(peer.news()[0].starts_with("end 4 parse_error: "));
    EXPECT_EQ(peer.written(), "{\"jsonrpc\":\"2.0\",\"method\":\"$credit\",\"params\":[4,0]}\n");
    for (const std::string_view wrong :
         {R"("$credit","params":[3])", R"("$credit","params":[3,-1])",
          R"("$credit","params":[0,0])", R"("$item","params":[3])", R"("$item")",
          R"("$item","params":["3",1])", R"("$end","params":[])", R"("$end","params":[1,2,3])",
          R"("$release","params":[3,0])"}) {
        peer.hear_line(concat(R"({"jsonrpc":"2.0","method":)", wrong, "}"));
        const texts news = peer.news();
        ASSERT_EQ(news.size(), 1u) << wrong;
        EXPECT_TRUE(news[0].starts_with("BKN-JSONRPC-PARAMS: peer sent ")) << news[0];
    }
    EXPECT_EQ(peer.written(), "");
}

TEST(jsonrpc_requests, streams_of_ours_are_written_as_they_are_read) {
    conversation peer;
    ASSERT_TRUE(peer.speaks->write_value_stream_item(peer.out, 2, value::list({1}), peer));
    EXPECT_FALSE(peer.speaks->write_value_stream_item(
        peer.out, 2, value(std::numeric_limits<double>::infinity()), peer));
    peer.speaks->write_stream_end(peer.out, 2, nullptr);
    const error failure = fail(errc::remote_error, "boom");
    peer.speaks->write_stream_end(peer.out, 3, &failure);
    const error strange = fail(errc::remote_error, "\xff");
    peer.speaks->write_stream_end(peer.out, 4, &strange);
    peer.speaks->write_stream_credit(peer.out, 5, 8);
    peer.speaks->write_stream_stop(peer.out, 6);
    conversation other;
    other.hear(peer.written());
    EXPECT_EQ(other.news(), (texts{"item 2 [1]", "end 2", "end 3 remote_error: boom",
                                   "end 4 remote_error: an error", "credit 5 8", "stop 6"}));
}

TEST(jsonrpc_requests, of_a_batch_are_answered_together_in_whatever_order) {
    conversation peer;
    peer.hear_line(R"([{"jsonrpc":"2.0","method":"a","id":1},7,{"jsonrpc":"2.0","method":"n"},)"
                   R"({"jsonrpc":"2.0","method":"b","id":2}])");
    EXPECT_EQ(peer.news(), (texts{"called 1 a", "notified n", "called 2 b"}));
    EXPECT_EQ(peer.written(), "");
    ASSERT_TRUE(peer.reply(2, value(true)));
    EXPECT_EQ(peer.written(), "");
    peer.fail_call(1, fail(errc::unknown_method, "a"));
    EXPECT_EQ(
        peer.written(),
        R"([{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: it is no object"}},)"
        R"({"jsonrpc":"2.0","id":2,"result":true},)"
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found: a"}}])"
        "\n");
}

TEST(jsonrpc_requests, of_a_batch_that_wait_behind_a_handler_are_left_in_the_input) {
    conversation peer;
    peer.then = verdict::taken_over;
    peer.hear(R"([{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","method":"b","id":2},)"
              R"({"jsonrpc":"2.0","method":"c","id":3}])"
              "\n{\"jsonrpc\":\"2.0\",\"method\":\"d\",\"id\":4}\n");
    EXPECT_EQ(peer.news(), texts{"called 1 a"});
    ASSERT_NE(peer.rests[0], 0u); // who reads on must see that there is something
    EXPECT_EQ(peer.rests[0],
              1 + std::string_view("{\"jsonrpc\":\"2.0\",\"method\":\"d\",\"id\":4}\n").size());
    for (const std::string_view next : {"b", "c", "d"}) {
        peer.hear("");
        const texts news = peer.news();
        ASSERT_EQ(news.size(), 1u);
        EXPECT_TRUE(news[0].ends_with(next));
    }
    EXPECT_EQ(peer.rests.back(), 0u);
}

TEST(jsonrpc_requests, batches_without_end_are_refused_as_one) {
    limits small;
    small.max_calls_in_flight = 2;
    conversation peer({}, conversation::sized(small));
    std::string elements = "1";
    for (int i = 1; i < 32; ++i) elements += ",1";
    peer.hear_line(concat('[', elements, ']'));
    EXPECT_TRUE(peer.written().starts_with("[{"));
    peer.hear_line(concat('[', elements, ",1]"));
    EXPECT_EQ(peer.written(),
              "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"Invalid "
              "Request: "
              "peer sent a batch of 33 elements; limit is 32 (16 times max_calls_in_flight)\"}}\n");
    peer.hear_line(concat('[', elements, ",1,}"));
    EXPECT_NE(peer.written().find("-32700"), std::string::npos);
}

TEST(jsonrpc_requests, results_of_a_batch_stop_at_the_limit) {
    limits small;
    small.max_message_bytes = 300;
    conversation peer({}, small);
    peer.hear_line(
        R"([{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","method":"b","id":2}])");
    ASSERT_TRUE(peer.reply(1, value(std::string(200, 'x'))));
    const auto refused = peer.reply(2, value(std::string(200, 'x')));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::limit_exceeded);
    peer.fail_call(2, refused.error());
    const std::string written = peer.written();
    EXPECT_TRUE(written.starts_with("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"xxx"));
    EXPECT_NE(written.find("\"id\":2,\"error\":{\"code\":-32003"), std::string::npos) << written;
}

TEST(jsonrpc_requests, a_result_without_a_form_in_json_is_an_error_that_names_it) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"a","id":1})");
    const auto refused = peer.reply(1, value::list({std::numeric_limits<double>::quiet_NaN()}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(), "unsupported: [0]: nan cannot travel in json");
    EXPECT_EQ(peer.written(), "");
    peer.fail_call(1, refused.error());
    EXPECT_EQ(peer.written(),
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"[0]: nan "
              "cannot travel in json\",\"data\":{\"error\":\"unsupported\"}}}\n");
}

TEST(jsonrpc_requests, errors_are_answered_whatever_is_in_them) {
    conversation peer;
    peer.hear_line(R"({"jsonrpc":"2.0","method":"a","id":1})");
    peer.fail_call(1, fail(errc::remote_error, "\xff"));
    EXPECT_EQ(peer.written(),
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"an error "
              "whose text is not utf-8\"}}\n");
    peer.hear_line(R"({"jsonrpc":"2.0","method":"a","id":1})");
    peer.fail_call(
        1, response_error(5, "m", value(std::numeric_limits<double>::infinity())).failure());
    EXPECT_EQ(peer.written(),
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":5,\"message\":\"m\"}}\n");
}

TEST(jsonrpc_requests, of_ours_are_written_in_one_line) {
    conversation peer({.deadlines = true});
    ASSERT_TRUE(peer.call(70'001, "add", value::list({1, "a\nb"})));
    ASSERT_TRUE(peer.call(70'002, "add", value::map({{"a", 1}})));
    ASSERT_TRUE(peer.call(70'003, "none"));
    ASSERT_TRUE(peer.call(70'004, "increment", value::list({object_of(5), object_of(105)}), 9));
    ASSERT_TRUE(peer.call(0, "log", value::list({1}), 0, true));
    EXPECT_EQ(peer.written(),
              "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,\"a\\nb\"],\"id\":1}\n"
              "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":{\"a\":1},\"id\":2}\n"
              "{\"jsonrpc\":\"2.0\",\"method\":\"none\",\"id\":3}\n"
              "{\"jsonrpc\":\"2.0\",\"method\":\"$ref/"
              "9.increment\",\"params\":[{\"$ref\":5,\"interface\":"
              "\"Named\"},{\"$ref\":105,\"interface\":\"Named\",\"mine\":true}],\"id\":4}\n"
              "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":[1]}\n");
    peer.speaks->write_cancel(peer.out, 70'002);
    peer.speaks->write_cancel(peer.out, 60'000); // not known
    const std::pair<std::uint32_t, std::uint32_t> released[]{{4, 2}, {5, 1}};
    peer.speaks->write_release(peer.out, released);
    EXPECT_EQ(peer.written(),
              "{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\",\"params\":{\"id\":2}}\n"
              "{\"jsonrpc\":\"2.0\",\"method\":\"$release\",\"params\":[4,2]}\n"
              "{\"jsonrpc\":\"2.0\",\"method\":\"$release\",\"params\":[5,1]}\n");
}

TEST(jsonrpc_requests, of_ours_that_cannot_be_written_leave_no_trace) {
    conversation peer;
    EXPECT_FALSE(peer.call(7, "a", value::list({std::numeric_limits<double>::infinity()})));
    EXPECT_FALSE(peer.call(7, "\xff"));
    peer.out.clear(); // as the session does
    ASSERT_TRUE(peer.call(7, "a"));
    EXPECT_EQ(peer.written(), "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1}\n");
}

TEST(jsonrpc_requests, of_ours_that_never_left_make_room) {
    conversation peer;
    for (std::uint32_t generation = 1; generation < 100; ++generation)
        ASSERT_TRUE(peer.call(generation << 16 | 5, "a"));
    // Only the last one under that place is still waited for.
    peer.hear_line(R"({"jsonrpc":"2.0","result":1,"id":98})");
    peer.hear_line(R"({"jsonrpc":"2.0","result":1,"id":99})");
    ASSERT_EQ(peer.told.size(), 2u);
    EXPECT_TRUE(peer.told[0].starts_with("BKN-JSONRPC-STRAY"));
    EXPECT_EQ(peer.told[1], concat("reply ", 99u << 16 | 5, " 1"));
}

TEST(jsonrpc_requests, only_methods_can_be_asked_for) {
    conversation peer;
    call_head head;
    const auto refused =
        peer.speaks->write_value_call(peer.out, head, {operation::get_attribute, "name"}, peer);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "unsupported: jsonrpc has calls of methods only; it cannot "
              "ask for get_attribute of name");
}

TEST(jsonrpc_requests, a_message_over_the_limit_is_told_before_the_end) {
    limits small;
    small.max_message_bytes = 64;
    conversation peer({}, small);
    peer.hear(std::string(65, '['));
    EXPECT_EQ(peer.news(),
              texts{"broken: limit_exceeded: peer sent a message of more than 65 bytes; limit "
                    "is 64 bytes (max_message_bytes)"});
    EXPECT_TRUE(
        peer.written().starts_with(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,)"));
}

TEST(jsonrpc_requests, texts_nest_as_deep_as_json_may) {
    const auto nested = [](std::size_t depth) {
        return concat(R"({"jsonrpc":"2.0","method":"m","id":1,"params":)", std::string(depth, '['),
                      std::string(depth, ']'), "}");
    };
    conversation peer;
    peer.hear_line(nested(255));
    EXPECT_EQ(peer.news().size(), 1u);
    peer.hear_line(nested(256));
    EXPECT_TRUE(peer.news().at(0).starts_with("BKN-JSONRPC-BROKEN: "));
    EXPECT_NE(peer.written().find("-32700"), std::string::npos);
    limits shallow;
    shallow.max_depth = 5;
    conversation other({}, conversation::sized(shallow));
    other.hear_line(nested(4));
    EXPECT_EQ(other.news().size(), 1u);
    other.hear_line(nested(5));
    EXPECT_TRUE(other.news().at(0).starts_with("BKN-JSONRPC-BROKEN: "));
}

} // namespace
} // namespace beckon::jsonrpc
