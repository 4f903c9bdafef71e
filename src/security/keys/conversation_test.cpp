#include <gtest/gtest.h>

#include "security/keys/ends_test.hpp"

namespace beckon::security::keys::testing {
namespace {

using namespace std::chrono_literals;

struct way {
    provider how;
    bool pairs;
};

class protected_messages : public ::testing::TestWithParam<way> {
protected:
    protected_messages() : both(GetParam().how, GetParam().pairs) {}
    [[nodiscard]] static bool is_sealed() { return GetParam().how == provider::sealed; }

    ends both;
    std::unique_ptr<message_security> alice = both.alice();
    std::unique_ptr<message_security> server = both.server();
};

INSTANTIATE_TEST_SUITE_P(keys, protected_messages,
                         ::testing::Values(way{provider::signed_, false},
                                           way{provider::signed_, true},
                                           way{provider::sealed, false},
                                           way{provider::sealed, true}),
                         [](const auto& each) {
                             return concat(each.param.how == provider::sealed ? "sealed" : "signed",
                                           each.param.pairs ? "_with_pairs" : "_with_shared_keys");
                         });

TEST_P(protected_messages, come_as_their_senders_both_ways_any_number_of_times) {
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "one")), "alice: one");
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "two")), "alice: two");
    EXPECT_EQ(ends::receive(*alice, ends::send(*server, "three")), "server: three");
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "")), "alice: ");
    EXPECT_EQ(ends::receive(*alice, ends::send(*server, "five")), "server: five");
}

TEST_P(protected_messages, can_be_read_on_the_way_only_where_they_are_signed) {
    const letter sent = ends::send(*alice, "the secret word");
    EXPECT_EQ(as_text(sent.payload) == "the secret word", !is_sealed());
    EXPECT_EQ(as_text(sent.payload).find("secret") != std::string_view::npos, !is_sealed());
}

TEST_P(protected_messages, are_texts_where_the_protocol_needs_texts) {
    alice->needs_text();
    server->needs_text();
    const std::string binary("\0\n\xff\"", 4);
    if (is_sealed()) {
        const letter sent = ends::send(*alice, binary);
        const std::string_view text = as_text(sent.payload);
        EXPECT_EQ(text.front(), '"');
        EXPECT_EQ(text.find_first_not_of("\"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789+/="),
                  std::string_view::npos);
        EXPECT_EQ(ends::receive(*server, sent), concat("alice: ", binary));
    }
}

TEST_P(protected_messages, that_were_changed_or_cut_are_refused_and_the_next_one_counts) {
    static_cast<void>(ends::receive(*server, ends::send(*alice, "hello")));
    letter changed = ends::send(*alice, "pay bob 10");
    changed.payload.back() ^= std::byte{1};
    EXPECT_TRUE(ends::receive(*server, changed)
                    .starts_with("access_denied: message is forged or damaged: "))
        << ends::receive(*server, changed);
    letter cut = ends::send(*alice, "pay bob 10");
    cut.payload.pop_back();
    EXPECT_TRUE(
        ends::receive(*server, cut).starts_with("access_denied: message is forged or damaged: "));
    letter empty = ends::send(*alice, "pay bob 10");
    empty.payload.clear();
    EXPECT_TRUE(
        ends::receive(*server, empty).starts_with("access_denied: message is forged or damaged: "));
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "still here")), "alice: still here");
}

TEST_P(protected_messages, prove_each_line_of_their_header) {
    static_cast<void>(ends::receive(*server, ends::send(*alice, "hello")));
    static_cast<void>(ends::receive(*alice, ends::send(*server, "hello")));
    const letter sent = ends::send(*alice, "text");
    const auto with = [&](std::string_view name, std::string content) {
        letter forged = sent;
        forged.at(name) = std::move(content);
        return ends::receive(*server, forged);
    };
    constexpr std::string_view forged = "access_denied: message is forged or damaged: ";
    EXPECT_TRUE(with("count", "9").starts_with(forged)) << with("count", "9");
    EXPECT_TRUE(with("time", "1700000000001").starts_with(forged));
    EXPECT_TRUE(with("id", "AAAAAAAAAAAAAAAAAAAAAA==").starts_with(forged));
    EXPECT_TRUE(with("re", "").starts_with(forged));
    EXPECT_TRUE(with("re", "AAAAAAAAAAAAAAAAAAAAAA==").starts_with(forged));
    if (is_sealed()) {
        EXPECT_TRUE(with("nonce", std::string(32, 'A')).starts_with(forged));
        EXPECT_NE(with("nonce", "").find("no nonce of 24 bytes"), std::string::npos);
    } else {
        EXPECT_TRUE(with("proof", "").starts_with(forged));
        EXPECT_TRUE(with("proof", "AAAA").starts_with(forged));
        EXPECT_TRUE(with("proof", "not base64!").starts_with(forged));
    }
    EXPECT_EQ(ends::receive(*server, sent), "alice: text"); // for all that
}

TEST_P(protected_messages, say_what_is_wrong_with_a_header) {
    const letter sent = ends::send(*alice, "text");
    const auto with = [&](std::string_view name, std::string content) {
        letter bad = sent;
        bad.at(name) = std::move(content);
        return ends::receive(*server, bad);
    };
    EXPECT_EQ(ends::receive(*server, {{}, sent.payload}),
              "access_denied: message's header has no \"user\"");
    EXPECT_EQ(with("count", ""), "access_denied: message's header has no \"count\"");
    for (const char* const bad : {"0", "01", "-1", "+1", "1 ", "x", "99999999999999999999"})
        EXPECT_NE(with("count", bad).find("expected a number above 0"), std::string::npos) << bad;
    EXPECT_NE(with("time", "9223372036854775807").find("milliseconds since 1970"),
              std::string::npos);
    EXPECT_NE(with("user", "a b").find("expected a user's name"), std::string::npos);
    EXPECT_NE(with("user", std::string(65, 'a')).find("a user's name"), std::string::npos);
    EXPECT_NE(with("side", "left").find("expected \"connecting\""), std::string::npos);
    EXPECT_NE(with("kind", "none").find("expected \"shared\" or \"pair\""), std::string::npos);
    EXPECT_NE(with("id", "AAAA").find("16 bytes in base64"), std::string::npos);
    EXPECT_EQ(ends::receive(*server, sent), "alice: text");
}

TEST_P(protected_messages, count_once) {
    const letter first = ends::send(*alice, "pay bob 10");
    EXPECT_EQ(ends::receive(*server, first), "alice: pay bob 10");
    EXPECT_EQ(ends::receive(*server, first),
              "access_denied: message 1 of its conversation came after 1: it was replayed or "
              "reordered");
}

TEST_P(protected_messages, count_in_order_and_may_have_gaps) {
    const letter one = ends::send(*alice, "one");
    const letter two = ends::send(*alice, "two");
    EXPECT_EQ(ends::receive(*server, two), "alice: two");
    EXPECT_NE(ends::receive(*server, one).find("replayed or reordered"), std::string::npos);
}

TEST_P(protected_messages, of_datagrams_count_in_any_order_but_once) {
    both.order = message_order::any;
    server = both.server();
    std::vector<letter> sent;
    for (int i = 0; i < 70; ++i) sent.push_back(ends::send(*alice, concat(i)));
    EXPECT_EQ(ends::receive(*server, sent[5]), "alice: 5");
    EXPECT_EQ(ends::receive(*server, sent[2]), "alice: 2");
    EXPECT_NE(ends::receive(*server, sent[2]).find("came before: it was replayed"),
              std::string::npos);
    EXPECT_NE(ends::receive(*server, sent[5]).find("came before: it was replayed"),
              std::string::npos);
    // It begins to answer; what it sent before it could comes later all the same.
    static_cast<void>(ends::receive(*alice, ends::send(*server, "hello")));
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "70")), "alice: 70");
    EXPECT_EQ(ends::receive(*server, sent[69]), "alice: 69");
    EXPECT_EQ(ends::receive(*server, sent[7]), "alice: 7"); // 63 behind
    EXPECT_NE(ends::receive(*server, sent[6]).find("came 64 behind the latest; limit is 63"),
              std::string::npos);
}

TEST_P(protected_messages, do_not_count_again_on_another_connection) {
    const letter first = ends::send(*alice, "pay bob 10");
    EXPECT_EQ(ends::receive(*server, first), "alice: pay bob 10");
    const auto other = both.server();
    EXPECT_EQ(ends::receive(*other, first),
              "access_denied: message was replayed: its conversation has begun before, on another "
              "connection");
    const letter second = ends::send(*alice, "pay bob 10");
    EXPECT_NE(ends::receive(*other, second).find("replayed"), std::string::npos);
    EXPECT_EQ(ends::receive(*server, second), "alice: pay bob 10");
}

TEST_P(protected_messages, of_who_only_notifies_do_not_count_again_however_late_they_were) {
    static_cast<void>(ends::receive(*server, ends::send(*alice, "hello")));
    both.now += 100s; // longer than anything of the beginning counts
    const letter late = ends::send(*alice, "pay bob 10");
    EXPECT_EQ(ends::receive(*server, late), "alice: pay bob 10");
    both.now += 30s;
    const auto other = both.server();
    EXPECT_EQ(ends::receive(*other, late),
              "access_denied: message was replayed: its conversation has begun before, on another "
              "connection");
    // Held back, it counts where it comes first, and not on its own connection any more.
    both.now += 100s;
    const letter held = ends::send(*alice, "pay bob 20");
    EXPECT_EQ(ends::receive(*other, held), "alice: pay bob 20");
    EXPECT_NE(ends::receive(*server, held).find("replayed"), std::string::npos);
    // What answers the server is of its own connection alone.
    static_cast<void>(ends::receive(*alice, ends::send(*server, "hello")));
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "pay bob 30")), "alice: pay bob 30");
}

TEST_P(protected_messages, do_not_count_in_a_conversation_that_they_do_not_answer) {
    const letter first = ends::send(*alice, "one");
    static_cast<void>(ends::receive(*server, first));
    const letter answer = ends::send(*server, "an answer");
    const auto later = both.alice();
    EXPECT_NE(ends::receive(*later, answer).find("does not belong to this conversation"),
              std::string::npos);
    EXPECT_EQ(ends::receive(*alice, answer), "server: an answer");
    // The same of a client's, once it has heard of the server.
    const letter second = ends::send(*alice, "two");
    const auto other = both.server();
    EXPECT_NE(ends::receive(*other, second).find("does not belong to this conversation"),
              std::string::npos);
    EXPECT_EQ(ends::receive(*server, second), "alice: two");
    // Nor of another client's beginning, in the midst of this one.
    const auto forgetful = both.alice();
    const letter again = ends::send(*forgetful, "three");
    EXPECT_NE(ends::receive(*server, again).find("another conversation of its sender"),
              std::string::npos);
}

TEST_P(protected_messages, are_not_taken_from_a_time_before_the_server_began) {
    const letter old = ends::send(*alice, "pay bob 10");
    both.now += 2s;
    both.memory = std::make_shared<replay_memory>(both.now);
    const auto begun_again = both.server();
    EXPECT_NE(ends::receive(*begun_again, old).find("2000 ms before this side began"),
              std::string::npos);
    // Nor behind a later one of the same client, which went on where it was.
    EXPECT_EQ(ends::receive(*begun_again, ends::send(*alice, "hello")), "alice: hello");
    EXPECT_FALSE(begun_again->check(old.payload, old.header));
}

TEST_P(protected_messages, are_not_taken_from_before_the_server_began_in_any_order_either) {
    both.order = message_order::any;
    const letter old = ends::send(*alice, "pay bob 10");
    both.now += 2s;
    both.memory = std::make_shared<replay_memory>(both.now);
    const auto begun_again = both.server();
    EXPECT_EQ(ends::receive(*begun_again, ends::send(*alice, "hello")), "alice: hello");
    EXPECT_NE(ends::receive(*begun_again, old).find("2000 ms before this side began"),
              std::string::npos);
}

TEST_P(protected_messages, that_are_late_or_early_are_refused) {
    const letter first = ends::send(*alice, "one");
    both.now += 30s;
    EXPECT_EQ(ends::receive(*server, first), "alice: one");
    const letter second = ends::send(*alice, "two");
    both.now += 30'001ms;
    EXPECT_EQ(ends::receive(*server, second),
              "access_denied: message has expired: it was sent 30001 ms ago by this side's clock; "
              "limit is 30 s (window)");
    const letter third = ends::send(*alice, "three");
    both.now -= 30s;
    EXPECT_EQ(ends::receive(*server, third), "alice: three");
    const letter fourth = ends::send(*alice, "four");
    both.now -= 30'001ms;
    EXPECT_NE(ends::receive(*server, fourth).find("30001 ms in the future"), std::string::npos);
}

TEST_P(protected_messages, sent_back_to_their_sender_are_refused) {
    const letter asked = ends::send(*alice, "hello");
    EXPECT_NE(ends::receive(*alice, asked).find("as this one does: it was reflected"),
              std::string::npos);
    static_cast<void>(ends::receive(*server, asked));
    const letter answered = ends::send(*server, "hello");
    EXPECT_NE(ends::receive(*server, answered).find("it was reflected"), std::string::npos);
    // Who says that it came from the other side has not proven that.
    letter turned = asked;
    turned.at("side") = "accepting";
    turned.at("user") = "server";
    turned.at("to") = "alice";
    EXPECT_NE(ends::receive(*alice, turned).find("forged or damaged"), std::string::npos);
}

TEST_P(protected_messages, for_another_server_are_refused) {
    options elsewhere = both.chosen(both.people.of_server(GetParam().pairs));
    elsewhere.user = GetParam().pairs ? "server" : "shop";
    if (!GetParam().pairs) {
        const auto shop = ends::begin(elsewhere, security_side::accepting);
        EXPECT_EQ(ends::receive(*shop, ends::send(*alice, "hello")),
                  "access_denied: message is for \"server\"; this is \"shop\"");
    }
    letter redirected = ends::send(*alice, "hello");
    redirected.at("to") = "shop";
    EXPECT_NE(ends::receive(*server, redirected).find("is for \"shop\"; this is \"server\""),
              std::string::npos);
}

TEST_P(protected_messages, of_users_with_another_key_or_none_are_refused) {
    // bob says that he is alice: with his own key, whose proof is good for himself alone.
    const auto bob = both.bob();
    letter posing = ends::send(*bob, "hello");
    posing.at("user") = "alice";
    EXPECT_NE(ends::receive(*server, posing).find("forged or damaged"), std::string::npos);
    letter unknown = ends::send(*bob, "hello");
    unknown.at("user") = "carol";
    EXPECT_EQ(ends::receive(*server, unknown),
              concat("access_denied: no ", GetParam().pairs ? "public" : "shared",
                     " key of \"carol\" is known"));
    EXPECT_EQ(ends::receive(*server, ends::send(*bob, "hello")), "bob: hello");
}

TEST_P(protected_messages, of_a_second_user_do_not_mix_with_the_firsts) {
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "hello")), "alice: hello");
    const auto bob = both.bob();
    EXPECT_EQ(ends::receive(*server, ends::send(*bob, "hello")),
              "access_denied: message is of \"bob\"; expected \"alice\", whose conversation this "
              "is");
    EXPECT_EQ(ends::receive(*server, ends::send(*alice, "again")), "alice: again");
}

TEST_P(protected_messages, are_not_sent_to_a_peer_that_has_not_proven_who_it_is) {
    const auto refused = server->protect(as_bytes("hello"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::access_denied);
    EXPECT_NE(refused.error().message().find("nobody has proven to be at the other end yet"),
              std::string::npos);
    letter forged = ends::send(*alice, "hello");
    forged.payload.back() ^= std::byte{1};
    static_cast<void>(ends::receive(*server, forged));
    EXPECT_FALSE(server->protect(as_bytes("hello")));
}

TEST_P(protected_messages, of_a_server_without_its_key_are_refused) {
    ends others(GetParam().how, GetParam().pairs); // the same names, other keys
    const auto impostor = others.server();
    const auto its_friend = others.alice();
    static_cast<void>(ends::receive(*impostor, ends::send(*its_friend, "hello")));
    letter posing = ends::send(*impostor, "hello");
    EXPECT_NE(ends::receive(*alice, posing).find("forged or damaged"), std::string::npos);
    EXPECT_NE(ends::receive(*impostor, ends::send(*alice, "hello")).find("forged or damaged"),
              std::string::npos);
}

TEST(key_kinds, that_change_within_a_conversation_are_refused) {
    ends both(provider::signed_);
    const users& people = both.people;
    options everything = both.chosen(users::ring(
        people.alice_shared.line() + people.alice.public_half().line() + people.server.line()));
    const auto server = ends::begin(everything, security_side::accepting);
    const auto with_pair =
        ends::begin(both.chosen(people.of_alice(true)), security_side::connecting);
    EXPECT_EQ(ends::receive(*server, ends::send(*with_pair, "hello")), "alice: hello");
    EXPECT_EQ(ends::receive(*with_pair, ends::send(*server, "hello")), "server: hello");
    EXPECT_EQ(ends::receive(*server, ends::send(*both.alice(), "hello")),
              "access_denied: message is proven by a shared key; expected a pair key, as before");
}

} // namespace
} // namespace beckon::security::keys::testing
