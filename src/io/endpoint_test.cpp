#include "beckon/io/endpoint.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace beckon::io {
namespace {

endpoint parsed(std::string_view text) {
    auto where = parse_endpoint(text);
    EXPECT_TRUE(where) << text << ": " << (where ? "" : where.error().to_string());
    return where ? *where : endpoint{};
}

std::string refusal(std::string_view text) {
    const auto where = parse_endpoint(text);
    EXPECT_FALSE(where) << text;
    return where ? "" : where.error().to_string();
}

TEST(endpoint, takes_the_forms_of_the_design_apart) {
    struct example {
        std::string_view text, protocol, security, transport;
        bool slashes;
        std::string_view address;
    };
    const example examples[] = {
        {"tcp://127.0.0.1:7000", "native", "", "tcp", true, "127.0.0.1:7000"},
        {"tcp://[::1]:7000", "native", "", "tcp", true, "[::1]:7000"},
        {"rpyc+tcp://host:18861", "rpyc", "", "tcp", true, "host:18861"},
        {"jsonrpc+ws://host:8080/path", "jsonrpc", "", "ws", true, "host:8080/path"},
        {"msgpack+exec:nvim --embed", "msgpack", "", "exec", false, "nvim --embed"},
        {"exec:nvim --embed", "native", "", "exec", false, "nvim --embed"},
        {"remcall+stdio:", "remcall", "", "stdio", false, ""},
        {"stdio:", "native", "", "stdio", false, ""},
        {"pyrpc+unix:/tmp/x.sock", "pyrpc", "", "unix", false, "/tmp/x.sock"},
        {"unix:@name", "native", "", "unix", false, "@name"},
        {"memory:name", "native", "", "memory", false, "name"},
        {"any+tcp://", "any", "", "tcp", true, ""},
        {"native+signed+tcp://:0", "native", "signed", "tcp", true, ":0"},
        {"restart:10:tcp:host:port", "native", "", "restart", false, "10:tcp:host:port"},
        {"mux:(tcpserv::8000)(stdio:)", "native", "", "mux", false, "(tcpserv::8000)(stdio:)"},
        {"TCP://h:1", "native", "", "tcp", true, "h:1"},
    };
    for (const example& sample : examples) {
        const endpoint where = parsed(sample.text);
        EXPECT_EQ(where.protocol, sample.protocol) << sample.text;
        EXPECT_EQ(where.security, sample.security) << sample.text;
        EXPECT_EQ(where.transport, sample.transport) << sample.text;
        EXPECT_EQ(where.slashes, sample.slashes) << sample.text;
        EXPECT_EQ(where.address, sample.address) << sample.text;
        EXPECT_TRUE(where.options.empty()) << sample.text;
        if (sample.transport != "tcp") {
            EXPECT_EQ(to_string(where), sample.text);
        }
    }
}

TEST(endpoint, reads_options_decoded) {
    const endpoint where =
        parsed("jsonrpc+exec:clangd --log=%3F%25?framing=content-length&flag&path=%2Fa%26b=c");
    EXPECT_EQ(where.address, "clangd --log=?%");
    ASSERT_EQ(where.options.size(), 3u);
    EXPECT_EQ(*where.option("framing"), "content-length");
    EXPECT_EQ(*where.option("flag"), "");
    EXPECT_EQ(*where.option("path"), "/a&b=c");
    EXPECT_EQ(where.option("other"), nullptr);
    EXPECT_EQ(to_string(where),
              "jsonrpc+exec:clangd --log=%3F%25?framing=content-length&flag&path=/a%26b=c");
}

TEST(endpoint, prints_the_native_protocol_only_where_it_must) {
    EXPECT_EQ(to_string(parsed("native+tcp://h:1")), "tcp://h:1");
    EXPECT_EQ(to_string(parsed("native+user+tcp://h:1")), "native+user+tcp://h:1");
    EXPECT_EQ(to_string(parsed("unix:%2F/double")), "unix:%2F/double");
    EXPECT_EQ(parsed("unix:%2F/double").address, "//double");
}

TEST(endpoint, refusals_name_the_part_what_was_found_and_what_was_expected) {
    EXPECT_EQ(refusal("localhost"),
              "parse_error: endpoint \"localhost\" has no transport, expected "
              "[protocol+]transport:address, for example tcp://127.0.0.1:7000");
    EXPECT_EQ(refusal("a+b+c+tcp://h:1"),
              "parse_error: endpoint \"a+b+c+tcp://h:1\" has 4 names before ':', expected at most "
              "3: protocol+security+transport");
    EXPECT_EQ(
        refusal("+tcp://h:1"),
        "parse_error: endpoint \"+tcp://h:1\" has a bad protocol name: found \"\", expected a "
        "letter and then letters, digits, '-', '_' or '.'");
    EXPECT_EQ(refusal("native+9+tcp:"),
              "parse_error: endpoint \"native+9+tcp:\" has a bad security name: found \"9\", "
              "expected a letter and then letters, digits, '-', '_' or '.'");
    EXPECT_EQ(refusal("://h:1"),
              "parse_error: endpoint \"://h:1\" has a bad transport name: found \"\", expected a "
              "letter and then letters, digits, '-', '_' or '.'");
    EXPECT_EQ(refusal("exec:date +%F"),
              "parse_error: endpoint \"exec:date +%F\" has a bad address: found \"%F\" at byte 11, "
              "expected two hexadecimal digits after '%' (write '%25' for a percent sign)");
    EXPECT_EQ(refusal("tcp://h:1?=x"), "parse_error: endpoint \"tcp://h:1?=x\" has an option "
                                       "without a name at byte 10, expected key=value");
    EXPECT_EQ(refusal("tcp://h:1?a=1&a=2"), "parse_error: endpoint \"tcp://h:1?a=1&a=2\" gives "
                                            "option \"a\" twice, expected it once");
    EXPECT_EQ(refusal("tcp://h:1?a&"), "parse_error: endpoint \"tcp://h:1?a&\" ends in '&', "
                                       "expected another option after it");
    EXPECT_EQ(
        refusal("tcp://h:1?a=%zz"),
        "parse_error: endpoint \"tcp://h:1?a=%zz\" has a bad option value: found \"%zz\" at "
        "byte 12, expected two hexadecimal digits after '%' (write '%25' for a percent sign)");
}

TEST(endpoint, one_byte_over_the_limit_is_refused) {
    const std::string fits = "exec:" + std::string(max_endpoint_bytes - 5, 'x');
    EXPECT_TRUE(parse_endpoint(fits));
    const auto refused = parse_endpoint(fits + "x");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::limit_exceeded);
    EXPECT_EQ(refused.error().message().substr(0, 55),
              "endpoint has 65537 bytes; limit is 65536 bytes: \"exec:x");
}

TEST(endpoint, options_become_numbers_and_flags) {
    const endpoint where = parsed("tcp://h:1?n=7&big=70000&word=x&minus=-1&on&off=no");
    EXPECT_EQ(*where.number_option("n", 1, 0, 9), 7u);
    EXPECT_EQ(*where.number_option("none", 1, 0, 9), 1u);
    EXPECT_FALSE(where.number_option("minus", 1, 0, 9));
    EXPECT_FALSE(where.number_option("on", 1, 0, 9));
    const auto refused = where.number_option("big", 1, 0, 65535);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "invalid_argument: option big of endpoint \"" + to_string(where) +
                  "\" is \"70000\", expected a whole number from 0 to 65535");
    EXPECT_TRUE(*where.flag_option("on", false));
    EXPECT_FALSE(*where.flag_option("off", true));
    EXPECT_TRUE(*where.flag_option("none", true));
    EXPECT_FALSE(where.flag_option("word", true));
}

TEST(host_address, hosts_ports_and_paths) {
    struct example {
        std::string_view text, host;
        unsigned port;
        std::string_view path;
        bool empty_host;
    };
    const example examples[] = {
        {"tcp://127.0.0.1:7000", "127.0.0.1", 7000, "", false},
        {"tcp://[::1]:7000", "::1", 7000, "", false},
        {"tcp://[fe80::1%25eth0]:7000/x", "fe80::1%eth0", 7000, "/x", false},
        {"tcp://:7000", "127.0.0.1", 7000, "", true},
        {"tcp://", "127.0.0.1", 99, "", true},
        {"tcp:host:7000", "host", 7000, "", false},
        {"ws://host/a:b", "host", 99, "/a:b", false},
        {"tcp://host:0", "host", 0, "", false},
        {"tcp://host:65535", "host", 65535, "", false},
    };
    for (const example& sample : examples) {
        const auto address = parse_host_address(parsed(sample.text), std::uint16_t{99});
        ASSERT_TRUE(address) << sample.text;
        EXPECT_EQ(address->host, sample.host) << sample.text;
        EXPECT_EQ(address->port, sample.port) << sample.text;
        EXPECT_EQ(address->path, sample.path) << sample.text;
        EXPECT_EQ(address->empty_host, sample.empty_host) << sample.text;
    }
    EXPECT_EQ(to_string(*parse_host_address(parsed("tcp://[::1]:5/x"))), "[::1]:5/x");
    EXPECT_EQ(to_string(*parse_host_address(parsed("tcp://:5"))), "127.0.0.1:5");
}

TEST(host_address, refusals_name_host_or_port) {
    const auto refused = [](std::string_view text) {
        const auto address = parse_host_address(parsed(text));
        EXPECT_FALSE(address) << text;
        return address ? "" : address.error().message();
    };
    EXPECT_EQ(refused("tcp://host"),
              "endpoint \"tcp://host\" has no port: found \"host\", expected "
              "a number from 0 to 65535 after ':'");
    EXPECT_EQ(refused("tcp://host:65536"),
              "endpoint \"tcp://host:65536\" has a bad port: found "
              "\"65536\", expected a number from 0 to 65535 after ':'");
    EXPECT_EQ(refused("tcp://host:"), "endpoint \"tcp://host:\" has a bad port: found \"\", "
                                      "expected a number from 0 to 65535 after ':'");
    EXPECT_EQ(refused("tcp://::1:7000"),
              "endpoint \"tcp://::1:7000\" has a bad host: found \"::1:7000\" with several colons, "
              "expected brackets around an IPv6 address: [::1]:7000");
    EXPECT_EQ(refused("tcp://[::1:7000"), "endpoint \"tcp://[::1:7000\" has a bad host: expected "
                                          "']' after the IPv6 address");
    EXPECT_EQ(
        refused("tcp://[host]:1"),
        "endpoint \"tcp://[host]:1\" has a bad host: found \"host\", expected an IPv6 address "
        "between brackets");
    EXPECT_EQ(refused("tcp://[::1]7"), "endpoint \"tcp://[::1]7\" has a bad port: found \"7\" "
                                       "behind the brackets, expected ':' and a port");
    EXPECT_EQ(refused("tcp://a b:1"), "endpoint \"tcp://a b:1\" has a bad host: found \"a b\", "
                                      "expected a host name or an IP address");
}

TEST(host_address, loopback_hosts) {
    for (const std::string_view host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
        EXPECT_TRUE(is_loopback_host(host)) << host;
    for (const std::string_view host : {"0.0.0.0", "128.0.0.1", "::", "::2", "example.org", ""})
        EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(split_command, splits_like_a_shell_and_expands_nothing) {
    const auto words = [](std::string_view text) { return *split_command(text); };
    using list = std::vector<std::string>;
    EXPECT_EQ(words("nvim --embed"), (list{"nvim", "--embed"}));
    EXPECT_EQ(words("  a \t b\n"), (list{"a", "b"}));
    EXPECT_EQ(words(""), list{});
    EXPECT_EQ(words("sh -c 'echo \"$HOME\" | cat'"), (list{"sh", "-c", "echo \"$HOME\" | cat"}));
    EXPECT_EQ(words("a \"b \\\" \\\\ \\$ \\n\" c"), (list{"a", "b \" \\ $ \\n", "c"}));
    EXPECT_EQ(words("a\\ b '' \"\" x'y'\"z\""), (list{"a b", "", "", "xyz"}));
    EXPECT_EQ(words("$x * ~ ; &"), (list{"$x", "*", "~", ";", "&"}));
}

TEST(split_command, refuses_open_quotes_and_a_backslash_at_the_end) {
    EXPECT_EQ(split_command("a 'b").error().to_string(),
              "parse_error: command \"a 'b\" has a quote open at byte 2, expected another ' after "
              "it");
    EXPECT_EQ(split_command("a b\\").error().to_string(),
              "parse_error: command \"a b\\\\\" ends in a backslash at byte 3, expected a byte for "
              "it to escape");
}

TEST(endpoint, printing_what_was_read_is_stable_for_random_text) {
    constexpr std::string_view pieces[] = {
        "tcp",  "://",   ":",    "+",      "?", "&", "=",  "%",  "%41",  "%2f", "//",
        "/",    "[::1]", "7000", "a",      " ", "@", "-",  "\n", "'",    "\"",  "é",
        "exec", "%3F",   "%25",  "native", "[", "]", "\\", "%0", "unix", "%00"};
    std::mt19937 random(7);
    int read = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = round % 2 == 0 ? "" : "a+unix:"; // Else few would get past the names.
        for (auto count = random() % 12; count > 0; --count)
            text += pieces[random() % std::size(pieces)];
        const auto first = parse_endpoint(text);
        (void)split_command(text);
        if (!first) continue;
        ++read;
        (void)parse_host_address(*first);
        const std::string printed = to_string(*first);
        const auto second = parse_endpoint(printed);
        ASSERT_TRUE(second) << quoted(text) << " printed as " << quoted(printed);
        ASSERT_EQ(*first, *second) << quoted(text) << " printed as " << quoted(printed);
        ASSERT_EQ(to_string(*second), printed);
    }
    EXPECT_GT(read, 500) << "too few of the texts were endpoints for this to mean anything";
}

} // namespace
} // namespace beckon::io
