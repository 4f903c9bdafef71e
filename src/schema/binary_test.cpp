#include "beckon/schema/binary.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "beckon/base/text.hpp"
#include "schema/properties.hpp"
#include "schema/random_document.hpp"

namespace beckon::schema {
namespace {

/// The hexadecimal digits of the worked example in docs/wire/schema.md: the columns between offset and words.
bytes documented_example() {
    const auto path =
        std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "docs" / "wire" / "schema.md";
    std::ifstream file(path);
    EXPECT_TRUE(file.good()) << "cannot read " << path;
    std::string line;
    bytes out;
    bool inside = false;
    while (std::getline(file, line)) {
        if (line.rfind("```", 0) == 0) inside = line == "```hex";
        if (!inside || line.size() < 6 || line[4] != ' ') continue;
        for (std::size_t i = 6; i + 1 < line.size() && line[i] != ' '; i += 3) {
            out.push_back(static_cast<std::byte>(std::stoi(line.substr(i, 2), nullptr, 16)));
        }
    }
    return out;
}

constexpr std::string_view example = R"(/// A counter.

/// Says how it went.
enum Mood { calm, busy = 5 }
record Step { int64 by = 1; }
exception Stopped { optional<Mood> mood; }
interface Counter {
  idempotent int64 value();
  int64 increment(Step step) raises Stopped;
}
)";

TEST(binary, form_is_what_the_documentation_shows) {
    const bytes documented = documented_example();
    const bytes encoded = encode(must_parse(example), annotations::included);
    EXPECT_EQ(to_hex(documented), to_hex(encoded));
    EXPECT_EQ(to_hex(digest_of(must_parse(example))),
              "412850d1cdbb04a28b1a98cd7e83f2e5d2ee2d1a585e1e2eabe2bcc71daa9858");
    EXPECT_EQ(*digest_of_interface(must_parse(example), "Counter"), digest_of(must_parse(example)));
}

TEST(binary, form_and_digest_do_not_depend_on_docs_header_or_order_of_declarations) {
    const document plain =
        must_parse("enum A { x } enum B { y } record R { A a; } record S { B b; } "
                   "exception X {} exception Y {} "
                   "interface I { R f() raises X, Y; } interface J { S g(); }");
    const document other = must_parse(
        "// head\n\nlabel \"x\"; namespace n; widths 8 8;\n"
        "interface J { /* c */ S g(); // doc\n}\n interface I { R f() raises Y; } exception Y {} "
        "exception X {} record S { B b; } record R { A a; } enum B { y = 0 } enum A { x }");
    EXPECT_EQ(to_hex(encode(plain)), to_hex(encode(other)));
    EXPECT_EQ(digest_of(plain), digest_of(other));
    EXPECT_EQ(canonical(plain), canonical(other));
}

TEST(binary, commands_are_annotations_and_change_no_digest) {
    const document given = must_parse(
        "interface H { void z(); } interface I { void a(); void b() = 65535; void c() = 2; }");
    const document plain =
        must_parse("interface H { void z(); } interface I { void a(); void b(); void c(); }");
    EXPECT_EQ(digest_of(given), digest_of(plain));
    EXPECT_EQ(canonical(given), canonical(plain));
    const bytes encoded = encode(given, annotations::included);
    const bytes without = encode(plain, annotations::included);
    EXPECT_EQ(to_hex(encoded), to_hex(without) + "02000000"
                                                 "02000000ffff0000"
                                                 "0300000002000000");
    EXPECT_EQ(*decode(encoded), given);
    const auto refused = [&](std::string_view hex) {
        bytes longer = without;
        for (std::size_t i = 0; i < hex.size(); i += 2) {
            longer.push_back(
                static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
        }
        return decode(longer).error().message();
    };
    const std::size_t end = without.size();
    EXPECT_NE(refused("00000000").find("found 0 commands"), std::string::npos);
    EXPECT_NE(
        refused("010000000200000000000100").find("found the command 65536, expected at most 65535"),
        std::string::npos);
    EXPECT_NE(refused("010000000400000001000000").find("found method number 4"), std::string::npos);
    EXPECT_NE(
        refused("0200000001000000070000000200000007000000").find("is command 7, as is method"),
        std::string::npos);
    EXPECT_NE(refused("01000000020000000700000000").find(concat("byte ", end + 12)),
              std::string::npos);
}

TEST(binary, form_depends_on_everything_that_travels) {
    const std::string text = "enum E { a, b } record R { int8 x; int8 y = 1; } "
                             "exception X { int8 z; } interface I { void f(R r, E e); void g(); }";
    const digest original = digest_of(must_parse(text));
    const std::pair<std::string_view, std::string_view> changes[] = {
        {"a, b", "b, a"},
        {"a, b", "a, b = 2"},
        {"a, b", "a, c"},
        {"int8 x", "int16 x"},
        {"int8 x", "int8 w"},
        {"y = 1", "y = 2"},
        {"y = 1", "y"},
        {"int8 z", "int64 z"},
        {"exception X", "exception W"},
        {"R r, E e", "E r, R e"},
        {"R r", "R s"},
        {"void g()", "oneway void g()"},
        {"void g()", "idempotent void g()"},
        {"void g()", "int8 g()"},
        {"void f(R r, E e); void g();", "void g(); void f(R r, E e);"}};
    for (const auto& [from, to] : changes) {
        std::string changed = text;
        changed.replace(changed.find(from), from.size(), to);
        EXPECT_NE(digest_of(must_parse(changed)), original) << from << " -> " << to;
    }
}

TEST(binary, annotations_carry_docs_header_and_raised_exceptions_outside_the_digest) {
    const document document = must_parse(example);
    const bytes plain = encode(document);
    const bytes annotated = encode(document, annotations::included);
    ASSERT_GT(annotated.size(), plain.size());
    EXPECT_TRUE(std::equal(plain.begin(), plain.end(), annotated.begin()));
    const auto decoded = decode(annotated);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().to_string();
    EXPECT_EQ(*decoded, document); // its declarations are in order already
    EXPECT_EQ(*decode(plain), canonical(document));
}

TEST(binary, digest_of_an_interface_covers_what_it_reaches_and_nothing_else) {
    const std::string text = read_testdata("conformance.bk");
    const document document = must_parse(text);
    const auto digest = digest_of_interface(document, "Counter");
    ASSERT_TRUE(digest.has_value());
    EXPECT_EQ(*digest_of_interface(
                  must_parse(text + "record Other {} interface More { Other f(); }"), "Counter"),
              *digest);
    EXPECT_NE(*digest_of_interface(must_parse(text + "exception More {}"), "Counter"), *digest);
    const auto missing = digest_of_interface(document, "Nothing");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().to_string(), "not_found: schema has no interface \"Nothing\"");
}

TEST(binary, closure_follows_parameters_results_fields_exceptions_and_references) {
    const document document = must_parse(R"(
        record A { B b; } record B { list<E> e; } enum E { x } record Unused {}
        exception X { K k; } exception Y {} record K {}
        interface I { oneway void f(A a); J g() raises X; }
        interface J { variant<a: int8, l: L> h() raises X; } record L {}
        interface Far { Unused f() raises Y; })");
    const auto needed = closure(document, "I");
    ASSERT_TRUE(needed.has_value());
    EXPECT_EQ(print(*needed, {.docs = false}),
              "enum E {\n  x,\n}\n\nrecord A {\n  B b;\n}\n\nrecord B {\n  list<E> e;\n}\n\n"
              "record K {\n}\n\nrecord L {\n}\n\nexception X {\n  K k;\n}\n\ninterface I {\n"
              "  oneway void f(A a);\n  J g() raises X;\n}\n\ninterface J {\n"
              "  variant<a: int8, l: L> h() raises X;\n}\n");
}

TEST(binary, every_truncation_and_bit_flip_is_refused_or_sound) {
    const bytes whole = encode(must_parse(example), annotations::included);
    ASSERT_TRUE(assert_decodes_safely(whole));
    const std::size_t plain = encode(must_parse(example)).size();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(assert_decodes_safely(byte_view(whole).first(size)), size == plain) << size;
    }
    std::size_t sound = 0;
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        bytes mutant = whole;
        mutant[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
        if (assert_decodes_safely(mutant)) ++sound;
    }
    EXPECT_GT(sound, 100u); // names and docs can be changed
    EXPECT_LT(sound, whole.size() * 5);
}

TEST(binary, random_changes_of_random_documents_are_refused_or_sound) {
    dice dice(3);
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const bytes whole = encode(random_document(seed).make(), annotations::included);
        for (int i = 0; i < 20; ++i) {
            bytes mutant = whole;
            mutant[dice.roll(mutant.size())] = static_cast<std::byte>(dice.roll(256));
            assert_decodes_safely(mutant);
        }
    }
}

std::string refusal(byte_view input, const decode_options& options = {}) {
    const auto decoded = decode(input, options);
    return decoded ? "" : decoded.error().to_string();
}

TEST(binary, refusals_name_the_byte_what_was_found_and_what_was_expected) {
    const bytes plain = encode(must_parse("enum A { x } enum B { y }"));
    const auto changed = [&plain](std::size_t at, unsigned value) {
        bytes out = plain;
        out[at] = static_cast<std::byte>(value);
        return out;
    };
    EXPECT_EQ(refusal({}), "parse_error: schema at byte 0: found 0 bytes, expected 4 for the magic "
                           "number");
    EXPECT_EQ(refusal(changed(3, 2)),
              "parse_error: schema at byte 0: found 424b5302, expected the magic number 424b5301");
    EXPECT_EQ(
        refusal(changed(7, 0x7f)),
        "parse_error: schema at byte 4: found a count of 2130706434 declarations, but only 48 "
        "bytes follow");
    EXPECT_EQ(
        refusal(changed(12, 'C')),
        "parse_error: schema at byte 26: found \"B\" out of order, expected names in ascending "
        "order of bytes");
    EXPECT_EQ(refusal(changed(12, 0xff)), "parse_error: schema at byte 12: found the name of a "
                                          "declaration that is not UTF-8");
    EXPECT_EQ(
        refusal(changed(12, '!')),
        "parse_error: enum !: found the name \"!\", expected letters, digits and underscores, "
        "no digit first; while checking a schema");
    bytes longer = plain;
    longer.push_back(std::byte{0});
    EXPECT_EQ(refusal(longer), "parse_error: schema at byte 56: found 1 bytes, expected 4 for the "
                               "magic number");
}

TEST(binary, refuses_unknown_kinds_flags_and_recursive_records) {
    const std::string_view prefix{"BKS\x01\0\0\0\0\1\0\0\0\1\0\0\0P\1\0\0\0\1\0\0\0a", 26};
    const auto with_type = [&prefix](std::string_view type) {
        return to_bytes(std::string(prefix) + std::string(type) + std::string(12, '\0'));
    };
    EXPECT_EQ(refusal(with_type({"\x02", 1})), "");
    EXPECT_EQ(refusal(with_type({"\x13", 1})),
              "parse_error: schema at byte 26: found a type of kind "
              "19, expected 0 to 18, 20 to 25 or 30 to 32");
    EXPECT_EQ(refusal(with_type({"\x1f\1\0\0\0P", 6})),
              "parse_error: record P, field a: record 'P' holds itself by value (P holds P), "
              "expected a list, map or optional in between; while checking a schema");
    EXPECT_EQ(refusal(with_type(std::string(33, '\x15') + "\x02")),
              "parse_error: schema at byte 59: found a type nested deeper than 32 levels");
    EXPECT_EQ(refusal(to_bytes({"BKS\x01\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0I\1\0\0\0\1\0\0\0f"
                                "\x04\0\0\0\0\0",
                                40})),
              "parse_error: schema at byte 34: found method flags 4, expected 0 to 3");
}

TEST(binary, refuses_more_bytes_or_nodes_than_allowed) {
    const bytes plain = encode(must_parse("record P { tuple<int8, int8, int8> a; }"));
    EXPECT_EQ(refusal(plain, {.max_bytes = plain.size()}), "");
    EXPECT_EQ(refusal(plain, {.max_bytes = plain.size() - 1}),
              concat("limit_exceeded: schema is ", plain.size(), " bytes; limit is ",
                     plain.size() - 1, " bytes"));
    // One record, one field, its type, three types inside, each counted twice: as one of a list and as a type.
    EXPECT_EQ(refusal(plain, {.max_nodes = 9}), "");
    EXPECT_EQ(refusal(plain, {.max_nodes = 8}),
              "limit_exceeded: schema at byte 33: found more than 8 nodes, the limit max_nodes");
}

TEST(binary, a_count_in_the_annotations_must_belong_to_something) {
    const bytes whole = encode(must_parse("// of P\nrecord P {}"), annotations::included);
    bytes changed = whole;
    const std::size_t number = whole.size() - 4 - 4 - 4 - 4;
    ASSERT_EQ(std::to_integer<int>(changed[number]), 0);
    changed[number] = std::byte{1};
    EXPECT_EQ(refusal(changed),
              concat("parse_error: schema at byte ", number,
                     ": found doc number 1, expected one from 0 to below 1, in ascending order"));
}

} // namespace
} // namespace beckon::schema
