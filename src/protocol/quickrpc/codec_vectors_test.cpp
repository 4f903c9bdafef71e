#include "protocol/quickrpc/codec_vectors_test.hpp"

#include <set>

#include "beckon/protocol/quickrpc/quickrpc.hpp"

namespace beckon::quickrpc::vectors {
namespace {

std::shared_ptr<const codec> codec_of(const value& vector) {
    auto made = make_codec(text_of(vector, "codec"));
    EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
    return made ? *made : nullptr;
}

// What Beckon refuses to send although the original does, and what it sends in its own way.
const std::set<std::string> refused{"jrpc lone_surrogate", "terse nan_inf",
                                    "terse security_refused", "terse security_refused_reply"};

TEST(quickrpc_vectors, writes_what_the_original_writes) {
    for (const char* const name : {"jrpc", "terse"}) {
        const value vectors = section(name);
        ASSERT_GT(vectors["encode"].size(), 30u);
        for (const value& each : vectors["encode"]) {
            const std::string label = concat(name, ' ', text_of(each, "name"));
            SCOPED_TRACE(label);
            const auto codec = codec_of(each);
            message what = message_to_encode(each);
            std::unique_ptr<recorded_security> security;
            if (!each["security"].is_null())
                security = std::make_unique<recorded_security>(each["security"]);
            if (security && !codec->carries_security()) {
                EXPECT_TRUE(refused.contains(label));
                options chosen{.codec = codec, .security = std::move(security)};
                EXPECT_FALSE(make_quickrpc_protocol(std::move(chosen)));
                continue;
            }
            if (label == "jrpc lone_surrogate") what.params = value::map({{"t", "\xed\xa0\x80"}});
            if (label == "jrpc float_nan_inf") {
                EXPECT_FALSE(encoded(*codec, what, nullptr)) << "it must be asked for";
                const auto asked = make_jrpc_codec({.non_finite = true});
                EXPECT_EQ(encoded(**asked, what, nullptr).value(), text_of(each, "text"));
                continue;
            }
            const auto made = encoded(*codec, what, security.get());
            if (!each["raises"].is_null() || each["repaired"] == value("encode error") ||
                refused.contains(label)) {
                if (label == "terse huge_integer") { // all its digits are no trouble here
                    EXPECT_TRUE(made);
                    EXPECT_FALSE(encoded(*make_terse_codec(true), what, nullptr));
                } else {
                    EXPECT_FALSE(made) << *made;
                }
                continue;
            }
            ASSERT_TRUE(made) << made.error().to_string();
            std::string text = text_of(each, "text");
            const std::string repaired = text_of(each, "repaired");
            if (label == "terse integers_lose_precision") {
                EXPECT_EQ(encoded(*make_terse_codec(true), what, nullptr).value(), text);
                text = repaired.substr(repaired.find("m ")) + '\n';
            } else if (label == "terse floats") {
                EXPECT_EQ(encoded(*make_terse_codec(true), what, nullptr).value(), text);
                text = "m v:[1.0 1.5 0.1 0.3333333333333333 0.00001 0.0001 100000.0 1000000.0 "
                       "1e100 -0.0 2.5e-10]\n";
            } else if (std::string(name) == "terse" && what.kind != message_kind::call) {
                text += '\n'; // which the original forgets
                if (!repaired.empty()) {
                    EXPECT_EQ(as_text(from_hex(repaired)), text);
                }
            }
            EXPECT_EQ(*made, text);
        }
    }
}

void expect_decoded(const value& vector, const decoded& made) {
    std::vector<value> expected;
    if (const value& repaired = vector["repaired"]; !repaired.is_null()) {
        if (repaired.is(value_kind::list)) {
            for (const value& each : repaired) expected.push_back(wanted(each));
        } else if (repaired.is(value_kind::map)) {
            expected.push_back(wanted(repaired));
        } else if (repaired.string().find("decode_error") != std::string_view::npos) {
            expected.push_back(value::map({{"kind", "decode_error"}}));
        } else {
            ASSERT_TRUE(repaired == value("skip the empty line") ||
                        repaired == value("remainder keeps the header"))
                << repaired.to_text();
        }
    } else {
        for (const value& each : vector["messages"]) expected.push_back(wanted(each));
    }
    EXPECT_EQ(value::list(std::vector(made.messages)).to_text(),
              value::list(std::move(expected)).to_text());
    if (vector["repaired"] == value("remainder keeps the header")) {
        EXPECT_TRUE(
            made.remainder.starts_with("{\"jsonrpc\": \"2.0\", \"method\": \"rpc.secinfo\""));
    } else if (vector["remainder_hex"].is(value_kind::string)) {
        EXPECT_EQ(made.remainder, as_text(from_hex(vector["remainder_hex"].string())));
    } else {
        EXPECT_EQ(made.remainder, "");
    }
}

std::unique_ptr<recorded_security> security_of(const value& vector) {
    const std::string does = text_of(vector, "sec_in");
    return does == "absent" ? nullptr : std::make_unique<recorded_security>(std::string_view(does));
}

// Of these the original drops the line without a word; here it is a message that could not be read.
bool is_dropped_by_the_original(const value& vector) {
    return text_of(vector, "codec") == "terse" && vector["messages"].empty() &&
           vector["repaired"].is_null() && vector["remainder_hex"] == value("") &&
           text_of(vector, "name") != "empty_input";
}

TEST(quickrpc_vectors, reads_what_the_original_reads) {
    std::size_t tried = 0;
    for (const char* const name : {"jrpc", "terse"}) {
        const value vectors = section(name);
        for (const value& each : vectors["decode"]) {
            const std::string label = text_of(each, "name");
            SCOPED_TRACE(concat(name, ' ', label));
            const auto codec = codec_of(each);
            auto security = security_of(each);
            if (security && !codec->carries_security()) {
                EXPECT_EQ(label, "security_refused");
                options chosen{.codec = codec, .security = std::move(security)};
                EXPECT_FALSE(make_quickrpc_protocol(std::move(chosen)));
                continue;
            }
            ++tried;
            message_input input(*codec, security.get());
            const bytes chunk = from_hex(each["input_hex"].string());
            const decoded made = decode(input, as_text(chunk));
            if (label == "secinfo_twice_unsupported") {
                // The original lets the call pass as if it had never been secured.
                EXPECT_EQ(value::list(std::vector(made.messages)),
                          value::list({value::map({{"kind", "decode_error"}})}));
            } else if (label == "error_id_null") {
                EXPECT_EQ(made.messages.at(0)["kind"], value("error")); // it answers no call
            } else if (label == "method_not_a_string") {
                EXPECT_EQ(made.messages.at(0)["kind"], value("decode_error"));
            } else if (is_dropped_by_the_original(each)) {
                ASSERT_EQ(made.messages.size(), 1u);
                EXPECT_EQ(made.messages[0]["kind"], value("decode_error"));
                EXPECT_EQ(made.remainder, "");
            } else if (label == "bad_line_skipped") {
                ASSERT_EQ(made.messages.size(), 3u);
                EXPECT_EQ(made.messages[0]["method"], value("a"));
                EXPECT_EQ(made.messages[1]["kind"], value("decode_error"));
                EXPECT_EQ(made.messages[2]["method"], value("c"));
            } else {
                expect_decoded(each, made);
            }
            if (each["sec_in_calls"].is(value_kind::list) && label != "secinfo_list_params") {
                ASSERT_TRUE(security);
                ASSERT_EQ(security->checked.size(), each["sec_in_calls"].size());
                for (std::size_t i = 0; i < security->checked.size(); ++i) {
                    const value& call = each["sec_in_calls"][i];
                    EXPECT_EQ(security->checked[i].first, from_hex(call["payload_hex"].string()));
                    EXPECT_EQ(security->checked[i].second, texts_in(described(call["secinfo"])));
                }
            }
        }
    }
    EXPECT_GT(tried, 140u);
}

// The same bytes one by one, in two halves at every place: the messages must not depend on how they come.
TEST(quickrpc_vectors, reads_the_same_in_pieces) {
    for (const char* const name : {"jrpc", "terse"}) {
        const value vectors = section(name);
        for (const value& each : vectors["decode"]) {
            const auto codec = codec_of(each);
            const auto first = security_of(each);
            const auto second = security_of(each);
            if (first && !codec->carries_security()) continue;
            SCOPED_TRACE(concat(name, ' ', text_of(each, "name")));
            const std::string chunk(as_text(from_hex(each["input_hex"].string())));
            message_input whole(*codec, first.get());
            message_input slow(*codec, second.get());
            const decoded at_once = decode(whole, chunk);
            decoded in_pieces;
            const std::size_t step = chunk.size() > 1000 ? 100 : 1;
            for (std::size_t i = 0; i < chunk.size(); i += step) {
                decoded made = decode(slow, in_pieces.remainder + chunk.substr(i, step));
                for (value& message : made.messages)
                    in_pieces.messages.push_back(std::move(message));
                in_pieces.remainder = std::move(made.remainder);
            }
            EXPECT_EQ(in_pieces.messages, at_once.messages);
            EXPECT_EQ(in_pieces.remainder, at_once.remainder);
        }
    }
}

TEST(quickrpc_vectors, takes_chunks_as_the_original_does) {
    for (const char* const name : {"jrpc", "terse"}) {
        const value vectors = section(name);
        for (const value& each : vectors["feed"]) {
            SCOPED_TRACE(concat(name, ' ', text_of(each, "name")));
            const auto codec = make_codec(name);
            const auto security = security_of(each);
            message_input input(**codec, security.get());
            std::string carried;
            for (const value& step : each["steps"]) {
                const decoded made = decode(
                    input, carried + std::string(as_text(from_hex(step["chunk_hex"].string()))));
                carried = made.remainder;
                if (text_of(each, "name") == "reply_without_newline_glues_to_next") {
                    // Two messages in one line, which mean nothing together.
                    if (!made.messages.empty()) {
                        EXPECT_EQ(made.messages[0]["kind"], value("decode_error"));
                    }
                    continue;
                }
                expect_decoded(step, made);
            }
        }
    }
}

TEST(quickrpc_vectors, makes_codecs_of_expressions) {
    std::size_t tried = 0;
    const value vectors = section("codec_and_security_expressions");
    for (const value& each : vectors) {
        if (each["kind"] != value("codec")) continue;
        const std::string expression = text_of(each, "expression");
        SCOPED_TRACE(expression);
        const auto made = make_codec(expression);
        ++tried;
        if (expression == "msgpack:") { // planned there, made here
            EXPECT_TRUE(made);
            continue;
        }
        ASSERT_EQ(static_cast<bool>(made), each["raises"].is_null());
        if (!made) continue;
        EXPECT_EQ((*made)->name(), text_of(each["result"], "type"));
        const std::string mark = text_of(each["result"], "delimiter_hex");
        if (mark.empty()) continue;
        buffer out;
        ASSERT_TRUE((*made)->frame(out, as_bytes("x")));
        EXPECT_EQ(as_text(out.view()), concat('x', as_text(from_hex(mark))));
    }
    EXPECT_EQ(tried, 14u);
}

} // namespace
} // namespace beckon::quickrpc::vectors
