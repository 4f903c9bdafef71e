#include "codec/http_head.hpp"

#include <gtest/gtest.h>

namespace beckon::http {
namespace {

constexpr std::string_view good =
    "POST /a?b HTTP/1.1\r\nHost: here:80\r\nX-Two:  a, B \r\nx-two:c\r\n\r\n";

result<std::optional<head>> read(std::string_view text) {
    return read_request_head(as_bytes(text));
}

/// Why the text is refused; "" where it is not.
std::string refusal(std::string_view text) {
    const auto made = read(text);
    return made ? "" : made.error().message();
}
std::string with_field(std::string_view line) {
    return concat("GET / HTTP/1.1\r\nHost: h\r\n", line, "\r\n\r\n");
}
std::string first_line(std::string_view line) { return concat(line, "\r\nHost: h\r\n\r\n"); }

TEST(http_head, is_read_with_its_fields) {
    const std::string text = concat(good, "body");
    const auto made = read(text);
    ASSERT_TRUE(made && *made);
    const head& seen = **made;
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.target, "/a?b");
    EXPECT_EQ(seen.bytes, good.size());
    EXPECT_EQ(*seen.find("host"), "here:80");
    EXPECT_EQ(seen.find("nothing"), nullptr);
    EXPECT_EQ(*seen.find("x-two"), "a, B");
    EXPECT_EQ(seen.count("x-two"), 2u);
    EXPECT_TRUE(seen.lists("x-two", "b"));
    EXPECT_TRUE(seen.lists("x-two", "c"));
    EXPECT_FALSE(seen.lists("x-two", "a, b"));
}

TEST(http_head, waits_for_its_end_however_it_comes) {
    for (std::size_t size = 0; size < good.size(); ++size) {
        const auto made = read(good.substr(0, size));
        ASSERT_TRUE(made) << made.error().to_string();
        EXPECT_FALSE(*made) << size;
    }
}

TEST(http_head, may_have_one_empty_line_before_a_request) {
    const std::string text = concat("\r\n", good);
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto made = read(text.substr(0, size));
        ASSERT_TRUE(made) << made.error().to_string();
        EXPECT_FALSE(*made) << size;
    }
    const auto made = read(text);
    ASSERT_TRUE(made && *made);
    EXPECT_EQ((*made)->bytes, text.size());
    EXPECT_EQ((*made)->method, "POST");
    EXPECT_NE(refusal(concat("\r\n\r\n", good)), "");
    EXPECT_FALSE(read_response_head(as_bytes("\r\nHTTP/1.1 200 OK\r\n\r\n")));
}

TEST(http_head, tells_path_and_host_of_each_form_of_a_target) {
    const auto parts = [](std::string_view target) {
        const std::string text = first_line(concat("POST ", target, " HTTP/1.1"));
        const auto made = read(text);
        return made && *made ? concat((*made)->authority, " ", (*made)->path) : refusal(text);
    };
    EXPECT_EQ(parts("/a/b?c"), "h /a/b");
    EXPECT_EQ(parts("/a?http://x/y"), "h /a");
    EXPECT_EQ(parts("http://other:80/a?c"), "other:80 /a");
    EXPECT_EQ(parts("HTTPS://other"), "other /");
    EXPECT_EQ(parts("http://[::1]:8?c"), "[::1]:8 /");
    EXPECT_EQ(parts("*"), "h *");
    EXPECT_NE(parts("ftp://other/a").find("expected a path or an http URL"), std::string::npos);
    EXPECT_NE(parts("http:///a").find("expected a URL with a host"), std::string::npos);
    EXPECT_NE(parts("http://you@other/a").find("expected a URL with a host"), std::string::npos);
}

TEST(http_head, has_one_way_of_being_written) {
    EXPECT_EQ(refusal(with_field("A:1")), "");
    EXPECT_NE(refusal("GET / HTTP/1.1\nHost: h\n\n").find("line 1: ends in LF without CR"),
              std::string::npos);
    EXPECT_NE(refusal("GET / HTTP/1.1\r\nHost: h\n").find("line 2: ends in LF without CR"),
              std::string::npos);
    EXPECT_NE(refusal(with_field("A: 1\r2")).find("line 3: has a CR in it"), std::string::npos);
    EXPECT_NE(refusal(with_field("A: 1\r\n continued")).find("line 4: begins with a blank"),
              std::string::npos);
    EXPECT_NE(refusal(with_field("A : 1")).find("found \"A : 1\", expected NAME: CONTENT"),
              std::string::npos);
    for (const std::string_view field :
         {"no colon", ": nameless", " A: 1", "A\t: 1", "(A): 1", "\xc3\xa4: 1"})
        EXPECT_NE(refusal(with_field(field)), "") << field;
    for (const std::string_view content : {"\x01", "\x7f", "a\x1b[2J"})
        EXPECT_NE(refusal(with_field(concat("A: ", content))), "") << content;
    EXPECT_NE(refusal(with_field(std::string_view("A: \0", 4))), "");
    EXPECT_EQ(refusal(with_field("A: gr\xc3\xbc\xc3\x9f\te")), "");
}

TEST(http_head, has_a_first_line_with_three_words) {
    for (const std::string_view line :
         {"GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "G(T / HTTP/1.1",
          "GET / http/1.1", "GET / HTTP/1.10", "GET / HTTP/11", "GET /a b HTTP/1.1",
          "GET /\x01 HTTP/1.1", "GET /\xc3\xbc HTTP/1.1", "GET\t/ HTTP/1.1"})
        EXPECT_NE(refusal(first_line(line)), "") << line;
    EXPECT_EQ(refusal(first_line("PURGE * HTTP/1.0")), "");
    const auto newer = read("PRI * HTTP/2.0\r\n");
    ASSERT_FALSE(newer);
    EXPECT_EQ(status_for(newer.error()), 505u);
}

TEST(http_head, names_one_host_in_1_1) {
    EXPECT_NE(refusal("GET / HTTP/1.1\r\n\r\n").find("0 fields Host; expected one"),
              std::string::npos);
    EXPECT_NE(refusal(with_field("host: other")).find("2 fields Host"), std::string::npos);
    EXPECT_EQ(refusal("GET / HTTP/1.0\r\n\r\n"), "");
    EXPECT_NE(refusal("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), "");
}

TEST(http_head, is_told_from_something_else_by_its_first_byte) {
    EXPECT_NE(refusal("\x16\x03").find("peer may not speak HTTP"), std::string::npos);
    EXPECT_NE(refusal("{").find("peer may not speak HTTP"), std::string::npos);
}

TEST(http_head, has_a_limit_of_bytes_and_of_fields) {
    const std::string most = with_field("A: " + std::string(most_head_bytes - 32, 'a'));
    EXPECT_EQ(most.size(), most_head_bytes);
    EXPECT_EQ(refusal(most), "");
    const auto more = read(with_field("A: " + std::string(most_head_bytes - 31, 'a')));
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().message(),
              "peer's HTTP head has more than 8192 bytes; limit is 8192 bytes");
    EXPECT_EQ(status_for(more.error()), 431u);
    // Before its end is there.
    EXPECT_NE(refusal(std::string(most_head_bytes, 'a')), "");
    EXPECT_EQ(refusal(std::string(most_head_bytes - 1, 'a')), "");
    std::string fields;
    for (std::size_t i = 1; i < most_fields; ++i) fields += "\r\na:";
    EXPECT_EQ(refusal(with_field("x:" + fields.substr(4))), "");
    EXPECT_NE(refusal(with_field("x:" + fields)).find("more than 100 fields"), std::string::npos);
}

TEST(http_head, of_a_response_has_a_status) {
    const auto made = read_response_head(as_bytes("HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n"));
    ASSERT_TRUE(made && *made);
    EXPECT_EQ((**made).status, 404u);
    EXPECT_EQ((**made).reason, "Not Found");
    EXPECT_TRUE(*read_response_head(as_bytes("HTTP/1.0 200\r\n\r\n")));
    for (const std::string_view line :
         {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000 x", "HTTP/1.1 020 x",
          "HTTP/1.1 abc", "HTTP/1.1 200x", "SIP/2.0 200 OK"})
        EXPECT_FALSE(read_response_head(as_bytes(concat(line, "\r\n\r\n")))) << line;
}

TEST(http_head, response_texts_read_back) {
    const std::string text = response_text(405, "Allow: POST\r\n", "why", true);
    const auto made = read_response_head(as_bytes(text));
    ASSERT_TRUE(made && *made);
    EXPECT_EQ((**made).status, 405u);
    EXPECT_EQ(*(**made).find("content-length"), "4");
    EXPECT_EQ(text.substr((**made).bytes), "why\n");
    EXPECT_EQ(response_text(204, "", "", false), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(http_head, targets_hold_nothing_that_ends_a_line) {
    EXPECT_EQ(target_of(""), "/");
    EXPECT_EQ(target_of("/a b\r\nX: y?q=\xc3\xbc&r=%41#"), "/a%20b%0D%0AX:%20y?q=%C3%BC&r=%41%23");
}

/// Whether a page of `origin` may ask `host`.
bool lets_in(const origin_policy& policy, std::string_view origin, std::string_view host) {
    const std::string text =
        concat("GET / HTTP/1.1\r\nHost: ", host, "\r\nOrigin: ", origin, "\r\n\r\n");
    return policy.allows(**read(text));
}

TEST(http_origin, a_page_may_ask_the_very_host_that_it_is_from) {
    const origin_policy none = origin_policy::from(nullptr, "my.example");
    EXPECT_TRUE(none.allows(**read(good))) << "no browser";
    EXPECT_TRUE(lets_in(none, "http://127.0.0.1:8000", "127.0.0.1:8000"));
    EXPECT_TRUE(lets_in(none, "https://[::1]:8000", "[::1]:8000"));
    EXPECT_TRUE(lets_in(none, "http://localhost", "LocalHost"));
    EXPECT_TRUE(lets_in(none, "https://my.example", "my.example"));
    EXPECT_FALSE(lets_in(none, "http://127.0.0.1:8001", "127.0.0.1:8000"));
    EXPECT_FALSE(lets_in(none, "http://evil.example", "127.0.0.1:8000"));
    EXPECT_FALSE(lets_in(none, "null", "127.0.0.1:8000"));
    EXPECT_FALSE(lets_in(none, "127.0.0.1:8000", "127.0.0.1:8000"));
    EXPECT_FALSE(lets_in(none, "http://a\r\nOrigin: http://a", "a"));
    // Its owner can let the name point to this machine.
    EXPECT_FALSE(lets_in(none, "http://evil.example:8000", "evil.example:8000"));
    EXPECT_FALSE(lets_in(none, "http://127.0.0.1.evil.example", "127.0.0.1.evil.example"));
}

TEST(http_origin, others_are_named) {
    const std::string option = "https://app.example, null";
    const origin_policy two = origin_policy::from(&option, "");
    EXPECT_TRUE(lets_in(two, "https://app.example", "127.0.0.1"));
    EXPECT_TRUE(lets_in(two, "null", "127.0.0.1"));
    EXPECT_FALSE(lets_in(two, "http://app.example", "127.0.0.1"));
    EXPECT_FALSE(lets_in(two, "https://app.example.evil.example", "127.0.0.1"));
    const std::string star = "*";
    EXPECT_TRUE(lets_in(origin_policy::from(&star, ""), "http://any.example", "127.0.0.1"));
}

} // namespace
} // namespace beckon::http
