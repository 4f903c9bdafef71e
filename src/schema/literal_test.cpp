#include "beckon/schema/literal.hpp"

#include <gtest/gtest.h>

#include "schema/test_support.hpp"

namespace beckon::schema {
namespace {

type simple(kind kind) { return {kind, {}, {}, {}}; }

std::string canonical_of(const type& type, std::string_view text) {
    const auto out = canonical_literal(must_parse("enum Mood { calm, null, inf }"), type, text);
    return out ? *out : "error: " + out.error().message();
}

TEST(literal, has_one_spelling_for_each_value) {
    const std::pair<kind, std::pair<std::string_view, std::string_view>> rows[] = {
        {kind::boolean, {"true", "true"}},
        {kind::int8, {"-0x80", "-128"}},
        {kind::int64, {"-9223372036854775808", "-9223372036854775808"}},
        {kind::uint64, {"0xffffffffffffffff", "18446744073709551615"}},
        {kind::int32, {"-0", "0"}},
        {kind::float64, {"0.10", "0.1"}},
        {kind::float64, {"3.0", "3"}},
        {kind::float64, {"-0.0", "-0.0"}},
        {kind::float64, {"123456789012345670000", "123456789012345667584"}},
        {kind::float64, {"1E+2", "100"}},
        {kind::float64, {"-inf", "-inf"}},
        {kind::float64, {"nan", "nan"}},
        {kind::float32, {"0.100000001", "0.1"}},
        {kind::float32, {"16777217", "16777216"}},
        {kind::duration, {"120s", "2min"}},
        {kind::duration, {"1500us", "1500us"}},
        {kind::duration, {"-0h", "0s"}},
        {kind::duration, {"-3600000ms", "-1h"}},
        {kind::duration, {"7ns", "7ns"}},
        {kind::string, {"\"a\\x0ab\\\"\\\\\\u{e4}\\t\"", "\"a\\nb\\\"\\\\\xc3\xa4\\t\""}},
        {kind::bytes, {"\"\\u{e4}z\"", "\"\\xc3\\xa4z\""}},
        {kind::any, {"null", "null"}},
    };
    for (const auto& [kind, spellings] : rows) {
        EXPECT_EQ(canonical_of(simple(kind), spellings.first), spellings.second);
        EXPECT_EQ(canonical_of(simple(kind), spellings.second), spellings.second);
    }
}

TEST(literal, of_composed_types) {
    const type mood{kind::enumeration, "Mood", {}, {}};
    const type maybe{kind::optional, {}, {mood}, {}};
    const type list{kind::list, {}, {maybe}, {}};
    EXPECT_EQ(canonical_of(mood, "calm"), "calm");
    EXPECT_EQ(canonical_of(mood, "null"), "null");
    EXPECT_EQ(canonical_of({kind::list, {}, {mood}, {}}, "[null, calm]"), "[null, calm]");
    EXPECT_EQ(canonical_of(list, "[ calm , null, inf,]"), "[calm, null, inf]");
    EXPECT_EQ(canonical_of(list, "[]"), "[]");
    EXPECT_EQ(canonical_of({kind::map, {}, {mood, mood}, {}}, "{ }"), "{}");
}

TEST(literal, is_refused_at_both_edges_of_each_integer) {
    const std::tuple<kind, std::string, std::string, std::string, std::string> rows[] = {
        {kind::int8, "-129", "-128", "127", "128"},
        {kind::uint8, "-1", "0", "255", "256"},
        {kind::int16, "-32769", "-32768", "32767", "32768"},
        {kind::uint16, "-1", "0", "65535", "65536"},
        {kind::int32, "-2147483649", "-2147483648", "2147483647", "2147483648"},
        {kind::uint32, "-1", "0", "4294967295", "4294967296"},
        {kind::int64, "-9223372036854775809", "-9223372036854775808", "9223372036854775807",
         "9223372036854775808"},
        {kind::uint64, "-1", "0", "18446744073709551615", "18446744073709551616"},
    };
    for (const auto& [kind, below, least, most, above] : rows) {
        EXPECT_EQ(canonical_of(simple(kind), least), least);
        EXPECT_EQ(canonical_of(simple(kind), most), most);
        EXPECT_EQ(canonical_of(simple(kind), below).substr(0, 6), "error:") << below;
        EXPECT_EQ(canonical_of(simple(kind), above).substr(0, 6), "error:") << above;
    }
}

TEST(literal, of_a_duration_ends_where_64_bits_of_nanoseconds_do) {
    EXPECT_EQ(canonical_of(simple(kind::duration), "9223372036854775807ns"),
              "9223372036854775807ns");
    EXPECT_EQ(canonical_of(simple(kind::duration), "9223372036854775808ns"),
              "error: default value: found '9223372036854775808ns', expected a duration of at most "
              "9223372036854775807 ns (292 years)");
    EXPECT_EQ(canonical_of(simple(kind::duration), "9223372037s").substr(0, 6), "error:");
}

TEST(literal, that_does_not_end_is_refused) {
    EXPECT_EQ(canonical_of(simple(kind::int8), "3 4"),
              "error: default value: found '4', expected the end of the value");
    EXPECT_EQ(canonical_of(simple(kind::int8), ""),
              "error: default value: found end of file, expected a default value");
    EXPECT_EQ(canonical_of(simple(kind::string), "\"a"),
              "error: default value: found end of line inside a string, expected '\"'");
    EXPECT_EQ(canonical_of(simple(kind::string), "\"\\xff\""),
              "error: default value of type string: found string \"\\xff\", expected a string of "
              "UTF-8");
}

TEST(literal, lists_nest_up_to_the_limit) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(parse_literal(nested(32)).has_value());
    const auto refused = parse_literal(nested(33));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().message(),
              "default value: found a list nested deeper than 32 levels");
    EXPECT_FALSE(parse_literal(std::string(100'000, '[')).has_value());
}

TEST(literal, in_a_list_names_the_item_that_does_not_fit) {
    const document empty;
    const auto literal = parse_literal("[1, 300]");
    const auto fitting = fits(empty, {kind::list, {}, {simple(kind::uint8)}, {}}, *literal);
    ASSERT_FALSE(fitting.has_value());
    EXPECT_EQ(fitting.error().to_string(),
              "type_mismatch: default value of type uint8: found integer 300, expected an integer "
              "from 0 to 255; while reading item 1 of the list");
}

} // namespace
} // namespace beckon::schema
