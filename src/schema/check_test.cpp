#include "beckon/schema/check.hpp"

#include <gtest/gtest.h>

#include "schema/name_index.hpp"
#include "schema/test_support.hpp"

// What the grammar cannot produce; the rest of check() is tested by parse_errors_test.cpp.
namespace beckon::schema {
namespace {

document with_field(type type) {
    document out;
    out.records.push_back({"P", {{"a", std::move(type), {}, {}}}, {}});
    return out;
}

std::string words_of(const document& document) {
    const auto sound = validate(document);
    return sound ? "" : sound.error().message();
}

TEST(check, finds_nothing_in_the_conformance_service) {
    EXPECT_EQ(words_of(must_parse(read_testdata("conformance.bk"))), "");
    EXPECT_EQ(words_of(must_parse(read_testdata("conformance_remcall.bk"))), "");
}

TEST(check, refuses_kinds_that_do_not_exist) {
    EXPECT_EQ(words_of(with_field({static_cast<kind>(19), {}, {}, {}})),
              "record P, field a: found a type of unknown kind 19");
    EXPECT_EQ(words_of(with_field({static_cast<kind>(33), {}, {}, {}})),
              "record P, field a: found a type of unknown kind 33");
}

TEST(check, refuses_types_with_the_wrong_number_of_arguments) {
    const type int8{kind::int8, {}, {}, {}};
    EXPECT_EQ(words_of(with_field({kind::list, {}, {}, {}})),
              "record P, field a: type list has 0 arguments, expected 1 to 1");
    EXPECT_EQ(words_of(with_field({kind::int8, {}, {int8}, {}})),
              "record P, field a: type int8 has 1 arguments, expected 0 to 0");
    EXPECT_EQ(words_of(with_field({kind::map, {}, {int8}, {}})),
              "record P, field a: type map has 1 arguments, expected 2 to 2");
    EXPECT_EQ(words_of(with_field({kind::tuple, {}, {}, {}})),
              "record P, field a: type tuple has 0 arguments, expected 1 to 256");
    EXPECT_EQ(words_of(with_field({kind::tuple, {}, std::vector<type>(256, int8), {}})), "");
    EXPECT_EQ(words_of(with_field({kind::tuple, {}, std::vector<type>(257, int8), {}})),
              "record P, field a: type tuple has 257 arguments, expected 1 to 256");
}

TEST(check, refuses_case_names_that_do_not_match) {
    const type int8{kind::int8, {}, {}, {}};
    EXPECT_EQ(words_of(with_field({kind::variant, {}, {int8, int8}, {"a"}})),
              "record P, field a: variant has 2 types and 1 case names");
    EXPECT_EQ(words_of(with_field({kind::variant, {}, {int8}, {"a b"}})),
              "record P, field a: variant has the case name \"a b\", expected up to 1024 letters, "
              "digits and underscores");
    EXPECT_EQ(words_of(with_field({kind::tuple, {}, {int8}, {"a"}})),
              "record P, field a: type tuple has case names; only a variant can");
}

TEST(check, refuses_names_that_are_none) {
    for (const std::string name : {"", "a b", "1a", "\xc3\xa4", "a.b"}) {
        document document;
        document.records.push_back({name, {}, {}});
        EXPECT_FALSE(check(document).empty()) << name;
        document.records[0] = {"P", {{name, {kind::int8, {}, {}, {}}, {}, {}}}, {}};
        EXPECT_FALSE(check(document).empty()) << name;
    }
}

TEST(check, refuses_names_over_the_limit) {
    const std::string longest(1024, 'x');
    EXPECT_TRUE(parse("record " + longest + " {}", "a.bk").has_value());
    const auto refused = parse("record " + longest + "x {}", "a.bk");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().message(),
              "a.bk:1:8: found a name of 1025 bytes; limit is 1024 bytes");
    document document;
    document.records.push_back({longest + "x", {}, {}});
    EXPECT_EQ(check(document).at(0).message, "found a name of 1025 bytes; limit is 1024 bytes");
}

TEST(check, refuses_declared_kinds_that_do_not_match_or_exist) {
    document document = with_field({kind::enumeration, "P", {}, {}});
    EXPECT_EQ(words_of(document), "record P, field a: 'P' is a record, expected an enum");
    EXPECT_EQ(words_of(with_field({kind::record, "Q", {}, {}})),
              "record P, field a: undefined type 'Q'");
    EXPECT_EQ(words_of(with_field({kind::record, "", {}, {}})),
              "record P, field a: undefined type \"\"");
}

TEST(check, refuses_a_built_in_type_that_a_declaration_hides) {
    document document = with_field({kind::any, {}, {}, {}});
    document.records.push_back({"any", {}, {}});
    EXPECT_EQ(words_of(document),
              "record P, field a: the built-in type 'any' is hidden by a declared one of the same "
              "name");
}

TEST(check, refuses_default_values_that_are_not_canonical_or_of_parameters) {
    document document = with_field({kind::int8, {}, {}, {}});
    document.records[0].fields[0].default_value = "0x10";
    EXPECT_EQ(words_of(document), "record P, field a: default value is written \"0x10\", expected "
                                  "its canonical form \"16\"");
    document.records.clear();
    method method;
    method.name = "f";
    method.parameters.push_back({"a", {kind::int8, {}, {}, {}}, "3", {}});
    document.interfaces.push_back({"I", {method}, {}});
    EXPECT_EQ(words_of(document), "interface I, method f, parameter 1 'a': parameter 'a' has a "
                                  "default value; only fields can");
}

TEST(check, refuses_types_nested_too_deep) {
    const auto nested = [](std::size_t depth) {
        type out{kind::int8, {}, {}, {}};
        for (std::size_t i = 0; i < depth; ++i) out = {kind::list, {}, {out}, {}};
        return out;
    };
    EXPECT_EQ(words_of(with_field(nested(32))), "");
    EXPECT_EQ(words_of(with_field(nested(33))),
              "record P, field a: found a type nested deeper than 32 levels");
}

TEST(check, follows_a_long_chain_of_records_without_recursion) {
    std::string text;
    for (int i = 0; i < 20'000; ++i) {
        text += "record R" + std::to_string(i) + " { R" + std::to_string(i + 1) + " a; }\n";
    }
    const auto outcome = parse_all(text + "record R20000 { R0 a; }", "chain.bk");
    ASSERT_EQ(outcome.diagnostics.size(), 1u);
    EXPECT_EQ(outcome.diagnostics[0].message,
              "record 'R0' holds itself by value (R0 holds R1 holds R2 holds R3 holds R4 holds R5 "
              "holds R6 ... holds R0), expected a list, map or optional in between");
    EXPECT_TRUE(parse_all(text + "record R20000 { list<R0> a; }", "chain.bk").diagnostics.empty());
}

TEST(check, says_no_more_than_it_was_asked_for) {
    std::string text;
    document document;
    for (int i = 0; i < 50; ++i) document.records.push_back({"P", {}, {}});
    EXPECT_EQ(check(document).size(), 20u);
    EXPECT_EQ(check(document, 7).size(), 7u);
}

TEST(nearest_name, counts_a_swap_of_neighbours_once_and_case_not_at_all) {
    EXPECT_EQ(letters_apart("Itme", "Item", 5), 1u);
    EXPECT_EQ(letters_apart("ITEM", "item", 5), 0u);
    EXPECT_EQ(letters_apart("item", "items", 5), 1u);
    EXPECT_EQ(letters_apart("", "abc", 5), 3u);
    EXPECT_EQ(letters_apart("abcdef", "ghijkl", 2), 3u);
    EXPECT_EQ(letters_apart(std::string(100, 'a'), std::string(100, 'a'), 2), 3u);
}

TEST(place, is_described_as_people_speak_of_it) {
    const document document = must_parse(read_testdata("conformance.bk"));
    EXPECT_EQ(describe(document, {section::enumerations, 0, 1}), "enum Mood, value busy");
    EXPECT_EQ(describe(document, {section::records, 1, 3}), "record Item, field at");
    EXPECT_EQ(describe(document, {section::exceptions, 0}), "exception OutOfStock");
    EXPECT_EQ(describe(document, {section::interfaces, 2, 1, 1}),
              "interface Conformance, method add, parameter 2 'b'");
    EXPECT_EQ(describe(document, {section::interfaces, 2, 1, place::none, aspect::type}),
              "interface Conformance, method add, result");
}

} // namespace
} // namespace beckon::schema
