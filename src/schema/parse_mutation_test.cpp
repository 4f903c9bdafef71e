// The corpus of the fuzz targets in the ordinary tests: sound texts, cut and changed in every place.
#include <gtest/gtest.h>

#include <vector>

#include "schema/properties.hpp"
#include "schema/random_document.hpp"

namespace beckon::schema {
namespace {

constexpr std::string_view seeds[] = {
    "enum E { a, b = 5, }", "record P { int8 a = -3; list<string> b = [\"x\", \"\\x41\"]; } // doc",
    "interface I { oneway void f(I[] a); idempotent map<string, any> g() raises X; } exception X "
    "{}",
    "/// head\n\nlabel \"l\"; namespace a.b; widths 1 8; /* c */ record Q { variant<a: int8> v; }",
    "record A { tuple<date, optional<A>> t; duration d = 5ms; }"};

TEST(mutated_idl, every_truncation_is_refused_or_sound) {
    for (const std::string_view seed : seeds) {
        ASSERT_TRUE(assert_parses_safely(seed)) << seed;
        for (std::size_t size = 0; size < seed.size(); ++size) {
            assert_parses_safely(seed.substr(0, size));
        }
    }
}

TEST(mutated_idl, every_bit_flip_is_refused_or_sound) {
    std::size_t refused = 0;
    for (const std::string_view seed : seeds) {
        for (std::size_t bit = 0; bit < seed.size() * 8; ++bit) {
            std::string text(seed);
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
            if (!assert_parses_safely(text)) ++refused;
        }
    }
    EXPECT_GT(refused, 1'000u);
}

TEST(mutated_idl, tokens_in_any_order_are_refused_or_sound) {
    constexpr std::string_view words[] = {
        "enum",   "record",     "exception", "interface", "label", "namespace", "widths",
        "oneway", "idempotent", "raises",    "list",      "map",   "variant",   "ref",
        "stream", "int8",       "void",      "P",         "a",     "{",         "}",
        "(",      ")",          "<",         ">",         "[",     "]",         ",",
        ";",      "=",          ":",         ".",         "-",     "3",         "-1.5e9",
        "250ms",  "0x1f",       "\"x\"",     "\"",        "//c\n", "/*c*/",     "/*",
        "\n",     "\xff",       "$",         "null",      "true"};
    dice dice(7);
    for (int round = 0; round < 4'000; ++round) {
        std::string text;
        for (std::size_t i = 0, count = dice.roll(40); i < count; ++i) {
            text += words[dice.roll(std::size(words))];
            if (dice.roll(4) > 0) text += ' ';
        }
        assert_parses_safely(text);
    }
}

TEST(mutated_idl, spliced_services_are_refused_or_sound) {
    const std::string text = read_testdata("conformance.bk");
    dice dice(11);
    for (int round = 0; round < 400; ++round) {
        std::string mutant = text;
        for (std::size_t i = 0, count = 1 + dice.roll(3); i < count; ++i) {
            const std::size_t from = dice.roll(text.size());
            const std::size_t to = dice.roll(mutant.size());
            mutant.replace(to, dice.roll(30), text.substr(from, dice.roll(60)));
        }
        assert_parses_safely(mutant);
    }
}

TEST(mutated_idl, large_texts_of_one_kind_take_no_longer_than_their_size) {
    const auto repeated = [](std::string_view piece, std::size_t bytes) {
        std::string out;
        while (out.size() < bytes) out += piece;
        return out;
    };
    constexpr std::size_t size = 100'000;
    const std::string names(size, 'x');
    for (const std::string& text :
         {repeated("{", size), repeated("record ", size), repeated("record P {", size),
          repeated("enum E { a ", size), repeated("/*", size), repeated("$", size),
          repeated("\"", size), repeated("a;", size), repeated("[", size),
          "record P { " + repeated("list<", size), "enum E { " + repeated("a,", size),
          "record P { int8 a = " + repeated("[", size), "record P { int8" + repeated("[]", size),
          "record P { " + repeated("int8 a;", size),
          "record " + names + " { " + names.substr(1) + " a; }",
          "record P { variant<" + repeated("a: int8[], ", size) + "b: int8> v; }"}) {
        EXPECT_FALSE(assert_parses_safely(text));
    }
    std::string many = "enum E { ";
    for (int i = 0; i < 10'000; ++i) many += "value" + std::to_string(i) + ", ";
    many += "}\nrecord P { ";
    for (int i = 0; i < 10'000; ++i) many += "E f" + std::to_string(i) + " = value9999; ";
    EXPECT_TRUE(parse(many + "}", "many.bk").has_value());
}

} // namespace
} // namespace beckon::schema
