// Signed and sealed JSON-RPC as a peer by hand sees it: what is forged, replayed or bare is refused in the protocol's own
// form, and the conversation goes on.
#if BECKON_HAS_SECURITY_KEYS
#include "access/hand_peer.hpp"

namespace protected_test {

struct Gate {
    std::string whoami();
    std::int64_t passed();
};
BECKON_INTERFACE(Gate, (whoami), (passed))

namespace {

using namespace std::chrono_literals;

struct gate {
    std::string whoami() {
        ++count;
        return beckon::this_call::caller_name();
    }
    std::int64_t passed() { return count; }
    std::atomic<std::int64_t> count{0};
};

constexpr std::string_view whoami = R"({"jsonrpc":"2.0","method":"whoami","id":1})";

class gated : public testing::TestWithParam<keys::provider> {
protected:
    gated() : server({.context = inside, .security = users.of_server(GetParam())}) {
        server.publish<Gate>("gate", here);
        address = server.listen(concat("jsonrpc+memory:", jsonrpc_test::fresh_name()));
    }
    [[nodiscard]] hand_peer meet(const keys::key& as) {
        return {stream(), users.of(as, GetParam())};
    }
    [[nodiscard]] std::unique_ptr<beckon::io::byte_stream> stream() {
        auto made = beckon::transport::memory::connect(
            inside->memory(), beckon::io::parse_endpoint(address).value(), {});
        return std::move(made).value();
    }
    [[nodiscard]] static bool is_sealed() { return GetParam() == keys::provider::sealed; }
    static void expect_denied(const value& answer, std::string_view words) {
        EXPECT_EQ(answer["error"]["data"]["error"], value("access_denied")) << answer.to_text();
        EXPECT_NE(answer["error"]["message"].to_text(400).find(words), std::string::npos)
            << answer.to_text(400);
    }

    std::shared_ptr<beckon::context> inside = beckon::context::create().value();
    shared_keys users;
    std::string made_for;
    std::shared_ptr<gate> here = std::make_shared<gate>();
    beckon::server server;
    std::string address;
};

INSTANTIATE_TEST_SUITE_P(messages, gated,
                         testing::Values(keys::provider::signed_, keys::provider::sealed),
                         [](const auto& each) {
                             return each.param == keys::provider::sealed ? "sealed" : "signed";
                         });

TEST_P(gated, tell_handlers_whose_they_are) {
    hand_peer alice = meet(users.alice);
    const value answer = alice.ask(whoami);
    EXPECT_EQ(answer["result"], value("alice"));
    EXPECT_EQ(alice.proven_by, "server");
    hand_peer bob = meet(users.bob);
    EXPECT_EQ(bob.ask(whoami)["result"], value("bob"));
    EXPECT_EQ(alice.ask(whoami)["result"], value("alice"));
}

TEST_P(gated, refuse_what_was_changed_and_go_on) {
    hand_peer alice = meet(users.alice);
    ASSERT_EQ(alice.ask(whoami)["result"], value("alice"));
    hand_peer::letter forged = alice.write(whoami);
    const std::size_t method = forged.payload.find("whoami");
    forged.payload[is_sealed() ? 4 : method] ^= 1;
    alice.send(forged);
    const value refused = alice.read();
    expect_denied(refused, "message is forged or damaged");
    // What nobody could read is answered without an id, and without protection.
    EXPECT_EQ(refused["id"].is_null(), is_sealed());
    EXPECT_EQ(alice.proven_by, is_sealed() ? "" : "server");
    hand_peer::letter cut = alice.write(whoami);
    cut.payload.resize(cut.payload.size() / 2);
    alice.send(cut);
    EXPECT_FALSE(alice.read()["error"].is_null());
    EXPECT_EQ(alice.ask(whoami)["result"], value("alice"));
    EXPECT_EQ(here->count, 2);
}

TEST_P(gated, refuse_what_was_replayed_or_reordered_and_go_on) {
    hand_peer alice = meet(users.alice);
    const hand_peer::letter first = alice.write(whoami);
    alice.send(first);
    ASSERT_EQ(alice.read()["result"], value("alice"));
    alice.send(first);
    expect_denied(alice.read(), "replayed");
    const hand_peer::letter second = alice.write(whoami);
    EXPECT_EQ(alice.ask(whoami)["result"], value("alice"));
    alice.send(second);
    expect_denied(alice.read(), "replayed or reordered");
    EXPECT_EQ(here->count, 2);
    // On another connection, of somebody who only wrote it down.
    hand_peer thief = meet(users.bob);
    thief.send(first);
    expect_denied(thief.read(), "message was replayed");
    EXPECT_EQ(here->count, 2);
    EXPECT_EQ(alice.ask(whoami)["result"], value("alice"));
}

TEST_P(gated, refuse_what_is_sent_back) {
    hand_peer alice = meet(users.alice);
    alice.send(alice.write(whoami));
    const hand_peer::letter bobs = meet(users.bob).write(whoami);
    hand_peer::letter reflected = alice.write(whoami);
    ASSERT_EQ(alice.read()["result"], value("alice"));
    const std::size_t at = reflected.header.find("\"connecting\"");
    ASSERT_NE(at, std::string::npos);
    reflected.header.replace(at, 12, "\"accepting\"");
    alice.send(reflected);
    expect_denied(alice.read(), "it was reflected");
    alice.send(bobs);
    expect_denied(alice.read(), "message is of \\\"bob\\\"; expected \\\"alice\\\"");
    EXPECT_EQ(here->count, 1);
}

TEST_P(gated, refuse_bare_messages_and_answer_them_as_barely) {
    hand_peer anybody = meet(users.alice);
    anybody.send_line(whoami);
    const value refused = anybody.read();
    EXPECT_EQ(refused["id"], value(1));
    expect_denied(refused, "message has no header rpc.secinfo");
    EXPECT_EQ(anybody.proven_by, "");
    anybody.send_line(concat('[', whoami, ',', whoami, ']'));
    expect_denied(anybody.read(), "no header");
    anybody.send_line(R"({"jsonrpc":"2.0","method":"whoami"})"); // a notification: nobody answers
    EXPECT_EQ(anybody.ask(whoami)["result"], value("alice"));
    EXPECT_EQ(here->count, 1);
}

TEST_P(gated, let_no_message_pass_behind_two_headers) {
    hand_peer alice = meet(users.alice);
    const hand_peer::letter good = alice.write(whoami);
    // The first header is for the second one, which it does not prove; what follows is bare.
    alice.send_line(good.header);
    alice.send_line(good.header);
    alice.send_line(whoami);
    expect_denied(alice.read(), "no header");
    EXPECT_EQ(here->count, 0);
    EXPECT_EQ(alice.ask(whoami)["result"], value("alice"));
}

TEST_P(gated, say_what_is_wrong_with_a_header) {
    hand_peer alice = meet(users.alice);
    const hand_peer::letter good = alice.write(whoami);
    alice.send({R"({"jsonrpc":"2.0","method":"rpc.secinfo","params":{"user":7}})", good.payload});
    expect_denied(alice.read(), "header has no");
    alice.send({R"({"jsonrpc":"2.0","method":"rpc.secinfo"})", good.payload});
    expect_denied(alice.read(), "header has no");
    alice.send({R"({"jsonrpc":"2.0","method":"rpc.secinfo","params":[1]})", good.payload});
    expect_denied(alice.read(), "header has no");
    alice.send(good);
    EXPECT_EQ(alice.read()["result"], value("alice"));
}

// --- Programs at both ends ---

TEST_P(gated, reach_programs_by_object) {
    const auto session =
        beckon::connect(address, {.context = inside, .security = users.of(users.bob, GetParam())});
    EXPECT_EQ(session.get<Gate>("gate")->whoami(), "bob");
    EXPECT_EQ(session.user(), "server");
}

TEST_P(gated, fail_the_calls_of_who_has_another_key_at_once) {
    const keys::key other = keys::key::make("alice", keys::key_kind::shared);
    const auto session =
        beckon::connect(address, {.context = inside, .security = users.of(other, GetParam())});
    const auto outcome = session.get<Gate>("gate").async()->whoami().result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), beckon::errc::access_denied) << outcome.error().to_string();
    EXPECT_NE(outcome.error().message().find("forged or damaged"), std::string::npos)
        << outcome.error().to_string();
    EXPECT_FALSE(session.is_over());
}

TEST_P(gated, fail_the_calls_of_who_uses_no_keys) {
    const auto session = beckon::connect(address, {.context = inside});
    const auto outcome = session.get<Gate>("gate").async()->whoami().result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), beckon::errc::access_denied) << outcome.error().to_string();
}

TEST_P(gated, fail_the_calls_at_servers_that_use_no_keys) {
    beckon::server plain({.context = inside});
    plain.publish<Gate>("gate", here);
    const std::string bare = plain.listen(concat("jsonrpc+memory:", jsonrpc_test::fresh_name()));
    const auto session =
        beckon::connect(bare, {.context = inside, .security = users.of(users.bob, GetParam())});
    const auto outcome = session.get<Gate>("gate").async()->whoami().result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), beckon::errc::access_denied) << outcome.error().to_string();
    EXPECT_NE(outcome.error().message().find("this side has no provider for it"), std::string::npos)
        << outcome.error().to_string();
    EXPECT_EQ(here->count, 0);
}

TEST_P(gated, make_objects_for_who_they_prove_to_be) {
    server.publish_each<Gate>("own", [this](const beckon::connected& peer) {
        made_for = peer.user();
        return std::make_shared<gate>();
    });
    const auto session =
        beckon::connect(address, {.context = inside, .security = users.of(users.bob, GetParam())});
    EXPECT_EQ(session.get<Gate>("own")->whoami(), "bob");
    EXPECT_EQ(made_for, "bob");
}

} // namespace
} // namespace protected_test
#endif
