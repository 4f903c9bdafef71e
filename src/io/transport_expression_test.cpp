#include "beckon/io/transport_expression.hpp"

#include <gtest/gtest.h>

#include <string>

namespace beckon::io {
namespace {

expression_rules known_transports() {
    expression_rules rules;
    rules.is_transport = [](std::string_view name) {
        return name == "tcp" || name == "unix" || name == "tls" || name == "exec" || name == "udp";
    };
    return rules;
}

transport_expression parsed(std::string_view text,
                            const expression_rules& rules = known_transports()) {
    auto read = parse_transport_expression(text, rules);
    EXPECT_TRUE(read) << text << ": " << (read ? "" : read.error().to_string());
    return read ? *read : transport_expression{};
}

std::string refusal(std::string_view text) {
    const auto read = parse_transport_expression(text, known_transports());
    EXPECT_FALSE(read) << text;
    return read ? "" : read.error().to_string();
}

using kind = transport_expression::kind;

TEST(transport_expression, endpoints_are_leaves_whose_user_says_what_they_do) {
    const auto read = parsed("mux:(tcp://127.0.0.1:7000)(unix:/tmp/x)");
    ASSERT_EQ(read.is, kind::mux);
    ASSERT_EQ(read.children.size(), 2u);
    EXPECT_EQ(to_string(read.children[0].where), "tcp://127.0.0.1:7000");
    EXPECT_EQ(read.children[0].use, leaf_use::either);
    EXPECT_EQ(to_string(read.children[1].where), "unix:/tmp/x");
    const auto again = parsed("restart:10:tls://host:7443?ca=x.pem");
    ASSERT_EQ(again.is, kind::restart);
    EXPECT_EQ(to_string(again.children[0].where), "tls://host:7443?ca=x.pem");
}

TEST(transport_expression, listen_and_connect_say_it_in_the_expression) {
    EXPECT_EQ(parsed("listen:tls://:7443").use, leaf_use::listen);
    EXPECT_EQ(parsed("mux:(connect:unix:/tmp/x)").children[0].use, leaf_use::connect);
    EXPECT_EQ(parsed("listen:jsonrpc+tcp://:1").where.protocol, "jsonrpc");
    EXPECT_EQ(refusal("listen:mux:(stdio:)"),
              "parse_error: transport expression \"listen:mux:(stdio:)\" has listen: before "
              "\"mux:(stdio:)\", expected an endpoint such as tls://host:7443 at byte 7");
    EXPECT_NE(refusal("listen:tcp:h:1").find("has listen: before \"tcp:h:1\""), std::string::npos);
}

TEST(transport_expression, ipv6_addresses_stand_in_brackets) {
    const auto read = parsed("tcp:[::1]:80");
    EXPECT_EQ(read.where.address, "[::1]:80");
    EXPECT_EQ(read.name, "[::1]:80");
    EXPECT_EQ(parsed("tcpserv:[::]:0").where.address, "[::]:0");
    EXPECT_EQ(refusal("tcp:[::1:80"),
              "parse_error: transport expression \"tcp:[::1:80\" has no ']' "
              "behind the IPv6 address that begins at byte 4");
    EXPECT_NE(refusal("tcp:[x]:80").find("has a bad host: found \"x\""), std::string::npos);
    EXPECT_NE(refusal("tcp:[::1]80").find("has no port"), std::string::npos);
}

TEST(transport_expression, a_protocol_before_an_expression_is_that_of_what_stands_in_it) {
    const auto read = parsed("jsonrpc+mux:(tcpserv::8000)(rpyc+tcp://:1)(restart:5:udp:7)");
    EXPECT_EQ(read.children[0].where.protocol, "jsonrpc");
    EXPECT_EQ(read.children[1].where.protocol, "rpyc");
    EXPECT_EQ(read.children[2].children[0].where.protocol, "jsonrpc");
    EXPECT_EQ(parsed("mux:(stdio)").children[0].where.protocol, "native");
    const auto secured = parsed("quickrpc+signed+tcpserv:127.0.0.1:1");
    EXPECT_EQ(secured.where.protocol, "quickrpc");
    EXPECT_EQ(secured.where.security, "signed");
    expression_rules quick = known_transports();
    quick.protocol = "quickrpc";
    EXPECT_EQ(parsed("tcp:h:1", quick).where.protocol, "quickrpc");
    EXPECT_EQ(parsed("unix:/x", quick).where.protocol, "quickrpc");
    EXPECT_EQ(parsed("native+unix:/x", quick).where.protocol, "native");
}

TEST(transport_expression, options_behind_it_are_given_to_leaves_that_have_none_of_that_name) {
    const auto read = parsed("mux:(tcp:h:1?a=1)(stdio:?a=2)(udp:5)?a=3&b=4");
    EXPECT_EQ(*read.children[0].where.option("a"), "1");
    EXPECT_EQ(*read.children[0].where.option("b"), "4");
    EXPECT_EQ(*read.children[1].where.option("a"), "2");
    EXPECT_EQ(*read.children[2].where.option("a"), "3");
    EXPECT_EQ(read.children[0].name, "h:1");
    EXPECT_NE(refusal("tcp:h:1?=x").find("has bad options: "), std::string::npos);
}

TEST(transport_expression, a_restart_takes_the_options_that_are_its_own) {
    const auto read = parsed("restart:5:mux:(tcp:h:1?growth=2)(tcp:h:2)?longest=60&jitter=20&a=b");
    EXPECT_EQ(read.pace.interval, std::chrono::seconds(5));
    EXPECT_EQ(read.pace.growth, 2);
    EXPECT_EQ(read.pace.longest, std::chrono::seconds(60));
    EXPECT_EQ(read.pace.jitter_percent, 20u);
    const auto& leaves = read.children[0].children;
    ASSERT_EQ(leaves.size(), 2u);
    for (const auto& each : leaves) {
        ASSERT_EQ(each.where.options.size(), 1u);
        EXPECT_EQ(each.where.options[0].first, "a");
    }
    EXPECT_NE(refusal("restart:5:tcp:h:1?jitter=101").find("expected a whole number from 0 to 100"),
              std::string::npos);
}

TEST(transport_expression, the_programs_shorthands_stand_for_expressions) {
    expression_rules rules = known_transports();
    rules.shorthand = [](std::string_view name,
                         std::string_view parameters) -> std::optional<std::string> {
        if (name == "office") return concat("jsonrpc+tcp://office:", parameters);
        if (name == "loop") return "mux:(loop)";
        if (name == "broken") return "tcp:h";
        return {};
    };
    const auto read = parsed("mux:(office:80)(stdio:)", rules);
    EXPECT_EQ(to_string(read.children[0].where), "jsonrpc+tcp://office:80");
    EXPECT_EQ(read.children[0].text, "office:80");
    const auto endless = parse_transport_expression("loop", rules);
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().code(), errc::limit_exceeded);
    const auto broken = parse_transport_expression("mux:(broken)", rules);
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().to_string().find("while reading what \"broken\" stands for"),
              std::string::npos)
        << broken.error().to_string();
}

TEST(transport_expression, errors_name_the_part_and_where_it_is) {
    EXPECT_EQ(refusal("mux:(stdio:)(tcp:h:x)"),
              "parse_error: transport expression \"mux:(stdio:)(tcp:h:x)\" has a bad port: found "
              "\"x\", expected a number from 0 to 65535 at byte 19");
    EXPECT_EQ(refusal("mux:(restart:-3:udp:5)"),
              "parse_error: transport expression \"mux:(restart:-3:udp:5)\" has a bad interval: "
              "found \"-3\", expected whole seconds from 0 to 1000000000 at byte 13");
    EXPECT_EQ(
        refusal("mux:((stdio:)"),
        "parse_error: transport expression \"mux:((stdio:)\" has a mux whose bracket \"(\" is "
        "not closed at byte 4");
    EXPECT_EQ(
        refusal("mux:(nosuch:x)"),
        "parse_error: transport expression \"mux:(nosuch:x)\" names a transport that there is "
        "not: found \"nosuch\", expected mux, restart, tcp, tcpserv, udp, stdio, internal, "
        "process or an endpoint, at byte 5");
    EXPECT_EQ(refusal("tcpserv:a:b:c"),
              "parse_error: transport expression \"tcpserv:a:b:c\" has too many colons: found "
              "\"a:b:c\", expected tcpserv:INTERFACE:PORT with brackets around an IPv6 address, at "
              "byte 8");
}

TEST(transport_expression, its_size_and_depth_have_limits) {
    std::string deep = "stdio";
    for (std::size_t i = 0; i < max_expression_depth; ++i) deep = concat("restart:1:", deep);
    EXPECT_TRUE(parse_transport_expression(deep));
    const auto deeper = parse_transport_expression(concat("restart:1:", deep));
    ASSERT_FALSE(deeper);
    EXPECT_EQ(deeper.error().code(), errc::limit_exceeded);
    std::string wide = "mux:";
    for (std::size_t i = 0; i < max_expression_children; ++i) wide += "(stdio)";
    EXPECT_TRUE(parse_transport_expression(wide));
    EXPECT_EQ(parse_transport_expression(wide + "(stdio)").error().code(), errc::limit_exceeded);
    const std::string longest(max_expression_bytes - 6, 'x');
    EXPECT_TRUE(parse_transport_expression("stdio:" + longest));
    EXPECT_EQ(parse_transport_expression("stdio:" + longest + "x").error().code(),
              errc::limit_exceeded);
}

TEST(transport_expression, is_told_from_an_endpoint_by_its_first_word) {
    for (const char* const each : {"mux:", "jsonrpc+mux:(stdio)", "restart:1:tcp:a:1", "udp:5",
                                   "tcpserv::1", "stdio", "quickrpc+stdio", "qtcp:a:1"})
        EXPECT_TRUE(is_transport_expression(each)) << each;
    for (const char* const each : {"tcp:a:1", "tcp://a:1", "udp://a:1", "stdio:", "unix:/mux:",
                                   "jsonrpc+tcp://h:1", "exec:restart:1", ""})
        EXPECT_FALSE(is_transport_expression(each)) << each;
}

} // namespace
} // namespace beckon::io
