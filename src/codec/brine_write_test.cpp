#include <gtest/gtest.h>

#include <limits>

#include "beckon/base/text.hpp"
#include "beckon/codec/brine.hpp"

namespace beckon::brine {
namespace {

std::string written(const value& from) {
    buffer out;
    const auto done = write(out, from);
    return done ? to_hex(out.view()) : done.error().to_string();
}

value nested(std::size_t levels) {
    value made = 1;
    for (; levels > 0; --levels) made = value::tuple({std::move(made)});
    return made;
}

TEST(brine_write, kinds_without_a_form_are_refused_by_name_with_their_path) {
    const value refused[] = {value::list({1}),        value::map({{"a", 1}}),
                             value::set({1}),         value::record("Item", {{"name", "bolt"}}),
                             value::extension(5, {}), value::exception({.type = "KeyError"})};
    const std::string names[] = {"list",        "map",         "set",
                                 "record Item", "extension 5", "exception KeyError"};
    for (std::size_t i = 0; i < std::size(refused); ++i) {
        EXPECT_FALSE(is_brinable(refused[i])) << names[i];
        EXPECT_EQ(written(refused[i]),
                  concat("unsupported: ", refused[i].type_name(), " has no form in brine"));
        const value inside = value::tuple({1, value::frozen_set({value::tuple({2, refused[i]})})});
        EXPECT_FALSE(is_brinable(inside)) << names[i];
        EXPECT_EQ(written(inside), concat("unsupported: [1][0][1]: ", refused[i].type_name(),
                                          " has no form in brine"));
    }
}

TEST(brine_write, after_a_refusal_the_buffer_is_as_it_was) {
    buffer out;
    out.append(as_bytes("before"));
    EXPECT_FALSE(write(out, value::tuple({1, "text", value::list()})));
    EXPECT_EQ(as_text(out.view()), "before");
    EXPECT_FALSE(put_text(out, "\xff"));
    EXPECT_EQ(as_text(out.view()), "before");
}

TEST(brine_write, kinds_that_python_lacks_travel_as_their_nearest) {
    const auto text = [](std::string_view letters) { return written(value(letters)); };
    EXPECT_EQ(written(value(0.5f)), "183fe0000000000000");
    EXPECT_EQ(written(value::enumeration("Colour", "red", 3)), text("red"));
    EXPECT_EQ(written(date{0}), text("1970-01-01"));
    EXPECT_EQ(written(time_of_day{1'500'000'000}), text("00:00:01.5"));
    EXPECT_EQ(written(datetime{{1}, {0}}), text("1970-01-02T00:00:00Z"));
    EXPECT_EQ(written(duration(90'000'000'000)), text("PT1M30S"));
    EXPECT_EQ(written(value::variant("circle", 2)), written(value::tuple({"circle", 2})));
    EXPECT_TRUE(is_brinable(value::variant("circle", date{0})));
    EXPECT_FALSE(is_brinable(value::variant("circle", value::list())));
}

TEST(brine_write, text_that_is_not_utf8_is_refused_surrogates_too) {
    EXPECT_EQ(written("ab\xff"), "invalid_argument: string of 3 bytes is not utf-8 at byte 2");
    EXPECT_EQ(written(value::tuple({"\xed\xa0\x80"})),
              "invalid_argument: [0]: string of 3 bytes is not utf-8 at byte 0");
}

TEST(brine_write, integers_that_python_peers_cannot_read_are_refused) {
    const std::string most(max_written_digits, '9');
    EXPECT_EQ(written(*value::integer(most)).substr(0, 10), "17000010cc");
    EXPECT_EQ(written(*value::integer("-" + most)).substr(0, 12), "17000010cd2d");
    for (const std::string sign : {"", "-"}) {
        EXPECT_EQ(written(*value::integer(sign + "1" + std::string(max_written_digits, '0'))),
                  "limit_exceeded: integer of 4301 digits; python peers read at most 4300 digits");
    }
    EXPECT_EQ(written(*value::integer(std::string(100'000, '9'))),
              "limit_exceeded: integer of 41525 bytes; python peers read at most 4300 digits");
}

TEST(brine_write, nesting_ends_at_the_limit) {
    EXPECT_EQ(written(nested(max_depth)).size(), 2 * (max_depth + 1));
    EXPECT_TRUE(is_brinable(nested(max_depth)));
    EXPECT_FALSE(is_brinable(nested(max_depth + 1)));
    const std::string refusal = written(nested(max_depth + 1));
    EXPECT_EQ(refusal.substr(0, 22), "limit_exceeded: [0][0]") << refusal;
    EXPECT_EQ(refusal.substr(refusal.size() - 32), ": value nests more than 128 deep") << refusal;
    // Far deeper than any stack.
    EXPECT_FALSE(is_brinable(nested(1'000'000)));
}

TEST(brine_write, single_items_are_the_same_bytes_as_their_values) {
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{-48}, std::int64_t{-49}, std::int64_t{159},
          std::int64_t{160}, std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::int64_t>::max()}) {
        buffer out;
        put_integer(out, number);
        EXPECT_EQ(to_hex(out.view()), written(number));
    }
    buffer out;
    put_tuple(out, 6);
    put_none(out);
    put_boolean(out, true);
    put_boolean(out, false);
    put_float(out, -0.0);
    EXPECT_TRUE(put_text(out, "seq"));
    EXPECT_TRUE(put_bytes(out, as_bytes("raw data")));
    EXPECT_EQ(to_hex(out.view()),
              written(value::tuple({value(), true, false, -0.0, "seq", as_bytes("raw data")})));
    for (const std::size_t count : {0u, 1u, 4u, 5u, 255u, 256u}) {
        buffer head;
        put_tuple(head, count);
        const std::string whole = written(value::tuple(std::vector<value>(count, value(1))));
        EXPECT_EQ(whole.substr(0, head.size() * 2), to_hex(head.view())) << count;
        EXPECT_EQ(whole.size(), 2 * (head.size() + count)) << count;
    }
}

} // namespace
} // namespace beckon::brine
