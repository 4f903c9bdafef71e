#include "beckon/codec/terse.hpp"

#include <gtest/gtest.h>

#include "beckon/base/text.hpp"

namespace beckon::terse {
namespace {

result<line> read_line(std::string_view text) { return read(text, {}); }

std::string why_not(std::string_view text) {
    const auto made = read_line(text);
    return made ? "it was read" : made.error().message();
}

std::string written(const value& params) {
    buffer out;
    const auto made = write_call(out, "m", params, 0);
    if (!made) return made.error().to_string();
    return std::string(as_text(out.view()));
}

TEST(terse, tells_where_a_line_goes_wrong) {
    EXPECT_EQ(why_not("m a:1 tail"),
              "terse line: expected ':' after a key at byte 10, found the end");
    EXPECT_EQ(why_not("m a:[1"), "terse line: expected ']' at byte 6, found the end");
    EXPECT_EQ(why_not("m a:\"x"), "terse line: expected a closing quote at byte 6, found the end");
    EXPECT_EQ(why_not("m a:1, b:2"), "terse line: expected ':' after a key at byte 7, found \"b\"");
    EXPECT_EQ(why_not("[7]?"), "terse line: expected ':' or '!' at byte 3, found \"?\"");
    EXPECT_EQ(why_not("m/99999999999999999999 "),
              "terse line: id \"99999999999999999999\" is more than 64 bits");
}

TEST(terse, gives_back_what_it_wrote) {
    const value params = value::map({{"big", *value::integer("123456789012345678901234567890")},
                                     {"text", "a\\n\"b\"\n\\"},
                                     {"list", value::list({1, -2, 0.1, 1e300, "", value::list()})},
                                     {"map", value::map({{"k", to_bytes("x")}})},
                                     {"", 5e-324}});
    buffer out;
    ASSERT_TRUE(write_call(out, "say", params, 7));
    const std::string_view text = as_text(out.view());
    ASSERT_TRUE(text.ends_with('\n'));
    const auto back = read_line(text.substr(0, text.size() - 1));
    ASSERT_TRUE(back) << back.error().to_string();
    EXPECT_EQ(back->method, "say");
    EXPECT_EQ(back->id, 7u);
    EXPECT_EQ(back->params, params);
}

TEST(terse, refuses_what_could_not_be_read_back) {
    EXPECT_EQ(written(value::map({{"a", value::map({{"b", nullptr}})}})),
              "unsupported: a.b: null has no form in terse");
    EXPECT_EQ(written(value::map({{"a", value::list({1, nullptr})}})),
              "unsupported: a[1]: null has no form in terse");
    EXPECT_EQ(written(value::map({{"a b", 1}})),
              "invalid_argument: key \"a b\" cannot be told in terse");
    EXPECT_EQ(written(value::map({{"}x", 1}})),
              "invalid_argument: key \"}x\" cannot be told in terse");
    EXPECT_EQ(written(value::list({1})),
              "unsupported: arguments are given by position; terse has them by name only");
    for (const char* const method : {"", "a b", "a:b", "[1]", "add/5", "add[5]", "a\n"}) {
        buffer out;
        EXPECT_FALSE(write_call(out, method, value::map(), 0)) << method;
        EXPECT_TRUE(out.empty());
    }
}

TEST(terse, leaves_out_fields_of_records_that_are_null) {
    EXPECT_EQ(
        written(value::map({{"r", value::record("Item", {{"name", "bolt"}, {"at", nullptr}})}})),
        "m r:{name:\"bolt\"}\n");
}

TEST(terse, keeps_to_its_limits) {
    const std::string deep = concat("m a:", std::string(257, '['), std::string(257, ']'));
    EXPECT_NE(why_not(deep).find("nested more than 256 deep"), std::string::npos) << why_not(deep);
    EXPECT_TRUE(read_line(concat("m a:", std::string(256, '['), std::string(256, ']'))));
    const auto few = read("m a:[1 2 3]", limits{.max_nodes = 3});
    ASSERT_FALSE(few);
    EXPECT_EQ(few.error().code(), errc::limit_exceeded);
    EXPECT_TRUE(read("m a:[1 2 3]", limits{.max_nodes = 4}));
    EXPECT_FALSE(read_line(concat("m a:", std::string(4301, '9'))));
    EXPECT_TRUE(read_line(concat("m a:", std::string(4300, '9'))));
}

} // namespace
} // namespace beckon::terse
