// Between ours and remcall's: what both can say comes over whole, what only one can is named.
#include "beckon/schema/remcall/convert.hpp"

#include "beckon/base/text.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/calls.hpp"
#include "beckon/schema/remcall/print.hpp"
#include "schema/test_support.hpp"

namespace beckon::schema::remcall {
namespace {

converted must_convert(std::string_view idl, const from_options& options = {}) {
    auto made = from_document(must_parse(idl), options);
    EXPECT_TRUE(made) << made.error().to_string();
    return made ? *std::move(made) : converted{};
}

/// Of the document that cannot be converted: the first complaint.
std::string complaint(std::string_view idl, const from_options& options = {}) {
    const auto made = from_document(must_parse(idl), options);
    if (made) return "taken";
    EXPECT_EQ(made.error().code(), errc::unsupported);
    return made.error().message();
}

/// One method of Main with a parameter of the type.
std::string complaint_about(std::string_view type, std::string_view more = "") {
    return complaint(concat("interface Main { void a(", type, " p); }\n", more));
}

TEST(remcall_from_document, takes_all_that_remcall_has) {
    const converted made = must_convert(R"(
        enum Mood { calm = 4, busy = 2 }
        record Item { bytes raw; list<string> tags; Item[] parts; Mood mood = calm; }
        interface Listener { oneway void told(optional<Listener> other); }
        interface Main {
          idempotent bool a(int8 b, uint8 c, int16 d, uint16 e, int32 f, uint32 g, int64 h, uint64 i);
          date b(float32 b, float64 c, string d, time e, datetime f, list<Listener> g, Item[] h);
        })");
    EXPECT_EQ(pretty_print(made.document), R"(enum Mood {
  calm,
  busy,
}

record Item {
  uint8[] raw;
  string[] tags;
  Item[] parts;
  Mood mood;
}

interface Listener {
  void told(Listener other);
}

interface Main {
  boolean a(int8 b, uint8 c, int16 d, uint16 e, int32 f, uint32 g, int64 h, uint64 i);
  date b(float32 b, float64 c, string d, time e, datetime f, Listener[] g, Item[] h);
})");
}

TEST(remcall_from_document, names_each_type_that_remcall_has_not) {
    const std::string where = "interface Main, method a, parameter 1 'p': ";
    EXPECT_EQ(complaint_about("duration"),
              where + "duration cannot be said in remcall, which has no duration");
    EXPECT_EQ(complaint_about("any"), where + "any cannot be said in remcall, which has no any");
    EXPECT_EQ(complaint_about("map<string, int8>"),
              where + "map<string, int8> cannot be said in remcall, which has no map");
    EXPECT_EQ(complaint_about("tuple<int8>"),
              where + "tuple<int8> cannot be said in remcall, which has no tuple");
    EXPECT_EQ(complaint_about("variant<a: int8>"),
              where + "variant<a: int8> cannot be said in remcall, which has no variant");
    EXPECT_EQ(complaint_about("stream<int8>"),
              where + "stream<int8> cannot be said in remcall, which has no stream");
    EXPECT_EQ(
        complaint_about("optional<string>"),
        where + "optional<string> cannot be said in remcall: only references can be nothing there");
    EXPECT_EQ(complaint_about("list<bytes>"),
              where + "list<bytes> cannot be said in remcall, which has no arrays of arrays");
    EXPECT_EQ(complaint_about("list<any>"),
              where + "any cannot be said in remcall, which has no any");
    EXPECT_EQ(complaint("record R { any what; } interface Main { void a(); }"),
              "record R, field what: any cannot be said in remcall, which has no any");
    EXPECT_EQ(complaint("interface Main { any a(); any b(); }"),
              "interface Main, method a, result: any cannot be said in remcall, which has no any "
              "(and 1 more)");
}

TEST(remcall_from_document, names_what_else_remcall_has_not) {
    EXPECT_EQ(complaint("interface Main { }"),
              "interface Main: an interface without methods, which remcall does not have");
    std::string values;
    for (int i = 0; i < 257; ++i) values += concat("v", i, ", ");
    EXPECT_EQ(complaint(concat("enum E { ", values, "} interface Main { void a(); }")),
              "enum E: 257 values; remcall has at most 256");
    EXPECT_EQ(complaint("interface Shop { void a(); }"),
              "no interface is called Main, and none is said to be it");
    EXPECT_EQ(complaint("interface Shop { void a(); }", {.main = "Shelf"}),
              "no interface is called \"Shelf\"");
}

TEST(remcall_from_document, finds_all_that_is_inexpressible_with_the_places_of_both_names) {
    const schema::document document =
        must_parse("interface Main { void f(int8 a_b, int8 aB, any x); } "
                   "record R { int8 a_b; int8 aB; map<string, int8> m; }");
    const auto found = inexpressible(document, {});
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].where, (place{section::records, 0, 1}));
    EXPECT_EQ(found[0].related, (place{section::records, 0, 0}));
    EXPECT_EQ(found[1].where, (place{section::records, 0, 2, place::none, aspect::type}));
    EXPECT_EQ(found[2].where, (place{section::interfaces, 0, 0, 1}));
    EXPECT_EQ(found[2].related, (place{section::interfaces, 0, 0, 0}));
    EXPECT_EQ(found[3].where, (place{section::interfaces, 0, 0, 2, aspect::type}));
}

TEST(remcall_from_document, names_both_names_that_become_one) {
    EXPECT_EQ(
        complaint("interface Main { void on_sold(); void onSold(); }"),
        "interface Main, method onSold: the names on_sold and onSold are both onSold in remcall");
    EXPECT_EQ(complaint("record a_b { } interface aB { void c(); } interface Main { void a(); }"),
              "interface aB: the names a_b and aB are both aB in remcall");
    EXPECT_EQ(
        complaint("interface Main { void a(); } interface Shop { void a(); }", {.main = "Shop"}),
        "interface Main: Main is Main in remcall, which interface Shop is to be called");
    EXPECT_EQ(
        complaint("interface Main { void __1(); }"),
        "interface Main, method __1: the name \"__1\" has no form in remcall, which has letters "
        "and digits alone, a letter first");
}

TEST(remcall_from_document, refuses_more_methods_than_the_widths_can_number) {
    std::string methods;
    for (int i = 0; i < 257; ++i) methods += concat("void m", i, "(); ");
    const auto made =
        from_document(must_parse(concat("widths 1 4; interface Main { ", methods, "}")));
    ASSERT_FALSE(made);
    ASSERT_NE(schema_error::of(made.error()), nullptr);
    EXPECT_EQ(schema_error::of(made.error())->reason(), reason::too_many_methods);
}

TEST(remcall_from_document, tells_where_everything_came_from) {
    const converted made = must_convert(R"(
        enum Z { a } enum A { b }
        interface Shop { void z(A a); void y(Z z); }
        interface Item { void x(); })",
                                        {.main = "Shop"});
    EXPECT_EQ(made.enumerations, (std::vector<std::uint32_t>{1, 0}));
    EXPECT_EQ(made.interfaces, (std::vector<std::uint32_t>{1, 0}));
    ASSERT_EQ(made.document.interfaces[1].name, "Main");
    EXPECT_EQ(made.methods[1], (std::vector<std::uint32_t>{0, 1}));
    EXPECT_EQ(to_string(made.document, made.document.interfaces[1].methods[0].arguments[0].type),
              "A");
    // y is called by the lower number, though z is declared first.
    EXPECT_EQ(call_numbers(made.document).number_of({1, 1}), 1u);
    EXPECT_EQ(call_numbers(made.document).number_of({1, 0}), 2u);
}

/// The signature of each method, by interface.
std::vector<std::string> methods_of(const document& document) {
    std::vector<std::string> out;
    for (const interface& interface : document.interfaces) {
        for (const method& method : interface.methods)
            out.push_back(concat(interface.name, ".", method.name));
    }
    return out;
}

TEST(remcall_part_of, the_conformance_service_is_what_remcall_can_declare_of_it) {
    const auto ours = must_parse(read_testdata("conformance.bk"));
    const auto made = part_of(ours, {.main = "Conformance"});
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(
        methods_of(made->document),
        (std::vector<std::string>{"Counter.increment", "Counter.value", "Listener.onEvent",
                                  "Main.add", "Main.concat", "Main.sum", "Main.reverse",
                                  "Main.fail", "Main.sleep", "Main.makeCounter", "Main.liveObjects",
                                  "Main.callBack", "Main.subscribe", "Main.nest", "Main.whoami"}));
    EXPECT_TRUE(made->document.records.empty());
    const auto& origin = made->methods[2];
    EXPECT_EQ(ours.interfaces[made->interfaces[2]].methods[origin[6]].name, "make_counter");
    std::vector<std::string> told;
    for (const problem& each : made->left_out)
        told.push_back(concat(schema::describe(ours, each.where), ": ", each.message));
    ASSERT_EQ(told.size(), 7u);
    EXPECT_EQ(told[0], "record Item, field at: optional<Point> cannot be said in remcall: only "
                       "references can be nothing there");
    EXPECT_EQ(told[1],
              "interface Conformance, method echo, parameter 1 'what': any cannot be said in "
              "remcall, which has no any");
    EXPECT_EQ(told[2],
              "interface Conformance, method restock, parameter 1 'item': needs record Item, "
              "field at: optional<Point> cannot be said in remcall: only references can be "
              "nothing there");
}

TEST(remcall_part_of, what_remcall_itself_can_send_is_less) {
    const auto made = part_of(must_parse(read_testdata("conformance.bk")),
                              {.main = "Conformance", .values = values::sent});
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(methods_of(made->document),
              (std::vector<std::string>{"Counter.increment", "Counter.value", "Listener.onEvent",
                                        "Main.add", "Main.concat", "Main.fail", "Main.sleep",
                                        "Main.makeCounter", "Main.liveObjects", "Main.callBack",
                                        "Main.subscribe", "Main.nest", "Main.whoami"}));
}

TEST(remcall_part_of, what_needs_what_cannot_be_said_is_left_out_with_it) {
    const auto made = part_of(must_parse(R"(
        enum Unused { a }
        record Deep { Deeper[] all; } record Deeper { any what; }
        interface Broken { void a(Deep deep); }
        interface User { Broken b(); void c(); }
        interface Main { User d(); Broken e(optional<Broken> f); void g(); })"));
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(methods_of(made->document), (std::vector<std::string>{"Main.d", "Main.g", "User.c"}));
    EXPECT_TRUE(made->document.enumerations.empty());
    EXPECT_TRUE(made->document.records.empty());
    EXPECT_EQ(made->left_out.back().message,
              "needs interface Broken: none of its methods can be said in remcall");
}

TEST(remcall_part_of, a_long_chain_of_needs_takes_no_time_of_its_own) {
    constexpr std::size_t length = 20'000;
    schema::document document;
    const auto name = [](std::size_t i) { return concat("R", i); };
    const auto of = [](schema::kind kind, std::string named) {
        schema::type type;
        type.kind = kind;
        type.name = std::move(named);
        return type;
    };
    for (std::size_t i = 0; i < length; ++i) {
        const bool last = i + 1 == length;
        document.records.push_back(
            {name(i),
             {{"f",
               last ? of(schema::kind::any, "") : of(schema::kind::record, name(i + 1)),
               {},
               {}}},
             {}});
    }
    schema::interface main {
        "Main", {}, {}
    };
    main.methods.resize(2);
    main.methods[0].name = "a";
    main.methods[0].result = of(schema::kind::record, name(0));
    main.methods[1].name = "b";
    document.interfaces.push_back(main);
    const auto made = part_of(document);
    ASSERT_TRUE(made);
    EXPECT_EQ(methods_of(made->document), std::vector<std::string>{"Main.b"});
}

TEST(remcall_part_of, nothing_at_all_is_an_error) {
    const auto nothing = part_of(must_parse("interface Main { any a(); }"));
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().message(),
              "interface Main: none of its methods can be said in remcall");
    const auto missing = part_of(must_parse("interface Shop { void a(); }"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), errc::not_found);
}

TEST(remcall_to_document, names_types_that_are_called_as_ours_are) {
    document document;
    document.enumerations = {{"int8", {"a"}}};
    document.interfaces = {{"Main", {{"A", {}, {}}}}};
    const auto made = to_document(document);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::unsupported);
    EXPECT_EQ(
        made.error().message(),
        "enum int8: 'int8' is the name of a built-in type, expected another; remcall tolerates "
        "that, Beckon does not");
}

TEST(remcall_names, lose_underscores_and_nothing_else) {
    EXPECT_EQ(to_name("make_counter"), "makeCounter");
    EXPECT_EQ(to_name("MakeCounter"), "MakeCounter");
    EXPECT_EQ(to_name("_x__y_"), "xY");
    EXPECT_EQ(to_name("OUT_OF_STOCK"), "OUTOFSTOCK");
    EXPECT_EQ(to_name("a_1b"), "a1b");
    EXPECT_EQ(to_name("__"), "");
    EXPECT_EQ(to_name("_1"), "");
}

TEST(remcall_binary, nothing_is_read_beyond_the_limits) {
    document document;
    document.interfaces = {{"Main", {{"A", {}, {}}, {"B", {}, {}}}}};
    const auto written = write(document);
    ASSERT_TRUE(written);
    for (const read_options& options :
         {read_options{.max_bytes = written->size() - 1}, read_options{.max_nodes = 2}}) {
        const auto found = read(*written, options);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code(), errc::limit_exceeded);
        EXPECT_EQ(schema_error::of(found.error())->reason(), reason::over_limit);
    }
    EXPECT_TRUE(read(*written, {.max_bytes = written->size(), .max_nodes = 3}));
}

TEST(remcall_binary, long_names_that_many_things_use_cost_nothing) {
    document document;
    document.records = {{std::string(500'000, 'a'), {}}};
    interface main {
        "Main", {
            {
                "A", {}, {}
            }
        }
    };
    for (int i = 0; i < 50'000; ++i)
        main.methods[0].arguments.push_back({{kind::record, false, 0}, concat("a", i)});
    document.interfaces.push_back(main);
    const auto ours = to_document(document);
    ASSERT_FALSE(ours);
    EXPECT_EQ(ours.error().message(),
              "found a type with a name of 500000 bytes; limit is 1024 bytes");
    const auto found = read(write(document).value(), {.max_bytes = 1u << 21});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message(),
              "remcall schema at byte 42: more than 1024, the limit max_name_bytes");
}

TEST(remcall_binary, a_count_that_is_only_declared_costs_nothing) {
    bytes head = to_bytes("REMCALLSCHEMA");
    for (const unsigned number : {0u, 2u, 4u, 60'000u, 0u, 1u}) {
        for (unsigned shift = 32; shift > 0;) head.push_back(std::byte(number >> (shift -= 8)));
    }
    const auto found = read(head);
    ASSERT_FALSE(found);
    EXPECT_EQ(schema_error::of(found.error())->reason(), reason::truncated);
    EXPECT_EQ(schema_error::of(found.error())->offset(), head.size());
}

} // namespace
} // namespace beckon::schema::remcall
