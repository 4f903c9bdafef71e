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

} // namespace
} // namespace beckon::carrier_test

#endif
