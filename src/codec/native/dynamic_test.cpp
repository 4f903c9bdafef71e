#include "beckon/codec/native/dynamic.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "beckon/base/text.hpp"
#include "codec/native/samples_test.hpp"

namespace beckon::native {
namespace {

using samples::document;
using samples::message;
using samples::type;

// The bytes in hexadecimal, or the error's text.
std::string write(std::string_view idl, const value& from) {
    buffer out;
    samples::fake_session session;
    writer to(out, &session);
    write_typed(to, document(), type(idl), from);
    return to.failed() ? to.take_failure().to_string() : to_hex(out.view());
}

// The value in words, or the error's text.
std::string read(std::string_view idl, byte_view from, const limits& limits = {}) {
    samples::fake_session session;
    reader in(from, limits, &session);
    const value back = read_typed(in, document(), type(idl));
    if (!in.failed()) return back.to_text();
    EXPECT_TRUE(back.is_null());
    return in.take_failure().to_string();
}

template <typename T>
bytes by_type(const T& from) {
    return message([&](writer& out) { native::write(out, from); });
}

// Both are written as the type, and to the same bytes.
void expect_same(std::string_view idl, const value& lenient, const value& exact) {
    EXPECT_EQ(write(idl, lenient), write(idl, exact)) << idl << ' ' << lenient.to_text();
}

TEST(write_typed, takes_whole_floats_as_integers_and_integers_as_floats) {
    expect_same("int8", -128.0, -128);
    expect_same("uint64", 9223372036854775808.0, std::uint64_t{1} << 63);
    expect_same("float64", 3, 3.0);
    expect_same("float64", std::uint64_t{1} << 63, 9223372036854775808.0);
    expect_same("float32", 3, 3.0F);
    expect_same("float32", 0.1, 0.1F);
    expect_same("float64", 0.5F, 0.5);
    // Rounded where they have more digits than a float.
    expect_same("float64", INT64_MAX, 9223372036854775808.0);
    expect_same("float32", (1 << 24) + 1, 16777216.0F);
    expect_same("float64", *value::integer("36893488147419103232"), 36893488147419103232.0);
    expect_same("list<float64>", value::list({1, 2.5, 0.5F}), value::list({1.0, 2.5, 0.5}));
}

TEST(write_typed, refuses_numbers_that_do_not_fit) {
    EXPECT_EQ(write("int8", 128), "type_mismatch: expected int8 (-128 to 127), found int64 128");
    EXPECT_EQ(write("uint8", -1), "type_mismatch: expected uint8 (0 to 255), found int64 -1");
    EXPECT_EQ(write("int32", 0.5),
              "type_mismatch: expected int32 (-2147483648 to 2147483647), found float64 0.5");
    EXPECT_NE(write("int64", 9223372036854775808.0).find("type_mismatch"), std::string::npos);
    EXPECT_NE(write("uint64", 18446744073709551616.0).find("type_mismatch"), std::string::npos);
    EXPECT_NE(write("int64", std::nan("")).find("type_mismatch"), std::string::npos);
    EXPECT_NE(write("float32", 1e300).find("type_mismatch"), std::string::npos);
    EXPECT_EQ(write("float64", "1"), "type_mismatch: expected float64, found string of 1 bytes");
    EXPECT_EQ(write("list<uint8>", value::list({1, 256})),
              "type_mismatch: item [1] of list<uint8>: expected uint8 (0 to 255), found int64 256");
}

TEST(write_typed, takes_enums_by_value_name_and_number) {
    expect_same("Mood", "broken", value::enumeration("Mood", "broken", 7));
    expect_same("Mood", 7, value::enumeration("Mood", "broken", 7));
    // The name counts, for the number may be another version's.
    expect_same("Mood", value::enumeration("Mood", "busy", 99), "busy");
    expect_same("Mood", value::enumeration("", "", 1), "busy");
    EXPECT_NE(write("Mood", value::enumeration("Weather", "calm", 0)).find("type_mismatch"),
              std::string::npos);
    EXPECT_EQ(write("Mood", "merry"),
              "type_mismatch: expected a value of enum Mood, found \"merry\"");
    EXPECT_EQ(write("Mood", 2), "type_mismatch: expected a value of enum Mood, found int64 2");
}

TEST(write_typed, takes_iso_text_as_times) {
    expect_same("date", "1970-01-02", date{1});
    expect_same("time", "00:00:00.000000001", time_of_day{1});
    expect_same("datetime", "1970-01-02T00:00:00Z", datetime{{1}, {0}});
    expect_same("duration", "PT0.5S", duration(500'000'000));
    EXPECT_EQ(write("date", "tomorrow"), "type_mismatch: expected date, found string of 8 bytes");
}

TEST(write_typed, takes_any_sequence_as_a_list_and_pairs_as_a_map) {
    expect_same("list<string>", value::tuple({"a"}), value::list({"a"}));
    expect_same("list<int64>", value::set({1}), value::list({1}));
    expect_same("tuple<int8, string>", value::list({1, "x"}), value::tuple({1, "x"}));
    expect_same("map<int32, string>", value::list({value::list({1, "x"}), value::tuple({2, "y"})}),
                value::map({{1, "x"}, {2, "y"}}));
    EXPECT_EQ(
        write("map<int32, string>", value::list({value::list({1, "x"}), value::list({1, "y"})})),
        "type_mismatch: expected map<int32, string>, found the same key "
        "twice");
    EXPECT_EQ(write("tuple<int8, string>", value::list({1})),
              "type_mismatch: expected tuple<int8, string> of 2 items, found "
              "list of 1");
    EXPECT_EQ(write("list<string>", "ab"),
              "type_mismatch: expected list<string>, found string of 2 bytes");
}

TEST(write_typed, takes_a_pair_as_a_variant) {
    const std::string_view idl = "variant<a: int64, b: string>";
    expect_same(idl, value::tuple({"b", "x"}), value::variant("b", "x"));
    expect_same(idl, value::list({1, "x"}), value::variant("b", "x"));
    EXPECT_EQ(write(idl, value::variant("c", 1)),
              "type_mismatch: expected variant<a: int64, b: string>, "
              "found case \"c\"");
    EXPECT_NE(write(idl, value::list({2, 1})).find("type_mismatch"), std::string::npos);
    EXPECT_EQ(
        write(idl, value::variant("b", 1)),
        "type_mismatch: field b of variant<a: int64, b: string>: expected string, found int64 1");
}

TEST(write_typed, takes_a_map_as_a_record_and_fills_in_defaults) {
    const value exact = samples::to_value([] {
        samples::LaterSettings settings;
        settings.name = "n";
        settings.retries = 5;
        return settings;
    }());
    expect_same("LaterSettings", value::map({{"retries", 5}, {"name", "n"}}), exact);
    expect_same("LaterSettings", value::record("LaterSettings", {{"name", "n"}, {"retries", 5}}),
                exact);
    expect_same(
        "Point",
        value::exception({"Point", "", value::tuple(), value::map({{"x", 1}, {"y", 2}}), ""}),
        value::record("Point", {{"x", 1.0}, {"y", 2.0}}));
    // An optional field without a default may be left out as well.
    expect_same(
        "Item", value::map({{"name", "a"}, {"count", 0}, {"tags", value::list()}, {"mood", 0}}),
        value::map(
            {{"name", "a"}, {"count", 0}, {"tags", value::list()}, {"at", nullptr}, {"mood", 0}}));
}

TEST(write_typed, takes_the_fields_in_order_and_leaves_out_those_that_the_schema_does_not_know) {
    expect_same("Point", value::list({1, 2}), value::record("Point", {{"x", 1.0}, {"y", 2.0}}));
    expect_same("Settings", value::record("Settings", {{"name", "n"}, {"added", 1}}),
                value::record("Settings", {{"name", "n"}}));
}

TEST(write_typed, says_where_what_was_expected_and_what_was_found) {
    const value bolt = value::map({{"name", "bolt"},
                                   {"count", 1},
                                   {"tags", value::list({"a", 2})},
                                   {"at", value::map({{"x", "far"}, {"y", 0}})},
                                   {"mood", "calm"}});
    EXPECT_EQ(write("Item", bolt),
              "type_mismatch: field tags[1] of Item: expected string, found int64 2");
    value mended = bolt;
    mended.insert_or_assign("tags", value::list());
    EXPECT_EQ(write("Item", mended),
              "type_mismatch: field at.x of Item: expected float64, found string of 3 bytes");
    EXPECT_EQ(
        write("list<Item>", value::list({mended})),
        "type_mismatch: item [0].at.x of list<Item>: expected float64, found string of 3 bytes");
    EXPECT_EQ(
        write("map<string, Point>", value::map({{"here", 5}})),
        "type_mismatch: item [\"here\"] of map<string, Point>: expected Point, found int64 5");
    EXPECT_EQ(write("Point", value::map({{"x", 1}})),
              "type_mismatch: field y of Point: expected float64, found no such field");
    EXPECT_EQ(write("optional<string>", 5), "type_mismatch: expected string, found int64 5");
}

TEST(write_typed, takes_references_of_the_interface_and_null) {
    EXPECT_EQ(write("Counter", value(samples::counter())), "0101000000");
    EXPECT_EQ(write("Counter", nullptr), "00");
    EXPECT_EQ(write("Counter", 5),
              "type_mismatch: expected a reference to a Counter, found int64 5");
    const value other(make_counted<samples::fake_object>("Listener"));
    EXPECT_EQ(write("Counter", other), "type_mismatch: expected a reference to a Counter, "
                                       "found a reference to a Listener");
    // One whose interface is not known may be of any.
    EXPECT_EQ(write("Counter", value(make_counted<samples::fake_object>(""))), "0101000000");
}

TEST(write_typed, carries_streams_and_void) {
    const schema::type stream{schema::kind::stream, {}, {type("int64")}, {}};
    const schema::type nothing;
    const value source = value::stream(samples::source());
    const bytes sent = message([&](writer& out) { write_typed(out, document(), stream, source); });
    EXPECT_EQ(to_hex(sent), "01000000");
    samples::fake_session session;
    const limits limits;
    reader in(sent, limits, &session);
    EXPECT_EQ(read_typed(in, document(), stream), source);
    EXPECT_TRUE(message([&](writer& out) { write_typed(out, document(), nothing, {}); }).empty());
    EXPECT_TRUE(read_typed(in, document(), nothing).is_null());
    EXPECT_FALSE(in.failed());

    buffer out;
    writer to(out);
    write_typed(to, document(), nothing, 5);
    ASSERT_TRUE(to.failed());
    EXPECT_EQ(to.take_failure().to_string(), "type_mismatch: expected void, found int64 5");
}

TEST(write_typed, refuses_types_that_the_schema_does_not_declare) {
    const schema::type unknown{schema::kind::record, "Nobody", {}, {}};
    buffer out;
    writer to(out);
    write_typed(to, document(), unknown, value::map());
    ASSERT_TRUE(to.failed());
    EXPECT_EQ(to.take_failure().to_string(),
              "invalid_argument: the schema declares no record Nobody");
    const limits limits;
    reader in({}, limits);
    EXPECT_TRUE(read_typed(in, document(), unknown).is_null());
    ASSERT_TRUE(in.failed());
    EXPECT_EQ(in.take_failure().to_string(),
              "invalid_argument: the schema declares no record Nobody; while reading Nobody");
}

TEST(read_typed, gives_fields_that_an_older_peer_lacks_their_defaults) {
    const bytes old = by_type(samples::Settings{"n"});
    EXPECT_EQ(read("LaterSettings", old), samples::to_value([] {
                                              samples::LaterSettings settings;
                                              settings.name = "n";
                                              return settings;
                                          }())
                                              .to_text());
    samples::LaterSettings typed;
    const limits limits;
    reader in(old, limits);
    native::read(in, typed);
    EXPECT_EQ(samples::to_value(typed).to_text(), read("LaterSettings", old));
}

TEST(read_typed, skips_fields_of_a_later_peer_and_goes_on_behind_them) {
    const bytes sent = by_type(std::vector<samples::LaterSettings>(2));
    EXPECT_EQ(read("list<Settings>", sent), "[Settings{name: \"\"}, Settings{name: \"\"}]");
}

TEST(read_typed, refuses_a_record_that_lacks_a_field_without_a_default) {
    const bytes sent = by_type(samples::Settings{""});
    EXPECT_EQ(read("Item", sent),
              "protocol_error: peer sent a Item that ends at byte 8, before field count, which has "
              "no default; while reading field count of Item");
}

TEST(read_typed, says_where_the_peer_went_wrong) {
    bytes sent =
        by_type(std::map<std::string, std::vector<samples::Mood>>{{"k", {samples::Mood::calm}}});
    sent[13] = std::byte{5};
    EXPECT_EQ(read("map<string, list<Mood>>", sent),
              "protocol_error: peer sent 5 as Mood at byte 13; that enum has no such value; while "
              "reading item [\"k\"][0] of map<string, list<Mood>>");
    EXPECT_EQ(read("variant<a: int64, b: string>", to_bytes("\x02")),
              "protocol_error: peer chose case 2 of a variant at byte 0; it has 2; while reading "
              "variant<a: int64, b: string>");
    EXPECT_EQ(
        read("map<bool, bool>", bytes{std::byte{2}, {}, {}, {}, {}, {}, {}, {}}),
        "protocol_error: peer sent a map with the same key twice before byte 8; while reading "
        "item [false] of map<bool, bool>");
}

TEST(read_typed, holds_to_the_limits) {
    samples::Tree tree;
    for (int i = 0; i < 40; ++i) {
        samples::Tree outer;
        outer.branches.push_back(std::move(tree));
        tree = std::move(outer);
    }
    // A record and a list a level.
    limits tight;
    tight.max_depth = 82;
    EXPECT_EQ(read("Tree", by_type(tree), tight), samples::to_value(tree).to_text());
    tight.max_depth = 81;
    EXPECT_NE(read("Tree", by_type(tree), tight).find("(max_depth)"), std::string::npos);

    limits few;
    few.max_nodes = 10;
    EXPECT_NE(read("list<bool>", by_type(std::vector<bool>(11)), few).find("(max_nodes)"),
              std::string::npos);
    EXPECT_NE(read("list<bool>", by_type(std::vector<bool>(9)), few).find("[false"),
              std::string::npos);
    limits small;
    small.min_decoded_bytes = 0;
    small.decoded_bytes_factor = 2;
    EXPECT_NE(read("list<Point>", by_type(std::vector<samples::Point>(100)), small)
                  .find("(min_decoded_bytes"),
              std::string::npos);
}

TEST(read_typed, needs_no_stack_for_depth) {
    // A value of a recursive type, nested as deep as the limit says, in both directions.
    constexpr std::size_t depth = 50'000;
    value tree = value::record("Tree", {{"label", ""}, {"branches", value::list()}});
    for (std::size_t i = 0; i < depth; ++i) {
        std::vector<value> branches;
        branches.push_back(std::move(tree));
        std::vector<record_field> fields;
        fields.push_back({"label", ""});
        fields.push_back({"branches", value::list(std::move(branches))});
        tree = value::record("Tree", std::move(fields));
    }
    const bytes sent =
        message([&](writer& out) { write_typed(out, document(), type("Tree"), tree); });
    limits deep;
    deep.max_depth = 2 * depth + 2;
    reader in(sent, deep);
    EXPECT_EQ(read_typed(in, document(), type("Tree")), tree);
    EXPECT_FALSE(in.failed());
}

} // namespace
} // namespace beckon::native
