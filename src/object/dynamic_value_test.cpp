// What dynamic variables do with plain values: as Python would.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "beckon/value/reflect.hpp"
#include "object/dynamic_test_objects.hpp"

namespace beckon::dynamic_tests {

struct Bolt {
    std::string name;
    std::int64_t length = 0;
};
BECKON_RECORD(Bolt, name, length)

namespace {

TEST(dynamic_value, takes_and_gives_cpp_values) {
    dynamic d = 5;
    EXPECT_EQ(d.as<int>(), 5);
    d = "text";
    EXPECT_EQ(d.as<std::string>(), "text");
    d = std::vector<int>{1, 2};
    EXPECT_EQ(d.size(), 2u);
    d = nullptr;
    EXPECT_TRUE(d.is_null());
    d = Bolt{"m3", 20};
    EXPECT_EQ(d.attr("name").as<std::string>(), "m3");
    EXPECT_EQ(d["length"].as<int>(), 20);
    d.attr("length") = 25;
    EXPECT_EQ(d.as<Bolt>().length, 25);
    EXPECT_EQ(d.dir(), (std::vector<std::string>{"name", "length"}));
    EXPECT_EQ(d.type_name(), "record Bolt");
    EXPECT_FALSE(d.is_object());
    const value back = d;
    EXPECT_EQ(back, d.content());
    const std::vector<dynamic> several{1, "two"};
    EXPECT_EQ(value(several), value::list({1, "two"}));
    EXPECT_EQ(value(several).as<std::vector<dynamic>>()[1].str(), "two");
    EXPECT_THROW(static_cast<void>(d.get("width")), python::attribute_error);
    EXPECT_THROW(static_cast<void>(dynamic(5).get("x")), python::attribute_error);
    EXPECT_FALSE(dynamic(5).has("x"));
    EXPECT_EQ(dynamic(value::complex(1, 2)).get("imag").as<double>(), 2);
}

TEST(dynamic_value, containers_change_in_the_variable_that_holds_them_alone) {
    dynamic list = std::vector<int>{1, 2, 3, 4, 5};
    const dynamic copy = list;
    list[0] = 10;
    list[-1] += 1;
    list.erase_item(1);
    EXPECT_EQ(list.content(), value::list({10, 3, 4, 6}));
    EXPECT_EQ(copy.size(), 5u);
    list[slice(1, 3)] = std::vector<std::string>{"a"};
    EXPECT_EQ(list.content(), value::list({10, "a", 6}));
    list[slice(1, 1)] = std::vector<int>{7, 8};
    EXPECT_EQ(list.content(), value::list({10, 7, 8, "a", 6}));
    list[slice(nullptr, nullptr, 2)] = std::vector<int>{0, 0, 0};
    EXPECT_EQ(list.content(), value::list({0, 7, 0, "a", 0}));
    EXPECT_THROW((list[slice(nullptr, nullptr, 2)] = std::vector<int>{0}), python::value_error);
    list.erase_item(slice(nullptr, nullptr, -2));
    EXPECT_EQ(list.content(), value::list({7, "a"}));
    list[slice(9, nullptr)] = std::vector<int>{1};
    EXPECT_EQ(list.content(), value::list({7, "a", 1}));

    dynamic map = value::map();
    map["a"] = 1;
    map["b"] = value::map({{"c", 2}});
    EXPECT_EQ(map["b"]["c"].as<int>(), 2);
    map.erase_item("a");
    EXPECT_EQ(map.size(), 1u);
    EXPECT_THROW(map.erase_item("a"), python::key_error);
    // What is nested, and what is const, has no variable.
    EXPECT_EQ(thrown<python::type_error>([&] { map["b"]["c"] = 3; }),
              "map came by value and can be changed only in the variable that holds it");
    EXPECT_THROW(copy[0] = 1, python::type_error);
    EXPECT_THROW(copy.erase_item(0), python::type_error);
    dynamic tuple = value::tuple({1});
    EXPECT_THROW(tuple[0] = 2, python::type_error);
    EXPECT_EQ(map["b"]["c"].as<int>(), 2);
}

TEST(dynamic_value, indexes_and_slices_as_python_does) {
    const dynamic list = value::list({0, 1, 2, 3, 4});
    EXPECT_EQ(list[-5].as<int>(), 0);
    EXPECT_EQ(list[slice(-2, nullptr)].content(), value::list({3, 4}));
    EXPECT_EQ(list[slice(nullptr, nullptr, -1)].content(), value::list({4, 3, 2, 1, 0}));
    EXPECT_EQ(list[slice(3, 1)].content(), value::list());
    EXPECT_EQ(list[slice(-100, 100, 2)].content(), value::list({0, 2, 4}));
    EXPECT_EQ(list[slice(1, 100, INT64_MAX)].content(), value::list({1}));
    EXPECT_EQ(list[slice(3, INT64_MIN, INT64_MIN)].content(), value::list({3}));
    EXPECT_EQ(thrown<python::index_error>([&] { static_cast<void>(list.get_item(5)); }),
              "index 5 is outside a list of 5 items");
    EXPECT_THROW(static_cast<void>(list.get_item(-6)), python::index_error);
    EXPECT_THROW(static_cast<void>(list.get_item(slice(1, 2, 0))), python::value_error);
    EXPECT_THROW(static_cast<void>(list.get_item(slice("a", 2))), python::type_error);
    EXPECT_EQ(thrown<python::type_error>([&] { static_cast<void>(list.get_item(1.0)); }),
              "list is indexed by integers or slices; found float64");
    const dynamic text = "h\xc3\xa4llo";
    EXPECT_EQ(text.size(), 5u);
    EXPECT_EQ(text[1].as<std::string>(), "\xc3\xa4");
    EXPECT_EQ(text[slice(nullptr, nullptr, -1)].as<std::string>(), "oll\xc3\xa4h");
    EXPECT_TRUE(text.contains("llo"));
    EXPECT_FALSE(text.contains("x"));
    EXPECT_THROW(static_cast<void>(text.contains(5)), python::type_error);
    EXPECT_THROW(static_cast<void>(dynamic(5).get_item(0)), python::type_error);
    EXPECT_THROW(static_cast<void>(dynamic(5).size()), python::type_error);
    EXPECT_TRUE(dynamic(value::list({1, 2})).contains(2.0));
    const dynamic bytes_of = value(bytes{std::byte{1}, std::byte{200}});
    EXPECT_EQ(bytes_of[1].as<int>(), 200);
    EXPECT_EQ(bytes_of[slice(1, 2)].size(), 1u);
    try {
        static_cast<void>(dynamic(value::map({{"a", 1}})).get_item("b"));
        ADD_FAILURE() << "a key was found that is not there";
    } catch (const python::key_error& caught) {
        EXPECT_EQ(caught.arguments(), value::tuple({"b"}));
    }
}

TEST(dynamic_value, numbers_compare_across_kinds_and_exactly) {
    EXPECT_TRUE(dynamic(1) == 1.0);
    EXPECT_TRUE(dynamic(true) == 1);
    EXPECT_TRUE(dynamic(1) < 1.5);
    EXPECT_TRUE(dynamic(-1.5) < -1);
    EXPECT_TRUE(2 > dynamic(1.5));
    EXPECT_TRUE(dynamic(UINT64_MAX) > INT64_MAX);
    // The nearest double is one more than the integer.
    EXPECT_TRUE(dynamic(INT64_MAX) < 0x1p63);
    EXPECT_FALSE(dynamic(INT64_MAX) == 0x1p63);
    EXPECT_TRUE(dynamic(UINT64_MAX) < 0x1p64);
    EXPECT_TRUE(dynamic(INT64_MIN) == -0x1p63);
    const dynamic nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(nan == nan);
    EXPECT_TRUE(nan != nan);
    EXPECT_FALSE(nan < 1 || nan >= 1 || dynamic(1) < nan);
    const dynamic huge = value::integer("123456789012345678901234567890").value();
    EXPECT_TRUE(huge > UINT64_MAX);
    EXPECT_TRUE(huge > 1e10);
    EXPECT_TRUE(huge < std::numeric_limits<double>::infinity());
    EXPECT_EQ(dynamic(1).hash(), dynamic(1.0).hash());
    EXPECT_EQ(dynamic(1).hash(), dynamic(true).hash());
    EXPECT_NE(dynamic(1).hash(), dynamic(2).hash());
    EXPECT_THROW(static_cast<void>(dynamic(value::list()).hash()), python::type_error);
}

TEST(dynamic_value, other_values_compare_where_they_have_an_order) {
    EXPECT_TRUE(dynamic("a") < "b");
    EXPECT_TRUE(dynamic(value::list({1, 2})) < value::list({1, 3}));
    EXPECT_FALSE(dynamic("1") == 1);
    EXPECT_TRUE(dynamic("1") != 1);
    EXPECT_TRUE(dynamic() == nullptr);
    EXPECT_EQ(thrown<python::type_error>([] { static_cast<void>(dynamic("a") < 1); }),
              "operator < does not order string and int64");
    EXPECT_THROW(static_cast<void>(dynamic(value::map()) < value::map()), python::type_error);
}

TEST(dynamic_value, integers_are_exact_and_end_at_64_bits) {
    EXPECT_EQ((dynamic(7) + 3).content(), value(10));
    EXPECT_EQ((dynamic(INT64_MAX) + 1).content(), value(std::uint64_t{1} << 63));
    EXPECT_EQ((dynamic(UINT64_MAX) - UINT64_MAX).content(), value(0));
    EXPECT_EQ((dynamic(true) + true).content(), value(2));
    EXPECT_THROW(static_cast<void>(dynamic(INT64_MIN) - 1), python::overflow_error);
    EXPECT_THROW(static_cast<void>(dynamic(UINT64_MAX) + 1), python::overflow_error);
}

TEST(dynamic_value, division_rounds_down_as_in_python) {
    EXPECT_EQ(floor_divide(dynamic(-7), 2).content(), value(-4));
    EXPECT_EQ((dynamic(-7) % 2).content(), value(1));
    EXPECT_EQ((dynamic(7) % -2).content(), value(-1));
    EXPECT_EQ((dynamic(7) / 2).content(), value(3.5));
    EXPECT_EQ((dynamic(-7.5) % 2).content(), value(0.5));
    EXPECT_EQ(floor_divide(dynamic(-7.5), 2).content(), value(-4.0));
    EXPECT_THROW(static_cast<void>(dynamic(1) / 0), python::zero_division_error);
    EXPECT_THROW(static_cast<void>(dynamic(1) % 0), python::arithmetic_error);
    EXPECT_THROW(static_cast<void>(floor_divide(dynamic(1.0), 0)), python::zero_division_error);
    EXPECT_EQ(floor_divide(dynamic(INT64_MIN), -1).content(), value(std::uint64_t{1} << 63));
}

TEST(dynamic_value, powers_shifts_and_bits) {
    EXPECT_EQ(pow(dynamic(2), 62).content(), value(std::int64_t{1} << 62));
    EXPECT_EQ(pow(dynamic(-2), 63).content(), value(INT64_MIN));
    EXPECT_EQ(pow(dynamic(1), INT64_MAX).content(), value(1));
    EXPECT_EQ(pow(dynamic(2), -1).content(), value(0.5));
    EXPECT_THROW(static_cast<void>(pow(dynamic(2), 64)), python::overflow_error);
    EXPECT_THROW(static_cast<void>(pow(dynamic(10), 1000)), python::overflow_error);
    EXPECT_THROW(static_cast<void>(pow(dynamic(0), -1)), python::zero_division_error);
    EXPECT_EQ((dynamic(1) << 63).content(), value(std::uint64_t{1} << 63));
    EXPECT_THROW(static_cast<void>(dynamic(1) << 64), python::overflow_error);
    EXPECT_THROW(static_cast<void>(dynamic(1) << 1000), python::overflow_error);
    EXPECT_THROW(static_cast<void>(dynamic(1) << -1), python::value_error);
    EXPECT_EQ((dynamic(0) << 1000).content(), value(0));
    EXPECT_EQ((dynamic(-1) >> 1000).content(), value(-1));
    EXPECT_EQ((dynamic(12) & 10).content(), value(8));
    EXPECT_EQ((dynamic(12) | 3).content(), value(15));
    EXPECT_EQ((dynamic(true) ^ true).content(), value(false));
    EXPECT_EQ((~dynamic(5)).content(), value(-6));
    EXPECT_EQ((-dynamic(INT64_MIN)).content(), value(std::uint64_t{1} << 63));
    EXPECT_EQ((-dynamic(1.5)).content(), value(-1.5));
    EXPECT_EQ(abs(dynamic(-3)).content(), value(3));
    EXPECT_EQ(abs(dynamic(value::complex(3, 4))).content(), value(5.0));
    EXPECT_THROW(static_cast<void>(-dynamic("x")), python::type_error);
    const dynamic huge = value::integer("123456789012345678901234567890").value();
    EXPECT_EQ(thrown<python::overflow_error>([&] { static_cast<void>(huge + 1); }),
              "result of + does not fit 64 bits");
    EXPECT_THROW(static_cast<void>(dynamic(UINT64_MAX) * UINT64_MAX), python::overflow_error);
}

TEST(dynamic_value, sequences_join_and_repeat_and_sets_combine) {
    EXPECT_EQ((dynamic("a") + "b").content(), value("ab"));
    EXPECT_EQ(("a" + dynamic("b")).content(), value("ab"));
    EXPECT_EQ((dynamic(value::list({1})) + value::list({2})).content(), value::list({1, 2}));
    EXPECT_EQ((dynamic(value::tuple({1})) * 2).content(), value::tuple({1, 1}));
    EXPECT_EQ((3 * dynamic("ab")).content(), value("ababab"));
    EXPECT_EQ((dynamic("ab") * -1).content(), value(""));
    EXPECT_THROW(static_cast<void>(dynamic("ab") * INT64_MAX), limit_exceeded);
    EXPECT_THROW(static_cast<void>(dynamic("ab") * UINT64_MAX), limit_exceeded);
    EXPECT_EQ((dynamic("") * INT64_MAX).content(), value(""));
    const dynamic set = value::set({1, 2});
    EXPECT_EQ((set | value::set({3})).content(), value::set({1, 2, 3}));
    EXPECT_EQ((set & value::set({2, 3})).content(), value::set({2}));
    EXPECT_EQ((set - value::set({2, 3})).content(), value::set({1}));
    EXPECT_EQ((set ^ value::set({2, 3})).content(), value::set({1, 3}));
    EXPECT_EQ((dynamic(value::map({{"a", 1}})) | value::map({{"b", 2}})).size(), 2u);
    EXPECT_EQ(thrown<python::type_error>([] { static_cast<void>(dynamic("a") + 1); }),
              "operator + has no meaning for string and int64");
    dynamic sum = 1;
    sum += 2.5;
    EXPECT_EQ(sum.content(), value(3.5));
    sum = "a";
    sum *= 2;
    EXPECT_EQ(sum.content(), value("aa"));
}

TEST(dynamic_value, has_truth_and_text) {
    for (const value& empty : {value(), value(0), value(0.0), value(""), value::list(),
                               value::map(), value(false), value::set(), value(bytes{})})
        EXPECT_FALSE(dynamic(empty).truth()) << empty.to_text();
    for (const value& full : {value(1), value(UINT64_MAX), value(-0.5), value("x"),
                              value::list({value()}), value(true)})
        EXPECT_TRUE(dynamic(full).truth()) << full.to_text();
    EXPECT_EQ(dynamic("x").str(), "x");
    EXPECT_EQ(dynamic("x").repr(), "\"x\"");
    EXPECT_EQ(dynamic(5).str(), "5");
    EXPECT_EQ(dynamic(std::vector<int>(1000, 7)).str().size(), 3000u);
}

} // namespace
} // namespace beckon::dynamic_tests
