// Conversations over datagrams.
#if BECKON_HAS_PROTOCOL_QUICKRPC

#include "beckon/object/exception.hpp"
#include "beckon/transport/udp/udp.hpp"
#include "carriers/greeter.hpp"

namespace beckon::carrier_test {
namespace {

TEST_F(carriers, calls_go_over_udp_where_the_protocol_has_messages) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    const std::string real = there.listen("quickrpc+udp://127.0.0.1:0");
    const connected one = connect(real, connecting());
    const connected another = connect(real, connecting());
    EXPECT_EQ(one.get<Greeter>("greeter")->greet("one"), "greeter greets one");
    EXPECT_EQ(another.get<Greeter>("greeter")->greet("another"), "greeter greets another");
    EXPECT_EQ(there.connection_count(), 2u);
    try {
        static_cast<void>(one.get<Greeter>("greeter")->greet(
            std::string(transport::udp::max_datagram_bytes, 'x')));
        FAIL() << "that fits in no datagram";
    } catch (const exception& failure) {
        EXPECT_EQ(failure.failure().code(), errc::limit_exceeded) << failure.what();
    }
    EXPECT_EQ(one.get<Greeter>("greeter")->greet("again"), "greeter greets again");
}

TEST_F(carriers, an_answer_that_fits_in_no_datagram_fails_its_call) {
    for (const char* const protocol : {"quickrpc", "jsonrpc"}) {
        SCOPED_TRACE(protocol);
        server there(serving());
        there.publish<Greeter>("greeter", std::make_shared<greeter>(std::string(1000, 'g')));
        const connected one =
            connect(there.listen(concat(protocol, "+udp://127.0.0.1:0")), connecting());
        try {
            static_cast<void>(one.get<Greeter>("greeter")->greet(
                std::string(transport::udp::max_datagram_bytes - 500, 'x')));
            ADD_FAILURE() << "that fits in no datagram";
        } catch (const exception& failure) {
            EXPECT_NE(std::string(failure.what()).find("the caller takes at most 65507 bytes"),
                      std::string::npos)
                << failure.what();
        }
        EXPECT_EQ(one.get<Greeter>("greeter")->greet("you").size(), 1000u + 11);
    }
}

TEST_F(carriers, junk_from_strangers_keeps_nobody_else_from_being_served) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    const std::string real = there.listen("quickrpc+udp://127.0.0.1:0?peers=4&idle=0");
    auto where = *io::parse_endpoint(real);
    where.options.clear();
    for (int i = 0; i < 20; ++i) {
        const auto stranger = *transport::udp::connect(where);
        const byte_view junk = as_bytes("{\"jsonrpc\": \"2.0\", \"method\": ");
        EXPECT_EQ(stranger->write({&junk, 1}).size, junk.size());
    }
    const connected one = connect(io::to_string(where), connecting());
    EXPECT_EQ(one.get<Greeter>("greeter")->greet("you"), "greeter greets you");
    EXPECT_LE(there.connection_count(), 5u) << "four peers, and perhaps one that is just leaving";
}

TEST_F(carriers, a_peer_is_reached_again_by_whatever_name_its_address_has) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    const auto real = *io::parse_endpoint(there.listen("quickrpc+udp://127.0.0.1:0"));
    const std::uint16_t port = io::parse_host_address(real)->port;
    carrier one("listen:quickrpc+udp://127.0.0.1:0", carrying());
    one.start();
    const auto first = one.reach(concat("localhost:", port));
    ASSERT_TRUE(first) << first.error().to_string();
    const auto again = one.reach(concat("localhost:", port));
    ASSERT_TRUE(again) << again.error().to_string();
    EXPECT_EQ(*first, *again);
    EXPECT_EQ(*first, *one.reach(concat("127.0.0.1:", port)));
    EXPECT_EQ(again->get<Greeter>("greeter")->greet("you"), "greeter greets you");
}

TEST_F(carriers, everybody_at_a_port_is_told_by_one_conversation) {
    carrier_options has = carrying();
    has.protocol = "quickrpc";
    has.published = with_greeter("one");
    visitors seen;
    carrier one("udp:0?broadcast=127.255.255.255", has);
    seen.watch(one);
    one.start();
    ASSERT_EQ(one.everybody().size(), 1u);
    EXPECT_EQ(one.everybody()[0].name(), "127.255.255.255");
    const auto self = one.reach("127.0.0.1");
    ASSERT_TRUE(self) << self.error().to_string();
    EXPECT_EQ(self->name(), "127.0.0.1");
    EXPECT_EQ(one.peers().size(), 2u);
    EXPECT_EQ(one.everybody().size(), 1u) << "each hears it by the one for all";
}

TEST_F(carriers, calls_that_nobody_answers_leave_room_for_others_over_udp) {
    const auto silent = *transport::udp::listen(*io::parse_endpoint("udp://127.0.0.1:0"));
    const connected one =
        connect(concat("quickrpc+", io::to_string(silent->local_endpoint())), connecting());
    const auto greeter = one.get<Greeter>("greeter");
    std::unique_ptr<io::byte_stream> heard;
    const auto take_in = [&] {
        for (;;) {
            auto next = silent->accept();
            ASSERT_TRUE(next);
            if (!*next) return;
            heard = std::move(*next);
        }
    };
    // More than may be in flight; each is given up before anybody answers.
    for (int i = 0; i < 1'500; ++i) {
        static_cast<void>(greeter.async()->greet("nobody").wait_for(std::chrono::seconds(0)));
        take_in();
        std::byte into[65'536];
        if (heard) static_cast<void>(heard->read(into));
    }
    std::string all;
    const time_point end = steady_clock_source().now() + std::chrono::seconds(20);
    while (all.find("another") == std::string::npos && steady_clock_source().now() < end) {
        // Again and again, since a datagram may be lost.
        static_cast<void>(greeter.async()->greet("another").wait_for(std::chrono::milliseconds(1)));
        take_in();
        std::byte into[65'536];
        const io::io_result got = heard ? heard->read(into) : io::io_result{};
        if (heard && got.status == io::io_status::ok)
            all += as_text(byte_view(into).first(got.size));
    }
    EXPECT_NE(all.find("another"), std::string::npos);
}

/// Blocks in the call of one.
class slow_greeter {
public:
    std::string greet(const std::string& who) {
        if (who == "slowly") {
            begun = true;
            while (!may_end) std::this_thread::yield();
        }
        return concat("at last ", who);
    }
    std::atomic<bool> begun{false};
    std::atomic<bool> may_end{false};
};

TEST_F(carriers, a_draining_server_hears_those_that_it_has_and_nobody_new_over_udp) {
    server there(serving());
    const auto object = std::make_shared<slow_greeter>();
    there.publish<Greeter>("greeter", object);
    const std::string real = there.listen("quickrpc+udp://127.0.0.1:0");
    const connected one = connect(real, connecting());
    const connected another = connect(real, connecting());
    EXPECT_EQ(another.get<Greeter>("greeter")->greet("first"), "at last first");
    auto pending = one.get<Greeter>("greeter").async()->greet("slowly");
    ASSERT_TRUE(eventually([&] {
        static_cast<void>(pending.wait_for(0s));
        return object->begun.load();
    }));
    std::thread draining([&] { there.drain(30s); });
    std::string refused;
    EXPECT_TRUE(eventually([&] {
        try {
            another.get<Greeter>("greeter").with(timeout(5s))->greet("again");
        } catch (const exception& failure) {
            refused = failure.what();
        }
        return !refused.empty();
    }));
    EXPECT_NE(refused.find("no new calls are taken"), std::string::npos) << refused;
    const connected stranger = connect(real, connecting());
    auto unheard = stranger.get<Greeter>("greeter").async()->greet("me");
    static_cast<void>(unheard.wait_for(0s));
    EXPECT_EQ(there.connection_count(), 2u);
    object->may_end = true;
    EXPECT_EQ(pending.result().value_or("lost"), "at last slowly");
    draining.join();
}

} // namespace
} // namespace beckon::carrier_test

#endif
