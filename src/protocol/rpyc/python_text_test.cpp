#include "protocol/rpyc/python_text.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "beckon/base/utf8.hpp"
#include "codec/brine_vectors_test.hpp"

namespace beckon::rpyc {
namespace {

TEST(rpyc_python_text, values_are_written_as_pythons_repr_does) {
    // The right-hand sides are what CPython 3.11 printed.
    const std::pair<value, std::string> texts[] = {
        {value(), "None"},
        {true, "True"},
        {-5, "-5"},
        {*value::integer("123456789012345678901234567890"), "123456789012345678901234567890"},
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.5, "1.5"},
        {100000.0, "100000.0"},
        {1e15, "1000000000000000.0"},
        {1234567890123456.0, "1234567890123456.0"},
        {1e16, "1e+16"},
        {1.25e16, "1.25e+16"},
        {1e100, "1e+100"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {0.000123, "0.000123"},
        {0.1, "0.1"},
        {5e-324, "5e-324"},
        {std::numeric_limits<double>::infinity(), "inf"},
        {-std::numeric_limits<double>::infinity(), "-inf"},
        {std::numeric_limits<double>::quiet_NaN(), "nan"},
        {value::complex(1, 2), "(1+2j)"},
        {value::complex(0, 2), "2j"},
        {value::complex(-0.0, -2.5), "(-0-2.5j)"},
        {"it", "'it'"},
        {"it's", "\"it's\""},
        {"it's \"so\"", "'it\\'s \"so\"'"},
        {"a\n\t\r\\\x01\x7f", "'a\\n\\t\\r\\\\\\x01\\x7f'"},
        {"\xc3\xa9", "'\xc3\xa9'"},
        {to_bytes("a\xff'"), "b\"a\\xff'\""},
        {value::tuple(), "()"},
        {value::tuple({1}), "(1,)"},
        {value::tuple({"bad value", 42}), "('bad value', 42)"},
        {value::list({1, value::list()}), "[1, []]"},
        {value::map({{"a", 1}, {2, value()}}), "{'a': 1, 2: None}"},
        {value::set({1}), "{1}"},
        {value::set(), "set()"},
        {value::frozen_set({1}), "frozenset({1})"},
        {value::frozen_set(), "frozenset()"},
        {value::slice(1, {}, 2), "slice(1, None, 2)"},
        {brine::ellipsis(), "Ellipsis"},
        {brine::not_implemented(), "NotImplemented"},
    };
    for (const auto& [from, text] : texts) EXPECT_EQ(python_repr(from), text) << from.to_text();
}

TEST(rpyc_python_text, what_python_lacks_is_told_all_the_same) {
    EXPECT_EQ(python_repr(value::record("Item", {{"name", "bolt"}, {"count", 3}})),
              "Item(name='bolt', count=3)");
    EXPECT_EQ(python_repr(value::enumeration("Colour", "red", 3)), "'red'");
    EXPECT_EQ(python_repr(date{0}), "'1970-01-01'");
    EXPECT_EQ(python_repr(value::variant("circle", 2)), "('circle', 2)");
    EXPECT_EQ(python_repr(value::extension(5, {})), "<extension 5>");
}

TEST(rpyc_python_text, str_of_a_string_is_the_string) {
    EXPECT_EQ(python_str("it's\n"), "it's\n");
    EXPECT_EQ(python_str(value::tuple({"x"})), "('x',)");
}

TEST(rpyc_python_text, every_recorded_exception_argument_fits) {
    // RPyC sends what it cannot brine as its repr(): ours of the same values reads alike.
    EXPECT_EQ(python_repr(value::map({{"a", 1}})), "{'a': 1}");
    EXPECT_EQ(python_repr(value::list({1, 2})), "[1, 2]");
}

TEST(rpyc_python_text, text_is_cut_between_characters_and_nesting_ends) {
    std::string accents;
    for (int i = 0; i < 1000; ++i) accents += "\xc3\xa9";
    for (std::size_t most = 1; most < 20; ++most) {
        for (const std::string& cut : {python_repr(value(accents), most), python_str(accents, most),
                                       python_repr(value::list({1, accents}), most)}) {
            EXPECT_TRUE(is_utf8(cut)) << most;
            EXPECT_TRUE(cut.ends_with("...")) << cut;
            EXPECT_LE(cut.size(), most + 3) << cut;
        }
    }
    value deep = 1;
    for (int i = 0; i < 1'000'000; ++i) deep = value::list({deep});
    EXPECT_LT(python_repr(deep).size(), 200u);
}

TEST(rpyc_python_text, bytes_that_are_no_text_are_mended) {
    EXPECT_EQ(as_utf8("a\xff\xed\xa0\x80z"), "a\\xff\\xed\\xa0\\x80z");
    EXPECT_EQ(as_utf8("\xc3\xa9"), "\xc3\xa9");
    EXPECT_EQ(python_repr("\xff"), "'\\\\xff'");
    EXPECT_EQ(as_utf8(std::string(100'000, '\xff')).size(), 400'000u);
}

} // namespace
} // namespace beckon::rpyc
