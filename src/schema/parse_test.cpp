#include "beckon/schema/parse.hpp"

#include <gtest/gtest.h>

#include "schema/test_support.hpp"

namespace beckon::schema {
namespace {

std::string result_type(std::string_view text) {
    const document document = must_parse(text);
    return to_string(document.interfaces.at(0).methods.at(0).result);
}

TEST(parse, reads_the_conformance_service) {
    const document document = must_parse(read_testdata("conformance.bk"));
    ASSERT_EQ(document.interfaces.size(), 3u);
    EXPECT_EQ(document.enumerations[0].enumerators[2].name, "broken");
    EXPECT_EQ(document.enumerations[0].enumerators[2].number, 2);
    const record* const item = document.find_record("Item");
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(to_string(item->fields[3].type), "optional<Point>");
    EXPECT_EQ(item->fields[4].type.kind, kind::enumeration);
    const interface* const conformance = document.find_interface("Conformance");
    ASSERT_NE(conformance, nullptr);
    ASSERT_EQ(conformance->methods.size(), 18u);
    EXPECT_EQ(conformance->methods[10].name, "make_counter");
    EXPECT_EQ(conformance->methods[10].result.kind, kind::interface);
    EXPECT_EQ(to_string(conformance->methods[15].result), "stream<int64>");
    EXPECT_EQ(document.find_exception("OutOfStock")->fields.size(), 3u);
}

TEST(parse, reads_the_example_of_the_language_reference_and_finds_the_error_it_shows) {
    const std::string page = read_testdata("../../../docs/idl.md");
    const std::size_t begin = page.find("```\n") + 4;
    std::string example = page.substr(begin, page.find("```", begin) - begin);
    const document document = must_parse(example);
    EXPECT_EQ(document.doc, "A shop, reached over the net.");
    EXPECT_EQ(document.find_record("Item")->fields[3].default_value, "calm");
    EXPECT_EQ(document.find_interface("Shop")->methods.size(), 3u);
    example.replace(example.find("Item sell"), 4, "Itme");
    const std::string shown = to_string(parse_all(example, "shop.bk").diagnostics);
    EXPECT_NE(page.find("```\n" + shown + "```"), std::string::npos) << shown;
}

TEST(parse, reads_what_remcall_prints_with_its_header) {
    const document document = must_parse(read_testdata("conformance_remcall.bk"));
    EXPECT_EQ(document.label, "conformance");
    EXPECT_EQ(document.method_ref_bytes, 2);
    EXPECT_EQ(document.object_ref_bytes, 4);
    ASSERT_NE(document.find_interface("Main"), nullptr);
    EXPECT_EQ(document.find_interface("Main")->methods.size(), 12u);
}

TEST(parse, accepts_remcalls_spellings_and_empty_bodies) {
    const document document = must_parse("enum Void0 {\n\n}\n\nrecord Zero {\n\n}\n\n"
                                         "record R {\n  boolean f;\n  Zero[] zeros;\n}\n");
    EXPECT_EQ(to_string(document.records[1].fields[0].type), "bool");
    EXPECT_EQ(to_string(document.records[1].fields[1].type), "list<Zero>");
}

TEST(parse, knows_every_built_in_type) {
    for (const std::string_view name : {"void",
                                        "bool",
                                        "int8",
                                        "uint8",
                                        "int16",
                                        "uint16",
                                        "int32",
                                        "uint32",
                                        "int64",
                                        "uint64",
                                        "float32",
                                        "float64",
                                        "string",
                                        "bytes",
                                        "date",
                                        "time",
                                        "datetime",
                                        "duration",
                                        "any",
                                        "optional<int8>",
                                        "list<list<string>>",
                                        "map<string, list<any>>",
                                        "tuple<int8, string>",
                                        "variant<a: int64, b: string>",
                                        "stream<bytes>"}) {
        EXPECT_EQ(result_type("interface I { " + std::string(name) + " f(); }"), name);
    }
}

TEST(parse, takes_a_bare_interface_name_and_ref_for_the_same) {
    EXPECT_EQ(must_parse("interface I { ref<I> f(); }"), must_parse("interface I { I f(); }"));
    EXPECT_EQ(must_parse("interface I { ref<I>[] f(); }"),
              must_parse("interface I { list<I> f(); }"));
}

TEST(parse, lets_every_keyword_name_types_members_and_parameters) {
    const document document = must_parse(R"(
        enum enum { enum, record, label }
        record record { record[] list; stream stream; optional<optional> optional; ref ref; }
        record stream { enum enum; }
        record optional { int8 map; }
        record ref {}
        exception raises {}
        interface interface {
          oneway void oneway(record oneway);
          oneway void idempotent();
          list list(list<list> list, ref<list> ref) raises raises;
          idempotent idempotent idempotent2();
        }
        record idempotent {}
        interface list { label label(); }
        interface label {}
        record namespace {}
    )");
    const interface& methods = document.interfaces[0];
    EXPECT_TRUE(methods.methods[0].oneway);
    EXPECT_EQ(methods.methods[0].name, "oneway");
    EXPECT_EQ(to_string(methods.methods[2].parameters[0].type), "list<list>");
    EXPECT_EQ(methods.methods[2].raises, std::vector<std::string>{"raises"});
    EXPECT_TRUE(methods.methods[3].idempotent);
    EXPECT_EQ(to_string(methods.methods[3].result), "idempotent");
}

TEST(parse, methods_have_the_commands_that_are_given_and_count_on_from_them) {
    const document document =
        must_parse("exception X {} interface I { void a(); void b() = 65; int8 c(int8 d) raises X; "
                   "void e() raises X, X2 = 7; void f(); } exception X2 {}");
    const interface& read = document.interfaces[0];
    EXPECT_EQ(commands_of(read), (std::vector<std::uint32_t>{0, 65, 66, 7, 8}));
    EXPECT_FALSE(read.methods[2].command);
    EXPECT_EQ(read.methods[3].command, 7);
    EXPECT_EQ(commands_of(must_parse("interface I { void a() = 0xffff; }").interfaces[0]),
              std::vector<std::uint32_t>{65535});
}

TEST(parse, a_type_called_oneway_is_no_marker) {
    const document document =
        must_parse("record oneway {} interface I { oneway f(); oneway oneway2(); oneway[] g(); }");
    for (const method& method : document.interfaces[0].methods) {
        EXPECT_FALSE(method.oneway) << method.name;
    }
}

TEST(parse, a_declared_name_hides_a_built_in_type_that_remcall_does_not_know) {
    const document document = must_parse("record any { int8 a; } record P { any a; bytes b; }");
    EXPECT_EQ(document.records[1].fields[0].type.kind, kind::record);
    EXPECT_EQ(document.records[1].fields[1].type.kind, kind::bytes);
}

TEST(parse, counts_enum_values_from_the_number_before) {
    const document document = must_parse("enum E { a, b = 5, c, d = -2, e, f = 0x10 }");
    std::vector<int> numbers;
    for (const enumerator& value : document.enumerations[0].enumerators) {
        numbers.push_back(value.number);
    }
    EXPECT_EQ(numbers, (std::vector<int>{0, 5, 6, -2, -1, 16}));
}

TEST(parse, reads_the_header) {
    const document document = must_parse("label \"Gr\xc3\xbc\xc3\x9f"
                                         "e \\u{4f60}\"; namespace shop.front; widths 8 1;");
    EXPECT_EQ(document.label, "Gr\xc3\xbc\xc3\x9f"
                              "e \xe4\xbd\xa0");
    EXPECT_EQ(document.cpp_namespace, "shop.front");
    EXPECT_EQ(document.method_ref_bytes, 8);
    EXPECT_EQ(document.object_ref_bytes, 1);
}

TEST(parse, writes_default_values_in_their_canonical_form) {
    const document document = must_parse("record P { int8 a = 0x10; float64 b = 3.50; duration c = "
                                         "60s; string d = \"\\x41\\u{e4}\"; "
                                         "list<float32> e = [ 1.0, 2e3, ]; }");
    std::vector<std::string> values;
    for (const field& field : document.records[0].fields) values.push_back(field.default_value);
    EXPECT_EQ(values,
              (std::vector<std::string>{"16", "3.5", "1min", "\"A\xc3\xa4\"", "[1, 2000]"}));
}

TEST(parse, forgives_a_byte_order_mark_carriage_returns_and_semicolons_after_braces) {
    const document document = must_parse("\xef\xbb\xbf"
                                         "record A {\r\n  int8 a; // x\r\n};\r\n\r\nenum B {};");
    EXPECT_EQ(document.records[0].fields[0].doc, "x");
    EXPECT_EQ(document.enumerations.size(), 1u);
}

TEST(parse, refuses_a_text_over_the_limit_unread) {
    const std::string text = "record P {}";
    EXPECT_TRUE(parse(text, "a.bk", {.max_bytes = text.size()}).has_value());
    const auto refused = parse(text, "a.bk", {.max_bytes = text.size() - 1});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), errc::limit_exceeded);
    EXPECT_EQ(refused.error().message(), "a.bk: found a text of 11 bytes; limit is 10 bytes");
    EXPECT_EQ(parse_all(text, "a.bk", {.max_bytes = 10}).diagnostics.size(), 1u);
}

TEST(parse, nests_types_up_to_the_limit_and_no_further) {
    const auto nested = [](std::size_t depth) {
        std::string text = "record P { ";
        for (std::size_t i = 0; i < depth; ++i) text += "list<";
        return text + "int8" + std::string(depth, '>') + " a; }";
    };
    EXPECT_TRUE(parse(nested(32), "a.bk").has_value());
    const auto refused = parse(nested(33), "a.bk");
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message().find("nested deeper than 32 levels"), std::string::npos);
    std::string arrays = "record P { int8";
    for (int i = 0; i < 33; ++i) arrays += "[]";
    EXPECT_FALSE(parse(arrays + " a; }", "a.bk").has_value());
}

TEST(parse, stops_complaining_at_the_limit) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "record P" + std::to_string(i) + " { Missing a; }\n";
    EXPECT_EQ(parse_all(text, "a.bk").diagnostics.size(), 20u);
    EXPECT_EQ(parse_all(text, "a.bk", {.max_errors = 3}).diagnostics.size(), 3u);
    std::string broken;
    for (int i = 0; i < 100; ++i) broken += "record P" + std::to_string(i) + " { int8; }\n";
    EXPECT_EQ(parse_all(broken, "a.bk").diagnostics.size(), 20u);
}

} // namespace
} // namespace beckon::schema
