#include "beckon/generate/names.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "generate/cpp_words.hpp"

namespace beckon::generate {
namespace {

TEST(names, are_cut_into_words_at_underscores_and_capitals) {
    using words = std::vector<std::string>;
    EXPECT_EQ(words_of("make_counter"), (words{"make", "counter"}));
    EXPECT_EQ(words_of("makeCounter"), (words{"make", "counter"}));
    EXPECT_EQ(words_of("HTTPServer2_url"), (words{"http", "server2", "url"}));
    EXPECT_EQ(words_of("Get2Things"), (words{"get2", "things"}));
    EXPECT_EQ(words_of("ON"), (words{"on"}));
    EXPECT_EQ(words_of("__a__b_"), (words{"a", "b"}));
    EXPECT_EQ(words_of("x9Y"), (words{"x9", "y"}));
    EXPECT_TRUE(words_of("_").empty());
}

TEST(names, are_converted_to_each_style) {
    EXPECT_EQ(convert("sortItems", naming::snake), "sort_items");
    EXPECT_EQ(convert("sort_items", naming::camel), "sortItems");
    EXPECT_EQ(convert("sort_items", naming::pascal), "SortItems");
    EXPECT_EQ(convert("OutOfStock", naming::screaming), "OUT_OF_STOCK");
    EXPECT_EQ(convert("sort_Items", naming::as_is), "sort_Items");
    EXPECT_EQ(convert("__", naming::pascal), "__");
}

TEST(names, keep_clear_of_reserved_words) {
    name_scope scope("record P", naming::as_is, cpp_reserved_words());
    EXPECT_EQ(*scope.add("field", "class"), "class_");
    EXPECT_EQ(*scope.add("field", "klass"), "klass");
    EXPECT_EQ(scope.of("class"), "class_");
    const std::unordered_set<std::string> more{"Point"};
    name_scope beside("record P", naming::as_is, cpp_reserved_words(), &more);
    EXPECT_EQ(*beside.add("field", "Point"), "Point_");
}

TEST(names, keep_clear_of_what_they_become_on_the_way) {
    constexpr std::string_view reserved[] = {"System"};
    const std::unordered_set<std::string> types{"System_"};
    name_scope scope("record System_", naming::pascal, reserved, &types);
    EXPECT_EQ(*scope.add("field", "system"), "System__");
}

TEST(names, that_become_one_are_refused_with_both) {
    name_scope scope("record P", naming::pascal, {});
    EXPECT_EQ(*scope.add("field", "made_at"), "MadeAt");
    const auto clash = scope.add("field", "madeAt");
    ASSERT_FALSE(clash.has_value());
    EXPECT_EQ(clash.error().to_string(),
              "invalid_argument: record P: field 'made_at' and field 'madeAt' would both be called "
              "'MadeAt' in the generated code");
}

TEST(names, reserved_in_cpp_are_sorted_for_the_search) {
    const auto words = cpp_reserved_words();
    EXPECT_TRUE(std::is_sorted(words.begin(), words.end()));
    EXPECT_TRUE(std::binary_search(words.begin(), words.end(), std::string_view("co_await")));
    EXPECT_TRUE(std::binary_search(words.begin(), words.end(), std::string_view("errno")));
}

TEST(names, keep_all_but_the_first_letter_where_that_is_asked_for) {
    EXPECT_EQ(convert("HTTPServer", naming::lower_first), "hTTPServer");
    EXPECT_EQ(convert("some_Name", naming::lower_first), "some_Name");
    EXPECT_EQ(convert("A", naming::lower_first), "a");
}

TEST(names, that_a_generator_has_made_clash_with_those_that_the_scope_makes) {
    name_scope scope("schema", naming::pascal, {});
    EXPECT_EQ(scope.add_as("interface", "shop", "IShop").value(), "IShop");
    EXPECT_EQ(scope.of("shop"), "IShop");
    EXPECT_EQ(scope.add("record", "i_shop").error().to_string(),
              "invalid_argument: schema: interface 'shop' and record 'i_shop' would both be called "
              "'IShop' in the generated code");
}

} // namespace
} // namespace beckon::generate
