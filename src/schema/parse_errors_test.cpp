#include <gtest/gtest.h>

#include "beckon/base/text.hpp"
#include "beckon/schema/parse.hpp"

namespace beckon::schema {
namespace {

struct bad_input {
    std::string_view text;
    std::string_view complaints; ///< Place and message of each, notes marked so.
};

// clang-format off
constexpr bad_input bad_inputs[] = {
    {"struct Point { float64 x; }",
     "1:1: found 'struct', expected enum, record, exception, interface, label, namespace or widths; did you mean 'record'?"},
    {"enmu Mood { calm }",
     "1:1: found 'enmu', expected enum, record, exception, interface, label, namespace or widths; did you mean 'enum'?"},
    {"foo",
     "1:1: found 'foo', expected enum, record, exception, interface, label, namespace or widths"},
    {"}",
     "1:1: found '}', expected enum, record, exception, interface, label, namespace or widths"},
    {"record",
     "1:7: found end of file, expected the name of the record"},
    {"record {",
     "1:8: found '{', expected the name of the record"},
    {"record Point",
     "1:13: found end of file, expected '{' after record Point"},
    {"record Point float64 x; }",
     "1:14: found 'float64', expected '{' after record Point"},
    {"record 3D {}",
     "1:8: found \"3D\", expected a number (3, -0x1f, 2.5, 1e9) or a duration (250ms)"},
    {"record P { float64 x }",
     "1:22: found '}', expected ';' after field 'x'"},
    {"record P { float64 x;",
     "1:22: found end of file, expected '}' at the end of record P"},
    {"record P {\n  float64 x\n  float64 y;\n}",
     "2:12: found end of line, expected ';' after field 'x'"},
    {"record P { float64; }",
     "1:19: found ';', expected the name of the field after its type"},
    {"record P { float64 x float64 y; }",
     "1:22: found 'float64', expected ';' after field 'x'"},
    {"record P { 3 x; }",
     "1:12: found '3', expected a field ('type name;') or '}'"},
    {"record P { float64 x, y; }",
     "1:21: found ',', expected ';' after field 'x'"},
    {"record P { list<> a; }",
     "1:17: found '>', expected a type inside 'list<'"},
    {"record P { list<int8 a; }",
     "1:22: found 'a', expected '>' after the last type of 'list'"},
    {"record P { list<int8, int8> a; }",
     "1:21: found ',', expected '>' after the last type of 'list'"},
    {"record P { map<int8> a; }",
     "1:20: found '>', expected ',' and a second type: map<K, V>"},
    {"record P { vector<int8> a; }",
     "1:18: found '<', expected a name: 'vector' takes no types; optional, list, map, tuple, variant, stream and ref do"},
    {"record P { int8[ a; }",
     "1:18: found 'a', expected ']' after '['"},
    {"record P { int8[3] a; }",
     "1:17: found '3', expected ']' after '['"},
    {"record P { variant<int8> a; }",
     "1:24: found '>', expected ':' and a type after case 'int8'"},
    {"record P { ref<> a; }",
     "1:16: found '>', expected the name of an interface inside 'ref<'"},
    {"record P { tuple<> a; }",
     "1:18: found '>', expected a type inside 'tuple<'"},
    {"record A {\n  int8 a;\nrecord B { int8 b; }",
     "3:1: found 'record', expected '}' at the end of record A"},
    {"enum E { a b }",
     "1:12: found 'b', expected ',' or '}' after value 'a'"},
    {"enum E { a, = 3 }",
     "1:13: found '=', expected the name of a value of enum E"},
    {"enum E { a; b }",
     "1:11: found ';', expected ',' or '}' after value 'a'"},
    {"enum E { a = x }",
     "1:14: found 'x', expected an integer from -2147483648 to 2147483647"},
    {"enum E { a = 2147483648 }",
     "1:14: found '2147483648', expected an integer from -2147483648 to 2147483647"},
    {"enum E { a = 2147483647, b }",
     "1:26: found 'b' after the greatest number 2147483647, expected a number of its own"},
    {"enum E { a, b",
     "1:14: found end of file, expected '}' at the end of enum E"},
    {"interface I { void f() }",
     "1:24: found '}', expected ';' after method 'f'"},
    {"interface I { void f; }",
     "1:21: found ';', expected '(' after method 'f'"},
    {"interface I { f(); }",
     "1:16: found '(', expected the name of the method after its result type"},
    {"interface I { void f(int8); }",
     "1:26: found ')', expected the name of the parameter after its type"},
    {"interface I { void f(int8 a int8 b); }",
     "1:29: found 'int8', expected ',' or ')' after parameter 'a'"},
    {"interface I { void f(int8 a; }",
     "1:28: found ';', expected ',' or ')' after parameter 'a'"},
    {"interface I { void f() raises; }",
     "1:30: found ';', expected the name of an exception"},
    {"interface I { oneway oneway void f(); }",
     "1:22: found 'oneway' for the second time"},
    {"interface I { void f(int8 a = 3); }",
     "1:29: found '=', expected ',' or ')' after parameter 'a'"},
    {"interface I : J { void f(); }",
     "1:13: found ':', expected '{' after interface I"},
    {"interface I { oneway f(); }",
     "1:15: found 'oneway' without a result type, expected 'oneway void name(...)'"},
    {"label x;",
     "1:7: found 'x', expected a string after 'label'"},
    {"label \"a\"; label \"b\";",
     "1:12: found 'label' for the second time"},
    {"label \"a\n",
     "1:7: found end of line inside a string, expected '\"'\n"
     "2:1: found end of file, expected ';' after the label"},
    {"namespace ;",
     "1:11: found ';', expected a name after 'namespace'"},
    {"namespace a.;",
     "1:13: found ';', expected a name after 'namespace'"},
    {"widths 3 4;",
     "1:8: found '3', expected a width of 1, 2, 4 or 8 bytes: widths METHOD OBJECT"},
    {"widths 2;",
     "1:9: found ';', expected a width of 1, 2, 4 or 8 bytes: widths METHOD OBJECT"},
    {"record P { int8 a = ; }",
     "1:21: found ';', expected a default value"},
    {"record P { int8 a = 3 }",
     "1:23: found '}', expected ';' after field 'a'"},
    {"record P { int8 a = 12abc; }",
     "1:21: found \"12abc\", expected a number (3, -0x1f, 2.5, 1e9) or a duration (250ms)"},
    {"record P { int8 a = 0xfffffffffffffffff; }",
     "1:21: found '0xfffffffffffffffff', expected an integer of at most 64 bits"},
    {"record P { string a = \"\\q\"; }",
     "1:24: found an unknown escape, expected one of \\\" \\\\ \\n \\r \\t \\xHH \\u{HEX}"},
    {"record P { list<int8> a = [1 2]; }",
     "1:30: found '2', expected ',' or ']' in a list"},
    {"record P { map<int8, int8> a = {1}; }",
     "1:33: found '1', expected '}': a map's default can only be empty"},
    {"record P { float64 a = -x; }",
     "1:25: found 'x', expected a number or 'inf' after '-'"},
    {"record P { duration d = 99999999h; }",
     "1:25: found '99999999h', expected a duration of at most 9223372036854775807 ns (292 years)"},
    {"/* never closed",
     "1:1: found end of file inside this comment, expected '*/'"},
    {"record P { int8 a; } $$$",
     "1:22: found \"$$$\", expected a name, a number, a string or one of {}()<>[],;=.:-"},
    {"record P { int8 \xc3\xa4; }",
     "1:17: found \"\\xc3\\xa4\", expected names of ASCII letters, digits and underscores"},
    {"record P { Itme a; } record Item {}",
     "1:12: undefined type 'Itme'; did you mean 'Item'?"},
    {"record P { strin a; }",
     "1:12: undefined type 'strin'; did you mean 'string'?"},
    {"record P { double a; }",
     "1:12: undefined type 'double'; did you mean 'float64'?"},
    {"record P { list a; }",
     "1:12: found 'list' without its type, expected list<T>"},
    {"record P { void a; }",
     "1:12: found 'void', expected a type: only a result can be void"},
    {"record P { list<void> a; }",
     "1:17: found 'void', expected a type: only a result can be void"},
    {"interface I { void f(void a); }",
     "1:22: found 'void', expected a type: only a result can be void"},
    {"record P { stream<int8> a; }",
     "1:12: found a stream, expected another type: only a whole parameter or result can be a stream"},
    {"interface I { void f(list<stream<int8>> a); }",
     "1:27: found a stream, expected another type: only a whole parameter or result can be a stream"},
    {"record P { map<float64, int8> a; }",
     "1:16: found a map key of type float64, expected bool, an integer, string, bytes, an enum or a type of time"},
    {"record Q {} record P { map<Q, int8> a; }",
     "1:28: found a map key of type Q, expected bool, an integer, string, bytes, an enum or a type of time"},
    {"record P { int8 a; int16 a; }",
     "1:26: field 'a' is declared twice\n"
     "1:17: note: 'a' is first declared here"},
    {"enum E { a, b, a }",
     "1:16: enum value 'a' is declared twice\n"
     "1:10: note: 'a' is first declared here"},
    {"enum E { a = 1, b = 1 }",
     "1:21: enum value 'b' has the number 1 that 'a' has already\n"
     "1:14: note: the number is first used here"},
    {"record P {} enum P { a }",
     "1:18: type 'P' is declared twice\n"
     "1:8: note: 'P' is first declared here"},
    {"interface I { void f(); int8 f(); }",
     "1:30: method 'f' is declared twice\n"
     "1:20: note: 'f' is first declared here"},
    {"interface I { void f(int8 a, int8 a); }",
     "1:35: parameter 'a' is declared twice\n"
     "1:27: note: 'a' is first declared here"},
    {"record P { variant<a: int8, a: int8> v; }",
     "1:29: variant has the case 'a' twice\n"
     "1:20: note: 'a' is first named here"},
    {"interface I { void f(variant<b: variant<x: int8, y: int8>[], a: map<int8, bool>, c: ref<I>[], a: I> v); }",
     "1:95: variant has the case 'a' twice\n"
     "1:62: note: 'a' is first named here"},
    {"record string { int8 a; }",
     "1:8: 'string' is the name of a built-in type, expected another"},
    {"record P { P p; }",
     "1:12: record 'P' holds itself by value (P holds P), expected a list, map or optional in between"},
    {"record A { B b; } record B { tuple<int8, A> a; }",
     "1:42: record 'A' holds itself by value (A holds B holds A), expected a list, map or optional in between"},
    {"exception X {} record P { X x; }",
     "1:27: 'X' is an exception, which can be raised but not passed\n"
     "1:11: note: 'X' is declared here"},
    {"interface I { void f() raises X; } record X {}",
     "1:31: 'X' is a record, expected an exception\n"
     "1:43: note: 'X' is declared here"},
    {"interface I { void f() raises Wron; } exception Wrong {}",
     "1:31: undefined exception 'Wron'; did you mean 'Wrong'?"},
    {"exception X {} interface I { void f() raises X, X; }",
     "1:49: exception 'X' is raised twice\n"
     "1:46: note: it is first named here"},
    {"interface I { oneway int8 f(); }",
     "1:22: one-way method 'f' has a result of type int8, expected void"},
    {"exception X {} interface I { oneway void f() raises X; }",
     "1:53: one-way method 'f' raises exceptions, but no reply could carry them"},
    {"interface I { oneway void f(stream<int8> s); }",
     "1:29: one-way method 'f' has a stream, but no reply could end it"},
    {"record P { ref<Q> q; } record Q {}",
     "1:16: 'Q' is a record, expected an interface\n"
     "1:31: note: 'Q' is declared here"},
    {"record P { ref<Q> q; }",
     "1:16: undefined type 'Q'"},
    {"record P { int8 a = 1; int8 b; }",
     "1:29: field 'b' has no default value, but 'a' before it has; only the last fields can have one\n"
     "1:17: note: the default value is here"},
    {"record P { int8 a = 128; }",
     "1:21: default value of type int8: found integer 128, expected an integer from -128 to 127"},
    {"record P { uint8 a = -1; }",
     "1:22: default value of type uint8: found integer -1, expected an integer from 0 to 255"},
    {"record P { bool a = 1; }",
     "1:21: default value of type bool: found integer 1, expected true or false"},
    {"record P { string a = 3; }",
     "1:23: default value of type string: found integer 3, expected a string of UTF-8"},
    {"enum E { x, y } record P { E e = z; }",
     "1:34: default value of type E: found 'z', expected a value of enum E (x, y)"},
    {"record P { float32 a = 1e39; }",
     "1:24: default value of type float32: found number 1e39, expected a number in the range of the type"},
    {"record P { list<int8> a = [1, \"x\"]; }",
     "1:27: default value of type int8: found string \"x\", expected an integer from -128 to 127"},
    {"record P { date d = \"2024-01-01\"; }",
     "1:21: type date cannot have a default value; optional<date> can, with null"},
    {"record P { duration d = 5; }",
     "1:25: default value of type duration: found integer 5, expected a duration such as 250ms"},
    {"record P { optional<int8> a = \"x\"; }",
     "1:31: default value of type int8: found string \"x\", expected an integer from -128 to 127"},
    {"record P { any a = 3; }",
     "1:20: default value of type any: found integer 3, expected null"},
    {"record P { map<int8, int8> a = []; }",
     "1:32: default value of type map<int8, int8>: found a list of 0 items, expected {}"},
    {"record P { bytes b = []; }",
     "1:22: default value of type bytes: found a list of 0 items, expected a string such as \"\\x00\\xff\""},
    {"\xff",
     "1:1: found byte 0xff, expected UTF-8"},
    {"record A { Mising a; }\nrecord B { int8 a; int8 a; }\ninterface I { void f() raises Y; }",
     "1:12: undefined type 'Mising'\n"
     "2:25: field 'a' is declared twice\n"
     "2:17: note: 'a' is first declared here\n"
     "3:31: undefined exception 'Y'"},
    {"record A { int8 }\nenum B { c d }\ninterface I { f(; }\nrecord C { int8 a; }",
     "1:17: found '}', expected the name of the field after its type\n"
     "2:12: found 'd', expected ',' or '}' after value 'c'\n"
     "3:16: found '(', expected the name of the method after its result type"},
    {"struct A { int8 }\nservice B { void f(); int8; }",
     "1:1: found 'struct', expected enum, record, exception, interface, label, namespace or widths; did you mean 'record'?\n"
     "1:17: found '}', expected the name of the field after its type\n"
     "2:1: found 'service', expected enum, record, exception, interface, label, namespace or widths; did you mean 'interface'?\n"
     "2:27: found ';', expected the name of the method after its result type"},
    {"exception E { stream<int8> s; }",
     "1:15: found a stream, expected another type: only a whole parameter or result can be a stream"},
    {"record P { tuple<int8, void> t; }",
     "1:24: found 'void', expected a type: only a result can be void"},
    {"interface I { void f() = ; }",
     "1:26: found ';', expected an integer from 0 to 65535, the command of the method"},
    {"interface I { void f() = 65536; void g() = -1; void h() = x; }",
     "1:26: found '65536', expected an integer from 0 to 65535, the command of the method\n"
     "1:44: found '-1', expected an integer from 0 to 65535, the command of the method\n"
     "1:59: found 'x', expected an integer from 0 to 65535, the command of the method"},
    {"interface I { void f() = 1 raises X; } exception X {}",
     "1:28: found 'raises', expected ';' after method 'f'"},
    {"interface I { void f() = 2; void g() = 1; void h(); void i() = 65535; void j(); }",
     "1:48: method 'h' is command 2, as is method 'f'\n"
     "1:20: note: command 2 is here\n"
     "1:76: method 'j' would be command 65536, expected a number of its own to 65535"},
    {"interface I { void f() = 2; void g() = 2; }",
     "1:40: method 'g' is command 2, as is method 'f'\n"
     "1:20: note: command 2 is here"},
    {"interface I { idempotent idempotent void f(); }",
     "1:26: found 'idempotent' for the second time"},
    {"record any {} record P { boolean any; } record boolean {}",
     "1:48: 'boolean' is the name of a built-in type, expected another"},
    {"label 3;",
     "1:7: found '3', expected a string after 'label'"},
    {"record P { list<int8> a = [; }",
     "1:28: found ';', expected a default value"},
    {"record P { int8 a = -; }",
     "1:22: found ';', expected a number or 'inf' after '-'"},
    {"record P { optional<P> p; Q q; } record Q { map<string, P> p; list<Q> q; variant<a: P, b: Q> r; }",
     "1:85: record 'P' holds itself by value (P holds Q holds P), expected a list, map or optional in between\n"
     "1:91: record 'Q' holds itself by value (Q holds Q), expected a list, map or optional in between"},
    {"enum E { a = -2147483649 }",
     "1:14: found '-2147483649', expected an integer from -2147483648 to 2147483647"},
    {"record P { string s = \"\\xff\"; }",
     "1:23: default value of type string: found string \"\\xff\", expected a string of UTF-8"},
    {"record A { int8 a;\n\ninterface I {}",
     "3:1: found 'interface', expected '}' at the end of record A"},
    {"import \"x.bk\";",
     "1:1: found 'import', expected enum, record, exception, interface, label, namespace or widths"},
};
// clang-format on

std::string listed(const std::vector<diagnostic>& diagnostics) {
    std::string out;
    for (const diagnostic& complaint : diagnostics) {
        if (!out.empty()) out += '\n';
        out += concat(complaint.line, ":", complaint.column, ": ", complaint.message);
        for (const diagnostic& note : complaint.notes) {
            out += concat("\n", note.line, ":", note.column, ": note: ", note.message);
        }
    }
    return out;
}

TEST(bad_idl, is_refused_with_these_words) {
    for (const bad_input& bad : bad_inputs) {
        EXPECT_EQ(listed(parse_all(bad.text, "bad.bk").diagnostics), bad.complaints) << bad.text;
    }
}

TEST(bad_idl, is_an_error_in_one_line_with_the_number_of_others) {
    const auto one = parse("record P { Itme a; } record Item {}", "shop.bk");
    ASSERT_FALSE(one.has_value());
    EXPECT_EQ(one.error().to_string(),
              "parse_error: shop.bk:1:12: undefined type 'Itme'; did you mean 'Item'?");
    const auto two = parse("record P { A a; B b; }", "shop.bk");
    ASSERT_FALSE(two.has_value());
    EXPECT_EQ(two.error().message(), "shop.bk:1:12: undefined type 'A' (and 1 more error)");
    const auto three = parse("record P { A a; B b; C c; }", "shop.bk");
    ASSERT_FALSE(three.has_value());
    EXPECT_EQ(three.error().message(), "shop.bk:1:12: undefined type 'A' (and 2 more errors)");
}

TEST(bad_idl, is_shown_with_its_line_and_a_caret) {
    const auto outcome =
        parse_all("record Item {}\nrecord P {\n\tItme\tgross; // gr\xc3\xb6sse\n}\n", "shop.bk");
    EXPECT_EQ(to_string(outcome.diagnostics),
              "shop.bk:3:2: error: undefined type 'Itme'; did you mean 'Item'?\n"
              "  3 |  Itme gross; // gr\xc3\xb6sse\n"
              "    |  ^~~~\n");
}

TEST(bad_idl, in_a_long_line_is_shown_with_what_surrounds_it) {
    const std::string before(500, 'b');
    const std::string after(500, 'a');
    const auto outcome = parse_all("/* " + before + " */ record P { " + after + " x; }", "long.bk");
    ASSERT_EQ(outcome.diagnostics.size(), 1u);
    const diagnostic& complaint = outcome.diagnostics[0];
    EXPECT_EQ(complaint.column, 3 + 500 + 4 + 11 + 1u);
    EXPECT_EQ(complaint.excerpt, std::string(45, 'b') + " */ record P { " + std::string(60, 'a'));
    EXPECT_EQ(complaint.excerpt_column, 60u);
    EXPECT_EQ(complaint.length, 60u);
}

TEST(bad_idl, never_steers_a_terminal) {
    const auto outcome = parse_all("record P { Missing a; } // \x1b[2J\x7f \xe2\x80\xae", "a.bk");
    ASSERT_EQ(outcome.diagnostics.size(), 1u);
    EXPECT_EQ(outcome.diagnostics[0].excerpt, "record P { Missing a; } // ?[2J? ???");
}

} // namespace
} // namespace beckon::schema
