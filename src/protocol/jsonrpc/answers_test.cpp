// What a client makes of what servers answer.
#include <gtest/gtest.h>

#include "beckon/protocol/jsonrpc/error.hpp"
#include "protocol/jsonrpc/conversation_test.hpp"
#include "protocol/jsonrpc/message.hpp"
#include "protocol/jsonrpc/vectors_test.hpp"

namespace beckon::jsonrpc {
namespace {

using testing::conversation;
using texts = std::vector<std::string>;

/// The numbers that the session has for calls whose ids are 1, 2 ...
constexpr std::uint32_t number_of(std::int64_t id) {
    return 0x10000 + static_cast<std::uint32_t>(id);
}

/// A client with calls pending, as a case of the vectors has them.
struct waiting_client {
    explicit waiting_client(const value& entry, bool lenient = false) : peer({.lenient = lenient}) {
        for (std::int64_t id = 1; id <= static_cast<std::int64_t>(entry["pending_ids"].size());
             ++id) {
            EXPECT_TRUE(peer.call(number_of(id), "m"));
        }
        peer.hear_line(entry["response"].string());
        news = peer.news();
    }
    conversation peer;
    texts news;
};

TEST(jsonrpc_answers, every_recorded_response_gets_its_verdict) {
    const value recorded = vectors::section("responses");
    std::size_t tried = 0;
    for (const value& entry : recorded.items()) {
        SCOPED_TRACE(vectors::name_of(entry));
        ++tried;
        const value& pending = entry["pending_ids"];
        if (!pending.empty() && !pending[0].is_int64()) continue; // an id that we never give
        const waiting_client client(entry);
        const value& verdict = entry["verdict"];
        if (verdict.is(value_kind::map)) {
            std::size_t answered = 0;
            for (const map_entry& each : verdict.entries()) {
                if (each.mapped.is(value_kind::string)) continue; // still pending
                const std::uint32_t number = number_of(std::stoi(std::string(each.key.string())));
                const bool good = each.mapped.contains("result");
                const std::string expected =
                    good ? concat("reply ", number, ' ', each.mapped["result"].to_text())
                         : concat("error ", number, ' ');
                ++answered;
                EXPECT_TRUE(std::any_of(client.news.begin(), client.news.end(),
                                        [&](const std::string& each_told) {
                                            return good ? each_told == expected
                                                        : each_told.starts_with(expected);
                                        }))
                    << expected;
                if (!good) {
                    ASSERT_EQ(client.peer.failures.size(), 1u);
                    EXPECT_EQ(code_of(client.peer.failures[0]), each.mapped["error"].int64());
                    EXPECT_EQ(data_of(client.peer.failures[0]), each.mapped["data"]);
                }
            }
            EXPECT_EQ(client.news.size(), answered);
        } else if (vectors::name_of(entry) == "batch_empty") {
            // It may as well be a batch of requests.
            EXPECT_TRUE(client.news.empty());
            EXPECT_NE(as_text(client.peer.out.view()).find("-32600"), std::string_view::npos);
        } else if (verdict.string().starts_with("invalid")) {
            ASSERT_EQ(client.news.size(), 1u);
            if (vectors::name_of(entry) != "id_missing") {
                EXPECT_TRUE(
                    client.news[0].starts_with("error 65537 protocol_error: peer sent a broken "
                                               "answer: "))
                    << client.news[0];
            }
            const waiting_client lenient(entry, true);
            if (verdict.string() == "invalid unless lenient") {
                EXPECT_EQ(lenient.news, texts{"reply 65537 1"});
            } else {
                EXPECT_EQ(lenient.news, client.news);
            }
        } else if (verdict.string() == "ignored") {
            ASSERT_EQ(client.news.size(), 1u);
            EXPECT_TRUE(client.news[0].starts_with("BKN-JSONRPC-STRAY: ")) << client.news[0];
        } else {
            EXPECT_EQ(verdict, value("unattributed error"));
            ASSERT_FALSE(client.news.empty());
            EXPECT_TRUE(client.news[0].starts_with("BKN-JSONRPC-UNATTRIBUTED: ")) << client.news[0];
        }
    }
    EXPECT_EQ(tried, 20u);
}

TEST(jsonrpc_answers, data_of_an_error_may_be_anything) {
    content read;
    ASSERT_TRUE(read_content(
        R"({"jsonrpc":"2.0","error":{"code":5,"message":"m","data":[1]},"id":"a"})", {}, read));
    EXPECT_EQ(read.single.kind, message_kind::failure);
    EXPECT_EQ(read.single.id, value("a"));
    EXPECT_EQ(read.single.error.code, 5);
    EXPECT_EQ(read.single.error.data, value::list({1}));
}

TEST(jsonrpc_answers, a_text_that_the_peer_could_not_parse_may_have_been_any_call) {
    conversation peer;
    ASSERT_TRUE(peer.call(7, "a"));
    ASSERT_TRUE(peer.call(8, "b"));
    peer.hear_line(
        R"({"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null})");
    EXPECT_EQ(peer.failures.size(), 2u);
    // What comes late is for nobody.
    peer.hear_line(R"({"jsonrpc":"2.0","result":1,"id":1})");
    EXPECT_TRUE(peer.told.back().starts_with("BKN-JSONRPC-STRAY: "));
    EXPECT_TRUE(peer.results.empty());
}

TEST(jsonrpc_answers,
     what_the_peer_took_for_no_request_is_the_only_one_that_waits_or_nobody_knows) {
    for (const std::size_t waiting : {std::size_t{1}, std::size_t{2}}) {
        conversation peer;
        for (std::uint32_t i = 1; i <= waiting; ++i) ASSERT_TRUE(peer.call(i, "a"));
        peer.hear_line(
            R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null})");
        EXPECT_EQ(peer.failures.size(), waiting == 1 ? 1u : 0u);
    }
}

TEST(jsonrpc_answers, a_number_may_come_back_as_a_floating_one) {
    conversation peer;
    ASSERT_TRUE(peer.call(7, "a"));
    peer.hear_line(R"({"jsonrpc":"2.0","result":1,"id":1.5})");
    peer.hear_line(R"({"jsonrpc":"2.0","result":1,"id":-1})");
    peer.hear_line(R"({"jsonrpc":"2.0","result":1,"id":1e300})");
    EXPECT_TRUE(peer.results.empty());
    peer.hear_line(R"({"jsonrpc":"2.0","result":5,"id":1.0})");
    ASSERT_EQ(peer.results.size(), 1u);
    EXPECT_EQ(peer.results[0], value(5));
}

TEST(jsonrpc_answers,
     a_message_that_says_nothing_but_an_id_is_a_broken_answer_or_a_broken_request) {
    conversation peer;
    ASSERT_TRUE(peer.call(7, "a"));
    static_cast<void>(peer.written());
    peer.hear_line(R"({"jsonrpc":"2.0","id":1})");
    EXPECT_EQ(peer.failures.size(), 1u);
    EXPECT_EQ(peer.written(), "");
    peer.hear_line(R"({"jsonrpc":"2.0","id":1})");
    EXPECT_TRUE(peer.written().starts_with(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32600,)"));
}

TEST(jsonrpc_answers, numbers_of_errors_become_what_they_mean) {
    const auto meaning = [](std::string_view members) {
        conversation peer;
        EXPECT_TRUE(peer.call(7, "a"));
        peer.hear_line(concat(R"({"jsonrpc":"2.0","id":1,"error":{)", members, "}}"));
        return peer.failures.empty() ? "none" : peer.failures[0].to_string();
    };
    EXPECT_EQ(meaning(R"("code":-32601,"message":"Method not found: x")"), "unknown_method: x");
    EXPECT_EQ(meaning(R"("code":-32601,"message":"Unhandled method x")"),
              "unknown_method: Unhandled method x");
    EXPECT_EQ(meaning(R"("code":-32602,"message":"Invalid params")"),
              "invalid_argument: Invalid params");
    EXPECT_EQ(meaning(R"("code":-32603,"message":"boom")"), "remote_error: boom");
    EXPECT_EQ(meaning(R"("code":-32600,"message":"m")"), "protocol_error: m");
    EXPECT_EQ(meaning(R"("code":-32800,"message":"m")"), "cancelled: m");
    EXPECT_EQ(meaning(R"("code":-32802,"message":"m")"), "cancelled: m");
    EXPECT_EQ(meaning(R"("code":-32801,"message":"m")"), "remote_error: m");
    EXPECT_EQ(meaning(R"("code":1001,"message":"m")"), "remote_error: m");
    // Only Beckon says that -32001 is a timeout: language servers mean something else.
    EXPECT_EQ(meaning(R"("code":-32001,"message":"m")"), "remote_error: m");
    EXPECT_EQ(meaning(R"("code":-32001,"message":"m","data":{"error":"timeout"})"), "timeout: m");
    EXPECT_EQ(meaning(R"("code":-32000,"message":"m","data":{"error":"no such code"})"),
              "remote_error: m");
}

TEST(jsonrpc_answers, every_code_of_an_error_survives_the_way) {
    for (int number = 0; number <= static_cast<int>(errc::not_found); ++number) {
        const auto what = static_cast<errc>(number);
        if (what == errc::declared) continue; // comes with its fields
        error failure(what, "it");
        if (what == errc::remote_error) failure.set_type_name("std::runtime_error");
        const error back = from_object(to_object(failure, false));
        EXPECT_EQ(back.to_string(), failure.to_string());
        EXPECT_EQ(back.type_name(), failure.type_name());
    }
    EXPECT_EQ(to_object(fail(errc::cancelled, "m"), true).code, code::request_cancelled);
    EXPECT_EQ(to_object(fail(errc::cancelled, "m"), false).code, code::cancelled);
}

TEST(jsonrpc_answers, an_error_keeps_its_own_number_and_data) {
    const error thrown = response_error(1001, "out of paper", value::map({{"tray", 2}})).failure();
    const error_object sent = to_object(thrown, false);
    EXPECT_EQ(sent.code, 1001);
    EXPECT_EQ(sent.message, "out of paper");
    EXPECT_EQ(sent.data, value::map({{"tray", 2}}));
    EXPECT_EQ(make_error(code::method_not_found, "x").code(), errc::unknown_method);
    EXPECT_EQ(code_of(fail(errc::timeout, "m")), std::nullopt);
}

} // namespace
} // namespace beckon::jsonrpc
