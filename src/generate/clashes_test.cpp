// What is wrong with names is told whole, with places, by every generator.
#include "beckon/generate/clashes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "beckon/generate/cpp.hpp"
#include "beckon/generate/csharp.hpp"
#include "beckon/generate/python.hpp"
#include "beckon/generate/typescript.hpp"
#include "generate/documents_test.hpp"
#include "generate/places.hpp"

namespace beckon::generate {
namespace {

using schema::place;
using schema::section;

constexpr std::string_view names_thrice =
    "interface I { void doIt(int8 aB, int8 a_b); void do_it(); void Do_it(); } "
    "record P { int8 a_b; int8 aB; } enum E { ab, AB } interface Shop {} exception X {}";

template <typename Outcome>
std::vector<schema::problem> problems_of(const Outcome& made) {
    EXPECT_FALSE(made.has_value());
    if (made) return {};
    const name_clashes* const found = name_clashes::of(made.error());
    return found == nullptr ? std::vector<schema::problem>() : found->all();
}

struct pair_of_places {
    place where;
    place related;
    bool operator==(const pair_of_places&) const = default;
};

std::vector<pair_of_places> places_of(const std::vector<schema::problem>& problems) {
    std::vector<pair_of_places> out;
    for (const schema::problem& each : problems)
        out.push_back({each.where, each.related.value_or(place())});
    std::ranges::sort(out, {}, &pair_of_places::where);
    return out;
}

TEST(clashes, of_a_document_are_all_told_with_both_places) {
    const auto document = must_parse(names_thrice);
    const place method{section::interfaces, 0, 0};
    const auto parameter = [](std::uint32_t at) { return place{section::interfaces, 0, 0, at}; };
    const std::vector<pair_of_places> expected{
        {{section::enumerations, 0, 1}, {section::enumerations, 0, 0}},
        {{section::records, 0, 1}, {section::records, 0, 0}},
        {parameter(1), parameter(0)},
        {{section::interfaces, 0, 1}, method},
        {{section::interfaces, 0, 2}, method}};
    EXPECT_TRUE(places_of(problems_of(generate_python(document))) == expected);
    EXPECT_TRUE(places_of(problems_of(generate_typescript(document))) == expected);
    // A method and its task clash in one place, and are told once.
    EXPECT_TRUE(places_of(problems_of(generate_csharp(document))) == expected);
}

TEST(clashes, of_types_have_the_places_of_what_they_are_made_for) {
    const auto document = must_parse("interface Shop {} record AsyncShop {} record ShopServant {}");
    const place shop{section::interfaces, 0};
    for (const auto& [problems, record] :
         {std::pair{problems_of(generate_python(document)), 0u},
          std::pair{problems_of(generate_csharp(document)), 1u},
          std::pair{problems_of(generate_typescript(document)), 1u}}) {
        ASSERT_EQ(problems.size(), 1u);
        EXPECT_EQ(problems[0].where, shop);
        EXPECT_EQ(problems[0].related, (place{section::records, record}));
        EXPECT_TRUE(problems[0].symmetric);
    }
}

TEST(clashes, of_a_variants_cases_have_the_place_of_its_type) {
    const auto document =
        must_parse("interface I { void f(int8 a, list<variant<a_b: int8, aB: bool>> v); }");
    const auto problems = problems_of(generate_csharp(document));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].where, (place{section::interfaces, 0, 0, 1, schema::aspect::type, 1}));
    EXPECT_FALSE(problems[0].related);
}

TEST(clashes, include_types_that_cpp_cannot_have) {
    const auto document =
        must_parse("enum std { x } record size {} record names {} interface class {}");
    const auto problems = problems_of(generate_cpp(document));
    ASSERT_EQ(problems.size(), 3u);
    EXPECT_EQ(problems[2].where, (place{section::interfaces, 0}));
}

TEST(clashes, are_summed_up_in_the_errors_text) {
    const auto made = generate_python(must_parse("enum E { ab, Ab, AB }"));
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().to_string(),
              "invalid_argument: enum E: value 'ab' and value 'Ab' would both be called 'AB' in "
              "the generated code (and 1 more error)");
}

} // namespace
} // namespace beckon::generate
