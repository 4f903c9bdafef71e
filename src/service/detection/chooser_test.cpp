#include "service/detection/chooser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace beckon::detection {
namespace {

using state = chooser::state;

const std::string zero(1, '\0');

candidate protocol(std::string name, std::vector<std::string_view> patterns,
                   std::string delimiter = {}) {
    return of_protocol(std::move(name), {std::move(patterns), std::move(delimiter)}).value();
}

/// Letter by letter, as the slowest peer would send it; then all at once. What was chosen, "more" or "nobody".
std::string choose(const std::vector<candidate>& among, std::string_view text, bool ends = false) {
    const auto told = [&](const chooser& by, state how) -> std::string {
        if (how == state::more) return "more";
        return how == state::nobody ? "nobody" : among[by.which()].name;
    };
    chooser slow(among);
    state how = state::more;
    for (std::size_t i = 0; i < text.size() && how == state::more; ++i)
        how = slow.take(as_bytes(text.substr(i, 1)));
    if (ends && how == state::more) how = slow.end();
    chooser quick(among);
    state at_once = text.empty() ? state::more : quick.take(as_bytes(text));
    if (ends && at_once == state::more) at_once = quick.end();
    EXPECT_EQ(told(slow, how), told(quick, at_once)) << text;
    return told(slow, how);
}

std::vector<candidate> all() {
    std::vector<candidate> made;
    made.push_back(protocol("native", {"89 'BKN' 0d 0a 1a 0a"}));
    made.push_back(protocol("rpyc", {"00-04 .. .. .. 00 00-03|12", "00-04 .. .. .. 01 78"}));
    made.push_back(protocol("pyrpc", {"00-04 .. .. .. 80|28|5d|7d"}));
    made.push_back(protocol("lines", {"5b|7b|20|09|0a|0d"}, "\n"));
    made.push_back(protocol("zeroes", {"7b|20|09|0a|0d"}, zero));
    made.push_back(protocol("words", {"41-5a|5f|61-7a"}));
    made.push_back(of_tls("tls"));
    made.push_back(of_http("http"));
    made.push_back(of_web_socket("ws", "/"));
    made.push_back(of_web_socket("ws of notes", "/notes"));
    return made;
}

TEST(chooser, decides_as_soon_as_one_is_left) {
    EXPECT_EQ(choose(all(), "\x89"
                            "BKN\r\n\x1a"),
              "more");
    EXPECT_EQ(choose(all(), "\x89"
                            "BKN\r\n\x1a\n"),
              "native");
    EXPECT_EQ(choose(all(), {"\0\0\0\x10\0", 5}), "more");
    EXPECT_EQ(choose(all(), {"\0\0\0\x10\0\x12", 6}), "rpyc");
    EXPECT_EQ(choose(all(), {"\0\0\0\x10\x80", 5}), "pyrpc");
    EXPECT_EQ(choose(all(), {"\x16\x03\x01", 3}), "tls");
}

TEST(chooser, takes_the_longer_of_two_that_hold) {
    EXPECT_EQ(choose(all(), "P"), "more") << "a word, or the beginning of POST";
    EXPECT_EQ(choose(all(), "POST "), "more");
    EXPECT_EQ(choose(all(), "POST /rpc"), "http");
    EXPECT_EQ(choose(all(), "POSTER name:1\n"), "words");
    EXPECT_EQ(choose(all(), "hello"), "words");
}

TEST(chooser, knows_requests_that_name_the_whole_address_or_speak_http_2) {
    EXPECT_EQ(choose(all(), "POST http:/"), "more");
    EXPECT_EQ(choose(all(), "POST http:5\n"), "words") << "a word with something named http";
    EXPECT_EQ(choose(all(), "POST http://h/x HTTP/1.1\r\nHost: h\r\n\r\n"), "http");
    EXPECT_EQ(choose(all(), "DELETE HTTPS://h HTTP/1.1\r\nHost: h\r\n\r\n"), "http");
    EXPECT_EQ(choose(all(), "GET http://h/notes HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"),
              "ws of notes");
    EXPECT_EQ(choose(all(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "http");
}

TEST(chooser, keeps_requests_for_the_web_from_others_where_none_is_served) {
    const std::vector<candidate> only{protocol("words", {"41-5a|5f|61-7a"})};
    for (const char* const request :
         {"GET / ", "POST /x", "OPTIONS *", "HEAD http://h", "TRACE /", "PRI * HTTP/2.0"})
        EXPECT_EQ(choose(only, request), "nobody") << request;
    for (const char* const line : {"GET\n", "POST x:1\n", "POST http:5\n", "TRACER /\n"})
        EXPECT_EQ(choose(only, line), "words") << line;
}

TEST(chooser, knows_nobody_for_other_bytes) {
    EXPECT_EQ(choose(all(), "\xff"), "nobody");
    EXPECT_EQ(choose(all(), {"\0\0\0\x10\x07", 5}), "nobody");
    EXPECT_EQ(choose(all(), "\x89PNG"), "nobody");
}

TEST(chooser, reads_the_head_of_a_request_for_the_web) {
    EXPECT_EQ(choose(all(), "GET / HTTP/1.1\r\nHost: x\r\n"), "more");
    EXPECT_EQ(choose(all(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "http");
    EXPECT_EQ(choose(all(), "GET / HTTP/1.1\r\nHOST: x\r\nuPGRADE: WebSocket\r\n\r\n"), "ws");
    EXPECT_EQ(
        choose(all(), "GET /notes?a=1 HTTP/1.1\r\nHost: x\r\nUpgrade: h2c, websocket\r\n\r\n"),
        "ws of notes");
    EXPECT_EQ(choose(all(), "GET /notes HTTP/1.1\r\nHost: x\r\nX-Upgrade: websocket\r\n\r\n"),
              "http");
    EXPECT_EQ(choose(all(), "GET /else HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"), "ws")
        << "which refuses it";
    EXPECT_EQ(choose(all(), "GET /" + std::string(20'000, 'x')), "http");
}

TEST(chooser, looks_behind_the_first_value_of_json) {
    EXPECT_EQ(choose(all(), "{\"id\": 1}"), "more");
    EXPECT_EQ(choose(all(), "{\"id\": 1}\n"), "lines");
    EXPECT_EQ(choose(all(), "{\"id\": 1}\r\n"), "lines");
    EXPECT_EQ(choose(all(), "{\"id\":\n 1}" + zero), "zeroes")
        << "a line end within it says nothing";
    EXPECT_EQ(choose(all(), " \n{\"a\": \"}\\\"}" + zero + "\"}\n"), "lines")
        << "nor does what is in text";
    EXPECT_EQ(choose(all(), "[{}, [1]]\n"), "lines");
    EXPECT_EQ(choose(all(), "{}{}"), "nobody");
    EXPECT_EQ(choose(all(), "  7"), "nobody");
}

TEST(chooser, makes_what_it_can_of_a_beginning_without_an_end) {
    EXPECT_EQ(choose(all(), "{\"id\": 1}", true), "lines")
        << "the first of those that it may be for";
    EXPECT_EQ(choose(all(),
                     "\x89"
                     "BK",
                     true),
              "native")
        << "which says what is wrong";
    EXPECT_EQ(choose(all(), {"\0\0", 2}, true), "nobody") << "it may be for two";
    EXPECT_EQ(choose(all(), "", true), "nobody");
}

TEST(chooser, keeps_all_that_it_was_given) {
    const std::vector<candidate> among = all();
    chooser by(among);
    EXPECT_EQ(by.take(as_bytes("PO")), state::more);
    EXPECT_EQ(by.take(as_bytes("ST / HTTP/1.1")), state::chosen);
    const bytes heard = by.take_heard();
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(heard.data()), heard.size()),
              "POST / HTTP/1.1");
}

TEST(candidates, are_told_apart) { EXPECT_TRUE(check_apart(all())); }

std::string why_not(std::vector<candidate> among) {
    const auto how = check_apart(among);
    return how ? "they can" : how.error().message();
}

TEST(candidates, that_are_not_are_refused_by_name) {
    EXPECT_EQ(why_not({protocol("one", {"00-04 .. 01"}), protocol("two", {".. 01|02"})}),
              "one and two cannot be told apart at one address: their conversations may begin with "
              "the same bytes");
    EXPECT_EQ(why_not({protocol("lines", {"7b"}, "\n"), protocol("more lines", {"5b|7b"}, "\n")}),
              "lines and more lines cannot be told apart at one address: messages of both are JSON "
              "with the same delimiter");
    EXPECT_EQ(why_not({protocol("lines", {"7b"}, "\n"), protocol("texts", {"7b"})}),
              "lines and texts cannot be told apart at one address: their conversations may begin "
              "with the same bytes");
    EXPECT_EQ(why_not({of_web_socket("a", "/x"), of_http("b"), of_web_socket("c", "/x")}),
              "a and c cannot be told apart at one address: both are asked for by the path \"/x\"");
    EXPECT_EQ(why_not({of_http("a"), of_http("b")}),
              "a and b cannot be told apart at one address: one connection may ask for the paths "
              "of both");
    EXPECT_EQ(of_protocol("anything", {}).error().message(),
              "anything cannot share its address: its conversations may begin with anything");
}

} // namespace
} // namespace beckon::detection
