#include "service/detection/first_bytes.hpp"

#include <gtest/gtest.h>

namespace beckon::detection {
namespace {

using verdict = first_bytes::verdict;

verdict match(std::string_view pattern, std::string_view came) {
    return first_bytes::parse(pattern).value().match(as_bytes(came));
}
first_bytes of(std::string_view pattern) { return first_bytes::parse(pattern).value(); }

TEST(first_bytes, take_bytes_ranges_choices_and_text) {
    EXPECT_EQ(match("89 'BKN'", "\x89"
                                "BKN and more"),
              verdict::whole);
    EXPECT_EQ(match("89 'BKN'", "\x89"
                                "BKM"),
              verdict::no);
    EXPECT_EQ(match("00-04 .. 12|80-81", {"\x04\xff\x81", 3}), verdict::whole);
    EXPECT_EQ(match("00-04 .. 12|80-81", {"\x00\x00\x12", 3}), verdict::whole);
    EXPECT_EQ(match("00-04 .. 12|80-81", {"\x00\x00\x82", 3}), verdict::no);
    EXPECT_EQ(match("00-04 .. 12|80-81", "\x05"), verdict::no);
}

TEST(first_bytes, say_when_more_is_needed) {
    EXPECT_EQ(match("'GET /'", ""), verdict::so_far);
    EXPECT_EQ(match("'GET /'", "GET "), verdict::so_far);
    EXPECT_EQ(match("'GET /'", "GET /"), verdict::whole);
    EXPECT_EQ(match("'GET /'", "GEM"), verdict::no);
}

TEST(first_bytes, are_refused_where_a_piece_is_no_byte) {
    EXPECT_EQ(first_bytes::parse("00 1").error().message(),
              "found \"1\"; expected a byte as in 00-04|12");
    EXPECT_FALSE(first_bytes::parse("04-00"));
    EXPECT_FALSE(first_bytes::parse("0G"));
    EXPECT_FALSE(first_bytes::parse("'open"));
    EXPECT_FALSE(first_bytes::parse(" "));
}

TEST(first_bytes, meet_where_some_bytes_hold_to_both) {
    EXPECT_TRUE(of("00-04 ..").meets(of("04 80")));
    EXPECT_FALSE(of("00-04 ..").meets(of("05 80")));
    EXPECT_TRUE(of("00").meets(of("00 01 02"))) << "as far as both go";
    EXPECT_FALSE(of(".. .. .. .. 00").meets(of("00 .. .. .. 80")));
}

TEST(first_bytes, refine_what_says_less_of_the_same) {
    EXPECT_TRUE(of("'GET /'").refines(of("41-5a")));
    EXPECT_FALSE(of("41-5a").refines(of("'GET /'")));
    EXPECT_FALSE(of("7b").refines(of("5b|7b"))) << "as long";
    EXPECT_FALSE(of("'get /'").refines(of("41-5a")));
}

} // namespace
} // namespace beckon::detection
