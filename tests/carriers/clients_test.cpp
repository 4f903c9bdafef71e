// Clients that connect again.
#include "beckon/object/exception.hpp"
#include "beckon/session/session.hpp"
#include "carriers/greeter.hpp"

namespace beckon::carrier_test {
namespace {

std::unique_ptr<server> greeting_server(const server_options& options, std::string name) {
    auto out = std::make_unique<server>(options);
    out->publish<Greeter>("greeter", std::make_shared<greeter>(std::move(name)));
    out->listen("memory:a");
    return out;
}

errc code_of(const std::function<void()>& fails) {
    try {
        fails();
    } catch (const exception& failure) {
        return failure.failure().code();
    }
    ADD_FAILURE() << "nothing failed";
    return errc::internal;
}

TEST_F(carriers, a_handle_lives_on_when_its_connection_ends_and_references_do_not) {
    auto there = greeting_server(serving(), "first");
    const connected session = connect("restart:0:memory:a", connecting());
    const auto reference = session.get<Greeter>("greeter");
    EXPECT_EQ(reference->greet("you"), "first greets you");
    EXPECT_EQ(session.name(), "memory:a");
    there.reset();
    ASSERT_TRUE(eventually([&] { return session.core()->is_over(); }));
    EXPECT_EQ(code_of([&] { static_cast<void>(reference->greet("you")); }), errc::disconnected);
    EXPECT_EQ(code_of([&] { static_cast<void>(session.get<Greeter>("greeter")); }),
              errc::disconnected);
    EXPECT_FALSE(session.is_over()) << "it will begin again";
    there = greeting_server(serving(), "second");
    ASSERT_TRUE(eventually([&] { return !session.core()->is_over(); }));
    EXPECT_EQ(session.get<Greeter>("greeter")->greet("you"), "second greets you");
    EXPECT_EQ(code_of([&] { static_cast<void>(reference->greet("you")); }), errc::disconnected)
        << "what was lent in the first conversation is gone";
    session.close();
    EXPECT_TRUE(session.is_over());
    EXPECT_TRUE(session.await_end());
    ASSERT_TRUE(eventually([&] { return there->connection_count() == 0; }));
}

#if BECKON_HAS_PROTOCOL_RPYC
TEST_F(carriers, one_that_was_not_understood_begins_again_in_the_next_way) {
    auto options = serving();
    server there(options);
    there.publish<Greeter>("greeter", std::make_shared<greeter>("fifth"));
    there.listen("rpyc+memory:a?dialect=5");
    const connected session = connect("restart:0:rpyc+memory:a", connecting());
    std::string greeting;
    EXPECT_TRUE(eventually([&] {
        try {
            greeting = session.get<Greeter>("greeter")->greet("you");
        } catch (const exception& failure) {
            EXPECT_TRUE(failure.code() == errc::disconnected ||
                        failure.code() == errc::schema_mismatch)
                << failure.what();
        }
        return !greeting.empty();
    }));
    EXPECT_EQ(greeting, "fifth greets you");
}
#endif

TEST_F(carriers, the_last_copy_of_a_handle_ends_it) {
    const auto there = greeting_server(serving(), "first");
    {
        const connected session = connect("restart:0:memory:a", connecting());
        const connected copy = session;
        EXPECT_EQ(copy, session);
        ASSERT_TRUE(eventually([&] { return there->connection_count() == 1; }));
    }
    ASSERT_TRUE(eventually([&] { return there->connection_count() == 0; }));
    EXPECT_FALSE(log.has("BKN-RESTART")) << log.lines();
}

TEST_F(carriers, what_is_to_be_done_before_the_end_still_has_its_conversation) {
    const auto there = greeting_server(serving(), "first");
    const connected session = connect("restart:0:memory:a", connecting());
    std::string heard;
    session.before_close([&](const connected& closing) {
        heard = closing.get<Greeter>("greeter")->greet("you, goodbye");
    });
    session.close();
    EXPECT_EQ(heard, "first greets you, goodbye");
    EXPECT_TRUE(session.is_over());
}

TEST_F(carriers, a_connection_that_does_not_begin_again_is_over_when_it_has_ended) {
    auto there = greeting_server(serving(), "first");
    const connected session = connect("mux:(memory:a)", connecting());
    EXPECT_EQ(session.get<Greeter>("greeter")->greet("you"), "first greets you");
    EXPECT_FALSE(session.is_over());
    there.reset();
    EXPECT_TRUE(session.await_end(10s));
    EXPECT_TRUE(session.is_over());
    session.close();
    EXPECT_TRUE(session.is_over());
}

TEST_F(carriers, connect_waits_for_the_first_connection_and_says_why_there_was_none) {
    connect_options briefly = connecting();
    briefly.timeout = 300ms;
    const auto nobody = try_connect("restart:0:memory:a", briefly);
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code(), errc::not_found);
    EXPECT_NE(nobody.error().to_string().find("while connecting to restart:0:memory:a"),
              std::string::npos)
        << nobody.error().to_string();
    // Somebody comes after the first attempt.
    std::unique_ptr<server> there;
    std::thread later([&] {
        EXPECT_TRUE(eventually([&] { return log.has("restart") || log.has("BKN-RESTART"); }));
        there = greeting_server(serving(), "late");
    });
    const connected session = connect("restart:0:memory:a", connecting());
    later.join();
    EXPECT_EQ(session.get<Greeter>("greeter")->greet("you"), "late greets you");
}

TEST_F(carriers, peers_find_what_the_client_publishes_after_each_beginning) {
    std::atomic<int> met{0};
    const auto serve = [&] {
        auto out = std::make_unique<server>(serving());
        out->on_connect([&](const connected& peer) {
            EXPECT_EQ(peer.get<Greeter>("greeter")->greet("server"), "client greets server");
            ++met;
        });
        out->listen("memory:a");
        return out;
    };
    auto there = serve();
    connect_options options = connecting();
    options.published = with_greeter("client");
    const connected session = connect("restart:0:memory:a", options);
    ASSERT_TRUE(eventually([&] { return met == 1; }));
    there.reset();
    there = serve();
    ASSERT_TRUE(eventually([&] { return met == 2; }));
}

TEST_F(carriers, members_of_a_bus_know_each_other_by_name) {
    carrier_options ann_has = carrying(), ben_has = carrying();
    ann_has.published = with_greeter("ann");
    ben_has.published = with_greeter("ben");
    carrier ann("internal:town:ann", ann_has);
    carrier ben("internal:town:ben", ben_has);
    carrier third("internal:town", carrying());
    ann.start();
    ben.start();
    third.start();
    EXPECT_EQ(third.name(), "internal:town:town.0");
    ASSERT_TRUE(eventually([&] {
        return ann.peers().size() == 2 && ben.peers().size() == 2 && third.peers().size() == 2;
    }));
    EXPECT_EQ(third.find("ann")->get<Greeter>("greeter")->greet("you"), "ann greets you");
    EXPECT_EQ(ann.find("ben")->get<Greeter>("greeter")->greet("you"), "ben greets you");
    EXPECT_EQ(ann.everybody().size(), 2u);
    const auto self = ann.reach("ann");
    ASSERT_TRUE(self);
    EXPECT_EQ(self->get<Greeter>("greeter")->greet("me"), "ann greets me");
    EXPECT_EQ(ann.everybody().size(), 2u) << "without oneself";
    const auto nobody = ann.reach("cat");
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().message(), "sending to bus \"town\": unknown receiver \"cat\"");
    ben.stop();
    ASSERT_TRUE(eventually([&] { return !third.find("ben"); }));
    ben.start();
    ASSERT_TRUE(eventually([&] { return third.find("ben").has_value(); }));
}

TEST_F(carriers, protocols_that_need_a_stream_refuse_datagrams) {
    for (const char* const each : {"udp://127.0.0.1:0", "rpyc+udp://127.0.0.1:0"}) {
        server there(serving());
        const auto outcome = there.try_listen(each);
        ASSERT_FALSE(outcome) << each;
        EXPECT_NE(outcome.error().to_string().find(
                      "needs a stream of bytes, and udp has messages that may be lost"),
                  std::string::npos)
            << outcome.error().to_string();
    }
    EXPECT_FALSE(try_connect("udp://127.0.0.1:9", connecting()));
    EXPECT_THROW(carrier("mux:(udp:5000)", carrying()), exception);
}

TEST_F(carriers, a_server_is_found_until_it_stops) {
    auto there = std::make_unique<server>(serving());
    const auto told = there->announce("my-service 1.0", {.port = 0, .accepts = nullptr});
    discover_options where;
    where.port = told->port();
    where.to = "127.255.255.255";
    where.filter = "my";
    where.timeout = 200ms;
    const auto found = discover(where);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].host, "127.0.0.1");
    EXPECT_EQ(found[0].description, value("my-service 1.0"));
    EXPECT_THROW(
        static_cast<void>(there->announce(value(nullptr), {.port = 0, .accepts = nullptr})),
        exception);
    there.reset();
    where.timeout = 50ms;
    EXPECT_TRUE(discover(where).empty());
}

} // namespace
} // namespace beckon::carrier_test
