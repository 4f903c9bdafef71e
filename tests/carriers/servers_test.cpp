// Servers at transport expressions.
#include "beckon/object/exception.hpp"
#include "carriers/greeter.hpp"

namespace beckon::carrier_test {
namespace {

TEST_F(carriers, a_server_listens_at_all_that_a_mux_holds) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    const std::string real = there.listen("mux:(memory:a)[tcpserv:127.0.0.1:0](listen:memory:b)");
    EXPECT_EQ(greeting_at("memory:a"), "greeter greets you");
    EXPECT_EQ(greeting_at("memory:b"), "greeter greets you");
    const auto begin = real.find("tcp://");
    ASSERT_NE(begin, std::string::npos) << real;
    const std::string port = real.substr(begin, real.find(')', begin) - begin);
    EXPECT_EQ(greeting_at(port), "greeter greets you") << real;
    EXPECT_EQ(real, concat("mux:(memory:a)(listen:", port, ")(listen:memory:b)"));
    there.stop();
    EXPECT_FALSE(try_connect("memory:a", connecting()));
}

TEST_F(carriers, a_mux_that_cannot_begin_whole_tells_all_failures_and_leaves_nothing_open) {
    server first(serving());
    first.listen("memory:taken");
    server second(serving());
    const auto outcome =
        second.try_listen("mux:(memory:free)(memory:taken)(connect:memory:nobody)");
    ASSERT_FALSE(outcome);
    const std::string text = outcome.error().to_string();
    EXPECT_NE(text.find("2 of what"), std::string::npos) << text;
    EXPECT_NE(text.find("memory:taken: address_in_use"), std::string::npos) << text;
    EXPECT_NE(text.find("connect:memory:nobody: not_found"), std::string::npos) << text;
    EXPECT_TRUE(first.try_listen("memory:free")) << "it is free again";
}

TEST_F(carriers, what_nothing_can_speak_is_an_error_before_anything_is_opened) {
    server there(serving());
    const auto outcome = there.try_listen("mux:(memory:a)(nosuch+memory:b)");
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("no protocol is called \"nosuch\""),
              std::string::npos);
    EXPECT_TRUE(there.try_listen("memory:a"));
    EXPECT_NE(there.try_listen("mux:(nosuch:b)").error().to_string().find("names a transport that"),
              std::string::npos);
}

TEST_F(carriers, a_server_that_dials_serves_whom_it_reached) {
    server caller(serving());
    promise<std::string> heard;
    auto greeting = heard.get_future();
    caller.on_connect(
        [&](const connected& peer) { heard.set(peer.get<Greeter>("greeter")->greet("caller")); });
    caller.listen("memory:caller");
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>("dialler"));
    EXPECT_EQ(there.listen("restart:10:memory:caller"), "restart:10:memory:caller");
    ASSERT_TRUE(greeting.wait_for(10s));
    EXPECT_EQ(greeting.get(), "dialler greets caller");
    EXPECT_EQ(there.connection_count(), 1u);
}

TEST_F(carriers, a_server_knows_its_peers_by_name_and_ends_one) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    const std::string real = there.listen("tcp://127.0.0.1:0");
    const auto one = connect(real, connecting());
    const auto another = connect(real, connecting());
    ASSERT_TRUE(eventually([&] { return there.peers().size() == 2; }));
    const std::string name = there.peers()[0].name();
    EXPECT_EQ(name.substr(0, 10), "127.0.0.1:");
    ASSERT_TRUE(there.find(name));
    EXPECT_EQ(there.find(name)->name(), name);
    EXPECT_FALSE(there.find("127.0.0.1:1"));
    EXPECT_FALSE(there.close("127.0.0.1:1"));
    EXPECT_TRUE(there.close(name));
    ASSERT_TRUE(eventually([&] { return one.is_over() || another.is_over(); }));
    EXPECT_NE(one.is_over(), another.is_over()) << "the other one goes on";
    EXPECT_FALSE(there.find(name));
}

TEST_F(carriers, draining_a_server_lets_nothing_begin_again) {
    server caller(serving());
    caller.listen("memory:caller");
    server there(serving());
    there.listen("restart:0:memory:caller");
    ASSERT_TRUE(eventually([&] { return caller.connection_count() == 1; }));
    there.drain();
    ASSERT_TRUE(eventually([&] { return caller.connection_count() == 0; }));
    EXPECT_FALSE(log.has("BKN-RESTART")) << log.lines();
}

TEST_F(carriers, programs_have_shorthands_and_transports_of_their_own) {
    std::atomic<int> dialled{0};
    inside->add_shorthand(
        "office", [](std::string_view floor) { return concat("mux:(memory:office-", floor, ")"); });
    inside->add_transport("secret", {.connect =
                                         [&](const io::endpoint& where, const auto&) {
                                             ++dialled;
                                             EXPECT_EQ(where.address, "x");
                                             return result<std::unique_ptr<io::byte_stream>>(
                                                 fail(errc::not_found, "nobody knows"));
                                         },
                                     .listen = nullptr});
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("office:3");
    EXPECT_EQ(greeting_at("memory:office-3"), "greeter greets you");
    EXPECT_EQ(try_connect("secret:x", connecting()).error().message(), "nobody knows");
    EXPECT_FALSE(there.try_listen("connect:secret:x"));
    EXPECT_EQ(dialled, 2);
    EXPECT_NE(there.try_listen("secret:x").error().to_string().find("nothing can listen on"),
              std::string::npos);
}

} // namespace
} // namespace beckon::carrier_test
