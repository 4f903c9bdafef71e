#include "beckon/schema/compatible.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "beckon/base/text.hpp"
#include "beckon/schema/binary.hpp"
#include "schema/random_document.hpp"

namespace beckon::schema {
namespace {

std::string listed(std::string_view before, std::string_view after) {
    const auto differences = compare(must_parse(before), must_parse(after), "I");
    if (!differences) return differences.error().to_string();
    std::string out;
    for (const difference& difference : *differences) out += to_string(difference) + "\n";
    return out;
}

std::string fields(std::string_view fields) {
    return concat("record R { ", fields, " } interface I { R f(); }");
}
std::string values(std::string_view values) {
    return concat("enum E { ", values, " } interface I { E f(); }");
}
std::string methods(std::string_view methods) {
    return concat("exception X {} exception Y {} interface I { ", methods, " }");
}

struct change {
    std::string before;
    std::string after;
    std::string_view differences;
};

TEST(compatible, each_change_is_named_with_what_it_breaks_and_why) {
    const change changes[] = {
        {fields("int8 a;"), fields("int8 a; int8 b = 3;"),
         "compatible: record R, field b: added at the end with default value 3: new readers use "
         "the "
         "default value, old ones skip it\n"},
        {fields("int8 a; int8 b = 3;"), fields("int8 a;"),
         "removal: record R, field b: removed from the end (old to new): old readers use its "
         "default "
         "value, new ones skip it\n"},
        {fields("int8 a;"), fields("int8 a; int8 b;"),
         "breaking: record R, field b: added at the end without a default value (old to new): a "
         "new "
         "reader cannot fill it in\n"},
        {fields("int8 a; int8 b;"), fields("int8 a;"),
         "breaking: record R, field b: removed from the end (new to old): an old reader has no "
         "default value for it\n"},
        {fields("int8 a; int8 b;"), fields("int8 b;"),
         "breaking: record R, field a: removed (old to new, new to old): the wire knows members by "
         "their position\n"},
        {fields("int8 b;"), fields("int8 a; int8 b;"),
         "breaking: record R, field a: inserted at position 1 (old to new, new to old): the wire "
         "knows members by their position\n"},
        {fields("int8 a; int8 b;"), fields("int8 b; int8 a;"),
         "breaking: record R, field b: moved from position 2 to 1 (old to new, new to old): the "
         "wire "
         "knows members by their position\n"},
        {fields("int8 a;"), fields("int8 z;"),
         "breaking: record R, field a: replaced by int8 z (old to new, new to old): what one side "
         "writes as the one field the other reads as another\n"},
        {fields("int8 a;"), fields("list<int8> a;"),
         "breaking: record R, field a: type changed from int8 to list<int8> (old to new, new to "
         "old): each type has a form of its own on the wire\n"},
        {fields("int8 a = 1;"), fields("int8 a = 2;"),
         "note: record R, field a: default value changed from 1 to 2: it stands in only where the "
         "writer does not know the field\n"},
        {fields("int8 a;"), fields("int8 a = 2;"),
         "note: record R, field a: default value changed from none to 2: it stands in only where "
         "the "
         "writer does not know the field\n"},
        {values("a, b"), values("a, b, c"),
         "compatible: enum E, value c: added with the number 2: the other numbers stay; an old "
         "peer "
         "that is sent it finds a number that it does not know\n"},
        {values("a, b"), values("c = 7, a = 0, b"),
         "compatible: enum E, value c: added with the number 7: the other numbers stay; an old "
         "peer "
         "that is sent it finds a number that it does not know\n"},
        {values("a, b"), values("a"),
         "removal: enum E, value b: removed (old to new): a new peer that is sent it finds a "
         "number "
         "that it does not know\n"},
        {values("a, b"), values("a, c"),
         "breaking: enum E, value b: replaced by 'c' with the same number 1 (old to new, new to "
         "old): the wire carries the numbers of enum values\n"},
        {values("a, b"), values("b, a"),
         "breaking: enum E, value a: number changed from 0 to 1 (old to new, new to old): the wire "
         "carries the numbers of enum values\n"
         "breaking: enum E, value b: number changed from 1 to 0 (old to new, new to old): the wire "
         "carries the numbers of enum values\n"},
        {methods("void f();"), methods("void f(); void g();"),
         "compatible: interface I, method g: added at the end: an old peer answers "
         "unknown_method\n"},
        {methods("void f(); void g();"), methods("void f();"),
         "removal: interface I, method g: removed from the end (old to new): a new peer answers "
         "unknown_method\n"},
        {methods("void f(); void g();"), methods("void g();"),
         "breaking: interface I, method f: removed (old to new, new to old): calls carry the "
         "position of the method\n"},
        {methods("void g();"), methods("void f(); void g();"),
         "breaking: interface I, method f: inserted at position 1 (old to new, new to old): calls "
         "carry the position of the method\n"},
        {methods("void f(); void g();"), methods("void g(); void f();"),
         "breaking: interface I, method g: moved from position 2 to 1 (old to new, new to old): "
         "calls carry the position of the method\n"},
        {methods("void f(); void g() = 7;"), methods("void f(); void g() = 8;"),
         "note: interface I, method g: was command 7 and is command 8: who calls it by its number, "
         "as basic-socket-rpc does, does not find it\n"},
        {methods("void f(); void g() = 1;"), methods("void f(); void g();"), ""},
        {methods("void f();"), methods("void h();"),
         "breaking: interface I, method f: replaced by h (old to new, new to old): calls carry the "
         "position of the method, where now another stands\n"},
        {methods("void f();"), methods("int8 f();"),
         "breaking: interface I, method f, result: type changed from void to int8 (old to new, new "
         "to old): each type has a form of its own on the wire\n"},
        {methods("void f(int8 a, int8 b);"), methods("void f(int8 a, int64 b);"),
         "breaking: interface I, method f, parameter 2 'b': type changed from int8 to int64 (old "
         "to "
         "new, new to old): each type has a form of its own on the wire\n"},
        {methods("void f(int8 a);"), methods("void f(int8 z);"),
         "note: interface I, method f, parameter 1 'a': renamed to 'z': the native wire sends "
         "arguments by position; protocols with named arguments do not\n"},
        {methods("void f(int8 a, int8 b);"), methods("void f(int8 b, int8 a);"),
         "breaking: interface I, method f, parameter 1 'a': replaced by 'b', which was parameter 2 "
         "(old to new, new to old): arguments are sent by position, so that these two change "
         "places\n"
         "breaking: interface I, method f, parameter 2 'b': replaced by 'a', which was parameter 1 "
         "(old to new, new to old): arguments are sent by position, so that these two change "
         "places\n"},
        {methods("void f();"), methods("void f(int8 a);"),
         "breaking: interface I, method f: number of parameters changed from 0 to 1 (old to new, "
         "new "
         "to old): arguments are sent by position and all of them\n"},
        {methods("void f();"), methods("oneway void f(); void g() raises X, Y;"),
         "breaking: interface I, method f: became one-way (old to new, new to old): one side waits "
         "for a reply that the other does not send, or the other way round\n"
         "compatible: interface I, method g: added at the end: an old peer answers "
         "unknown_method\n"},
        {methods("idempotent void f();"), methods("void f();"),
         "breaking: interface I, method f: is no longer idempotent (old to new): an old caller may "
         "repeat it\n"},
        {methods("void f();"), methods("idempotent void f();"),
         "note: interface I, method f: became idempotent: a new caller may repeat it\n"},
        {methods("void f() raises X; void g() raises Y;"),
         methods("void f() raises X, Y; void g() raises Y;"),
         "note: interface I, method f: raises other exceptions: a caller can be sent any exception "
         "that the schema declares\n"},
        {"exception X { int8 a; } interface I { void f(); }",
         "exception X { int64 a; } exception Z {} interface I { void f(); }",
         "breaking: exception X, field a: type changed from int8 to int64 (old to new, new to "
         "old): "
         "each type has a form of its own on the wire\n"
         "note: exception Z: newly raised: an old caller sees it as a remote_error of that name\n"},
        {"exception X {} interface I { void f(); }", "interface I { void f(); }",
         "note: exception X: no longer raised: a new caller sees it as a remote_error of that "
         "name\n"},
    };
    for (const change& change : changes) {
        EXPECT_EQ(listed(change.before, change.after), change.differences) << change.before << "\n"
                                                                           << change.after;
    }
}

TEST(compatible, changes_are_found_in_types_that_other_types_and_interfaces_reach) {
    EXPECT_EQ(
        listed("interface I { J f(); } interface J { list<A> g(); } record A { map<int8, B> b; } "
               "record B { E e; } enum E { x }",
               "interface I { J f(); } interface J { list<A> g(); } record A { map<int8, B> b; } "
               "record B { E e; } enum E { x = 2 }"),
        "breaking: enum E, value x: number changed from 0 to 2 (old to new, new to old): the "
        "wire carries the numbers of enum values\n");
    EXPECT_EQ(listed("exception X { R r; } record R { int8 a; } interface I { void f(); }",
                     "exception X { R r; } record R { int16 a; } interface I { void f(); }"),
              "breaking: record R, field a: type changed from int8 to int16 (old to new, new to "
              "old): each type has a form of its own on the wire\n");
}

TEST(compatible, changes_elsewhere_do_not_matter) {
    EXPECT_EQ(
        listed("interface I { void f(); } interface J { void g(); } record R { int8 a; }",
               "record R { int64 a; } interface J { int8 h(R r); } interface I { void f(); }"),
        "");
}

TEST(compatible, verdicts_follow_the_worst_difference) {
    const auto verdict = [](const std::string& before, const std::string& after) {
        const auto differences = compare(must_parse(before), must_parse(after), "I");
        return std::pair(is_compatible(*differences), is_upgrade(*differences));
    };
    EXPECT_EQ(verdict(fields("int8 a;"), fields("int8 a; int8 b = 1;")), std::pair(true, true));
    EXPECT_EQ(verdict(fields("int8 a; int8 b = 1;"), fields("int8 a;")), std::pair(true, false));
    EXPECT_EQ(verdict(fields("int8 a;"), fields("int16 a;")), std::pair(false, false));
    EXPECT_EQ(verdict(methods("void f(int8 a);"), methods("void f(int8 b);")),
              std::pair(true, true));
}

TEST(compatible, an_interface_that_is_missing_on_one_side_is_an_error) {
    EXPECT_EQ(listed("interface J {}", "interface I {}"),
              "not_found: schema has no interface \"I\"; while reading the old schema");
    EXPECT_EQ(listed("interface I {}", "interface J {}"),
              "not_found: schema has no interface \"I\"; while reading the new schema");
}

TEST(compatible, equal_digests_differ_in_notes_at_most) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const document document = random_document(seed).make();
        schema::document shuffled = document;
        std::reverse(shuffled.records.begin(), shuffled.records.end());
        std::reverse(shuffled.interfaces.begin(), shuffled.interfaces.end());
        for (const interface& interface : document.interfaces) {
            const auto differences = compare(document, shuffled, interface.name);
            ASSERT_TRUE(differences.has_value());
            EXPECT_TRUE(differences->empty()) << seed;
            ASSERT_EQ(*digest_of_interface(document, interface.name),
                      *digest_of_interface(shuffled, interface.name));
        }
    }
}

} // namespace
} // namespace beckon::schema
