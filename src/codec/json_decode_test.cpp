#include "beckon/codec/json_decode.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "value/test_types.hpp"

namespace beckon::json {
namespace {

using shop::Item;
using shop::Mood;

template <typename T>
std::string refusal(std::string_view text, const parse_options& options = {}) {
    const auto read = decode<T>(text, options);
    return read ? "accepted" : read.error().message();
}

constexpr std::string_view bolt_text =
    R"({"name":"bolt","count":3,"tags":["steel","m6"],"at":{"x":1,"y":2.0},"mood":"busy"})";
const Item bolt{"bolt", 3, {"steel", "m6"}, shop::Point{1, 2}, Mood::busy};

TEST(json_decode, long_arrays_take_little_more_memory_than_they_need) {
    std::string text = "[";
    for (int i = 0; i < 30'000; ++i) text += concat(i == 0 ? "" : ",", 10'000 + i);
    const auto read = decode<std::vector<std::int64_t>>(text + ']');
    ASSERT_EQ(read->size(), 30'000u);
    EXPECT_EQ(read->back(), 39'999);
    EXPECT_LT(read->capacity(), 34'000u);

    // Short items first promise many that do not come: at most four times as many as were read.
    text.assign("[1");
    for (int i = 1; i < 64; ++i) text += ",1";
    text += concat(',', std::string(200'000, '0').insert(0, "1e-"), "1]");
    const auto deceived = decode<std::vector<double>>(text);
    ASSERT_EQ(deceived->size(), 65u);
    EXPECT_LE(deceived->capacity(), 256u);
}

TEST(json_decode, no_room_is_made_beyond_the_limit_of_memory) {
    std::string text = "[1";
    for (int i = 1; i < 1'000; ++i) text += ",1";
    parse_options options;
    options.min_decoded_bytes = 1'000 * sizeof(std::int64_t);
    options.decoded_bytes_factor = 0;
    const auto read = decode<std::vector<std::int64_t>>(text + ']', options);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->capacity(), 1'000u);
    EXPECT_EQ(refusal<std::vector<std::int64_t>>(text + ",1]", options),
              "[1000]: json text: more than 8000 bytes of memory (min_decoded_bytes, "
              "decoded_bytes_factor) at line 1, column 2002 (byte 2001)");
}

TEST(json_decode, reads_each_type) {
    EXPECT_EQ(*decode<bool>("true"), true);
    EXPECT_EQ(*decode<bool>(" false "), false);
    EXPECT_EQ(*decode<std::int8_t>("-128"), -128);
    EXPECT_EQ(*decode<std::uint64_t>("18446744073709551615"), UINT64_MAX);
    EXPECT_EQ(*decode<std::int64_t>("3.0"), 3);
    EXPECT_EQ(*decode<std::uint64_t>("1e19"), 10'000'000'000'000'000'000u);
    EXPECT_EQ(*decode<double>("3"), 3.0);
    EXPECT_EQ(*decode<double>("123456789012345680000"), 123456789012345680000.0);
    EXPECT_EQ(*decode<float>("0.5"), 0.5F);
    EXPECT_EQ(*decode<std::string>(R"("a\nb")"), "a\nb");
    EXPECT_EQ(*decode<bytes>(R"({"$bytes":"YWJj"})"), to_bytes("abc"));
    EXPECT_EQ(*decode<date>("\"2024-02-29\""), date{19'782});
    EXPECT_EQ(*decode<date>(R"({"$date":"2024-02-29"})"), date{19'782});
    EXPECT_EQ(*decode<duration>("\"PT1.5S\""), duration(1'500'000'000));
    EXPECT_EQ(*decode<Mood>("\"broken\""), Mood::broken);
    EXPECT_EQ(*decode<Mood>("1"), Mood::busy);
    EXPECT_EQ(*decode<std::optional<int>>("null"), std::nullopt);
    EXPECT_EQ(*decode<std::optional<int>>("5"), 5);
    EXPECT_EQ(*decode<std::vector<int>>("[1, 2 ,3]"), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(*decode<std::vector<int>>("[]"), std::vector<int>());
    EXPECT_EQ(*decode<std::vector<bool>>("[true,false]"), (std::vector<bool>{true, false}));
    EXPECT_EQ(*decode<std::deque<std::string>>(R"(["a"])"), std::deque<std::string>{"a"});
    EXPECT_EQ((*decode<std::array<int, 2>>("[1,2]")), (std::array<int, 2>{1, 2}));
    EXPECT_EQ((*decode<std::map<std::string, int>>(R"({"a":1,"b":2})")),
              (std::map<std::string, int>{{"a", 1}, {"b", 2}}));
    EXPECT_EQ((*decode<std::map<int, int>>("[[1,2]]")), (std::map<int, int>{{1, 2}}));
    EXPECT_EQ((*decode<std::map<std::string, int>>(R"([["a",1]])")),
              (std::map<std::string, int>{{"a", 1}}));
    EXPECT_EQ((*decode<std::tuple<int, std::string>>(R"([1,"a"])")),
              (std::tuple<int, std::string>{1, "a"}));
    EXPECT_EQ(std::get<1>(*decode<shop::number_or_text>(R"({"$case":"text","value":"x"})")), "x");
    EXPECT_EQ(*decode<value>(R"([1,{"$bytes":""}])"), value::list({1, value(bytes())}));
    EXPECT_EQ(*decode<Item>(bolt_text), bolt);
}

TEST(json_decode, takes_members_in_any_order_and_ignores_unknown_ones) {
    EXPECT_EQ(*decode<Item>(R"( { "mood" : 1 , "new" : {"x":[1,"}"]} , "tags" : ["steel","m6"] ,
        "name" : "bolt" , "at" : { "y" : 2 , "x" : 1 } , "count" : 3 , "newer" : null } )"),
              bolt);
    EXPECT_EQ(*decode<Item>(R"(["bolt",3,["steel","m6"],[1,2],"busy"])"), bolt);
    EXPECT_EQ(decode<Item>(R"({"\u006eame":"x","count":1,"tags":[],"mood":0})")->name, "x");
    EXPECT_EQ(decode<shop::Point>(R"({"x":1,"y":2,"x":3})")->x, 3);
    const auto twice =
        decode<shop::Shelf>(R"({"item":{"small":1,"class":"first"},"item":{"small":2}})");
    ASSERT_TRUE(twice);
    EXPECT_EQ(twice->item.class_, "none");
}

TEST(json_decode, refuses_duplicate_keys_where_told_to) {
    parse_options options;
    options.duplicate_keys = duplicate_keys::refuse;
    EXPECT_EQ(refusal<shop::Point>(R"({"x":1,"y":2,"x":3})", options),
              "json text: found a key twice at line 1, column 18 (byte 17)");
    EXPECT_EQ((refusal<std::map<std::string, int>>(R"({"a":1,"a":2})", options)),
              "json text: found a key twice at line 1, column 13 (byte 12)");
    EXPECT_EQ((decode<std::map<std::string, int>>(R"({"a":1,"a":2})")->at("a")), 2);
}

TEST(json_decode, fills_what_is_missing_from_defaults) {
    const auto made = decode<shop::Defaulted>(R"({"small":1})");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->class_, "none");
    EXPECT_EQ(made->tags.size(), 2U);
    EXPECT_EQ(decode<shop::Defaulted>(R"({"small":1,"class":"x","tags":[]})")->tags.size(), 0U);
    EXPECT_EQ(refusal<shop::Defaulted>(R"({"class":"x"})"),
              "small: json text: expected a field of record Defaulted without default, found none "
              "at line 1, column 10 (byte 9)");
    EXPECT_FALSE(decode<Item>(R"({"name":"x","count":1,"tags":[],"mood":0})")->at);
}

TEST(json_decode, says_where_in_the_type_and_in_the_text) {
    EXPECT_EQ(refusal<std::vector<Item>>(concat("[", bolt_text, R"(,{"name":42}])")),
              "[1].name: json text: expected a string, found '4' at line 1, column 93 (byte 92)");
    EXPECT_EQ(refusal<Item>(R"({"name":"x","count":1,"tags":["a",1]})"),
              "tags[1]: json text: expected a string, found '1' at line 1, column 35 (byte 34)");
    EXPECT_EQ(refusal<std::int8_t>("128"),
              "json text: expected int8, found '1' at line 1, column 1 (byte 0)");
    EXPECT_EQ(refusal<std::int8_t>("1.5"),
              "json text: expected int8, found '1' at line 1, column 1 (byte 0)");
    EXPECT_EQ(refusal<std::uint8_t>("-1"),
              "json text: expected uint8, found '-' at line 1, column 1 (byte 0)");
    EXPECT_EQ(refusal<Mood>("\"angry\""), "json text: expected enum Mood (calm, busy, broken), "
                                          "found string \"angry\" at line 1, column 1 (byte 0)");
    EXPECT_EQ(refusal<date>("\"2024-02-30\""), "json text: expected a date such as 2024-02-29, "
                                               "found \"2024-02-30\" at line 1, column 1 (byte 0)");
    EXPECT_EQ(refusal<Item>("3"),
              "json text: expected record Item, found int64 3 at line 1, column 1 (byte 0)");
    EXPECT_EQ((refusal<std::map<std::string, int>>(R"({"a":1,"b":"x"})")),
              "b: json text: expected int32, found '\"' at line 1, column 12 (byte 11)");
    EXPECT_EQ(refusal<double>("1e999"),
              "json text: found a number beyond the range of float64 at line 1, column 1 (byte 0)");
    EXPECT_EQ(refusal<int>("1 2"),
              "json text: expected the end of the text, found '2' at line 1, column 3 (byte 2)");
}

TEST(json_decode, refuses_broken_text) {
    for (const std::string_view text :
         {"", "{", "{\"name\"", "{\"name\":", "{\"name\":\"x\"", "{\"name\":\"x\",}", "{,}",
          "{\"name\" \"x\"}", "{\"name\":\"x\" \"count\":1}", "{\"x\":tru}", "{]",
          "{\"name\":\"x\"]"}) {
        EXPECT_NE(refusal<Item>(text), "accepted") << text;
        EXPECT_EQ(decode<Item>(text).error().code(), errc::parse_error) << text;
    }
    for (const std::string_view text :
         {"", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "[01]"}) {
        EXPECT_NE(refusal<std::vector<int>>(text), "accepted") << text;
    }
    for (std::size_t cut = 0; cut < bolt_text.size(); ++cut) {
        EXPECT_NE(refusal<Item>(bolt_text.substr(0, cut)), "accepted") << cut;
    }
}

TEST(json_decode, keeps_its_limits_on_both_sides_of_their_edges) {
    parse_options options;
    options.max_bytes = 3;
    EXPECT_EQ(refusal<int>("123", options), "accepted");
    EXPECT_EQ(refusal<int>("1234", options), "json text of 4 bytes; limit is 3 bytes (max_bytes)");
    options = {};
    options.max_nodes = 3;
    EXPECT_EQ(refusal<std::vector<int>>("[1,2]", options), "accepted");
    EXPECT_EQ(refusal<std::vector<int>>("[1,2,3]", options),
              "[2]: json text: more than 3 values (max_nodes) at line 1, column 6 (byte 5)");
    options.max_nodes = 4;
    EXPECT_EQ(refusal<shop::Point>(R"({"x":1,"z":0,"y":2})", options), "accepted");
    options.max_nodes = 3;
    EXPECT_NE(refusal<shop::Point>(R"({"x":1,"z":0,"y":2})", options), "accepted");
    options = {};
    options.max_depth = 2;
    EXPECT_EQ(refusal<std::vector<std::vector<int>>>("[[1],[2]]", options), "accepted");
    EXPECT_NE(refusal<std::vector<value>>("[[[1]]]", options), "accepted");
    EXPECT_NE(refusal<std::vector<std::vector<std::vector<int>>>>("[[[1]]]", options), "accepted");
    options = {};
    options.min_decoded_bytes = 8;
    options.decoded_bytes_factor = 0;
    EXPECT_EQ(refusal<std::vector<std::int64_t>>("[1]", options), "accepted");
    EXPECT_EQ(
        refusal<std::vector<std::int64_t>>("[1,2]", options),
        "[1]: json text: more than 8 bytes of memory (min_decoded_bytes, decoded_bytes_factor) "
        "at line 1, column 4 (byte 3)");
    EXPECT_EQ(refusal<std::string>('"' + std::string(31, 'x') + '"', options), "accepted");
    EXPECT_NE(refusal<std::string>('"' + std::string(32, 'x') + '"', options), "accepted");
}

TEST(json_decode, refuses_recursive_types_beyond_its_depth) {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += R"({"label":1,"children":[)";
        text += R"({"label":0,"children":[]})";
        for (int i = 0; i < depth; ++i) text += "]}";
        return text;
    };
    EXPECT_EQ(refusal<shop::Tree>(nested(127)), "accepted");
    EXPECT_NE(refusal<shop::Tree>(nested(128)), "accepted");
    parse_options options;
    options.max_depth = 1'000'000;
    EXPECT_EQ(refusal<shop::Tree>(nested(255), options), "accepted");
    EXPECT_NE(refusal<shop::Tree>(nested(256), options), "accepted");
    EXPECT_EQ(decode<shop::Tree>(nested(100'000), options).error().code(), errc::limit_exceeded);
}

} // namespace
} // namespace beckon::json
