// A server that admits so many users at a time, by basic-socket-rpc: its handshake is where they are let in.
#include "beckon/service/admission/admission.hpp"
#include "wire_peer.hpp"

namespace basic_test {

struct Laser {
    std::int64_t fire(std::int64_t times);
};
BECKON_INTERFACE(Laser, (fire, times))

namespace {

struct laser {
    std::int64_t fire(std::int64_t times) { return times; }
};

struct guarded : place {
    explicit guarded(beckon::admission_options chosen = {}, const std::string& more = "")
        : server({.context = inside, .admission = beckon::admit(std::move(chosen))}) {
        server.publish<Laser>("laser", std::make_shared<laser>());
        static_cast<void>(server.listen(endpoint() + more));
    }
    /// Asks until it is let in.
    static void await_turn(wire_peer& peer) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        std::string told;
        do told = peer.ask(init).hex();
        while (told == not_yet && std::chrono::steady_clock::now() < end);
        EXPECT_EQ(told, let_in);
    }
    beckon::server server;
};

constexpr std::string_view fire = "0f00000001000003000000"
                                  "00000000";
constexpr std::string_view fired = "0d000000010300000000000000";

TEST(basic_admission, the_handshake_asks_for_a_place_and_who_leaves_gives_it_to_the_next) {
    guarded at;
    wire_peer first = at.connect();
    wire_peer second = at.connect();
    wire_peer third = at.connect();
    EXPECT_EQ(first.ask(init).hex(), let_in);
    EXPECT_EQ(first.ask(fire).hex(), fired);
    EXPECT_EQ(second.ask(init).hex(), not_yet);
    EXPECT_EQ(third.ask(init).hex(), not_yet);
    EXPECT_EQ(second.ask(fire).exception().text, "Need to initialize connection first");
    EXPECT_EQ(first.ask(init).exception().text, "Initialization already occurred");
    first.close();
    guarded::await_turn(second);
    EXPECT_EQ(third.ask(init).hex(), not_yet);
    EXPECT_EQ(second.ask(fire).hex(), fired);
    second.close();
    guarded::await_turn(third);
    EXPECT_EQ(third.ask(fire).hex(), fired);
}

TEST(basic_admission, is_one_queue_with_that_of_the_other_protocols) {
    guarded at;
    const std::string other = at.server.listen(concat("memory:", fresh_name()));
    beckon::connect_options chosen;
    chosen.context = at.inside;
    const auto session = beckon::connect(other, chosen);
    const auto desk = session.get<beckon::admission>("admission");
    EXPECT_TRUE(desk->enter(0).inside);
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), not_yet);
    EXPECT_EQ(desk->users().size(), 2u);
    wire_peer vanishes = at.connect();
    EXPECT_EQ(vanishes.ask(init).hex(), not_yet);
    vanishes.close();
    while (desk->users().size() != 2) std::this_thread::yield();
    EXPECT_TRUE(desk->leave());
    guarded::await_turn(peer);
    EXPECT_EQ(peer.ask(fire).hex(), fired);
    EXPECT_THROW(static_cast<void>(desk->enter(0)), beckon::exception);
}

TEST(basic_admission, clients_of_ours_wait_for_their_turn) {
    guarded at;
    wire_peer first = at.connect();
    EXPECT_EQ(first.ask(init).hex(), let_in);
    beckon::connect_options chosen;
    chosen.context = at.inside;
    const auto second = beckon::connect(at.endpoint() + "?retry=5", chosen);
    auto waits = second.get<Laser>("laser").async()->fire(3);
    first.close();
    EXPECT_EQ(waits.get(), 3);
}

TEST(basic_admission, who_finds_the_queue_full_is_told_and_may_ask_again) {
    guarded at({.max_waiting = 1});
    wire_peer first = at.connect();
    wire_peer second = at.connect();
    wire_peer third = at.connect();
    EXPECT_EQ(first.ask(init).hex(), let_in);
    EXPECT_EQ(second.ask(init).hex(), not_yet);
    EXPECT_NE(third.ask(init).exception().text.find("max_waiting"), std::string::npos);
    second.close();
    while (third.ask(init).type() != 0) std::this_thread::yield();
    first.close();
    guarded::await_turn(third);
}

TEST(basic_admission, a_desk_of_another_name_is_named_by_the_endpoint) {
    guarded at({.name = "door"}, "?admission=door");
    wire_peer first = at.connect();
    wire_peer second = at.connect();
    EXPECT_EQ(first.ask(init).hex(), let_in);
    EXPECT_EQ(second.ask(init).hex(), not_yet);
}

} // namespace
} // namespace basic_test
