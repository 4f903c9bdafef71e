// quickrpc's own expressions: what the original makes of them, and where this reader says no or yes instead.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "beckon/io/transport_expression.hpp"
#include "codec/vector_file_test.hpp"

namespace beckon::io {
namespace {

[[nodiscard]] value section(std::string_view key) {
    return beckon::vectors::section_of("quickrpc.json", key, value::list());
}

/// Numbers that only Python reads so, or that nothing can be done with.
const std::set<std::string_view> refused_here = {"tcp:h: 80 ",  "tcp:h:+80", "tcp:h:8_0",
                                                 "tcp:h:99999", "tcp:h:-1",  "restart:-3:udp:5"};
/// What the original cannot say, or knows only with Qt.
const std::set<std::string_view> read_here = {"tcp:[::1]:80", "qtcp:h:1", "qprocess:(ls -l)"};

[[nodiscard]] expression_rules original() {
    expression_rules rules;
    rules.is_transport = [](std::string_view) { return false; };
    return rules;
}

void expect_same(const transport_expression& read, const value& meant, const std::string& text) {
    const std::string_view type = meant["type"].string();
    if (type == "mux") {
        ASSERT_EQ(read.is, transport_expression::kind::mux) << text;
        const value& children = meant["transports"];
        ASSERT_EQ(read.children.size(), children.size()) << text;
        for (std::size_t i = 0; i < read.children.size(); ++i)
            expect_same(read.children[i], children[i], text);
        return;
    }
    if (type == "restart") {
        ASSERT_EQ(read.is, transport_expression::kind::restart) << text;
        EXPECT_EQ(read.pace.interval.count(), meant["check_interval"].int64()) << text;
        EXPECT_EQ(read.name, meant["name"].string()) << text;
        return expect_same(read.children.at(0), meant["transport"], text);
    }
    ASSERT_EQ(read.is, transport_expression::kind::leaf) << text;
    const endpoint& where = read.where;
    if (type == "stdio") {
        EXPECT_EQ(where.transport, "stdio") << text;
        EXPECT_EQ(read.name, "stdio") << text;
    } else if (type == "udp") {
        EXPECT_EQ(where.transport, "udp") << text;
        EXPECT_FALSE(where.slashes) << text;
        EXPECT_EQ(where.address, concat(meant["port"].int64())) << text;
    } else if (type == "tcp" || type == "tcpserv") {
        const bool listens = type == "tcpserv";
        EXPECT_EQ(where.transport, "tcp") << text;
        EXPECT_EQ(read.use, listens ? leaf_use::listen : leaf_use::connect) << text;
        EXPECT_EQ(read.name, meant["name"].string()) << text;
        const auto address = parse_host_address(where);
        ASSERT_TRUE(address) << text;
        const std::string_view host = meant[listens ? "interface" : "host"].string();
        EXPECT_EQ(address->host, !host.empty() ? host : listens ? "0.0.0.0" : "127.0.0.1") << text;
        EXPECT_EQ(address->port, meant["port"].int64()) << text;
    } else if (type == "internal") {
        EXPECT_EQ(where.transport, "internal") << text;
    } else {
        FAIL() << text << " is a " << type;
    }
}

TEST(transport_expression_vectors, are_read_as_the_original_does) {
    std::size_t count = 0;
    for (const value& entry : section("transport_expressions")) {
        const std::string text(entry["expression"].string());
        const bool is_read =
            (entry.contains("result") && !refused_here.contains(text)) || read_here.contains(text);
        const auto read = parse_transport_expression(text, original());
        ASSERT_EQ(static_cast<bool>(read), is_read)
            << text << ": " << (read ? "was read" : read.error().to_string());
        ++count;
        if (!read) {
            EXPECT_EQ(read.error().code(), errc::parse_error) << text;
        } else if (entry.contains("result")) {
            expect_same(*read, entry["result"], text);
        }
    }
    EXPECT_GE(count, 50u);
    const auto command = parse_transport_expression("qprocess:(ls -l)", original());
    EXPECT_EQ(command->where.transport, "exec");
    EXPECT_EQ(command->where.address, "ls -l");
    EXPECT_EQ(command->name, "qprocess:(ls -l)");
    EXPECT_EQ(parse_transport_expression("qtcp:h:1", original())->name, "qtcp:h:1");
}

TEST(transport_expression_vectors, brackets_are_taken_apart_as_the_original_does) {
    std::size_t count = 0;
    for (const value& entry : section("paren_partition")) {
        const std::string text(entry["text"].string());
        const auto parts = partition_brackets(text);
        ++count;
        ASSERT_EQ(static_cast<bool>(parts), entry.contains("result")) << text;
        if (!parts) continue;
        EXPECT_EQ(parts->inside, entry["result"]["content"].string()) << text;
        EXPECT_EQ(std::string(1, parts->bracket), entry["result"]["paren"].string()) << text;
        EXPECT_EQ(parts->rest, entry["result"]["rest"].string()) << text;
    }
    EXPECT_GE(count, 12u);
}

} // namespace
} // namespace beckon::io
