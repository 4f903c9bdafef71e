// Recordings that are read: what people may write, and what is refused, with the line.
#include "recorded.hpp"

namespace record_tests {
namespace {

using beckon::parse_recording;
using beckon::speaker;

const std::string head = "{\"recording\":\"beckon\",\"version\":1}\n";
const std::string begun = head + "{\"conversation\":1,\"at\":0,\"begin\":\"tcp://a:1\"}\n";

std::string refusal(const std::string& text) {
    const auto read = parse_recording(text);
    return read ? "none" : read.error().message();
}

TEST(RecordingFile, gives_the_messages_of_each_conversation) {
    const auto read = parse_recording(
        begun +
        "\n# here begins what matters\n"
        "{\"conversation\":2,\"at\":1,\"begin\":\"ws://b:1\",\"messages\":true}\n"
        "{\"conversation\":1,\"at\":1.5,\"client\":\"asks\",\"hex\":\"00 ff\"}\n"
        "{\"conversation\":2,\"server\":\"says\",\"base64\":\"aGk=\",\"at\":2,\"note\":[1]}\n"
        "{\"conversation\":1,\"at\":3,\"end\":\"client\"}\n"
        "{\"conversation\":1,\"at\":4,\"begin\":\"tcp://a:1\"}\n"
        "{\"conversation\":1,\"at\":4,\"server\":\"x\",\"text\":\"hi\\n\",\"exchange\":7}\n"
        "{\"conversation\":1,\"at\":5,\"client\":\"y\",\"json\": {\"a\" : 1.0}}\n");
    ASSERT_TRUE(read) << read.error().to_string();
    ASSERT_EQ(read->conversations.size(), 3u);
    EXPECT_FALSE(read->is_cut_short);
    const auto& first = read->conversations[0];
    EXPECT_EQ(first.endpoint, "tcp://a:1");
    EXPECT_EQ(first.ended_by, "client");
    ASSERT_EQ(first.messages.size(), 1u);
    EXPECT_EQ(first.messages[0].line, 6u);
    EXPECT_EQ(first.messages[0].text, "asks");
    EXPECT_EQ(first.messages[0].content, (beckon::bytes{std::byte{0}, std::byte{255}}));
    EXPECT_TRUE(read->conversations[1].keeps_messages);
    EXPECT_EQ(read->conversations[1].messages[0].who, speaker::server);
    const auto& last = read->conversations[2];
    EXPECT_EQ(last.messages[0].exchange, 7u);
    EXPECT_EQ(last.messages[1].json, "{\"a\" : 1.0}"); // as it stands there
    EXPECT_EQ(last.ended_by, "");
}

TEST(RecordingFile, leaves_out_a_last_line_that_is_not_whole) {
    const auto read = parse_recording(begun + "{\"conversation\":1,\"at\":1,\"cli");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->is_cut_short);
    EXPECT_EQ(read->conversations.size(), 1u);
    // One that is whole but for its end mark counts.
    const auto whole = parse_recording(begun + "{\"conversation\":1,\"at\":1,\"end\":\"server\"}");
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->is_cut_short);
    EXPECT_EQ(whole->conversations[0].ended_by, "server");
}

TEST(RecordingFile, refuses_what_is_none_and_says_where) {
    const std::string none = "line 1: this is no recording: expected "
                             "{\"recording\":\"beckon\",\"version\":1}";
    EXPECT_EQ(refusal(""), none);
    EXPECT_EQ(refusal("{}\n"), none);
    EXPECT_EQ(refusal("hello\n"), "line 1: it is no JSON object");
    EXPECT_EQ(refusal("{\"recording\":\"beckon\",\"version\":2}\n"),
              "line 1: the recording has version 2; this program reads version 1");
    const auto third = [](const std::string& line) { return refusal(begun + line + "\n"); };
    EXPECT_EQ(third("{\"conversation\":1,"), "line 3: json text: expected a key in quotes, found "
                                             "the end of the text at line 1, column 19 (byte 18)");
    EXPECT_EQ(third("{\"at\":1}"), "line 3: there is no \"conversation\"");
    EXPECT_EQ(third("{\"conversation\":\"1\",\"end\":\"x\"}"),
              "line 3: \"conversation\" is \"1\"; expected a number");
    EXPECT_EQ(
        third("{\"conversation\":1}"),
        "line 3: expected one of \"begin\", \"client\", \"server\" and \"end\"; found 0 of them");
    EXPECT_EQ(third("{\"conversation\":2,\"end\":\"x\"}"),
              "line 3: conversation 2 has not begun, or is over");
    EXPECT_EQ(third("{\"conversation\":1,\"begin\":\"tcp://a:1\"}"),
              "line 3: conversation 1 has begun already");
    EXPECT_EQ(third("{\"conversation\":1,\"begin\":\"x\",\"begin\":\"y\"}").substr(0, 8),
              "line 3: ");
}

TEST(RecordingFile, refuses_messages_that_have_no_bytes_or_wrong_ones) {
    const auto message = [](const std::string& rest) {
        return refusal(begun + "{\"conversation\":1,\"client\":\"x\"" + rest + "}\n");
    };
    const std::string forms =
        "line 3: expected the message as one of \"json\", \"text\", \"hex\" and \"base64\"; found ";
    EXPECT_EQ(message(""), forms + "0 of them");
    EXPECT_EQ(message(",\"hex\":\"00\",\"text\":\"x\""), forms + "2 of them");
    EXPECT_EQ(message(",\"hex\":\"0\""), "line 3: \"hex\" has an odd number of digits");
    EXPECT_EQ(message(",\"hex\":\"0g\""),
              "line 3: \"hex\" has \"g\" at character 1; expected a hexadecimal digit");
    EXPECT_EQ(message(",\"base64\":\"?\"").substr(0, 18), "line 3: \"base64\": ");
    EXPECT_EQ(message(",\"hex\":7"), "line 3: the message is int64; expected text");
    EXPECT_EQ(message(",\"hex\":\"\",\"exchange\":-1"),
              "line 3: \"exchange\" is no number of 32 bits");
}

} // namespace
} // namespace record_tests
