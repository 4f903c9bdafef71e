// What a server's program decides: whom it lets in, what data it keeps, how it ends; and peers that break the rules.
#include <atomic>
#include <future>

#include "wire_peer.hpp"

namespace basic_test {
namespace {

using namespace beckon::basic;

struct shop {
    int visits = 0;
    int in = 0;
    int left = 0;
    bool closed = false;
};
struct customer {
    int calls = 0;
    bool came_in = false;
};

constexpr auto count = command(0, "count", nothing, seq(u32, u32));

TEST(basic_server, shared_and_local_data_reach_hooks_and_handlers) {
    place at;
    std::promise<shop> end;
    {
        service<shop, customer> what;
        what.respond(count, [](shop& shared,
                               customer& mine) { return std::tuple(shared.visits, ++mine.calls); })
            .on_server_init([] { return shop{.visits = 10}; })
            .on_client_connect([](shop& shared, customer& mine) {
                mine.came_in = true;
                ++shared.in;
                return ++shared.visits < 13;
            })
            .on_client_disconnect([](shop& shared, customer& mine) {
                if (mine.came_in) ++shared.left;
            })
            .on_server_close([&](shop& shared) { end.set_value(shared); });
        server served(what, at.endpoint(), {.context = at.inside});
        wire_peer first = at.connect();
        EXPECT_EQ(first.ask(init).hex(), let_in);
        wire_peer second = at.connect();
        EXPECT_EQ(second.ask(init).hex(), let_in);
        EXPECT_EQ(first.ask("07000000010000").hex(), "0d000000010c00000001000000");
        EXPECT_EQ(first.ask("07000000010000").hex(), "0d000000010c00000002000000");
        EXPECT_EQ(second.ask("07000000010000").hex(), "0d000000010c00000001000000");
        wire_peer third = at.connect();
        EXPECT_EQ(third.ask(init).hex(), not_yet);
        EXPECT_EQ(third.ask(init).hex(), not_yet); // asked again, and counted again
        wire_peer silent = at.connect();
        EXPECT_EQ(third.ask("07000000010000").exception().text,
                  "Need to initialize connection first");
    }
    const shop last = end.get_future().get();
    EXPECT_EQ(last.in, 4);
    EXPECT_EQ(last.left, 3);
}

TEST(basic_server, hooks_and_handlers_may_ask_how_many_are_there) {
    place at;
    std::atomic<const server*> asked = nullptr;
    const auto there = [&] {
        const server* const of = asked;
        return std::tuple(static_cast<std::uint32_t>(of->session_count()),
                          static_cast<std::uint32_t>(of->waiting_count()));
    };
    std::promise<std::tuple<std::uint32_t, std::uint32_t>> when_left;
    service<> what;
    what.respond(count, [&](no_data&, no_data&) { return there(); })
        .on_client_connect([&](no_data&, no_data&) { return there() == std::tuple(1u, 0u); })
        .on_client_disconnect([&](no_data&, no_data&) { when_left.set_value(there()); })
        .exclusive();
    server served(what, at.endpoint(), {.context = at.inside});
    asked = &served;
    {
        wire_peer first = at.connect();
        EXPECT_EQ(first.ask(init).hex(), let_in);
        EXPECT_EQ(first.ask("07000000010000").hex(), "0d000000010100000000000000");
    }
    EXPECT_EQ(when_left.get_future().get(), std::tuple(0u, 0u));
}

TEST(basic_server, no_more_are_let_in_than_there_are_places) {
    place at;
    server served(recorded_service().max_sessions(2), at.endpoint(), {.context = at.inside});
    wire_peer a = at.connect();
    wire_peer b = at.connect();
    wire_peer c = at.connect();
    EXPECT_EQ(a.ask(init).hex(), let_in);
    EXPECT_EQ(b.ask(init).hex(), let_in);
    EXPECT_EQ(c.ask(init).hex(), not_yet);
    EXPECT_EQ(served.session_count(), 2u);
    EXPECT_EQ(served.waiting_count(), 1u);
    a.close();
    while (served.session_count() != 1) std::this_thread::yield();
    EXPECT_EQ(c.ask(init).hex(), let_in);
    EXPECT_EQ(served.waiting_count(), 0u);
}

TEST(basic_server, a_client_waits_for_its_turn_and_gets_it) {
    place at;
    server served(recorded_service().exclusive(), at.endpoint(), {.context = at.inside});
    wire_peer owner = at.connect();
    EXPECT_EQ(owner.ask(init).hex(), let_in);
    client waits(at.endpoint(), {.timeout = 20s, .retry_interval = 10ms, .context = at.inside});
    std::thread leaving([&] {
        while (served.waiting_count() != 1) std::this_thread::yield();
        owner.close();
    });
    waits.connect();
    leaving.join();
    EXPECT_EQ(waits.call(recorded::hello, "w"), "hello w");
}

TEST(basic_server, a_client_that_waits_too_long_is_told_so) {
    place at;
    server served(recorded_service().exclusive(), at.endpoint(), {.context = at.inside});
    wire_peer owner = at.connect();
    EXPECT_EQ(owner.ask(init).hex(), let_in);
    client waits(at.endpoint(), {.timeout = 30ms, .retry_interval = 10ms, .context = at.inside});
    EXPECT_THROW(waits.connect(), beckon::timeout_error);
    EXPECT_FALSE(waits.is_connected());
    EXPECT_THROW(static_cast<void>(waits.call(recorded::hello, "w")), beckon::disconnected_error);
}

TEST(basic_server, calls_made_before_the_place_is_free_wait_for_it) {
    place at;
    server served(recorded_service().exclusive(), at.endpoint(), {.context = at.inside});
    wire_peer owner = at.connect();
    EXPECT_EQ(owner.ask(init).hex(), let_in);
    beckon::connect_options chosen;
    chosen.context = at.inside;
    const auto session = beckon::connect(at.endpoint() + "?retry=10", chosen);
    beckon::dynamic_request request;
    request.name = "#3";
    auto early = beckon::operate(session.root(), std::move(request));
    while (served.waiting_count() != 1) std::this_thread::yield();
    EXPECT_FALSE(early.ready());
    owner.close();
    EXPECT_EQ(early.get(), value(bytes()));
}

TEST(basic_server, a_running_handler_ends_and_is_answered_before_the_notice) {
    place at;
    std::promise<void> go;
    std::atomic<bool> runs = false;
    service<> what;
    what.respond(recorded::hello, [&](const std::string& name) {
        runs = true;
        go.get_future().wait();
        return name;
    });
    server served(what, at.endpoint(), {.context = at.inside});
    wire_peer busy = at.connect();
    wire_peer idle = at.connect();
    wire_peer stranger = at.connect(); // never asked to be let in, and is told as well
    EXPECT_EQ(busy.ask(init).hex(), let_in);
    EXPECT_EQ(idle.ask(init).hex(), let_in);
    busy.send("0c0000000100000100000042");
    while (!runs) std::this_thread::yield();
    std::thread ends([&] { served.shutdown(); });
    EXPECT_EQ(idle.read().exception().name, "ServerShutdown");
    EXPECT_EQ(stranger.read().exception().text, "server is shutting down");
    go.set_value();
    EXPECT_EQ(busy.read().hex(), "0a000000010100000042");
    EXPECT_EQ(busy.read().exception().name, "ServerShutdown");
    EXPECT_TRUE(busy.is_over());
    EXPECT_TRUE(idle.is_over());
    ends.join();
}

TEST(basic_server, a_server_serves_for_as_long_as_its_scope) {
    place at;
    for (int i = 0; i < 2; ++i) { // the same place again
        server served(recorded_service(), at.endpoint(), {.context = at.inside});
        client here(served.endpoint(), {.context = at.inside});
        here.connect();
        EXPECT_EQ(here.call(recorded::add_2_words, 1000, 2050), 3050u);
    }
    client late(at.endpoint(), {.context = at.inside});
    EXPECT_THROW(late.connect(), beckon::exception);
}

TEST(basic_server, what_closing_throws_is_told_to_who_shuts_down_or_logged) {
    place at;
    service<> what;
    what.on_server_close([](auto&) { throw std::runtime_error("cannot close"); });
    {
        server served(what, at.endpoint(), {.context = at.inside});
        EXPECT_THROW(served.shutdown(), std::runtime_error);
    }
    EXPECT_FALSE(at.log.has("BKN-BASIC-CLOSE"));
    { const server served(what, at.endpoint(), {.context = at.inside}); }
    EXPECT_TRUE(at.log.has("cannot close"));
}

TEST(basic_server, an_admission_that_fails_is_told_and_ends_the_connection) {
    place at;
    service<> what = recorded_service();
    what.exclusive().on_client_connect(
        [](auto&, auto&) -> bool { throw std::invalid_argument("not today"); });
    server served(what, at.endpoint(), {.context = at.inside});
    for (int i = 0; i < 3; ++i) {
        wire_peer peer = at.connect();
        peer.send(init);
        peer.send("07000000010300"); // a command in the same breath is not answered any more
        const told_exception told = peer.read().exception();
        EXPECT_EQ(told.name, "ValueError");
        EXPECT_EQ(told.text, "not today");
        EXPECT_TRUE(peer.is_over());
    }
    EXPECT_EQ(served.session_count(), 0u);
}

TEST(basic_server, peers_out_of_step_are_told_and_left) {
    place at;
    server served(recorded_service(), at.endpoint(), {.context = at.inside});
    for (const std::string_view bad : {"00000000", "04000000", "ffffffff", "01000004"}) {
        SCOPED_TRACE(bad);
        wire_peer peer = at.connect();
        EXPECT_EQ(peer.ask(init).hex(), let_in);
        const told_exception told = peer.ask(bad).exception();
        EXPECT_EQ(told.name, "ProtocolError");
        EXPECT_FALSE(told.text.empty());
        EXPECT_TRUE(peer.is_over());
    }
    wire_peer vanishes = at.connect();
    EXPECT_EQ(vanishes.ask(init).hex(), let_in);
    vanishes.send("0e0000000100");
    vanishes.close();
    wire_peer fine = at.connect();
    EXPECT_EQ(fine.ask(init).hex(), let_in);
}

} // namespace
} // namespace basic_test
