#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "beckon/codec/json.hpp"

namespace beckon::json {
namespace {

value read(std::string_view text) {
    auto parsed = parse(text);
    EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message());
    return parsed ? *std::move(parsed) : value("refused");
}

std::string refusal(std::string_view text, const parse_options& options = {}) {
    const auto parsed = parse(text, options);
    return parsed ? "accepted" : parsed.error().message();
}

TEST(json_parse, reads_every_kind_of_value) {
    EXPECT_EQ(read("null"), value());
    EXPECT_EQ(read("true"), value(true));
    EXPECT_EQ(read("false"), value(false));
    EXPECT_EQ(read("0"), value(0));
    EXPECT_EQ(read("-12"), value(-12));
    EXPECT_EQ(read("1.5"), value(1.5));
    EXPECT_EQ(read("1e2"), value(100.0));
    EXPECT_EQ(read("\"text\""), value("text"));
    EXPECT_EQ(read("[]"), value::list());
    EXPECT_EQ(read("{}"), value::map());
    EXPECT_EQ(read(" \t\r\n[ 1 , [ ] , { } , \"a\" ] \n"),
              value::list({1, value::list(), value::map(), "a"}));
    EXPECT_EQ(read(R"({"a":1,"b":{"c":[true,null]}})"),
              value::map({{"a", 1}, {"b", value::map({{"c", value::list({true, nullptr})}})}}));
    EXPECT_EQ(read("[\n" + std::string(100, ' ') + "1,\n" + std::string(100, ' ') + "2]"),
              value::list({1, 2}));
}

TEST(json_parse, keeps_integers_of_any_size_exact) {
    for (const std::string_view digits :
         {"9", "99999999", "100000000", "123456789012345", "1234567890123456", "999999999999999999",
          "9223372036854775807", "9223372036854775808", "18446744073709551615",
          "18446744073709551616", "99999999999999999999", "-1", "-9223372036854775808",
          "-9223372036854775809", "-18446744073709551616",
          "123456789012345678901234567890123456789012345678901234567890"}) {
        // With and without room behind it, which are two ways through the reader.
        EXPECT_EQ(read(digits).decimal(), digits);
        EXPECT_EQ(read(concat("[", digits, std::string(60, ' '), "]"))[0].decimal(), digits);
    }
    EXPECT_TRUE(read("9223372036854775807").is_int64());
    EXPECT_FALSE(read("9223372036854775808").is_int64());
    EXPECT_TRUE(read("18446744073709551615").is_uint64());
    EXPECT_EQ(read("-0"), value(0));
    const std::string long_digits(max_digits, '7');
    EXPECT_EQ(read(long_digits).decimal(), long_digits);
    EXPECT_EQ(
        refusal(long_digits + "7"),
        "json text: integer of 4301 digits; limit is 4300 digits at line 1, column 1 (byte 0)");
}

TEST(json_parse, reads_floats_exactly) {
    const std::pair<std::string_view, double> cases[] = {
        {"0.0", 0.0},
        {"1.0", 1.0},
        {"0.1", 0.1},
        {"3.14159", 3.14159},
        {"1e0", 1.0},
        {"1E+2", 100.0},
        {"1e-2", 0.01},
        {"123456.789e3", 123456789.0},
        {"0.30000000000000004", 0.30000000000000004},
        {"817.2839472938471", 817.2839472938471},
        {"9007199254740993.0", 9007199254740992.0},          // a tie: to even
        {"9007199254740995.0", 9007199254740996.0},          // a tie: to even, upwards
        {"9007199254740993.0000000001", 9007199254740994.0}, // just above it
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"8.5e23", 8.5e23},
        {"5e-324", 5e-324},
        {"2e-324", 0.0},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"2.2250738585072014e-308", 2.2250738585072014e-308},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"1e-400", 0.0},
        {"0e999999999999", 0.0},
        {"0.000000000000000000000000000000000000000000000001e48", 1.0},
        {"1000000000000000000000000000000000000000000000000e-48", 1.0},
        {"1.00000000000000011102230246251565404236316680908203124", 1.0},
        {"1.00000000000000011102230246251565404236316680908203126", 1.0000000000000002},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(read(text).float64(), expected) << text;
        EXPECT_EQ(read(concat("[", text, std::string(60, ' '), "]"))[0].float64(), expected)
            << text;
        EXPECT_EQ(read(concat("-", text)).float64(), -expected) << text;
    }
    EXPECT_TRUE(std::signbit(read("-0.0").float64()));
    EXPECT_EQ(refusal("1e309"),
              "json text: found a number beyond the range of float64 at line 1, column 1 (byte 0)");
    EXPECT_EQ(refusal("[1, -1.8e308]"),
              "json text: found a number beyond the range of float64 at line 1, column 5 (byte 4)");
    EXPECT_EQ(refusal("1e999999999999999999999"),
              "json text: found a number beyond the range of float64 at line 1, column 1 (byte 0)");
}

TEST(json_parse, reads_strings_of_every_length_and_place) {
    std::string content;
    for (int size = 0; size < 70; ++size) {
        for (std::size_t room = 0; room < 20; ++room) {
            const std::string text = concat("[\"", content, "\"", std::string(room, ' '), "]");
            ASSERT_EQ(read(text)[0].string(), content) << text;
        }
        content += static_cast<char>('a' + size % 26);
    }
}

TEST(json_parse, unescapes) {
    EXPECT_EQ(read(R"("\"\\\/\b\f\n\r\t")").string(), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(read(R"("a\u0041\u00e4\u20AC\ud83d\ude00z")").string(), "aA\u00e4\u20ac\U0001f600z");
    EXPECT_EQ(read(R"("\u0000")").string(), std::string_view("\0", 1));
    EXPECT_EQ(read(R"({"\u006bey":1})")["key"], value(1));
    for (std::size_t at = 0; at < 40; ++at) {
        const std::string front(at, 'x');
        EXPECT_EQ(read(concat("\"", front, R"(\n)", front, "\"")).string(), front + "\n" + front);
    }
    EXPECT_EQ(read("\"\x7f\"").string(), "\x7f");
}

TEST(json_parse, refuses_lone_surrogates_or_replaces_them) {
    EXPECT_EQ(refusal(R"(["ab\ud800"])"), "json text: expected both halves of a surrogate pair, "
                                          "found one at line 1, column 5 (byte 4)");
    EXPECT_NE(refusal(R"("\ud800x")"), "accepted");
    EXPECT_NE(refusal(R"("\ud800\n")"), "accepted");
    EXPECT_NE(refusal(R"("\udc00\ud800")"), "accepted");
    EXPECT_NE(refusal(R"("\ud800\ud800")"), "accepted");
    parse_options lenient;
    lenient.lone_surrogates = lone_surrogates::replace;
    EXPECT_EQ(parse(R"("\ud800x")", lenient)->string(), "\ufffdx");
    EXPECT_EQ(parse(R"("\udc00\ud83d\ude00")", lenient)->string(), "\ufffd\U0001f600");
    EXPECT_EQ(parse(R"("\ud800\ud83d\ude00")", lenient)->string(), "\ufffd\U0001f600");
    EXPECT_NE(refusal(R"("\ud800\u12")", lenient), "accepted");
}

TEST(json_parse, refuses_what_is_not_utf_8) {
    EXPECT_EQ(read("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"").string(), "\u00e4\u20ac\U0001f600");
    EXPECT_EQ(
        refusal("[\"ab\xff\"]"),
        R"(json text: expected utf-8 in a string, found '\xff' at line 1, column 5 (byte 4))");
    for (const std::string_view bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                                       "\xf4\x90\x80\x80", "\x80", "\xc3", "\xf0\x9f\x98"}) {
        for (const std::size_t front : {0u, 5u, 15u, 16u, 40u}) {
            EXPECT_NE(refusal(concat("\"", std::string(front, 'x'), bad, "\"")), "accepted");
            EXPECT_NE(refusal(concat("\"", std::string(front, 'x'), bad, "\\n\"")), "accepted");
            EXPECT_NE(refusal(concat("\"\\n", std::string(front, 'x'), bad, "\"   ")), "accepted");
        }
    }
    EXPECT_NE(refusal("\xff"), "accepted");
    EXPECT_EQ(refusal("\xef\xbb\xbf{}"),
              "json text: expected a value, found a byte order mark at line 1, column 1 (byte 0)");
}

TEST(json_parse, says_what_it_found_and_expected_and_where) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", "expected a value, found the end of the text at line 1, column 1 (byte 0)"},
        {"  \n ", "expected a value, found the end of the text at line 2, column 2 (byte 4)"},
        {"[1,]", "expected a value, found ']' at line 1, column 4 (byte 3)"},
        {"[1 2]", "expected ',' or ']', found '2' at line 1, column 4 (byte 3)"},
        {"[1}", "expected ',' or ']', found '}' at line 1, column 3 (byte 2)"},
        {"{\"a\":1]", "expected ',' or '}', found ']' at line 1, column 7 (byte 6)"},
        {"[", "expected a value, found the end of the text at line 1, column 2 (byte 1)"},
        {"[1", "expected ',' or ']', found the end of the text at line 1, column 3 (byte 2)"},
        {"{\"a\"",
         "expected ':' after a key, found the end of the text at line 1, column 5 (byte 4)"},
        {"{\"a\" 1}", "expected ':' after a key, found '1' at line 1, column 6 (byte 5)"},
        {"{a:1}", "expected a key in quotes, found 'a' at line 1, column 2 (byte 1)"},
        {"{\"a\":1,}", "expected a key in quotes, found '}' at line 1, column 8 (byte 7)"},
        {"{1:1}", "expected a key in quotes, found '1' at line 1, column 2 (byte 1)"},
        {"tru", "expected a value, found 't' at line 1, column 1 (byte 0)"},
        {"nul", "expected a value, found 'n' at line 1, column 1 (byte 0)"},
        {"NaN", "expected a value, found 'N' at line 1, column 1 (byte 0)"},
        {"Infinity", "expected a value, found 'I' at line 1, column 1 (byte 0)"},
        {"-Infinity", "expected a digit, found 'I' at line 1, column 2 (byte 1)"},
        {"'a'", "expected a value, found ''' at line 1, column 1 (byte 0)"},
        {"+1", "expected a value, found '+' at line 1, column 1 (byte 0)"},
        {".5", "expected a value, found '.' at line 1, column 1 (byte 0)"},
        {"1.", "expected a digit, found the end of the text at line 1, column 3 (byte 2)"},
        {"1.e5", "expected a digit, found 'e' at line 1, column 3 (byte 2)"},
        {"1e", "expected a digit, found the end of the text at line 1, column 3 (byte 2)"},
        {"1e+", "expected a digit, found the end of the text at line 1, column 4 (byte 3)"},
        {"-", "expected a digit, found the end of the text at line 1, column 2 (byte 1)"},
        {"01", "expected no digit after a leading zero, found '1' at line 1, column 2 (byte 1)"},
        {"-01", "expected no digit after a leading zero, found '1' at line 1, column 3 (byte 2)"},
        {"1 2", "expected the end of the text, found '2' at line 1, column 3 (byte 2)"},
        {"{} // x", "expected the end of the text, found '/' at line 1, column 4 (byte 3)"},
        {"[1,\n2,\n  x]", "expected a value, found 'x' at line 3, column 3 (byte 9)"},
        {"\"abc", "expected the closing '\"' of a string, found the end of the text at line 1, "
                  "column 5 (byte 4)"},
        {"\"a\nb\"", "expected a control character in a string to be escaped, found '\\x0a' at "
                     "line 1, column 3 (byte 2)"},
        {R"("\x")",
         "expected one of \"\\/bfnrtu after '\\', found 'x' at line 1, column 3 (byte 2)"},
        {R"("\u12g4")",
         "expected four hexadecimal digits after '\\u', found 'g' at line 1, column 6 (byte 5)"},
        {"\"\\",
         "expected an escape after '\\', found the end of the text at line 1, column 3 (byte 2)"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(refusal(text), concat("json text: ", expected)) << text;
        EXPECT_EQ(parse(text).error().code(), errc::parse_error);
        // Numbers take another way where there is room behind them.
        if (text.size() < 6 && text.find_first_of("\"[{") == std::string_view::npos &&
            !text.empty() && text.find("the end") == std::string_view::npos) {
            EXPECT_NE(refusal(concat(text, std::string(60, ' '))), "accepted") << text;
        }
    }
}

TEST(json_parse, lets_the_last_of_equal_keys_win_or_refuses_them) {
    EXPECT_EQ(read(R"({"a":1,"b":2,"a":3})"), value::map({{"a", 3}, {"b", 2}}));
    parse_options strict;
    strict.duplicate_keys = duplicate_keys::refuse;
    EXPECT_EQ(
        refusal(R"({"a":1,"b":2,"a":3})", strict),
        "json text: found a key twice in the object that ends at line 1, column 19 (byte 18)");
    EXPECT_EQ(refusal(R"({"a":1,"b":{"a":2}})", strict), "accepted");
    std::string large = "{";
    for (int i = 0; i < 200; ++i) large += concat(i == 0 ? "" : ",", "\"key number ", i, "\":", i);
    EXPECT_EQ(read(large + "}").size(), 200U);
    EXPECT_EQ(read(large + "}")["key number 150"], value(150));
    EXPECT_EQ(refusal(large + "}", strict), "accepted");
    EXPECT_EQ(read(large + ",\"key number 3\":\"x\"}")["key number 3"], value("x"));
    EXPECT_NE(refusal(large + ",\"key number 3\":\"x\"}", strict), "accepted");
}

TEST(json_parse, keeps_its_limits_on_both_sides_of_their_edges) {
    parse_options options;
    options.max_bytes = 4;
    EXPECT_EQ(refusal("1234", options), "accepted");
    EXPECT_EQ(refusal("12345", options), "json text of 5 bytes; limit is 4 bytes (max_bytes)");
    EXPECT_EQ(parse("12345", options).error().code(), errc::limit_exceeded);

    options = {};
    options.max_depth = 3;
    EXPECT_EQ(refusal("[[[1]]]", options), "accepted");
    EXPECT_EQ(refusal("[[{\"a\":[]}]]", options),
              "json text: nested more than 3 deep (max_depth) at line 1, column 8 (byte 7)");
    EXPECT_EQ(parse("[[[[]]]]", options).error().code(), errc::limit_exceeded);
    const std::string deep(256, '[');
    EXPECT_EQ(refusal(deep + std::string(256, ']')), "accepted");
    EXPECT_NE(refusal(std::string(257, '[') + std::string(257, ']')), "accepted");

    options = {};
    options.max_nodes = 4;
    EXPECT_EQ(refusal("[1,{\"a\":2}]", options), "accepted");
    EXPECT_EQ(refusal("[1,{\"a\":2},3]", options),
              "json text: more than 4 values (max_nodes) at line 1, column 12 (byte 11)");

    options = {};
    options.min_decoded_bytes = 0;
    options.decoded_bytes_factor = 0;
    EXPECT_EQ(refusal("\"14 bytes inline\"", options),
              "json text: more than 0 bytes of memory (min_decoded_bytes, decoded_bytes_factor) "
              "at line 1, column 18 (byte 17)");
    EXPECT_EQ(refusal("\"fourteen bytes\"", options), "accepted");
    options.min_decoded_bytes = 24 + 2 * 16;
    EXPECT_EQ(refusal("[1,2]", options), "accepted");
    EXPECT_NE(refusal("[1,2,3]", options), "accepted");
    options.min_decoded_bytes = 24 + 16;
    EXPECT_EQ(refusal("[\"fourteen bytes\"]", options), "accepted");
    EXPECT_NE(refusal("[\"fourteen bytes!\"]", options), "accepted");
    options.min_decoded_bytes = 0;
    options.decoded_bytes_factor = 13; // times 3 bytes
    EXPECT_NE(refusal("[1]", options), "accepted");
    options.decoded_bytes_factor = 14;
    EXPECT_EQ(refusal("[1]", options), "accepted");
    options.decoded_bytes_factor = std::numeric_limits<std::size_t>::max();
    EXPECT_EQ(refusal("[1]", options), "accepted");
}

TEST(json_parse, reads_a_million_levels_where_allowed) {
    parse_options options;
    options.max_depth = 1'000'000;
    options.max_nodes = 2'000'000;
    const std::string text = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    EXPECT_EQ(refusal(text, options), "accepted");
    EXPECT_NE(refusal(text.substr(0, 1'500'000), options), "accepted");
}

TEST(json_parse, makes_values_that_outlive_each_other_in_any_order) {
    std::string text = "[";
    for (int i = 0; i < 2000; ++i) {
        text += concat(i == 0 ? "" : ",", R"({"name":"a name of some length )", i,
                       R"(","list":[1,2,[3]],"b":{}})");
    }
    value whole = read(text + "]");
    const value one = whole[1234];
    const value two = whole[17]["name"];
    value three = whole[1999];
    whole = nullptr;
    EXPECT_EQ(one["name"].string(), "a name of some length 1234");
    EXPECT_EQ(two.string(), "a name of some length 17");
    three.insert_or_assign("c", one);
    EXPECT_EQ(three["c"]["list"][2][0], value(3));
}

} // namespace
} // namespace beckon::json
