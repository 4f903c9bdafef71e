// What two Beckons have besides remcall, and how they find out that they are two.
#include "beckon/object/operate.hpp"
#include "board.hpp"
#include "dialed.hpp"
#include "loaded.hpp"

namespace remcall_test {
namespace {

using remcall_board::board;
using remcall_board::Level;
using remcall_board::Pair;

struct both {
    explicit both(std::string_view server_options = "", std::string_view client_options = "")
        : served({.context = at.inside}) {
        const auto main = beckon::make_ref<remcall_board::Main>(beckon::partial(implementation));
        implementation->myself = main;
        served.publish("board", main);
        served.listen(at.endpoint(server_options));
        session = beckon::connect(at.endpoint(client_options), {.context = at.inside});
        main_there = session.get<remcall_board::Main>("board");
    }
    ~both() { implementation->myself = {}; }

    place at;
    std::shared_ptr<board> implementation = std::make_shared<board>();
    beckon::server served;
    beckon::connected session;
    beckon::ref<remcall_board::Main> main_there;
};

TEST(RemcallExtension, TwoBeckonsCarryWhatRemcallCannot) {
    both at;
    // The very first call waits until the peer has said who it is.
    EXPECT_EQ(at.main_there->Flip(true), false);
    EXPECT_EQ(at.main_there->Day(beckon::date{-1}), beckon::date{-1});
    EXPECT_EQ(at.main_there->Array({1, -128, 127}), (std::vector<std::int8_t>{1, -128, 127}));
    const Pair swapped = at.main_there->Swap({1, 2});
    EXPECT_EQ(swapped.a, 2);
    EXPECT_EQ(swapped.b, 1);
    EXPECT_EQ(at.main_there->Truth(), true);
}

TEST(RemcallExtension, TheMainObjectIsOneHoweverItCame) {
    for (const char* const peer : {"", "?peer=plain"}) {
        both at(peer, peer);
        EXPECT_EQ(at.main_there->Myself(), at.main_there);
        EXPECT_EQ(at.session.get<remcall_board::Main>("another name"), at.main_there);
        EXPECT_EQ(at.session.root().core(), at.main_there.core());
        at.main_there = {};
        // Once nobody holds it, it begins anew.
        const auto again = at.session.get<remcall_board::Main>("board");
        EXPECT_EQ(again->Myself(), again);
        EXPECT_EQ(again->Raise(Level::Low), Level::Medium);
        EXPECT_EQ(at.session.stats().imports, 0u);
    }
}

/// Says neither knock nor HELLO, as remcall itself does where it has nothing to say.
TEST(RemcallExtension, AWaitForASilentPeersHelloSaysThatItWasThat) {
    dialed silent("");
    const beckon::object root = silent.session.root();
    ASSERT_TRUE(main_of("board").bind(root));
    beckon::call_options soon;
    soon.timeout = 20ms;
    const auto outcome = beckon::call_dynamic_and_wait(root, "Flip", value::list({true}), soon);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::timeout);
    EXPECT_NE(outcome.error().to_string().find(
                  "while waiting for the peer to say HELLO, as a Beckon does: the call was not "
                  "sent, since remcall itself cannot carry Main.Flip"),
              std::string::npos)
        << outcome.error().to_string();
    // What remcall itself can carry does not wait for it.
    const auto sent = beckon::call_dynamic_and_wait(root, "Slow", value::list({1}), soon);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().to_string().find("was not sent"), std::string::npos)
        << sent.error().to_string();
}

TEST(RemcallExtension, ABeckonTellsItsSchemaAsAnAttributeOfTheRoot) {
    both at("?label=the%20board");
    const beckon::connected asks = beckon::connect(at.at.endpoint(), {.context = at.at.inside});
    const auto told =
        beckon::operate_and_wait(asks.root(), {beckon::operation::get_attribute, "__schema__"});
    ASSERT_TRUE(told) << told.error().to_string();
    const auto read = beckon::schema::remcall::read(told->bytes());
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(read->document.label, "the board");
    EXPECT_FALSE(read->document.interfaces.empty());
    // No other attribute is there.
    const auto other =
        beckon::operate_and_wait(asks.root(), {beckon::operation::get_attribute, "label"});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), errc::unsupported) << other.error().to_string();
}

TEST(RemcallExtension, AServerWithoutASchemaIsNotWaitedFor) {
    place at;
    beckon::server served({.context = at.inside});
    served.listen(at.endpoint());
    const beckon::connected asks = beckon::connect(at.endpoint(), {.context = at.inside});
    const auto told =
        beckon::operate_and_wait(asks.root(), {beckon::operation::get_attribute, "__schema__"});
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code(), errc::schema_mismatch) << told.error().to_string();
}

TEST(RemcallExtension, AnObjectThatKeepsOneOfThePeersEndsWhenTheConversationHas) {
    std::weak_ptr<board> kept;
    {
        struct listener {
            void Notify(const std::string&, Level) {}
        };
        both at;
        kept = at.implementation;
        at.main_there->Subscribe(beckon::make_ref<remcall_board::Listener>(
            beckon::partial(std::make_shared<listener>())));
        EXPECT_TRUE(at.main_there->Current());
    }
    await([&] { return kept.expired(); }); // a connection ends on a thread of its own
}

TEST(RemcallExtension, BothMayBeToldBeforehandThatTheOtherIsABeckon) {
    both at("?peer=beckon", "?peer=beckon");
    EXPECT_EQ(at.main_there->Flip(false), true);
    EXPECT_THROW(at.main_there->Boom(), beckon::remote_error);
}

TEST(RemcallExtension, EitherMayBeToldThatTheOtherIsRemcallItself) {
    for (const bool is_server : {true, false}) {
        both at(is_server ? "?peer=plain" : "", is_server ? "" : "?peer=plain");
        EXPECT_EQ(at.main_there->Raise(Level::Low), Level::Medium);
        // A call that needs more fails at once where that is sure, and when the first answer shows it.
        const auto flipped = at.main_there.async()->Flip(true).result();
        ASSERT_FALSE(flipped);
        EXPECT_EQ(flipped.error().code(), errc::unsupported) << flipped.error().to_string();
        EXPECT_EQ(at.main_there->Raise(Level::Low), Level::Medium);
    }
}

TEST(RemcallExtension, ACallThatWaitsToKnowThePeerFailsWhenThatIsRemcallItself) {
    dialed at("");
    at.server->expect(knock);
    const beckon::object root = at.session.root();
    ASSERT_TRUE(main_of("board").bind(root));
    auto waits = beckon::call_dynamic(root, "Flip", value::list({true}));
    auto plain = beckon::call_dynamic(root, "Slow", value::list({1}));
    at.server->expect("050000000200170000000101"); // the one before it has not been sent
    at.server->send("060000000201");
    EXPECT_EQ(plain.get(), value(1));
    const auto outcome = waits.result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::unsupported);
}

TEST(RemcallExtension, WhatFailsHasItsOwnCodeAndWords) {
    both at;
    const auto fails = [&](auto call) {
        const auto outcome = call.result();
        return outcome ? std::string("nothing") : outcome.error().to_string();
    };
    EXPECT_TRUE(fails(at.main_there.async()->Missing()).starts_with("unknown_method"));
    EXPECT_TRUE(fails(at.main_there.async()->BadLevel()).starts_with("invalid_argument"))
        << fails(at.main_there.async()->BadLevel());
    EXPECT_TRUE(fails(at.main_there.async()->Boom()).starts_with("remote_error"));
    EXPECT_FALSE(at.at.log.has("BKN-FAILURE-UNTOLD"));
}

TEST(RemcallExtension, AFailureBeforeThePeersHelloIsToldAfterIt) {
    both at("?check=none");
    wire_peer peer = at.at.connect();
    peer.send(concat(knock, "0500000001000900000001")); // Boom
    peer.expect(knock);
    static_cast<void>(peer.read(39));
    peer.send("0500000002001100000001");
    peer.expect("060000000200000001"); // Boom has run before
    peer.send(concat("1000010000003f", std::string(64, '0')));
    peer.expect("110000000100");
}

TEST(RemcallExtension, OtherSchemasAreRefusedAndBothDigestsNamed) {
    both at;
    beckon::connected other = beckon::connect(at.at.endpoint(), {.context = at.at.inside});
    const beckon::object root = other.root();
    ASSERT_TRUE(main_of("board").bind(root)); // the same, but for its label
    // Until the peer has said HELLO nothing is known; its digest is compared then.
    auto call = beckon::call_dynamic(root, "Flip", value::list({true})).result();
    ASSERT_FALSE(call);
    EXPECT_NE(call.error().to_string().find("daa0b51557c63c85"), std::string::npos)
        << call.error().to_string();
    EXPECT_NE(call.error().to_string().find("schema_mismatch"), std::string::npos);
}

TEST(RemcallExtension, AnotherSchemaThatIsSeenTooLateEndsTheConversation) {
    dialed at("");
    at.server->expect(knock);
    const beckon::object root = at.session.root();
    ASSERT_TRUE(main_of("board").bind(root));
    auto call = beckon::call_dynamic(root, "Slow", value::list({1}));
    at.server->expect("050000000100170000000101");
    at.server->send(concat(knock, "1000010000003f", std::string(64, '0')));
    const auto outcome = call.result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::schema_mismatch) << outcome.error().to_string();
    const std::string ours(named("schemas", "board")["sha256"].string());
    at.server->expect(concat("1000010000003f", ours, "08"));
    EXPECT_EQ(at.server->read_all(), "");
}

TEST(RemcallExtension, SchemasMayDifferInWhatCallsDoNotDependOn) {
    both at("?check=structure");
    beckon::connected other =
        beckon::connect(at.at.endpoint("?check=structure"), {.context = at.at.inside});
    const beckon::object root = other.root();
    ASSERT_TRUE(main_of("board").bind(root));
    EXPECT_EQ(beckon::call_dynamic(root, "Flip", value::list({true})).get(), value(false));
    EXPECT_FALSE(other.is_over());
    // And in nothing else.
    beckon::connected third =
        beckon::connect(at.at.endpoint("?check=structure"), {.context = at.at.inside});
    const beckon::object there = third.root();
    const auto other_main = main_of("minimal");
    ASSERT_TRUE(other_main.bind(there));
    const auto outcome = beckon::call_dynamic(there, "A").result();
    EXPECT_FALSE(outcome);
    await([&] { return third.is_over(); });
}

/// A call that the peer, of another schema or of a label of its own, answers before it has said which one it has.
struct answered_early : dialed {
    answered_early() : dialed("?check=structure") {
        server->expect(knock);
        EXPECT_TRUE(main_of("board").bind(root));
        call = beckon::call_dynamic(root, "Raise", value::list({"Low"}));
        const std::string ours(named("schemas", "board")["sha256"].string());
        server->send(concat(knock, "1000010000003f", std::string(64, '1')));
        server->expect("050000000100150000000100");
        server->expect(concat("1000010000003f", ours, "00"));
        server->send("060000000101");
    }
    const beckon::object root = session.root();
    beckon::future<value> call;
};

TEST(RemcallExtension, AnAnswerCountsOnceThePeersSchemaIsKnown) {
    answered_early same;
    same.server->send(concat("01", named("schemas", "board")["hex"].string()));
    EXPECT_EQ(same.call.get().name(), "Medium");
}

TEST(RemcallExtension, AnAnswerOfAnotherSchemaIsNoAnswer) {
    answered_early other;
    other.server->send(concat("01", named("schemas", "minimal")["hex"].string()));
    const auto outcome = other.call.result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::schema_mismatch) << outcome.error().to_string();
}

TEST(RemcallExtension, WhoEndsTheConversationInPlaceOfItsSchemaWantsTheSameDigest) {
    answered_early other;
    other.server->send("08");
    const auto outcome = other.call.result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::schema_mismatch) << outcome.error().to_string();
    EXPECT_NE(outcome.error().message().find("on both sides"), std::string::npos);
}

TEST(RemcallExtension, ASchemaIsAskedForByWhoHasNone) {
    both at;
    beckon::connected other = beckon::connect(at.at.endpoint(), {.context = at.at.inside});
    const auto named_there = other.list();
    EXPECT_EQ(named_there.size(), 20u);
    EXPECT_EQ(named_there.front().name, "Make");
    EXPECT_TRUE(at.at.log.lines().empty()) << at.at.log.lines();
}

TEST(RemcallExtension, AnswersToCallsThatWereGivenUpAreReadAndDropped) {
    dialed at("?peer=plain");
    const beckon::object root = at.session.root();
    ASSERT_TRUE(main_of("board").bind(root));
    beckon::call_options soon;
    soon.timeout = 20ms;
    const auto late = beckon::call_dynamic_and_wait(root, "Find", value::list({"x"}), soon);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), errc::timeout);
    at.server->expect("0500000001000d000000010000000178");
    auto next = beckon::call_dynamic(root, "Slow", value::list({1}));
    at.server->expect("050000000200170000000101");
    at.server->send("060000000100000009060000000201"); // both at once, the late one first
    EXPECT_EQ(next.get(), value(1));
    EXPECT_EQ(at.session.stats().imports, 0u) << "the object of the late answer is let go";
}

TEST(RemcallExtension, ABeckonIsToldOnceItIsKnownWhichCallsWereGivenUp) {
    dialed at("");
    at.server->expect(knock);
    const beckon::object root = at.session.root();
    ASSERT_TRUE(main_of("board").bind(root));
    beckon::call_options soon;
    soon.timeout = 20ms;
    EXPECT_FALSE(beckon::call_dynamic_and_wait(root, "Slow", value::list({9}), soon));
    at.server->expect("050000000100170000000109");
    auto wanted = beckon::call_dynamic(root, "Slow", value::list({1}));
    at.server->expect("050000000200170000000101");
    const std::string ours(named("schemas", "board")["sha256"].string());
    at.server->send(concat(knock, "1000010000003f", ours));
    at.server->expect(concat("1000010000003f", ours, "1300000001"));
    at.server->send("060000000201");
    EXPECT_EQ(wanted.get(), value(1));
}

TEST(RemcallExtension, CallsWithoutAnAnswerAreBounded) {
    dialed at("?peer=plain&unanswered=2");
    const beckon::object root = at.session.root();
    ASSERT_TRUE(main_of("board").bind(root));
    auto first = beckon::call_dynamic(root, "Slow", value::list({1}));
    { auto given_up = beckon::call_dynamic(root, "Slow", value::list({1})); }
    const auto third = beckon::call_dynamic(root, "Slow", value::list({1})).result();
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code(), errc::overloaded) << third.error().to_string();
}

TEST(RemcallExtension, ACallThatNeverLeftIsNoneWithoutAnAnswer) {
    beckon::limits allowed;
    allowed.max_unsent_bytes = 1024;
    dialed at("?peer=plain&unanswered=2", allowed);
    const beckon::object root = at.session.root();
    ASSERT_TRUE(main_of("board").bind(root));
    const std::string long_label(1u << 20, 'x');
    auto first = beckon::call_dynamic(root, "Find", value::list({value(long_label)}));
    for (int i = 0; i < 3; ++i) { // aside, until there is room; given up there
        auto never_sent = beckon::call_dynamic(root, "Slow", value::list({1}));
    }
    auto last = beckon::call_dynamic(root, "Slow", value::list({2}));
    static_cast<void>(at.server->read(15 + long_label.size()));
    at.server->send("060000000100000000");
    EXPECT_TRUE(first.get().is_null());
    EXPECT_EQ(at.server->read(2), "0500");
    const std::string request = at.server->read(3);
    EXPECT_EQ(at.server->read(7), "00170000000102");
    at.server->send(concat("0600", request, "02"));
    EXPECT_EQ(last.get(), value(2));
}

TEST(RemcallExtension, AReleaseThatCrossesAReferenceKeepsTheObject) {
    both at("?check=none");
    wire_peer peer = at.at.connect();
    peer.send(concat(knock, "1000010000003f", std::string(64, '0')));
    peer.expect(knock);
    static_cast<void>(peer.read(39));
    peer.send("0500000001000f00000001000000016100"); // Make("a", Low)
    peer.expect("060000000100000002");
    peer.send("0500000002000300000002"); // its Twin: sent twice
    peer.expect("060000000200000002");
    peer.send("12000000010000000200000001"); // one of them given back
    peer.send("0500000003000000000002");     // Label
    peer.expect("06000000030000000161");
    peer.send("12000000010000000200000001"); // and the other
    peer.send("0500000004000000000002");
    peer.expect("110000000402"); // unknown object
}

} // namespace
} // namespace remcall_test
