#include "beckon/value/coerce.hpp"

#include <gtest/gtest.h>

#include "beckon/schema/parse.hpp"
#include "beckon/value/convert.hpp"
#include "value/test_types.hpp"

namespace beckon {
namespace {

const schema::document& shop_schema() {
    static const schema::document parsed = *schema::parse(R"(
enum Mood { calm, busy, broken }
record Point { float64 x; float64 y; }
record Item { string name; int64 count; list<string> tags; optional<Point> at; Mood mood; }
record Defaulted { int8 small = -1; string text = "none"; float32 ratio = 0.5; Mood mood = busy;
                   list<int32> list = [1, 2]; map<string, int32> map = {}; bytes raw = "\x01";
                   duration wait = 250ms; optional<Point> at = null; float64 none = nan; uint64 big = 18446744073709551615; bool flag = true; }
record Tree { list<Tree> children; }
exception OutOfStock { string name; int64 wanted; }
interface Shop {
    void f(bool a, int8 b, uint64 c, float32 d, float64 e, string g, bytes h, date i, time j, datetime k,
           duration l, any m, optional<int32> n, list<Item> o, map<string, Point> p, map<int64, bool> q,
           tuple<int32, string> r, variant<number: int64, item: Item> s, Mood t, Item u, Shop v,
           map<Mood, int32> w, Tree x, Defaulted y, OutOfStock_holder z);
}
record OutOfStock_holder { string name; }
)",
                                                          "shop.bk");
    return parsed;
}

const schema::type& type_of(std::string_view parameter) {
    for (const schema::field& each : shop_schema().interfaces[0].methods[0].parameters) {
        if (each.name == parameter) return each.type;
    }
    throw std::out_of_range(std::string(parameter));
}

std::string fitted(const value& from, std::string_view parameter) {
    const auto made = coerce(from, shop_schema(), type_of(parameter));
    return made ? made->to_text() : made.error().message();
}

TEST(coerce, leaves_what_fits_and_converts_what_loses_nothing) {
    EXPECT_EQ(fitted(true, "a"), "true");
    EXPECT_EQ(fitted(-128, "b"), "-128");
    EXPECT_EQ(fitted(3.0, "b"), "3");
    EXPECT_EQ(fitted(UINT64_MAX, "c"), "18446744073709551615");
    EXPECT_EQ(fitted(1, "d"), "1");
    EXPECT_TRUE(coerce(1, shop_schema(), type_of("d"))->is_float32());
    EXPECT_EQ(fitted(1, "e"), "1.0");
    EXPECT_EQ(fitted("x", "g"), "\"x\"");
    EXPECT_EQ(fitted(value(as_bytes("x")), "h"), "b\"x\"");
    EXPECT_EQ(fitted(value::map({{"$bytes", "eA=="}}), "h"), "b\"x\"");
    EXPECT_EQ(fitted("2024-02-29", "i"), "2024-02-29");
    EXPECT_EQ(fitted(value::map({{"$date", "2024-02-29"}}), "i"), "2024-02-29");
    EXPECT_EQ(fitted(date{0}, "i"), "1970-01-01");
    EXPECT_EQ(fitted("09:05", "j"), "09:05:00");
    EXPECT_EQ(fitted("2024-02-29T11:05:00+02:00", "k"), "2024-02-29T09:05:00Z");
    EXPECT_EQ(fitted("PT1.5S", "l"), "PT1.5S");
    EXPECT_EQ(fitted(value::list({value::map({{"$bytes", "eA=="}})}), "m"), "[b\"x\"]");
    EXPECT_EQ(fitted(nullptr, "n"), "null");
    EXPECT_EQ(fitted(5, "n"), "5");
    EXPECT_EQ(fitted(value::map({{"a", value::list({1, 2})}}), "p"),
              R"({"a": Point{x: 1.0, y: 2.0}})");
    EXPECT_EQ(fitted(value::list({value::list({1, true})}), "q"), "{1: true}");
    EXPECT_EQ(fitted(value::map({{"-1", 0}}), "q"), "{-1: false}");
    EXPECT_EQ(fitted(value::list({1, "a"}), "r"), R"((1, "a"))");
    EXPECT_EQ(fitted(value::map({{"$case", "number"}, {"value", 3.0}}), "s"), "number(3)");
    EXPECT_EQ(fitted(value::tuple({0, 3}), "s"), "number(3)");
    EXPECT_EQ(fitted("busy", "t"), "Mood.busy");
    EXPECT_EQ(fitted(2, "t"), "Mood.broken");
    EXPECT_EQ(fitted(nullptr, "v"), "null");
    EXPECT_EQ(fitted(value::map({{"busy", 1}}), "w"), "{Mood.busy: 1}");
}

TEST(coerce, makes_records_of_maps_lists_and_records) {
    const std::string expected =
        R"(Item{name: "bolt", count: 3, tags: ["m6"], at: Point{x: 1.0, y: 2.0}, mood: Mood.calm})";
    EXPECT_EQ(fitted(value::map({{"mood", "calm"},
                                 {"unknown", 5},
                                 {"at", value::map({{"x", 1}, {"y", 2}})},
                                 {"tags", value::list({"m6"})},
                                 {"count", 3},
                                 {"name", "bolt"}}),
                     "u"),
              expected);
    EXPECT_EQ(fitted(value::list({"bolt", 3, value::list({"m6"}), value::list({1, 2}), 0}), "u"),
              expected);
    EXPECT_EQ(fitted(shop::Item{"bolt", 3, {"m6"}, shop::Point{1, 2}, shop::Mood::calm}, "u"),
              expected);
    EXPECT_EQ(
        fitted(value::map({{"name", "x"}, {"count", 1}, {"tags", value::list()}, {"mood", 0}}),
               "u"),
        R"(Item{name: "x", count: 1, tags: [], at: null, mood: Mood.calm})");
}

TEST(coerce, fills_in_defaults) {
    EXPECT_EQ(
        fitted(value::map(), "y"),
        R"(Defaulted{small: -1, text: "none", ratio: 0.5, mood: Mood.busy, list: [1, 2], map: {}, )"
        R"(raw: b"\x01", wait: PT0.25S, at: null, none: nan, big: 18446744073709551615, flag: true})");
}

TEST(coerce, says_where_what_was_found_and_what_expected) {
    EXPECT_EQ(fitted(2, "a"), "expected bool, found int64 2");
    EXPECT_EQ(fitted(128, "b"), "expected int8, found int64 128");
    EXPECT_EQ(fitted("x", "h"), "expected bytes, found string of 1 bytes");
    EXPECT_EQ(fitted("2024-02-30", "i"),
              R"(expected a date such as 2024-02-29, found "2024-02-30")");
    EXPECT_EQ(fitted(5, "i"), "expected date, found int64 5");
    EXPECT_EQ(fitted(value::list({value::map({{"name", 42}})}), "o"),
              "[0].name: expected string, found int64 42");
    EXPECT_EQ(fitted(value::map({{"k", value::map({{"x", "1"}})}}), "p"),
              R"(["k"].x: expected float64, found string of 1 bytes)");
    EXPECT_EQ(fitted(value::map({{"1x", true}}), "q"),
              "key: expected int64, found string of 2 bytes");
    EXPECT_EQ(fitted(value::list({1}), "r"), "expected tuple of 2 items, found list of 1 items");
    EXPECT_EQ(fitted(value::map({{"$case", "other"}, {"value", 1}}), "s"),
              R"(expected variant (number, item), found case "other")");
    EXPECT_EQ(fitted(value::tuple({"number", "x"}), "s"),
              "number: expected int64, found string of 1 bytes");
    EXPECT_EQ(fitted("angry", "t"),
              R"(expected enum Mood (calm, busy, broken), found string "angry")");
    EXPECT_EQ(fitted(value::list({"x"}), "u"),
              "count: expected a field of record Item without default, found none");
    EXPECT_EQ(fitted(5, "v"), "expected reference to Shop, found int64 5");
    EXPECT_EQ(fitted(value::map({{"$ref", 1}}), "v"), "references cannot travel here");
    const schema::type unknown{schema::kind::record, "Nobody", {}, {}};
    EXPECT_EQ(coerce(value::map(), shop_schema(), unknown).error().message(),
              R"(the schema names record "Nobody", which it does not declare)");
}

TEST(coerce, keeps_its_limits_on_both_sides_of_their_edges) {
    const auto tree = [](int depth) {
        value made = value::map({{"children", value::list()}});
        for (int i = 0; i < depth; ++i) made = value::map({{"children", value::list({made})}});
        return made;
    };
    const schema::type& type = type_of("x");
    plain_options options;
    options.max_depth = 6;
    EXPECT_TRUE(coerce(tree(2), shop_schema(), type, options));
    EXPECT_EQ(coerce(tree(3), shop_schema(), type, options).error().code(), errc::limit_exceeded);
    options.max_depth = 1'000'000;
    EXPECT_TRUE(coerce(tree(255), shop_schema(), type, options));
    EXPECT_FALSE(coerce(tree(256), shop_schema(), type, options));
    EXPECT_FALSE(coerce(tree(100'000), shop_schema(), type, options));
    options.max_nodes = 6;
    EXPECT_TRUE(coerce(tree(2), shop_schema(), type, options));
    EXPECT_FALSE(coerce(tree(3), shop_schema(), type, options));
}

TEST(coerce, fits_arguments_by_position_and_by_name) {
    const auto parsed = schema::parse(
        "interface I { void f(int32 a, optional<string> b, optional<float64> c); }", "i.bk");
    const schema::method& method = parsed->interfaces[0].methods[0];
    const auto fit = [&](const value& given) {
        const auto made = coerce_arguments(given, *parsed, method);
        return made ? made->to_text() : made.error().message();
    };
    EXPECT_EQ(fit(value::list({1, "x", 2})), R"([1, "x", 2.0])");
    EXPECT_EQ(fit(value::tuple({1})), "[1, null, null]");
    EXPECT_EQ(fit(value::map({{"c", 2}, {"a", 1}})), "[1, null, 2.0]");
    EXPECT_EQ(fit(value::list()), "method f needs an argument a of type int32");
    EXPECT_EQ(fit(value::map({{"b", "x"}})), "method f needs an argument a of type int32");
    EXPECT_EQ(fit(value::list({1, "x", 2, 3})), "method f takes 3 arguments, found 4");
    EXPECT_EQ(fit(value::map({{"a", 1}, {"A", 1}})), R"(method f has no parameter "A")");
    EXPECT_EQ(fit(value::list({"1"})), "a: expected int32, found string of 1 bytes");
    EXPECT_EQ(fit(5), "expected arguments as a list or by name, found int64");
}

} // namespace
} // namespace beckon
