#include "protocol/jsonrpc/framing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "protocol/jsonrpc/vectors_test.hpp"

namespace beckon::jsonrpc {
namespace {

/// A stream that gives its input piece by piece, as a connection does.
class feeding {
public:
    explicit feeding(framing_kind kind, std::size_t most_bytes = 64u << 20)
        : framing_(make_framing(kind)), most_bytes_(most_bytes) {}

    void feed(std::string_view piece) {
        input_ += piece;
        take(false);
    }
    void end() { take(true); }

    std::vector<std::string> messages;
    std::string failure;
    [[nodiscard]] bool is_whole() const { return input_.empty(); }

private:
    void take(bool last) {
        while (failure.empty()) {
            const byte_view input = as_bytes(input_);
            const std::size_t size = framing_->size(input);
            const auto taken =
                last ? framing_->take_last(input, most_bytes_) : framing_->take(input, most_bytes_);
            if (!taken) {
                failure = taken.error().to_string();
                return;
            }
            if (taken->bytes == 0) {
                EXPECT_TRUE(size == 0 || size > input.size());
                return;
            }
            if (!last) {
                EXPECT_EQ(size, taken->bytes);
            }
            if (taken->text) messages.emplace_back(*taken->text);
            input_.erase(0, taken->bytes);
        }
    }

    const std::unique_ptr<framing> framing_;
    const std::size_t most_bytes_;
    std::string input_;
};

framing_kind kind_named(std::string_view name) {
    for (const framing_kind each : {framing_kind::newline, framing_kind::nul,
                                    framing_kind::content_length, framing_kind::none}) {
        if (to_string(each) == name) return each;
    }
    ADD_FAILURE() << name;
    return framing_kind::newline;
}

/// What the recorded outcome says of a failure's text; empty for none.
bool fits(std::string_view outcome, const std::string& failure) {
    if (outcome == "too_long") return failure.starts_with("limit_exceeded: ");
    if (outcome == "bad_header") return failure.starts_with("protocol_error: ");
    return failure.empty(); // where a choice is left, bare line ends are taken
}

TEST(jsonrpc_framing, takes_every_recorded_stream_apart) {
    std::size_t tried = 0;
    const value recorded = vectors::section("framing");
    for (const value& entry : recorded.items()) {
        const std::string_view name = entry["framing"].string();
        if (name.starts_with("websocket")) continue; // of another layer
        SCOPED_TRACE(concat(name, " ", vectors::name_of(entry)));
        ++tried;
        std::string all;
        for (const value& each : entry["chunks_hex"].items())
            all += vectors::from_hex(each.string());
        const std::string_view outcome = entry["outcome"].string();
        const std::size_t most =
            vectors::name_of(entry) == "line_too_long" ? 64 : std::size_t{64} << 20;
        std::vector<std::string> expected;
        for (const value& each : entry["messages"].items()) expected.emplace_back(each.string());
        // As recorded, in one piece, and byte by byte.
        for (const int way : {0, 1, 2}) {
            feeding stream(kind_named(name), most);
            if (way == 0) {
                for (const value& each : entry["chunks_hex"].items())
                    stream.feed(vectors::from_hex(each.string()));
            } else if (way == 1) {
                stream.feed(all);
            } else {
                for (const char each : all) stream.feed({&each, 1});
            }
            if (outcome.find("end of stream") != std::string_view::npos) {
                EXPECT_TRUE(stream.messages.empty());
                stream.end();
            }
            EXPECT_EQ(stream.messages, expected) << way;
            EXPECT_TRUE(fits(outcome, stream.failure)) << way << ": " << stream.failure;
            if (stream.failure.empty()) {
                EXPECT_TRUE(stream.is_whole()) << way;
            }
        }
    }
    EXPECT_EQ(tried, 28u);
}

TEST(jsonrpc_framing, what_one_side_writes_the_other_takes) {
    std::vector<std::string> texts{"{}",
                                   std::string(7, 'x'),
                                   std::string(99, 'x'),
                                   std::string(999, 'y'),
                                   std::string(1000, 'z'),
                                   std::string(200'000, 'w')};
    for (const framing_kind kind :
         {framing_kind::newline, framing_kind::nul, framing_kind::content_length}) {
        const auto writes = make_framing(kind);
        buffer out;
        for (const std::string& each : texts) {
            const std::size_t start = writes->begin(out);
            out.append(as_bytes(each));
            EXPECT_TRUE(writes->finish(out, start));
        }
        feeding stream(kind);
        const std::string_view wire = as_text(out.view());
        for (std::size_t at = 0; at < wire.size(); at += 4093) stream.feed(wire.substr(at, 4093));
        EXPECT_EQ(stream.messages, texts) << to_string(kind);
        EXPECT_TRUE(stream.is_whole());
    }
}

TEST(jsonrpc_framing, headers_are_written_plainly) {
    const auto writes = make_framing(framing_kind::content_length);
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{9}, std::size_t{100}, std::size_t{12'345}}) {
        buffer out;
        out.append(as_bytes("before"));
        const std::size_t start = writes->begin(out);
        const std::string text(length, 'x');
        out.append(as_bytes(text));
        EXPECT_TRUE(writes->finish(out, start));
        EXPECT_EQ(as_text(out.view()), concat("beforeContent-Length: ", length, "\r\n\r\n", text));
    }
}

TEST(jsonrpc_framing, texts_without_marks_end_by_themselves) {
    feeding stream(framing_kind::none);
    stream.feed("{\"a\":\"}\\\"\"}[1,");
    EXPECT_EQ(stream.messages, (std::vector<std::string>{"{\"a\":\"}\\\"\"}"}));
    stream.feed("[2]] 17");
    EXPECT_EQ(stream.messages.back(), "[1,[2]]");
    EXPECT_EQ(stream.messages.size(), 2u); // the number may go on
    stream.feed("4 \"x\"\n");
    ASSERT_EQ(stream.messages.size(), 4u);
    EXPECT_EQ(stream.messages[2], " 174");
    EXPECT_EQ(stream.messages[3], " \"x\"");
    stream.feed("  ");
    stream.feed("{\"open\":");
    stream.end();
    ASSERT_EQ(stream.messages.size(), 5u); // for the reader to complain of
    EXPECT_EQ(stream.messages[4], "\n  {\"open\":");
}

TEST(jsonrpc_framing, what_is_left_at_the_end_is_a_message_unless_it_is_blank) {
    for (const framing_kind kind : {framing_kind::newline, framing_kind::nul, framing_kind::none}) {
        feeding stream(kind);
        stream.feed(" \r ");
        stream.end();
        EXPECT_TRUE(stream.messages.empty()) << to_string(kind);
        feeding other(kind);
        other.feed("17");
        other.end();
        EXPECT_EQ(other.messages, (std::vector<std::string>{"17"})) << to_string(kind);
    }
    feeding broken_off(framing_kind::content_length);
    broken_off.feed("Content-Length: 5\r\n\r\n{}");
    broken_off.end();
    EXPECT_TRUE(broken_off.messages.empty());
}

TEST(jsonrpc_framing, a_message_at_the_limit_is_taken_and_one_beyond_it_is_not) {
    for (const framing_kind kind : {framing_kind::newline, framing_kind::nul,
                                    framing_kind::content_length, framing_kind::none}) {
        for (const std::size_t size : {std::size_t{20}, std::size_t{21}}) {
            const auto writes = make_framing(kind);
            buffer out;
            const std::size_t start = writes->begin(out);
            out.append(as_bytes(concat('"', std::string(size - 2, 'x'), '"')));
            EXPECT_TRUE(writes->finish(out, start));
            feeding stream(kind, 20);
            stream.feed(as_text(out.view()));
            EXPECT_EQ(stream.messages.size(), size == 20 ? 1u : 0u) << to_string(kind);
            EXPECT_EQ(stream.failure.starts_with("limit_exceeded: peer "), size == 21)
                << to_string(kind) << ": " << stream.failure;
            EXPECT_EQ(stream.failure.find("(max_message_bytes)") == std::string::npos, size == 20);
        }
    }
}

TEST(jsonrpc_framing, input_without_an_end_is_refused_at_the_limit_and_not_before) {
    for (const framing_kind kind : {framing_kind::newline, framing_kind::nul, framing_kind::none}) {
        feeding stream(kind, 1000);
        stream.feed("[");
        for (int i = 0; i < 999; ++i) stream.feed("1");
        EXPECT_EQ(stream.failure, "") << to_string(kind);
        stream.feed("1");
        EXPECT_EQ(stream.failure, "limit_exceeded: peer sent a message of more than 1001 bytes; "
                                  "limit is 1000 bytes (max_message_bytes)");
    }
}

TEST(jsonrpc_framing, headers_that_do_not_end_are_refused) {
    feeding stream(framing_kind::content_length);
    stream.feed("X: ");
    stream.feed(std::string(8189, 'a'));
    EXPECT_EQ(stream.failure, "");
    stream.feed("a");
    EXPECT_EQ(stream.failure, "protocol_error: peer sent more than 8192 bytes of headers");
}

TEST(jsonrpc_framing, a_peer_of_another_framing_is_told_so) {
    feeding stream(framing_kind::content_length);
    stream.feed("{\"jsonrpc\":\"2.0\"}\n");
    EXPECT_EQ(stream.failure, "protocol_error: peer sent a message without headers; expected "
                              "Content-Length, as framing=content-length says");
    feeding page(framing_kind::content_length);
    page.feed("HTTP/1.1 400 Bad Request\r\n\r\n");
    EXPECT_EQ(page.failure,
              "protocol_error: peer sent \"HTTP/1.1 400 Bad Request\" in place of a header; is it "
              "framing=content-length that it speaks");
}

} // namespace
} // namespace beckon::jsonrpc
