#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "beckon/codec/json.hpp"
#include "beckon/value/convert.hpp"
#include "value/test_types.hpp"

namespace beckon::json {
namespace {

std::string text_of(const value& from, const write_options& options = {}) {
    const auto written = to_string(from, options);
    return written ? *written : written.error().message();
}

class counting_handles final : public handle_forms {
public:
    result<value> to_form(const value& handle) override {
        if (handle.is(value_kind::stream)) return value::map({{"$stream", 7}});
        return value::map({{"$ref", 3}, {"interface", handle.object()->interface_name()}});
    }
    result<value> from_form(const value& form) override { return form; }
};

class named_object final : public referent {
public:
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Counter"; }
};

TEST(json_write, writes_every_kind_that_json_has) {
    EXPECT_EQ(text_of(nullptr), "null");
    EXPECT_EQ(text_of(true), "true");
    EXPECT_EQ(text_of(false), "false");
    EXPECT_EQ(text_of(0), "0");
    EXPECT_EQ(text_of(INT64_MIN), "-9223372036854775808");
    EXPECT_EQ(text_of(UINT64_MAX), "18446744073709551615");
    EXPECT_EQ(text_of(*value::integer("-123456789012345678901234567890")),
              "-123456789012345678901234567890");
    EXPECT_EQ(text_of("text"), "\"text\"");
    EXPECT_EQ(text_of(value::list()), "[]");
    EXPECT_EQ(text_of(value::map()), "{}");
    EXPECT_EQ(text_of(value::list({1, value::list({value::map()}), "a"})), R"([1,[{}],"a"])");
    EXPECT_EQ(text_of(value::map({{"a", 1}, {"b", value::map({{"c", nullptr}})}})),
              R"({"a":1,"b":{"c":null}})");
}

TEST(json_write, writes_other_kinds_in_their_plain_form) {
    EXPECT_EQ(text_of(value::tuple({1, 2})), "[1,2]");
    EXPECT_EQ(text_of(value::set({1})), "[1]");
    EXPECT_EQ(text_of(value(as_bytes("abc"))), R"({"$bytes":"YWJj"})");
    EXPECT_EQ(text_of(value(bytes())), R"({"$bytes":""})");
    EXPECT_EQ(text_of(date{19'782}), R"({"$date":"2024-02-29"})");
    EXPECT_EQ(text_of(time_of_day{1}), R"({"$time":"00:00:00.000000001"})");
    EXPECT_EQ(text_of(datetime{{0}, {0}}), R"({"$datetime":"1970-01-01T00:00:00Z"})");
    EXPECT_EQ(text_of(duration(1'500'000'000)), R"({"$duration":"PT1.5S"})");
    EXPECT_EQ(text_of(value::enumeration("Mood", "calm", 0)), "\"calm\"");
    EXPECT_EQ(text_of(value::record("Point", {{"x", 1.0}, {"y", 2.5}})), R"({"x":1.0,"y":2.5})");
    EXPECT_EQ(text_of(value::record("Empty", {})), "{}");
    EXPECT_EQ(text_of(value::variant("left", value::list({1}))), R"({"$case":"left","value":[1]})");
    EXPECT_EQ(text_of(value::map({{1, "a"}, {value::tuple({2}), "b"}})), R"([[1,"a"],[[2],"b"]])");
    EXPECT_EQ(text_of(shop::Item{"bolt", 3, {"m6"}, shop::Point{1, 2}, shop::Mood::busy}),
              R"({"name":"bolt","count":3,"tags":["m6"],"at":{"x":1.0,"y":2.0},"mood":"busy"})");
    write_options options;
    options.prefix = "__";
    EXPECT_EQ(text_of(value(as_bytes("abc")), options), R"({"__bytes":"YWJj"})");
    EXPECT_EQ(text_of(value::variant("left", 1), options), R"({"__case":"left","value":1})");
}

TEST(json_write, gives_floats_the_shortest_digits_and_always_a_point_or_exponent) {
    const std::pair<double, std::string_view> cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.30000000000000004, "0.30000000000000004"},
        {100.0, "100.0"},
        {123456789012345680.0, "1.2345678901234568e17"},
        {12345678901234568.0, "12345678901234568.0"},
        {1e16, "10000000000000000.0"},
        {1e17, "1e17"},
        {1e22, "1e22"},
        {1e23, "1e23"},
        {0.00001, "0.00001"},
        {0.000012345, "0.000012345"},
        {0.000001, "1e-6"},
        {1.25e-7, "1.25e-7"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e308"},
        {9007199254740993.0, "9007199254740992.0"},
        {2251799813685248.5, "2251799813685248.5"},
    };
    for (const auto& [number, expected] : cases) EXPECT_EQ(text_of(number), expected);
    EXPECT_EQ(text_of(0.1F), "0.1");
    EXPECT_EQ(text_of(1.0F), "1.0");
    EXPECT_EQ(text_of(16777216.0F), "16777216.0");
    EXPECT_EQ(text_of(3.4028235e38F), "3.4028235e+38");
    EXPECT_EQ(text_of(std::nan("")), "nan cannot travel in json");
    EXPECT_EQ(text_of(std::numeric_limits<double>::infinity()), "inf cannot travel in json");
    EXPECT_EQ(text_of(-std::numeric_limits<float>::infinity()), "-inf cannot travel in json");
}

TEST(json_write, gives_back_every_number_it_wrote) {
    std::mt19937_64 random(20240229);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t bits = random();
        const auto number = std::bit_cast<double>(bits);
        const std::int64_t integer = static_cast<std::int64_t>(bits) >> (random() % 64);
        const double decimal = static_cast<double>(integer % 1'000'000'000) / 1000;
        const value all = value::list(
            {std::isfinite(number) ? number : 0.0, integer, bits >> (random() % 64), decimal});
        const auto back = parse(text_of(all));
        ASSERT_TRUE(back) << text_of(all);
        ASSERT_EQ(*back, all) << text_of(all);
    }
}

TEST(json_write, escapes_what_has_to_be_escaped_and_nothing_else) {
    EXPECT_EQ(text_of("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
    EXPECT_EQ(text_of(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
    EXPECT_EQ(text_of("/<>\u00e4\u20ac\U0001f600"), "\"/<>\u00e4\u20ac\U0001f600\"");
    for (std::size_t size = 0; size < 50; ++size) {
        const std::string front(size, 'x');
        EXPECT_EQ(text_of(front), "\"" + front + "\"");
        EXPECT_EQ(text_of(front + "\n"), "\"" + front + "\\n\"");
        EXPECT_EQ(text_of("\n" + front), "\"\\n" + front + "\"");
        EXPECT_EQ(text_of(front + "\u00e4"), "\"" + front + "\u00e4\"");
    }
}

TEST(json_write, refuses_by_name_and_place_what_json_cannot_carry) {
    buffer out;
    out.append(as_bytes("kept"));
    const auto refused =
        write(out, value::map({{"a", value::list({1, value::map({{"b c", std::nan("")}})})}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::unsupported);
    EXPECT_EQ(refused.error().message(), R"(a[1]."b c": nan cannot travel in json)");
    EXPECT_EQ(as_text(out.view()), "kept");
    EXPECT_EQ(text_of(value::complex(1, 2)), "complex cannot travel in json");
    EXPECT_EQ(text_of(value::slice(1, 2, 3)), "slice cannot travel in json");
    EXPECT_EQ(text_of(value::extension(1, {})), "extension cannot travel in json");
    EXPECT_EQ(text_of(value::exception({"KeyError", "x"})),
              "exception KeyError cannot travel in json");
    EXPECT_EQ(text_of(value::map({{1, value::slice(1, 2, 3)}})),
              "[0][1]: slice cannot travel in json");
    const value object(intrusive_ptr<referent>(new named_object));
    EXPECT_EQ(text_of(object), "reference to Counter cannot travel in json");
    EXPECT_EQ(text_of(value::list({"ok", "bad \xff"})),
              "[1]: string of 5 bytes is not utf-8 at byte 4");
    EXPECT_EQ(text_of(value(std::string(30, 'x') + "\xc3")),
              "string of 31 bytes is not utf-8 at byte 30");
    EXPECT_EQ(text_of(value::big_integer(false, bytes(50'000, std::byte{1}))),
              "integer of 50000 bytes; limit is 4300 digits");
}

TEST(json_write, asks_the_session_for_the_form_of_handles) {
    counting_handles handles;
    write_options options;
    options.handles = &handles;
    const value object(intrusive_ptr<referent>(new named_object));
    EXPECT_EQ(
        text_of(value::list({object, value::stream(intrusive_ptr<referent>(object.object()))}),
                options),
        R"([{"$ref":3,"interface":"Counter"},{"$stream":7}])");
}

TEST(json_write, agrees_with_to_plain) {
    const value all = value::list(
        {value(as_bytes("abc")), date{1}, time_of_day{2}, datetime{{3}, {4}}, duration(-5),
         value::enumeration("M", "x", 1), value::record("R", {{"a", value::tuple({1})}}),
         value::variant("c", value::map({{1, 2}})), value::set({1}), 1.5F});
    const auto plain = to_plain(all);
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ(text_of(all), text_of(*plain));
}

TEST(json_write, writes_a_line_each_where_pretty) {
    write_options options;
    options.pretty = true;
    EXPECT_EQ(text_of(value::map({{"a", value::list({1, 2})},
                                  {"b", value::map()},
                                  {"c", value(as_bytes("x"))},
                                  {"d", value::variant("v", value::list({1}))},
                                  {"e", value::map({{1, 2}})}}),
                      options),
              R"({
  "a": [
    1,
    2
  ],
  "b": {},
  "c": {
    "$bytes": "eA=="
  },
  "d": {
    "$case": "v",
    "value": [
      1
    ]
  },
  "e": [
    [
      1,
      2
    ]
  ]
})");
    options.indent = 0;
    EXPECT_EQ(text_of(value::list({1}), options), "[\n1\n]");
}

TEST(json_write, keeps_its_depth_limit_and_needs_no_stack) {
    const auto nested = [](int depth) {
        value inner = 1;
        for (int i = 0; i < depth; ++i) {
            std::vector<value> items;
            items.push_back(std::move(inner));
            inner = value::list(std::move(items));
        }
        return inner;
    };
    EXPECT_EQ(text_of(nested(256)).size(), 513U);
    const auto refused = to_string(nested(257));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::limit_exceeded);
    EXPECT_TRUE(
        refused.error().message().ends_with(": value nests more than 256 deep (max_depth)"));
    EXPECT_LT(refused.error().message().size(), 300U);
    write_options options;
    options.max_depth = 1'000'000;
    EXPECT_EQ(text_of(nested(1'000'000), options).size(), 2'000'001U);
}

} // namespace
} // namespace beckon::json
