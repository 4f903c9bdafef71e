#include "beckon/value/convert.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "value/test_types.hpp"

namespace beckon {
namespace {

using namespace std::chrono_literals;
using shop::Item;
using shop::Mood;
using shop::Point;

template <typename T>
std::string failure_of(const value& from) {
    const auto converted = from.get<T>();
    return converted ? "no failure" : converted.error().message();
}

template <typename T>
void expect_round_trip(const T& object, const value& expected) {
    const value made = object;
    EXPECT_EQ(made, expected) << made.to_text();
    const auto back = made.get<T>();
    ASSERT_TRUE(back) << back.error().to_string();
    EXPECT_EQ(*back, object);
}

const Item bolt{"bolt", 3, {"steel", "m6"}, Point{1, 2}, Mood::busy};

TEST(convert, gives_back_what_it_got) {
    expect_round_trip(true, true);
    expect_round_trip(std::int8_t{-128}, -128);
    expect_round_trip(UINT64_MAX, UINT64_MAX);
    expect_round_trip(0.25F, 0.25F);
    expect_round_trip(std::string("x"), "x");
    expect_round_trip(to_bytes("x"), value(as_bytes("x")));
    expect_round_trip(date{3}, date{3});
    expect_round_trip(time_of_day{3}, time_of_day{3});
    expect_round_trip(datetime{{1}, {2}}, datetime{{1}, {2}});
    expect_round_trip(duration(5), duration(5));
    expect_round_trip(Mood::busy, value::enumeration("Mood", "busy", 1));
    expect_round_trip(std::optional<int>(3), 3);
    expect_round_trip(std::optional<int>(), nullptr);
    expect_round_trip(std::vector<int>{1, 2}, value::list({1, 2}));
    expect_round_trip(std::vector<bool>{true, false}, value::list({true, false}));
    expect_round_trip(std::deque<std::string>{"a"}, value::list({"a"}));
    expect_round_trip(std::array<int, 2>{1, 2}, value::list({1, 2}));
    expect_round_trip(std::map<std::string, int>{{"a", 1}, {"b", 2}},
                      value::map({{"a", 1}, {"b", 2}}));
    expect_round_trip(std::unordered_map<int, std::string>{{1, "a"}}, value::map({{1, "a"}}));
    expect_round_trip(std::set<int>{3, 1}, value::set({1, 3}));
    expect_round_trip(std::tuple<int, std::string>{1, "a"}, value::tuple({1, "a"}));
    expect_round_trip(std::pair<int, bool>{1, true}, value::tuple({1, true}));
    expect_round_trip(std::tuple<>{}, value::tuple());
    expect_round_trip(std::variant<std::int64_t, std::string>("a"), value::variant("string", "a"));
    expect_round_trip(shop::number_or_text("a"), value::variant("text", "a"));
    expect_round_trip(value::list({1}), value::list({1}));
    expect_round_trip(
        bolt, value::record("Item", {{"name", "bolt"},
                                     {"count", 3},
                                     {"tags", value::list({"steel", "m6"})},
                                     {"at", value::record("Point", {{"x", 1.0}, {"y", 2.0}})},
                                     {"mood", value::enumeration("Mood", "busy", 1)}}));
    std::map<int, int> large;
    for (int i = 0; i < 100; ++i) large[i] = i * i;
    const value from_large = large;
    EXPECT_EQ(from_large.find(50)->int64(), 2500);
}

TEST(convert, makes_nested_containers) {
    const std::map<std::string, std::vector<Item>> stock{{"bolts", {bolt, bolt}}};
    const value made = stock;
    EXPECT_EQ(made["bolts"][1]["at"]["y"].float64(), 2.0);
    EXPECT_EQ((made.as<std::map<std::string, std::vector<Item>>>()), stock);
}

TEST(convert, takes_integers_in_range_only) {
    EXPECT_EQ(value(127).as<std::int8_t>(), 127);
    EXPECT_EQ(failure_of<std::int8_t>(128), "expected int8, found int64 128");
    EXPECT_EQ(value(-128).as<std::int8_t>(), -128);
    EXPECT_EQ(failure_of<std::int8_t>(-129), "expected int8, found int64 -129");
    EXPECT_EQ(value(255).as<std::uint8_t>(), 255);
    EXPECT_EQ(failure_of<std::uint8_t>(256), "expected uint8, found int64 256");
    EXPECT_EQ(failure_of<std::uint8_t>(-1), "expected uint8, found int64 -1");
    EXPECT_EQ(failure_of<std::int64_t>(std::uint64_t{1} << 63),
              "expected int64, found uint64 9223372036854775808");
    EXPECT_EQ(failure_of<std::uint64_t>(-1), "expected uint64, found int64 -1");
    EXPECT_EQ(failure_of<std::uint64_t>(*value::integer("18446744073709551616")),
              "expected uint64, found integer beyond 64 bits");
    EXPECT_EQ(failure_of<int>("1"), "expected int32, found string of 1 bytes");
    EXPECT_EQ(failure_of<int>(true), "expected int32, found bool true");
    EXPECT_TRUE(value(1).as<bool>());
    EXPECT_FALSE(value(0).as<bool>());
    EXPECT_EQ(failure_of<bool>(2), "expected bool, found int64 2");
    EXPECT_EQ(failure_of<bool>(1.0), "expected bool, found float64 1.0");
}

TEST(convert, takes_whole_floating_numbers_as_integers) {
    EXPECT_EQ(value(3.0).as<int>(), 3);
    EXPECT_EQ(value(-0x1p63).as<std::int64_t>(), INT64_MIN);
    EXPECT_EQ(value(0x1p63).as<std::uint64_t>(), std::uint64_t{1} << 63);
    EXPECT_EQ(failure_of<std::int64_t>(0x1p63),
              "expected int64, found float64 9223372036854775808.0");
    EXPECT_EQ(failure_of<int>(3.5), "expected int32, found float64 3.5");
    EXPECT_EQ(failure_of<int>(3e9), "expected int32, found float64 3e+09");
    EXPECT_EQ(failure_of<int>(std::nan("")), "expected int32, found float64 nan");
    EXPECT_EQ(failure_of<std::uint64_t>(-1.0), "expected uint64, found float64 -1.0");
    EXPECT_EQ(failure_of<std::uint64_t>(0x1p64),
              "expected uint64, found float64 18446744073709551616.0");
}

TEST(convert, takes_every_integer_as_a_floating_number_rounded) {
    EXPECT_EQ(value(3).as<double>(), 3.0);
    EXPECT_EQ(value(UINT64_MAX).as<double>(), 0x1p64);
    const std::pair<const char*, double> cases[] = {
        {"18446744073709551616", 0x1p64},
        {"-18446744073709551616", -0x1p64},
        {"123456789012345680000", 123456789012345680000.0},
        {"36893488147419103233", 0x1p65},               // 2^65 + 1, below the middle
        {"36893488147419107328", 0x1p65},               // exactly in the middle: to even
        {"36893488147419107329", 0x1.0000000000001p65}, // just above the middle
        {"10000000000000000000000000000000000000000", 1e40},
    };
    for (const auto& [digits, expected] : cases) {
        EXPECT_EQ(value::integer(digits)->as<double>(), expected) << digits;
    }
    EXPECT_EQ(value::integer("1" + std::string(308, '0'))->as<double>(), 1e308);
    EXPECT_EQ(failure_of<double>(*value::integer("1" + std::string(309, '0'))),
              "expected float64, found integer beyond 64 bits");
    EXPECT_EQ(failure_of<double>(*value::integer("1" + std::string(400, '0'))),
              "expected float64, found integer beyond 64 bits");
    EXPECT_EQ(value(0.5).as<float>(), 0.5F);
    EXPECT_EQ(failure_of<float>(1e300), "expected float32, found float64 1e+300");
    EXPECT_TRUE(std::isinf(value(INFINITY).as<float>()));
    EXPECT_EQ(failure_of<float>("x"), "expected float32, found string of 1 bytes");
}

TEST(convert, reads_enumerations_from_names_and_numbers) {
    EXPECT_EQ(value("busy").as<Mood>(), Mood::busy);
    EXPECT_EQ(value(2).as<Mood>(), Mood::broken);
    EXPECT_EQ(value(2.0).as<Mood>(), Mood::broken);
    EXPECT_EQ(failure_of<Mood>("angry"),
              R"(expected enum Mood (calm, busy, broken), found string "angry")");
    EXPECT_EQ(failure_of<Mood>(3), "expected enum Mood (calm, busy, broken), found int64 3");
    EXPECT_EQ(failure_of<Mood>(nullptr), "expected enum Mood (calm, busy, broken), found null");
    EXPECT_EQ(failure_of<Mood>(value::enumeration("Weather", "calm", 0)),
              "expected enum Mood (calm, busy, broken), found enum Weather");
    const auto unknown = try_to_value(static_cast<Mood>(7));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().message(), "enum Mood has no value 7");
    EXPECT_THROW(value(static_cast<Mood>(7)), value_error);
}

TEST(convert, reads_records_from_maps_lists_and_exceptions) {
    const value map = value::map({{"mood", "busy"},
                                  {"unknown", 1},
                                  {"at", value::map({{"x", 1}, {"y", 2}})},
                                  {"count", 3},
                                  {"tags", value::tuple({"steel", "m6"})},
                                  {"name", "bolt"}});
    EXPECT_EQ(map.as<Item>(), bolt);
    const value list = value::list(
        {"bolt", 3, value::list({"steel", "m6"}), value::list({1.0, 2.0}), "busy", "later field"});
    EXPECT_EQ(list.as<Item>(), bolt);
    const value thrown =
        value::exception({"OutOfStock", "text", value::tuple(),
                          value::map({{"name", "bolt"}, {"wanted", 5}, {"available", 3}}), ""});
    EXPECT_EQ(thrown.as<shop::OutOfStock>().wanted, 5);
    const value shuffled = value::record("Point", {{"y", 2.0}, {"z", 0}, {"x", 1.0}});
    EXPECT_EQ(shuffled.as<Point>(), (Point{1, 2}));
}

TEST(convert, makes_a_record_of_a_declared_exception) {
    const value made = shop::OutOfStock{"bolt", 5, 3};
    EXPECT_EQ(made.kind(), value_kind::record);
    EXPECT_EQ(made.to_text(), R"(OutOfStock{name: "bolt", wanted: 5, available: 3})");
    EXPECT_EQ(made.as<shop::OutOfStock>().available, 3);
}

TEST(convert, fills_missing_fields_from_defaults_and_refuses_others) {
    const auto made = value::map({{"small", 1}}).as<shop::Defaulted>();
    EXPECT_EQ(made.class_, "none");
    EXPECT_EQ(made.tags.size(), 2U);
    EXPECT_EQ(value::map({{"small", 1}, {"class", "x"}}).as<shop::Defaulted>().class_, "x");
    EXPECT_EQ(failure_of<shop::Defaulted>(value::map()),
              "small: expected a field of record Defaulted without default, found none");
    const value without_at =
        value::map({{"name", "x"}, {"count", 1}, {"tags", value::list()}, {"mood", 0}});
    EXPECT_FALSE(without_at.as<Item>().at.has_value());
    EXPECT_EQ(failure_of<Item>(value::list({"x"})),
              "count: expected a field of record Item without default, found none");
}

TEST(convert, says_where_the_failure_was) {
    const value items = value::list({bolt, value::map({{"name", 42}})});
    EXPECT_EQ(failure_of<std::vector<Item>>(items), "[1].name: expected string, found int64 42");
    using stock = std::map<std::string, std::vector<Item>>;
    EXPECT_EQ(failure_of<stock>(value::map({{"bolts", items}})),
              R"(["bolts"][1].name: expected string, found int64 42)");
    value broken = bolt;
    broken.insert_or_assign("at", value::map({{"x", 1}, {"y", "2"}}));
    EXPECT_EQ(failure_of<Item>(broken), "at.y: expected float64, found string of 1 bytes");
    EXPECT_EQ(
        (failure_of<std::tuple<int, std::vector<int>>>(value::tuple({1, value::list({0, false})}))),
        "[1][1]: expected int32, found bool false");
    EXPECT_EQ((failure_of<std::map<int, int>>(value::map({{"a", 1}}))),
              "key: expected int32, found string of 1 bytes");
    EXPECT_EQ(failure_of<shop::number_or_text>(value::variant("number", "x")),
              "number: expected int64, found string of 1 bytes");
    EXPECT_EQ((failure_of<std::array<int, 2>>(value::list({1}))),
              "expected list of 2 items, found list of 1 items");
    EXPECT_EQ((failure_of<std::pair<int, int>>(value::list({1, 2, 3}))),
              "expected tuple of 2 items, found list of 3 items");
    EXPECT_EQ(failure_of<Item>(5), "expected record Item, found int64 5");
    EXPECT_EQ(failure_of<std::vector<int>>(value::map()), "expected list, found map of 0 entries");
    EXPECT_EQ(failure_of<std::string>(value(as_bytes("x"))),
              "expected string, found bytes of 1 bytes");
    const auto failed = value(42).get<std::string>();
    EXPECT_EQ(failed.error().code(), errc::type_mismatch);
    EXPECT_THROW((void)value(42).as<std::string>(), value_error);
    EXPECT_EQ(value(42).get_or<std::string>("otherwise"), "otherwise");
}

TEST(convert, reads_maps_from_lists_of_pairs) {
    using map = std::map<int, std::string>;
    EXPECT_EQ((value::list({value::list({1, "a"}), value::tuple({2, "b"})}).as<map>()),
              (map{{1, "a"}, {2, "b"}}));
    EXPECT_EQ(failure_of<map>(value::list({value::list({1})})),
              "[0]: expected pair of key and value, found list of 1 items");
}

TEST(convert, reads_moments_from_the_text_that_stands_for_them) {
    EXPECT_EQ(value("1970-01-04").as<date>(), date{3});
    EXPECT_EQ(value("00:00:01.5").as<time_of_day>(), time_of_day{1'500'000'000});
    EXPECT_EQ(value("1970-01-02T00:00:01Z").as<datetime>(), (datetime{{1}, {1'000'000'000}}));
    EXPECT_EQ(value("PT1M30S").as<std::chrono::seconds>(), 90s);
    const auto wrong = value("yesterday").get<date>();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), errc::parse_error);
    EXPECT_EQ(failure_of<date>(5), "expected date, found int64 5");
}

TEST(convert, takes_text_for_bytes_and_bytes_for_text_only_where_that_is_asked_for) {
    conversion either;
    either.take_either_text();
    std::string text;
    bytes content;
    EXPECT_TRUE(converter<std::string>::read(value(as_bytes("x")), text, either));
    EXPECT_EQ(text, "x");
    EXPECT_TRUE(converter<bytes>::read("x", content, either));
    EXPECT_EQ(content, to_bytes("x"));
    EXPECT_FALSE(converter<std::string>::read(value(as_bytes("\xff")), text, either));
    EXPECT_EQ(failure_of<bytes>("x"), "expected bytes, found string of 1 bytes");
}

TEST(convert, names_cases_of_unregistered_variants_by_their_types) {
    using several = std::variant<std::monostate, bool, std::uint8_t, double, std::string, bytes,
                                 Item, std::vector<int>, std::vector<bool>>;
    const auto names = detail::case_names<several>();
    const std::string_view expected[] = {"none",  "bool", "uint8", "float64", "string",
                                         "bytes", "Item", "list",  "list_9"};
    ASSERT_EQ(names.size(), std::size(expected));
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(names[i], expected[i]);
    EXPECT_EQ(value(several(std::vector<bool>{true})).name(), "list_9");
    EXPECT_EQ(std::get<Item>(value::list({"Item", bolt}).as<several>()), bolt);
    EXPECT_EQ(std::get<3>(value::tuple({3, 0.5}).as<several>()), 0.5);
    EXPECT_EQ((failure_of<std::variant<int, bool>>(value::variant("x", 1))),
              R"(expected variant (int32, bool), found case "x")");
    EXPECT_EQ((failure_of<std::variant<int, bool>>(value::tuple({2, 1}))),
              "expected variant (int32, bool), found case 2");
    EXPECT_EQ((failure_of<std::variant<int, bool>>(5)),
              "expected variant (int32, bool), found int64 5");
}

TEST(convert, carries_chrono_types_exactly_or_not_at_all) {
    EXPECT_EQ(value(1500ms).duration(), duration(1'500'000'000));
    EXPECT_EQ(value(1500ms).as<std::chrono::milliseconds>(), 1500ms);
    EXPECT_EQ(failure_of<std::chrono::seconds>(1500ms),
              "expected a duration in the unit and range of the C++ type, found duration");
    EXPECT_EQ(value(std::chrono::duration<double>(0.5)).duration(), duration(500'000'000));
    EXPECT_EQ((value(500ms).as<std::chrono::duration<double>>().count()), 0.5);
    using tiny = std::chrono::duration<std::int8_t>;
    EXPECT_EQ(value(127s).as<tiny>().count(), 127);
    EXPECT_FALSE(value(128s).get<tiny>());
    EXPECT_TRUE(try_to_value(std::chrono::hours(2'562'047)));
    const auto overflow = try_to_value(std::chrono::hours(2'562'048));
    ASSERT_FALSE(overflow);
    EXPECT_EQ(overflow.error().message(), "duration does not fit 64 bits of nanoseconds");
    const std::chrono::sys_days day{std::chrono::year(2024) / 2 / 29};
    EXPECT_EQ(value(day).date(), date{19'782});
    EXPECT_EQ(value(day).as<std::chrono::sys_days>(), day);
    const std::chrono::sys_seconds moment = day + 9h + 5min;
    EXPECT_EQ(value(moment).to_text(), "2024-02-29T09:05:00Z");
    EXPECT_EQ(value(moment).as<std::chrono::sys_seconds>(), moment);
    const std::chrono::sys_seconds before = std::chrono::sys_seconds(-1s);
    EXPECT_EQ(value(before).to_text(), "1969-12-31T23:59:59Z");
    EXPECT_EQ(value(before).as<std::chrono::sys_seconds>(), before);
    const auto last = std::chrono::sys_time<nanoseconds>(nanoseconds::max());
    EXPECT_EQ(value(last).as<std::chrono::sys_time<nanoseconds>>(), last);
    const auto first = std::chrono::sys_time<nanoseconds>(nanoseconds::min());
    EXPECT_EQ(value(first).as<std::chrono::sys_time<nanoseconds>>(), first);
    EXPECT_FALSE(value(datetime{{200'000}, {0}}).get<std::chrono::sys_time<nanoseconds>>());
}

TEST(convert, refuses_values_nested_beyond_its_depth) {
    const auto nested = [](std::size_t depth) {
        value tree = value::map({{"label", 0}, {"children", value::list()}});
        for (std::size_t i = 0; i < depth; ++i) {
            std::vector<value> children;
            children.push_back(std::move(tree));
            tree = value::map();
            tree.insert_or_assign("label", 0);
            tree.insert_or_assign("children", value::list(std::move(children)));
        }
        return tree;
    };
    // A tree of d levels below the root takes 2 (d + 1) levels of values.
    EXPECT_TRUE(nested(255).get<shop::Tree>());
    const auto failed = nested(256).get<shop::Tree>();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), errc::limit_exceeded);
    EXPECT_NE(failed.error().message().find("value nests more than 512 deep"), std::string::npos);
    EXPECT_LT(failed.error().message().size(), 300U);
    EXPECT_FALSE(nested(100'000).get<shop::Tree>());
}

} // namespace
} // namespace beckon
