#include "beckon/naming/rpyc_registry/client.hpp"

#include <future>

#include "codec/brine_vectors_test.hpp"
#include "naming/rpyc_registry/registry_test_support.hpp"

namespace beckon::naming::rpyc_registry {
namespace {

using namespace std::chrono_literals;
using brine::vectors::from_hex;
using texts = std::vector<std::string>;

const texts two_names{"foo", "bar"};

std::string why_not(const auto& done) { return done ? "done" : done.error().to_string(); }

class rpyc_registry_client : public testing::TestWithParam<transport> {};
INSTANTIATE_TEST_SUITE_P(over, rpyc_registry_client,
                         testing::Values(transport::udp, transport::tcp), [](const auto& each) {
                             return each.param == transport::udp ? "udp" : "tcp";
                         });

TEST_P(rpyc_registry_client, registers_finds_lists_and_leaves) {
    const running_registry registry(at_any_port(GetParam()));
    const client asker = registry.asker(GetParam());
    EXPECT_EQ(why_not(asker.register_service(two_names, {7})), "done");
    EXPECT_EQ(why_not(asker.register_service(texts{"foo"}, {0, "/run/foo.sock"})), "done");
    const service_address by_port{"127.0.0.1", {7}};
    const service_address by_path{"127.0.0.1", {0, "/run/foo.sock"}};
    EXPECT_EQ(*asker.query("Foo"), (std::vector{by_port, by_path}));
    EXPECT_EQ(why_not(asker.register_service(two_names, {7})), "done");
    EXPECT_EQ(*asker.query("foo"), (std::vector{by_path, by_port})) << "renewed is last";
    EXPECT_EQ(*asker.list(), (texts{"FOO", "BAR"}));
    EXPECT_EQ(*asker.list("127.0.0.1"), (texts{"FOO", "BAR"}));
    EXPECT_EQ(*asker.list("10.0.0.1"), texts{});
    EXPECT_EQ(asker.discover("foo", "localhost")->size(), 2u);
    EXPECT_EQ(why_not(asker.discover("foo", "192.0.2.1")),
              "not_found: registry knows no service of the name \"foo\" on host \"192.0.2.1\"");
    EXPECT_TRUE(asker.unregister_service({7}));
    EXPECT_EQ(*asker.query("foo"), std::vector{by_path});
    EXPECT_EQ(*asker.query("bar"), std::vector<service_address>{});
    EXPECT_EQ(why_not(asker.discover("bar")),
              "not_found: registry knows no service of the name \"bar\"");
}

TEST_P(rpyc_registry_client, is_told_where_names_are_not_listed) {
    server_options options = at_any_port(GetParam());
    options.allow_listing = false;
    const running_registry registry(options);
    EXPECT_EQ(why_not(registry.asker(GetParam()).list()),
              "access_denied: registry does not list its names");
}

TEST_P(rpyc_registry_client, is_told_where_nobody_listens) {
    std::optional<running_registry> registry(std::in_place, at_any_port(GetParam()));
    const client asker = registry->asker(GetParam());
    registry.reset();
    const auto refused = asker.query("foo");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::io_error);
    EXPECT_NE(refused.error().message().find("connection refused (ECONNREFUSED)"),
              std::string::npos)
        << refused.error().message();
}

TEST_P(rpyc_registry_client, waits_no_longer_than_its_timeout) {
    const still_registry registry(at_any_port(GetParam())); // that nobody turns
    client_options options;
    options.transport = GetParam();
    options.port = registry.served->port();
    options.timeout = 20ms;
    EXPECT_EQ(why_not(client(options).query("foo")),
              concat("timeout: no registry answered at ",
                     GetParam() == transport::udp ? "udp" : "tcp", "://127.0.0.1:", options.port,
                     " within 20 ms"));
}

TEST_P(rpyc_registry_client, speaks_from_the_address_it_is_told_to) {
    const running_registry registry(at_any_port(GetParam()));
    client_options options = registry.asker(GetParam()).options();
    options.local_host = "127.0.0.5";
    EXPECT_EQ(why_not(client(options).register_service(two_names, {7})), "done");
    EXPECT_EQ(client(options).query("foo")->front().host, "127.0.0.5");
    options.local_host = "192.0.2.1";
    EXPECT_EQ(why_not(client(options).query("foo")),
              "io_error: cannot speak from \"192.0.2.1\": cannot assign requested address "
              "(EADDRNOTAVAIL)");
    options.local_host = "::1";
    EXPECT_EQ(client(options).query("foo").error().code(), errc::invalid_argument);
}

TEST_P(rpyc_registry_client, ports_paths_and_names_are_checked_before_anything_is_sent) {
    client_options nowhere;
    nowhere.transport = GetParam();
    const client asker(nowhere);
    EXPECT_EQ(why_not(asker.register_service(two_names, {})),
              "invalid_argument: service needs a port number or the path of a socket, found "
              "neither");
    EXPECT_EQ(why_not(asker.unregister_service({1, "/run/foo.sock"})),
              "invalid_argument: service needs a port number or the path of a socket, found both");
    EXPECT_EQ(why_not(asker.query("\xff")),
              "invalid_argument: string of 1 bytes is not utf-8 at byte 0");
}

TEST(rpyc_registry_broadcast, finds_a_registry_of_the_network) {
    server_options everywhere = at_any_port(transport::udp);
    everywhere.host = "0.0.0.0";
    const running_registry registry(everywhere);
    client_options options = registry.asker(transport::udp).options();
    options.host = "127.255.255.255"; // the loopback's own
    options.timeout = 10s;
    EXPECT_EQ(client(options).query("foo").error().code(), errc::io_error) << "not told";
    options.broadcast = true;
    EXPECT_EQ(why_not(client(options).register_service(two_names, {7})), "done");
    EXPECT_EQ(*client(options).query("bar"), std::vector{(service_address{"127.0.0.1", {7}})});
    options.transport = transport::tcp;
    EXPECT_EQ(why_not(client(options).query("bar")),
              concat("invalid_argument: registry tcp://127.255.255.255:", options.port,
                     " is a broadcast address, which needs udp"));
}

/// A UDP socket in the registry's place, which answers one request as told.
class impostor {
public:
    impostor() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        where_.sin_family = AF_INET;
        socklen_t size = sizeof where_;
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&where_), size), 0);
        EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&where_), &size), 0);
    }
    [[nodiscard]] std::uint16_t port() const { return ntohs(where_.sin_port); }
    /// Answers from another port first, where `other` is given.
    void answer(std::vector<bytes> replies, const std::optional<bytes>& other = {}) const {
        std::byte request[2000];
        sockaddr_in from{};
        socklen_t size = sizeof from;
        auto* const to = reinterpret_cast<sockaddr*>(&from);
        ASSERT_GT(::recvfrom(socket_.get(), request, sizeof request, 0, to, &size), 0);
        if (other) {
            const io::descriptor stranger(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            ::sendto(stranger.get(), other->data(), other->size(), 0, to, size);
        }
        for (const bytes& each : replies) {
            ::sendto(socket_.get(), each.data(), each.size(), 0, to, size);
        }
    }

private:
    io::descriptor socket_;
    sockaddr_in where_{};
};

TEST(rpyc_registry_replies, nonsense_is_an_error_from_one_registry_and_passed_over_by_broadcast) {
    const impostor registry;
    client_options options;
    options.port = registry.port();
    options.timeout = 10s;
    const auto asked = [&] {
        return std::async(std::launch::async, [&] { return client(options).query("foo"); });
    };
    auto plain = asked();
    registry.answer({from_hex("07")});
    EXPECT_EQ(why_not(plain.get()),
              "protocol_error: peer sent tag 0x07 at byte 0; expected a tuple");
    options.host = "127.255.255.255";
    options.broadcast = true;
    auto broadcast = asked();
    registry.answer({from_hex("07"), from_hex("1050"), from_hex("02")},
                    from_hex("1011080e093132372e302e302e3151"));
    EXPECT_EQ(broadcast.get()->size(), 0u) << "what came from another port is no registry's";
}

TEST(rpyc_registry_replies, only_the_registry_itself_can_answer) {
    const impostor registry;
    client_options options;
    options.port = registry.port();
    options.timeout = 10s;
    auto asked = std::async(std::launch::async, [&] { return client(options).query("foo"); });
    registry.answer({from_hex("02")}, from_hex("1011080e093132372e302e302e3151"));
    EXPECT_EQ(asked.get()->size(), 0u);
}

TEST(rpyc_registry_announcement, is_renewed_each_minute_and_tried_again_after_a_second) {
    auto registry = std::make_optional<running_registry>(at_any_port(transport::tcp));
    const client asker = registry->asker(transport::tcp);
    announcement here(asker, {"foo"}, {7});
    EXPECT_EQ(here.due(), time_point::min());
    const time_point now{100s};
    EXPECT_TRUE(here.renew(now));
    EXPECT_EQ(here.due(), now + 60s);
    EXPECT_EQ(asker.query("foo")->size(), 1u);
    EXPECT_TRUE(here.withdraw());
    EXPECT_EQ(here.due(), never);
    EXPECT_EQ(asker.query("foo")->size(), 0u);
    registry.reset();
    EXPECT_FALSE(here.renew(now));
    EXPECT_EQ(here.due(), now + 1s);
}

} // namespace
} // namespace beckon::naming::rpyc_registry
