// Headers before messages, with a provider that is none: what it is told to call good is.
#include <gtest/gtest.h>

#include <stdexcept>

#include "beckon/protocol/jsonrpc/error.hpp"
#include "protocol/jsonrpc/conversation_test.hpp"

namespace beckon::jsonrpc {
namespace {

using testing::conversation;
using texts = std::vector<std::string>;

struct wishes {
    bool seals = false;      ///< What it sends is a JSON string in place of the message.
    bool knows_peer = true;  ///< Else it has nobody to send to.
    bool takes_bare = false; ///< As those that prove nothing do.
    bool throws = false;     ///< Where an error is wanted.
};

/// Says "by": "me" of what it sends, and takes for the user's what has "by": USER, unless that is "nobody".
class toy_provider final : public message_security {
public:
    explicit toy_provider(const wishes& wanted) : wanted_(wanted) {}
    [[nodiscard]] std::string_view name() const noexcept override { return "toy"; }
    result<outgoing> protect(byte_view message) override {
        if (wanted_.throws) throw std::out_of_range("no key of it");
        if (!wanted_.knows_peer) return fail(errc::access_denied, "nobody is known");
        outgoing made{{{"by", "me"}}, {}};
        if (wanted_.seals) made.replaced = to_bytes(concat('"', message.size(), " bytes\""));
        return made;
    }
    result<incoming> check(byte_view message, const metadata& header) override {
        if (wanted_.throws) throw std::out_of_range("no such user");
        if (header.size() != 1 || header[0].first != "by" || header[0].second == "nobody")
            return fail(errc::access_denied, "message is by nobody");
        incoming taken{{}, header[0].second};
        if (as_text(message) == "\"sealed\"")
            taken.replaced = to_bytes(R"({"jsonrpc":"2.0","method":"opened"})");
        return taken;
    }
    [[nodiscard]] bool takes_bare_messages() const noexcept override { return wanted_.takes_bare; }

private:
    const wishes wanted_;
};

/// A conversation with it.
[[nodiscard]] conversation guarded(const wishes& wanted = {},
                                   framing_kind framing = framing_kind::newline) {
    return conversation({.framing = framing}, conversation::sized({}),
                        std::make_unique<toy_provider>(wanted));
}

constexpr std::string_view header = R"({"jsonrpc":"2.0","method":"rpc.secinfo","params":{"by":)";
[[nodiscard]] std::string by(std::string_view user) { return concat(header, '"', user, "\"}}"); }
constexpr std::string_view call = R"({"jsonrpc":"2.0","method":"m","id":5})";
[[nodiscard]] std::string refusal(std::string_view id, std::string_view why) {
    return concat(R"({"jsonrpc":"2.0","id":)", id, R"(,"error":{"code":-32000,"message":")", why,
                  R"(","data":{"error":"access_denied"}}})");
}

TEST(protection, puts_a_header_in_a_frame_of_its_own) {
    conversation lines = guarded();
    ASSERT_TRUE(lines.call(1, "m"));
    EXPECT_EQ(lines.written(),
              concat(by("me"), "\n", R"({"jsonrpc":"2.0","method":"m","id":1})", "\n"));
    conversation lengths = guarded({}, framing_kind::content_length);
    ASSERT_TRUE(lengths.call(1, "m"));
    EXPECT_EQ(lengths.written(),
              concat("Content-Length: ", by("me").size(), "\r\n\r\n", by("me"),
                     "Content-Length: 37\r\n\r\n", R"({"jsonrpc":"2.0","method":"m","id":1})"));
    conversation sealed = guarded({.seals = true}, framing_kind::nul);
    ASSERT_TRUE(sealed.call(1, "m"));
    EXPECT_EQ(sealed.written(), concat(by("me"), '\0', "\"37 bytes\"", '\0'));
}

TEST(protection, says_whose_a_call_is_in_every_framing) {
    for (const framing_kind each : {framing_kind::newline, framing_kind::none}) {
        conversation ours = guarded({}, each);
        ours.hear(concat(by("lucy"), '\n', call, '\n', by("hugo"), "\n\n \n\"sealed\"\n"));
        EXPECT_EQ(ours.news(), (texts{"called 1 m by lucy", "notified opened by hugo"}));
        ASSERT_TRUE(ours.reply(1, value(7)));
        EXPECT_EQ(ours.written(),
                  concat(by("me"), '\n', R"({"jsonrpc":"2.0","id":5,"result":7})", '\n'));
    }
}

TEST(protection, counts_for_a_whole_batch_and_for_one_message_alone) {
    conversation ours = guarded();
    ours.hear_line(by("lucy"));
    ours.hear_line(concat('[', call, ',', call, ']'));
    EXPECT_EQ(ours.news(), (texts{"called 1 m by lucy", "called 2 m by lucy"}));
    ours.hear_line(call);
    EXPECT_EQ(ours.news().size(), 1u); // an oddity
    EXPECT_EQ(ours.written(),
              concat(by("me"), '\n',
                     refusal("5", "message has no header rpc.secinfo; this side takes messages "
                                  "that are toy alone"),
                     '\n'));
}

TEST(protection, refuses_by_the_id_where_that_could_be_read_else_without_protection) {
    conversation ours = guarded();
    ours.hear(concat(by("nobody"), '\n', call, '\n'));
    EXPECT_EQ(ours.written(), concat(by("me"), '\n', refusal("5", "message is by nobody"), '\n'));
    ours.hear(concat(by("nobody"), "\n\"what is sealed\"\n"));
    EXPECT_EQ(ours.written(), concat(refusal("null", "message is by nobody"), '\n'));
    conversation early = guarded({.knows_peer = false});
    early.hear(concat(by("nobody"), '\n', call, '\n'));
    EXPECT_EQ(early.written(), concat(refusal("5", "message is by nobody"), '\n'));
    EXPECT_EQ(early.news(), (texts{"BKN-JSONRPC-SECURITY: message refused: access_denied: message "
                                   "is by nobody"}));
    early.hear(concat(by("one too many"), '\n', call, '\n'));
    EXPECT_NE(early.written().find("too many users already"), std::string::npos);
}

TEST(protection, never_answers_answers) {
    conversation ours = guarded();
    ASSERT_TRUE(ours.call(1, "m"));
    static_cast<void>(ours.written());
    const std::string bad_result = R"({"jsonrpc":"2.0","id":1,"result":7})";
    const std::string bad_error = refusal("1", "no");
    ours.hear(concat(by("nobody"), '\n', bad_result, '\n', by("nobody"), '\n', bad_error, '\n',
                     bad_result, '\n', by("nobody"), '\n', R"({"jsonrpc":"2.0","method":"n"})",
                     '\n'));
    EXPECT_EQ(ours.written(), "");
    for (const std::string& each : ours.news())
        EXPECT_TRUE(each.starts_with("BKN-JSONRPC-SECURITY: message refused: ")) << each;
    ours.hear(concat(by("lucy"), '\n', bad_result, '\n'));
    EXPECT_EQ(ours.news(), (texts{"reply 1 7"}));
}

TEST(protection, lets_bare_errors_end_calls_until_something_was_proven) {
    conversation ours = guarded();
    for (std::uint32_t id = 1; id <= 3; ++id) ASSERT_TRUE(ours.call(id, "m"));
    ours.hear_line(refusal("2", "no"));
    texts news = ours.news();
    ASSERT_EQ(news.size(), 2u);
    EXPECT_EQ(news[1], "error 2 access_denied: peer, which has not proven who it is, refused a "
                       "message: no");
    ours.hear_line(refusal("null", "no"));
    EXPECT_EQ(ours.news().size(), 3u); // both that were left
    ASSERT_TRUE(ours.call(4, "m"));
    ours.hear(concat(by("lucy"), "\n\"sealed\"\n"));
    static_cast<void>(ours.news());
    ours.hear_line(refusal("4", "no"));
    ours.hear_line(refusal("null", "no"));
    for (const std::string& each : ours.news())
        EXPECT_TRUE(each.starts_with("BKN-JSONRPC-SECURITY: ")) << each;
}

TEST(protection, that_is_not_there_refuses_what_is_behind_headers) {
    conversation plain;
    plain.hear(concat(by("lucy"), '\n', by("lucy"), '\n', call, '\n'));
    EXPECT_EQ(plain.written(),
              concat(refusal("5", "message has a security header; this side has no provider for "
                                  "it"),
                     '\n'));
    plain.hear(concat(by("lucy"), "\n\"what is sealed\"\n"));
    EXPECT_EQ(plain.written().substr(0, 26), R"({"jsonrpc":"2.0","id":null)");
    static_cast<void>(plain.news());
    plain.hear_line(call);
    EXPECT_EQ(plain.news(), (texts{"called 1 m"}));
}

TEST(protection, may_let_bare_messages_pass_as_nobodys) {
    conversation ours = guarded({.takes_bare = true});
    ours.hear(concat(call, '\n', by("lucy"), '\n', call, '\n', call, '\n'));
    EXPECT_EQ(ours.news(), (texts{"called 1 m", "called 2 m by lucy", "called 3 m"}));
}

TEST(protection, that_cannot_be_given_fails_the_call) {
    conversation early = guarded({.knows_peer = false});
    const auto refused = early.call(1, "m");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "access_denied: nobody is known; while protecting a message");
    EXPECT_EQ(early.written(), "");
    early.hear_line(R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"stray"}})");
    EXPECT_EQ(early.news().size(), 1u); // no call waits for it
}

TEST(protection, that_throws_refuses_what_it_throws_over) {
    conversation ours = guarded({.throws = true});
    ours.hear(concat(by("lucy"), '\n', call, '\n'));
    const std::string refused = ours.written();
    EXPECT_NE(refused.find(R"("id":5,"error":)"), std::string::npos) << refused;
    EXPECT_NE(refused.find("no such user"), std::string::npos) << refused;
    const auto failed = ours.call(1, "m");
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message().find("no key of it"), std::string::npos);
    EXPECT_EQ(ours.written(), "");
}

} // namespace
} // namespace beckon::jsonrpc
