// Values alone: the recorded ones, those of section 15.2, and where values end while they are still coming.
#include <cmath>
#include <limits>

#include "codec/remcall/scan.hpp"
#include "codec/remcall/values.hpp"
#include "wire_peer.hpp"

namespace remcall_test {
namespace {

using namespace beckon;
using beckon::remcall::forms;
using beckon::schema::kind;

schema::type simple(kind of) { return {of, {}, {}, {}}; }
schema::type named_type(kind of, std::string name) { return {of, std::move(name), {}, {}}; }
schema::type list_of(schema::type element) { return {kind::list, {}, {std::move(element)}, {}}; }

const schema::document& document() {
    static const schema::document made = [] {
        schema::document one;
        one.enumerations.push_back({"Colour", {{"Red", 0, {}}, {"Green", 7, {}}}, {}});
        one.records.push_back({"Empty", {}, {}});
        one.records.push_back(
            {"Spot",
             {{"X", simple(kind::float64), {}, {}},
              {"Name", simple(kind::string), {}, {}},
              {"Palette", list_of(named_type(kind::enumeration, "Colour")), {}, {}}},
             {}});
        one.records.push_back(
            {"Tree", {{"Branches", list_of(named_type(kind::record, "Tree")), {}, {}}}, {}});
        return one;
    }();
    return made;
}

/// No objects here.
struct no_objects final : remcall::object_forms {
    result<std::int64_t> number_of(referent&, std::string_view) override {
        return fail(errc::unsupported, "no objects");
    }
    result<value> object_of(std::int64_t, std::string_view) override {
        return fail(errc::unknown_object, "no objects");
    }
};

const forms& all_forms() {
    static const forms made(document(), 4);
    return made;
}

result<std::string> written(const value& from, const schema::type& as) {
    buffer out;
    no_objects objects;
    BECKON_TRY(remcall::write_value(out, from, as, all_forms(), objects));
    return to_hex(out.view());
}
result<value> read(std::string_view hex, const schema::type& as, const limits& allowed = {}) {
    const bytes all = from_hex(hex);
    no_objects objects;
    remcall::value_reader from(all, 0, all_forms(), allowed, objects);
    BECKON_ASSIGN(value read, from.read(as));
    EXPECT_EQ(from.at(), all.size()) << hex;
    return read;
}
/// Whether the scanner finds the end, and nothing before it, a byte at a time.
void expect_end(std::string_view hex, const schema::type& as) {
    const bytes all = from_hex(hex);
    remcall::value_scanner scan;
    scan.begin(all_forms(), as, 0, {});
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto whole = scan.look(byte_view(all).first(i));
        ASSERT_TRUE(whole) << whole.error().to_string();
        EXPECT_FALSE(*whole) << hex << " after " << i << " bytes";
    }
    const auto whole = scan.look(all);
    ASSERT_TRUE(whole && *whole) << hex;
    EXPECT_EQ(scan.size(), all.size());
}

value of_vector(const value& told, kind type) {
    const bool floating = type == kind::float32 || type == kind::float64;
    if (!floating) return told;
    double number = 0;
    if (told == value("inf")) {
        number = std::numeric_limits<double>::infinity();
    } else if (told == value("-inf")) {
        number = -std::numeric_limits<double>::infinity();
    } else if (told == value("nan")) {
        number = std::numeric_limits<double>::quiet_NaN();
    } else {
        number = told.as<double>();
    }
    return type == kind::float32 ? value(static_cast<float>(number)) : value(number);
}

TEST(RemcallValues, EachRecordedOneIsWrittenAndReadAsTheOriginalDoes) {
    for (const value& each : section("values")) {
        const kind type = *schema::builtin_kind(each["type"].string());
        const value meant = of_vector(each["value"], type);
        const auto hex = written(meant, simple(type));
        ASSERT_TRUE(hex) << each.to_text() << ": " << hex.error().to_string();
        EXPECT_EQ(*hex, each["hex"].string()) << each.to_text();
        const auto back = read(each["hex"].string(), simple(type));
        ASSERT_TRUE(back) << each.to_text();
        EXPECT_EQ(*back, meant) << each.to_text();
        expect_end(each["hex"].string(), simple(type));
    }
}

TEST(RemcallValues, EachRejectedOneIsRefusedBeforeItIsWritten) {
    for (const value& each : section("values_rejected")) {
        const kind type = *schema::builtin_kind(each["type"].string());
        value meant = of_vector(each["value"], type == kind::float32 ? kind::float64 : type);
        if (type == kind::uint64) meant = *value::integer(each["value"].string());
        if (type == kind::string) meant = value(std::string_view("\xed\xa0\x80")); // U+D800
        const auto hex = written(meant, simple(type));
        ASSERT_FALSE(hex) << each.to_text();
        EXPECT_EQ(hex.error().code(), errc::type_mismatch) << hex.error().to_string();
    }
}

TEST(RemcallValues, WhatTheOriginalLacksHasTheFormsOfOurPage) {
    const auto both_ways = [](const value& meant, const schema::type& as, std::string_view hex) {
        const auto out = written(meant, as);
        ASSERT_TRUE(out) << out.error().to_string();
        EXPECT_EQ(*out, hex);
        const auto back = read(hex, as);
        ASSERT_TRUE(back) << back.error().to_string();
        EXPECT_EQ(*back, meant);
        expect_end(hex, as);
    };
    both_ways(value(true), simple(kind::boolean), "01");
    both_ways(value(false), simple(kind::boolean), "00");
    both_ways(value(date{19782}), simple(kind::date), "00004d46");
    both_ways(value(date{-1}), simple(kind::date), "ffffffff");
    const time_of_day time{(13 * 3600 + 45 * 60 + 30) * std::uint64_t{1'000'000'000} + 250'000'000};
    both_ways(value(time), simple(kind::time), "00002d0c28f4f680");
    both_ways(value(datetime{date{19782}, time}), simple(kind::datetime),
              "00004d4600002d0c28f4f680");
    both_ways(value(to_bytes("ab")), simple(kind::bytes), "000000026162");
    both_ways(value::list({1, -1}), list_of(simple(kind::int16)), "000000020001ffff");
    both_ways(value::list({"a", ""}), list_of(simple(kind::string)), "00000002000000016100000000");
    both_ways(value::enumeration("Colour", "Green", 7), named_type(kind::enumeration, "Colour"),
              "01");
    both_ways(
        value::record("Spot", {{"X", 1.0},
                               {"Name", "n"},
                               {"Palette", value::list({value::enumeration("Colour", "Red", 0)})}}),
        named_type(kind::record, "Spot"), "3ff0000000000000000000016e0000000100");
    both_ways(value::record("Empty", {}), named_type(kind::record, "Empty"), "");
    both_ways(value::list({value::record("Empty", {}), value::record("Empty", {})}),
              list_of(named_type(kind::record, "Empty")), "00000002");
}

TEST(RemcallValues, WhatOnlyStandsForAValueWillDo) {
    EXPECT_EQ(*written(value("Green"), named_type(kind::enumeration, "Colour")), "01");
    EXPECT_EQ(*written(value("2024-02-29"), simple(kind::date)), "00004d46");
    EXPECT_EQ(*written(value(1), simple(kind::float64)), "3ff0000000000000");
}

TEST(RemcallValues, WhatIsNoneOfItsTypeIsToldWithItsByte) {
    const auto refused = [](std::string_view hex, const schema::type& as) {
        const auto back = read(hex, as);
        return back ? back->to_text() : back.error().to_string();
    };
    EXPECT_EQ(refused("02", simple(kind::boolean)),
              "schema_mismatch: at byte 0: expected boolean, which is 0 or 1, found 2");
    EXPECT_EQ(refused("02", named_type(kind::enumeration, "Colour")),
              "schema_mismatch: at byte 0: expected Colour, found index 2; it has 2 values");
    EXPECT_EQ(refused("0000000261ff", simple(kind::string)),
              "schema_mismatch: at byte 5: expected string of utf-8, found ff, which is none");
    EXPECT_EQ(refused("00004e94914f0000", simple(kind::time)),
              "schema_mismatch: at byte 0: expected time below 86400000000000 ns, found "
              "86400000000000 ns");
    EXPECT_FALSE(written(value(time_of_day{86'400'000'000'000}), simple(kind::time)));
}

TEST(RemcallValues, DeclaredSizesAreRefusedBeforeAnythingIsKept) {
    const auto look = [](std::string_view hex, const schema::type& as,
                         remcall::scan_limits allowed = {}) {
        remcall::value_scanner scan;
        scan.begin(all_forms(), as, 0, allowed);
        const auto whole = scan.look(from_hex(hex));
        return whole ? errc::internal : whole.error().code();
    };
    EXPECT_EQ(look("ffffffff", simple(kind::string)), errc::limit_exceeded);
    EXPECT_EQ(look("ffffffff", list_of(simple(kind::int8))), errc::limit_exceeded);
    // Elements without bytes cost one each.
    EXPECT_EQ(look("ffffffff", list_of(named_type(kind::record, "Empty"))), errc::limit_exceeded);
    EXPECT_EQ(look("000003e8", list_of(named_type(kind::record, "Empty")), {.nodes = 100}),
              errc::limit_exceeded);
    EXPECT_EQ(look("00000004", simple(kind::string), {.bytes = 7}), errc::limit_exceeded);
    EXPECT_EQ(look("00000003", simple(kind::string), {.bytes = 7}), errc::internal);
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "00000001";
    EXPECT_EQ(look(deep, named_type(kind::record, "Tree")), errc::limit_exceeded);
}

TEST(RemcallValues, WhatRemcallCannotDeclareIsRefused) {
    EXPECT_EQ(written(value(1), simple(kind::any)).error().message(), "remcall cannot carry any");
}

} // namespace
} // namespace remcall_test
