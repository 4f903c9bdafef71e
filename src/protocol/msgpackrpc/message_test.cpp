#include "protocol/msgpackrpc/message.hpp"

#include <gtest/gtest.h>

#include <map>

#include "codec/msgpack_vectors_test.hpp"

namespace beckon::msgpackrpc {
namespace {

using msgpack::vectors::from_hex;

/// What becomes of a message: "request 1 sum", "answer 1: ...", "close: ...".
std::string fate_of(std::string_view hex) {
    const bytes wire = from_hex(hex);
    const msgpack::read_options usual;
    message head(wire, usual);
    const auto read = read_message(head);
    if (!read) return concat("close: ", read.error().message());
    message* const came = &head;
    if (came->wrong) return concat("answer ", came->id, ": ", came->wrong->message());
    switch (came->kind) {
    case message_kind::request: {
        const value params = came->body.get_value();
        return concat("request ", came->id, ' ', came->method, ' ', params.to_text());
    }
    case message_kind::notification: {
        const value params = came->body.get_value();
        return concat("notification ", came->method, ' ', params.to_text());
    }
    case message_kind::response: break;
    }
    const value failure = came->body.get_value();
    const value outcome = came->body.get_value();
    return concat("response ", came->id, ' ', failure.to_text(), ' ', outcome.to_text());
}

TEST(msgpackrpc_message, every_vector_meets_its_fate) {
    const std::map<std::string, std::string> fates{
        {"request", "request 1 sum [1, 2]"},
        {"request_no_params", "request 0 ping []"},
        {"request_max_id", "request 4294967295 ping []"},
        {"notification", "notification log [\"hello\"]"},
        {"response_ok", "response 1 null 3"},
        {"response_nil_result", "response 1 null null"},
        {"response_error_string", "response 1 \"boom\" null"},
        {"response_error_array", "response 1 [0, \"boom\"] null"},
        {"response_error_map", "response 1 {\"code\": 5} null"},
        {"response_error_false", "response 1 false null"},
        {"response_both", "response 1 \"boom\" 3"},
        {"bad_not_array", "close: peer sent a message that is a map; expected an array"},
        {"bad_empty_array", "close: peer sent a message that is an empty array"},
        {"bad_unknown_type", "answer 1: peer sent a message of a type other than 0, 1 and 2"},
        {"bad_negative_type", "answer 1: peer sent a message of a type other than 0, 1 and 2"},
        {"bad_request_3_elements", "answer 1: peer sent a request of 3 elements; expected 4"},
        {"bad_request_5_elements", "answer 1: peer sent a request of 5 elements; expected 4"},
        {"bad_notification_4_elements",
         "close: peer sent a notification of 4 elements; expected 3"},
        {"bad_response_3_elements", "close: peer sent a response of 3 elements; expected 4"},
        {"bad_request_string_id",
         "close: peer sent a request whose id is no integer from 0 to 4294967295"},
        {"bad_request_negative_id",
         "close: peer sent a request whose id is no integer from 0 to 4294967295"},
        {"bad_request_id_over_32_bits",
         "close: peer sent a request whose id is no integer from 0 to 4294967295"},
        {"bad_request_method_int",
         "answer 1: peer sent a message whose method is an integer; expected a string"},
        {"bad_request_params_nil", "request 1 x null"},
        {"bad_request_params_map", "request 1 x {\"a\": 1}"},
        {"bad_bare_int", "close: peer sent a message that is an integer; expected an array"},
    };
    const value entries = msgpack::vectors::section("rpc");
    ASSERT_EQ(entries.size(), fates.size());
    for (const value& entry : entries.items()) {
        const std::string name(entry["name"].string());
        SCOPED_TRACE(name);
        ASSERT_TRUE(fates.contains(name));
        EXPECT_EQ(fate_of(entry["hex"].string()), fates.at(name));
    }
}

TEST(msgpackrpc_message, the_recorded_dialogues_of_others_are_read) {
    std::size_t read = 0;
    const auto take = [&](const value& hex) {
        const bytes wire = from_hex(hex.string());
        const msgpack::read_options usual;
        for (std::size_t at = 0; at < wire.size();) {
            std::size_t used = 0;
            ASSERT_TRUE(msgpack::read(byte_view(wire).subspan(at), usual, &used));
            message came(byte_view(wire).subspan(at, used), usual);
            const auto done = read_message(came);
            ASSERT_TRUE(done) << done.error().message();
            EXPECT_FALSE(came.wrong);
            at += used;
            ++read;
        }
    };
    const value neovim = msgpack::vectors::section("neovim");
    ASSERT_EQ(neovim.size(), 32u);
    for (const value& dialogue : neovim.items()) {
        SCOPED_TRACE(dialogue["name"].string());
        for (const value& step : dialogue["steps"].items()) {
            if (step.contains("hex") && step["dir"] == value("s2c")) take(step["hex"]);
        }
    }
    const value rpclib = msgpack::vectors::section("rpclib");
    ASSERT_EQ(rpclib.size(), 25u);
    for (const value& dialogue : rpclib.items()) {
        SCOPED_TRACE(dialogue["name"].string());
        if (!dialogue["reply_hex"].empty()) take(dialogue["reply_hex"]);
    }
    EXPECT_GE(read, 45u);
}

TEST(msgpackrpc_message, heads_are_written_in_their_shortest_forms) {
    const bytes recorded = from_hex("940001a373756d920102");
    buffer out;
    put_request(out, 1, {}, "sum", false);
    EXPECT_EQ(to_hex(out.view()), to_hex(byte_view(recorded).first(7)));
    out.clear();
    put_notification(out, "$ref/3.", "log", false);
    EXPECT_EQ(to_hex(out.view()), concat("9302aa", to_hex(as_bytes("$ref/3.log"))));
    out.clear();
    put_response(out, 7);
    EXPECT_EQ(to_hex(out.view()), "940107");
}

} // namespace
} // namespace beckon::msgpackrpc
