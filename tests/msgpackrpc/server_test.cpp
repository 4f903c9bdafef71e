// A server of MessagePack-RPC, and peers that keep to the rules or do not.
#include "value_peer.hpp"

#include <mutex>

#include "codec/msgpack_vectors_test.hpp"
#include "conformance/service.hpp"

namespace msgpackrpc_test {
namespace {

using beckon::msgpack::vectors::from_hex;

struct conformance_server : served {
    explicit conformance_server(std::string options = {}, beckon::limits allowed = {})
        : served(std::move(options), allowed) {
        conformance::publish(server);
        server.set_root("conformance");
    }
};

[[nodiscard]] value answer(std::uint32_t id, value result) {
    return value::list({1, id, nullptr, std::move(result)});
}
/// The text of an error in the usual shape.
[[nodiscard]] std::string error_text(const value& response) {
    const value& failure = response[2];
    EXPECT_TRUE(failure.is(beckon::value_kind::list)) << response.to_text();
    EXPECT_EQ(failure[0], value(0));
    EXPECT_TRUE(response[3].is_null());
    return failure[1].is(beckon::value_kind::string) ? std::string(failure[1].string()) : "";
}

TEST(msgpackrpc_server, methods_are_found_by_root_by_published_object_and_by_lent_object) {
    conformance_server served;
    auto peer = served.connect();
    EXPECT_EQ(peer.ask(1, "add", value::list({2, 3})), answer(1, 5));
    EXPECT_EQ(peer.ask(0, "conformance.concat", value::list({"a", "b"})), answer(0, "ab"));
    EXPECT_EQ(peer.ask(UINT32_MAX, "bench.say", value::list({"x"})), answer(UINT32_MAX, "x"));
    const value made = peer.ask(2, "make_counter", value::list({5}));
    EXPECT_EQ(made, answer(2, value::extension(40, from_hex("01"))));
    EXPECT_EQ(peer.ask(3, "$ref/1.increment", value::list({2})), answer(3, 7));
    EXPECT_EQ(error_text(peer.ask(4, "$ref/9.increment", value::list({2}))).substr(0, 15),
              "unknown_object:");
    EXPECT_EQ(error_text(peer.ask(5, "$ref/x", value::list())).substr(0, 15), "unknown_object:");
    EXPECT_EQ(error_text(peer.ask(6, "no_such", value::list())).substr(0, 15), "unknown_method:");
    EXPECT_EQ(error_text(peer.ask(7, "nobody.add", value::list())).substr(0, 15),
              "unknown_method:");
}

/// "aa ab ac ...": counted, it comes to more than it is.
[[nodiscard]] std::string many_words() {
    std::string words;
    for (char first = 'a'; first != 'm'; ++first) {
        for (char second = 'a'; second <= 'z'; ++second) words += {first, second, ' '};
    }
    return words;
}

TEST(msgpackrpc_server, a_result_that_is_too_large_fails_the_request_that_it_is_for) {
    beckon::limits allowed;
    allowed.max_message_bytes = 1000;
    conformance_server served({}, allowed);
    auto peer = served.connect();
    const value refused = peer.ask(7, "word_count", value::list({many_words()}));
    EXPECT_EQ(refused[1], value(7));
    EXPECT_NE(error_text(refused).find("the caller takes at most 1000 bytes"), std::string::npos)
        << refused.to_text();
    EXPECT_EQ(peer.ask(8, "add", value::list({1, 1})), answer(8, 2));
}

TEST(msgpackrpc_server, lent_objects_live_until_they_are_released_as_often_as_they_were_sent) {
    conformance_server served;
    auto peer = served.connect();
    static_cast<void>(peer.ask(1, "make_counter", value::list({5})));
    const value home = value::extension(41, from_hex("01"));
    const value again = peer.ask(2, "echo", value::list({home}));
    EXPECT_EQ(again, answer(2, value::extension(40, from_hex("01"))));
    EXPECT_EQ(peer.ask(3, "live_objects", value::list()), answer(3, 1));
    peer.send(value::list({2, "$release", value::list({1, 1})}));
    EXPECT_EQ(peer.ask(4, "live_objects", value::list()), answer(4, 1));
    peer.send(value::list({2, "$release", value::list({1, 1})}));
    EXPECT_EQ(peer.ask(5, "live_objects", value::list()), answer(5, 0));
    peer.send(value::list({2, "$release", value::list({1, 1})})); // one too many: logged
    EXPECT_EQ(peer.ask(6, "add", value::list({1, 1})), answer(6, 2));
    EXPECT_TRUE(served.log.has("BKN-RELEASE-STRAY"));
}

TEST(msgpackrpc_server, types_travel_as_the_mapping_says) {
    conformance_server served;
    auto peer = served.connect();
    const value item = value::map({{"name", "bolt"},
                                   {"count", 2},
                                   {"tags", value::list({"m4"})},
                                   {"at", value::map({{"x", 1.0}, {"y", 2.0}})},
                                   {"mood", "busy"}});
    value more = item;
    more.insert_or_assign("count", 5);
    EXPECT_EQ(peer.ask(1, "restock", value::list({item, 3})), answer(1, more));
    const value thrown = peer.ask(2, "restock", value::list({item, -3}));
    ASSERT_TRUE(thrown[2].is(beckon::value_kind::list)) << thrown.to_text();
    EXPECT_EQ(thrown[2][0], value(1));
    EXPECT_EQ(thrown[2][1]["type"], value("OutOfStock"));
    EXPECT_EQ(thrown[2][1]["fields"],
              value::map({{"name", "bolt"}, {"wanted", 3}, {"available", 2}}));
    EXPECT_EQ(error_text(peer.ask(3, "fail", value::list({"boom"}))), "boom");
    // Old peers do not tell text from bytes.
    EXPECT_EQ(peer.ask(4, "concat", value::list({beckon::to_bytes("a"), "b"})), answer(4, "ab"));
    EXPECT_EQ(peer.ask(5, "reverse", value::list({"ab"})), answer(5, beckon::to_bytes("ba")));
    // Nil for no parameters, and names where the interface has them.
    EXPECT_EQ(peer.ask(6, "whoami", nullptr), answer(6, "anonymous"));
    EXPECT_EQ(peer.ask(7, "add", value::map({{"b", 3}, {"a", 2}})), answer(7, 5));
    EXPECT_EQ(error_text(peer.ask(8, "add", value::map({{1, 3}}))).substr(0, 17),
              "invalid_argument:");
    EXPECT_EQ(error_text(peer.ask(9, "add", value::list({1}))).substr(0, 17), "invalid_argument:");
    EXPECT_EQ(error_text(peer.ask(10, "add", value::list({1, "x"}))).substr(0, 14),
              "type_mismatch:");
    for (const value& any : {value(1.5f), value(beckon::datetime{{1}, {5}}), value(UINT64_MAX),
                             value::map({{1, "a"}, {value::list(), nullptr}}),
                             value::extension(5, from_hex("0102"))}) {
        EXPECT_EQ(peer.ask(11, "echo", value::list({any})), answer(11, any)) << any.to_text();
    }
}

TEST(msgpackrpc_server, a_notification_is_run_and_never_answered) {
    conformance_server served;
    auto peer = served.connect();
    peer.send(value::list({2, "make_counter", value::list({1})}));
    peer.send(value::list({2, "fail", value::list({"x"})}));
    peer.send(value::list({2, "no_such", value::list()}));
    EXPECT_EQ(peer.ask(1, "add", value::list({1, 1})), answer(1, 2));
}

TEST(msgpackrpc_server,
     every_wrong_message_is_answered_where_it_can_be_and_else_ends_its_session_alone) {
    conformance_server served;
    const value entries = beckon::msgpack::vectors::section("rpc");
    std::size_t answered = 0;
    std::size_t closed = 0;
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        if (!entry["name"].string().starts_with("bad_")) continue;
        auto peer = served.connect();
        EXPECT_EQ(peer.ask(7, "add", value::list({1, 1})), answer(7, 2));
        peer.send_bytes(from_hex(entry["hex"].string()));
        peer.send(value::list({0, 8, "add", value::list({2, 2})}));
        const auto next = peer.try_read();
        if (!next) {
            ++closed;
            continue;
        }
        ++answered;
        EXPECT_EQ((*next)[1], value(1));
        EXPECT_FALSE((*next)[2].is_null());
        EXPECT_EQ(peer.read(), answer(8, 4)); // the conversation goes on
    }
    EXPECT_EQ(answered, 7u);
    EXPECT_EQ(closed, 8u);
    auto peer = served.connect();
    EXPECT_EQ(peer.ask(1, "add", value::list({1, 1})), answer(1, 2));
}

TEST(msgpackrpc_server, bytes_that_are_no_message_end_the_session_with_a_reason) {
    conformance_server served;
    for (const char* const junk :
         {"c1", "92c1", "c6ffffffff", "ddffffffff", "dfffffffff", "a178"}) {
        SCOPED_TRACE(junk);
        auto peer = served.connect();
        peer.send_bytes(from_hex(junk));
        EXPECT_TRUE(peer.is_over());
    }
    EXPECT_TRUE(served.log.has("0xc1"));
    EXPECT_TRUE(served.log.has("max_message_bytes"));
}

TEST(msgpackrpc_server, parameters_beyond_a_limit_are_refused_and_the_conversation_goes_on) {
    beckon::limits allowed;
    allowed.max_nodes = 1000;
    conformance_server served({}, allowed);
    auto peer = served.connect();
    beckon::bytes deep = from_hex("940001a46563686f");
    deep.insert(deep.end(), 300, std::byte{0x91});
    deep.push_back(std::byte{0x01});
    peer.send_bytes(deep);
    EXPECT_NE(error_text(peer.read()).find("max_depth"), std::string::npos);
    EXPECT_NE(error_text(peer.ask(2, "echo", value::list({value(std::vector<int>(1000))})))
                  .find("max_nodes"),
              std::string::npos);
    EXPECT_NE(
        error_text(peer.ask(3, "$ref/1.value", value::list({value::extension(41, from_hex("07"))})))
            .find("unknown_object"),
        std::string::npos);
    beckon::bytes bad_time = from_hex("940004a46563686f91c703ff000000");
    peer.send_bytes(bad_time);
    EXPECT_NE(error_text(peer.read()).find("timestamp"), std::string::npos);
    EXPECT_EQ(peer.ask(5, "add", value::list({1, 1})), answer(5, 2));
}

TEST(msgpackrpc_server, messages_end_at_the_limit_that_is_chosen) {
    beckon::limits allowed;
    allowed.max_message_bytes = 1000;
    conformance_server served({}, allowed);
    auto peer = served.connect();
    const auto request = [](std::size_t letters) {
        return value::list({0, 1, "echo", value::list({std::string(letters, 'x')})});
    };
    peer.send(request(1000 - 12));
    // The answer is as long but for the name.
    EXPECT_EQ(peer.read(), answer(1, std::string(1000 - 12, 'x')));
    peer.send(request(1000 - 11));
    EXPECT_TRUE(peer.is_over());
    EXPECT_TRUE(served.log.has("limit is 1000 bytes (max_message_bytes)"));
}

TEST(msgpackrpc_server, text_that_is_not_utf8_is_bytes_or_refused_as_chosen) {
    const beckon::bytes message = from_hex("940001a46563686f91a2fffe");
    conformance_server lenient;
    auto peer = lenient.connect();
    peer.send_bytes(message);
    EXPECT_EQ(peer.read(), answer(1, from_hex("fffe")));
    conformance_server strict("?bad_text_as_bytes=false");
    auto other = strict.connect();
    other.send_bytes(message);
    EXPECT_NE(error_text(other.read()).find("not utf-8"), std::string::npos);
}

TEST(msgpackrpc_server, two_requests_of_one_number_get_an_answer_each) {
    conformance_server served;
    auto peer = served.connect();
    peer.send(value::list({0, 1, "add", value::list({1, 1})}));
    peer.send(value::list({0, 1, "add", value::list({2, 2})}));
    EXPECT_EQ(peer.read(), answer(1, 2));
    EXPECT_EQ(peer.read(), answer(1, 4));
}

TEST(msgpackrpc_server, replies_to_nothing_are_dropped_and_logged) {
    conformance_server served;
    auto peer = served.connect();
    peer.send(value::list({1, 77, nullptr, 1}));
    peer.send(value::list({1, 78, "failed", nullptr}));
    EXPECT_EQ(peer.ask(1, "add", value::list({1, 1})), answer(1, 2));
    EXPECT_TRUE(served.log.has("replied to call 77, which is not in flight"));
    EXPECT_TRUE(served.log.has("answered call 78"));
}

TEST(msgpackrpc_server, a_call_is_cancelled_by_its_number) {
    conformance_server served;
    auto peer = served.connect();
    peer.send(value::list({0, 5, "sleep", value::list({60'000})}));
    peer.send(value::list({2, "$cancel", value::list({4})}));
    peer.send(value::list({2, "$cancel", value::list({5})}));
    EXPECT_EQ(error_text(peer.read()).substr(0, 10), "cancelled:");
    peer.send(value::list({2, "$cancel", value::list({5})})); // too late
    EXPECT_EQ(peer.ask(6, "add", value::list({1, 1})), answer(6, 2));
}

TEST(msgpackrpc_server, streams_flow_as_far_as_there_is_credit) {
    conformance_server served;
    auto peer = served.connect();
    const value begun = peer.ask(1, "count_to", value::list({20}));
    EXPECT_EQ(begun, answer(1, value::map({{"$stream", 1}})));
    for (int i = 1; i <= 16; ++i)
        EXPECT_EQ(peer.read(), value::list({2, "$item", value::list({1, i})}));
    // No more than that without credit: what comes next is an answer.
    EXPECT_EQ(peer.ask(2, "add", value::list({1, 1})), answer(2, 2));
    peer.send(value::list({2, "$credit", value::list({1, 10})}));
    for (int i = 17; i <= 20; ++i)
        EXPECT_EQ(peer.read(), value::list({2, "$item", value::list({1, i})}));
    EXPECT_EQ(peer.read(), value::list({2, "$end", value::list({1})}));
}

TEST(msgpackrpc_server, a_stream_that_nobody_wants_more_of_ends) {
    conformance_server served;
    auto peer = served.connect();
    static_cast<void>(peer.ask(1, "count_to", value::list({1'000'000})));
    for (int i = 1; i <= 16; ++i) static_cast<void>(peer.read());
    peer.send(value::list({2, "$credit", value::list({1, 0})}));
    EXPECT_EQ(peer.read(), value::list({2, "$end", value::list({1})}));
}

TEST(msgpackrpc_server, takes_a_stream_of_its_caller) {
    conformance_server served;
    auto peer = served.connect();
    peer.send(value::list({0, 1, "total", value::list({value::map({{"$stream", 7}})})}));
    for (int i = 1; i <= 8; ++i) peer.send(value::list({2, "$item", value::list({7, i})}));
    EXPECT_EQ(peer.read(), value::list({2, "$credit", value::list({7, 8})}));
    peer.send(value::list({2, "$end", value::list({7})}));
    EXPECT_EQ(peer.read(), answer(1, 36));
    // One that fails, and one with an item that cannot be read.
    peer.send(value::list({0, 2, "total", value::list({value::map({{"$stream", 8}})})}));
    peer.send(value::list({2, "$end", value::list({8, value::list({0, "broken"})})}));
    EXPECT_EQ(error_text(peer.read()), "broken");
    peer.send(value::list({0, 3, "total", value::list({value::map({{"$stream", 9}})})}));
    peer.send(value::list({2, "$item", value::list({9, value::extension(41, from_hex("63"))})}));
    EXPECT_NE(error_text(peer.read()).find("object #99"), std::string::npos);
}

TEST(msgpackrpc_server, calls_the_objects_of_its_caller) {
    conformance_server served;
    auto peer = served.connect();
    const value listener = value::extension(40, from_hex("03"));
    peer.send(value::list({0, 1, "call_back", value::list({listener, 2})}));
    for (int i = 1; i <= 2; ++i) {
        const value call = peer.read();
        EXPECT_EQ(call[0], value(0));
        EXPECT_EQ(call[2], value("$ref/3.on_event"));
        EXPECT_EQ(call[3], value::list({i, concat("event ", i)}));
        peer.send(value::list({1, call[1], nullptr, nullptr}));
    }
    EXPECT_EQ(peer.read(), answer(1, 2));
    EXPECT_EQ(peer.read(), value::list({2, "$release", value::list({3, 1})}));
    // A failing callback is the caller's own failure again.
    peer.send(value::list({0, 2, "call_back", value::list({listener, 1})}));
    const value call = peer.read();
    peer.send(value::list({1, call[1], false, 5}));
    EXPECT_EQ(error_text(peer.read()), "false");
}

TEST(msgpackrpc_server, errors_take_the_shape_that_is_chosen) {
    conformance_server text("?errors=text");
    auto first = text.connect();
    EXPECT_EQ(first.ask(1, "fail", value::list({"boom"})), value::list({1, 1, "boom", nullptr}));
    conformance_server neovim("?errors=neovim");
    auto second = neovim.connect();
    EXPECT_EQ(second.ask(1, "fail", value::list({"boom"})),
              value::list({1, 1, value::list({0, "boom"}), nullptr}));
    conformance_server map("?errors=map");
    auto third = map.connect();
    EXPECT_EQ(third.ask(1, "fail", value::list({"boom"}))[2]["message"], value("boom"));
    EXPECT_THROW(conformance_server("?errors=loud"), beckon::exception);
    EXPECT_THROW(conformance_server("?peer=neovim"), beckon::exception);
}

TEST(msgpackrpc_server, without_references_their_extensions_are_like_all_others) {
    conformance_server served("?references=false");
    auto peer = served.connect();
    const value plain =
        value::list({value::extension(40, from_hex("01")), value::map({{"$stream", 1}})});
    EXPECT_EQ(peer.ask(1, "echo", value::list({plain})), answer(1, plain));
}

TEST(msgpackrpc_server, old_peers_get_no_forms_that_they_do_not_know) {
    conformance_server served("?compat_old_spec");
    auto peer = served.connect();
    EXPECT_EQ(peer.ask(1, "reverse", value::list({beckon::to_bytes("ab")})), answer(1, "ba"));
}

TEST(msgpackrpc_server, a_message_of_megabytes_comes_in_pieces_and_is_scanned_once) {
    conformance_server served;
    auto peer = served.connect();
    // Many small values: nothing tells beforehand how large it is.
    std::vector<value> items;
    for (int i = 0; i < 200'000; ++i) items.push_back(value(concat("item ", i)));
    const value all(beckon::value::list(std::move(items)));
    EXPECT_EQ(peer.ask(1, "echo", value::list({all})), answer(1, all));
}

} // namespace
} // namespace msgpackrpc_test
