// What remcall's model refuses when it is built or written is refused here, for a reason each.
#include <functional>
#include <map>

#include "beckon/schema/parse.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "schema_vectors_test.hpp"

namespace beckon::vectors {
namespace {

using remcall::reason;
using remcall::strictness;

remcall::document smallest() {
    remcall::document out;
    out.interfaces = {{"Main", {{"A", {}, {}}}}};
    return out;
}

/// A change to the smallest schema, and the reason for which it is refused; nothing, where it is taken.
struct model_check {
    std::function<void(remcall::document&)> change;
    std::optional<remcall::reason> refused;
};

remcall::type type_of(remcall::kind kind, bool array = false, std::uint32_t index = 0) {
    return {kind, array, index};
}

remcall::enumeration enum_of(int values) {
    remcall::enumeration out{"E", {}};
    for (int i = 0; i < values; ++i) out.values.push_back(concat("V", i));
    return out;
}

void take(remcall::document& document, const remcall::type& type, const std::string& name = "a") {
    document.interfaces[0].methods[0].arguments.push_back({type, name});
}

void give_methods(remcall::document& document, int count) {
    document.method_ref_bytes = 1;
    document.interfaces[0].methods.clear();
    for (int i = 0; i < count; ++i)
        document.interfaces[0].methods.push_back({concat("M", i), {}, {}});
}

const std::map<std::string_view, model_check> checks{
    {"schema without Main", {[](auto& d) { d.interfaces[0].name = "Other"; }, reason::no_main}},
    {"interface without methods",
     {[](auto& d) { d.interfaces[0].methods.clear(); }, reason::no_methods}},
    {"void argument", {[](auto& d) { take(d, {}); }, reason::void_argument}},
    {"void field",
     {[](auto& d) {
          d.records = {{"R", {{{}, "f"}}}};
      },
      reason::void_field}},
    {"argument type that is not a type",
     {[](auto& d) { take(d, type_of(static_cast<remcall::kind>(99))); }, reason::unknown_type}},
    {"enum with 256 values", {[](auto& d) { d.enumerations = {enum_of(256)}; }, std::nullopt}},
    {"enum with 257 values",
     {[](auto& d) { d.enumerations = {enum_of(257)}; }, reason::too_many_values}},
    {"empty argument name",
     {[](auto& d) { take(d, type_of(remcall::kind::int8), ""); }, reason::bad_name}},
    {"argument name 1a",
     {[](auto& d) { take(d, type_of(remcall::kind::int8), "1a"); }, reason::bad_name}},
    {"type name a_1",
     {[](auto& d) {
          d.records = {{"a_1", {}}};
      },
      reason::bad_name}},
    {"bytes_method_ref 3", {[](auto& d) { d.method_ref_bytes = 3; }, reason::bad_width}},
    {"bytes_object_ref 5 (note: the message prints the METHOD width)",
     {[](auto& d) { d.object_ref_bytes = 5; }, reason::bad_width}},
    // It could be built there, and was then written as void.
    {"array of void as field (writing)",
     {[](auto& d) {
          d.records = {{"R", {{type_of(remcall::kind::void_, true), "f"}}}};
      },
      reason::void_array}},
    {"type used but not listed in the schema (writing)",
     {[](auto& d) { take(d, type_of(remcall::kind::enumeration)); }, reason::unknown_type}},
    {"256 methods with one byte references (writing)",
     {[](auto& d) { give_methods(d, 256); }, std::nullopt}},
    {"257 methods with one byte references (writing)",
     {[](auto& d) { give_methods(d, 257); }, reason::too_many_methods}},
};

TEST(remcall_model, takes_and_refuses_what_is_recorded) {
    const value entries = remcall_section("model_checks");
    ASSERT_EQ(entries.size(), 20u);
    std::size_t tried = 0;
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["what"].string());
        const auto found = checks.find(entry["what"].string());
        if (found == checks.end()) continue;
        ++tried;
        remcall::document document = smallest();
        found->second.change(document);
        const auto checked = remcall::check(document);
        const auto written = remcall::write(document);
        EXPECT_EQ(checked.has_value(), written.has_value());
        ASSERT_EQ(checked.has_value(), !found->second.refused);
        if (!found->second.refused) continue;
        const auto* const why = remcall::schema_error::of(checked.error());
        ASSERT_NE(why, nullptr);
        EXPECT_EQ(why->reason(), found->second.refused) << checked.error().to_string();
        EXPECT_EQ(why->offset(), std::nullopt);
    }
    EXPECT_EQ(tried, checks.size());
}

// The four that are left.

TEST(remcall_model, digests_have_32_bytes_by_their_type) { static_assert(sizeof(digest) == 32); }

TEST(remcall_model, arrays_of_arrays_can_neither_be_built_nor_come_from_ours) {
    const auto ours = schema::parse("interface Main { void a(int8[][] deep); }", "deep.bk");
    ASSERT_TRUE(ours);
    const auto made = remcall::from_document(*ours);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::unsupported);
    EXPECT_EQ(made.error().message(),
              "interface Main, method a, parameter 1 'deep': list<list<int8>> cannot be said in "
              "remcall, which has no arrays of arrays");
}

TEST(remcall_model, is_written_only_with_the_digest_that_is_expected) {
    const auto written = remcall::write(smallest(), {strictness::strict, digest{}});
    ASSERT_FALSE(written);
    EXPECT_EQ(remcall::schema_error::of(written.error())->reason(), reason::wrong_digest);
    const auto right = remcall::digest_of(smallest());
    ASSERT_TRUE(right);
    EXPECT_TRUE(remcall::write(smallest(), {strictness::strict, *right}));
}

TEST(remcall_model, records_that_hold_themselves_are_refused_other_than_in_arrays) {
    remcall::document document = smallest();
    document.records = {{"A", {{type_of(remcall::kind::record, false, 1), "b"}}},
                        {"B", {{type_of(remcall::kind::record, true, 0), "a"}}}};
    EXPECT_TRUE(remcall::check(document));
    document.records[1].fields[0].type.array = false;
    const auto checked = remcall::check(document);
    ASSERT_FALSE(checked);
    EXPECT_EQ(remcall::schema_error::of(checked.error())->reason(), reason::contains_itself);
    EXPECT_TRUE(remcall::check(document, strictness::lenient));
}

TEST(remcall_model, a_label_is_utf_8) {
    remcall::document document = smallest();
    document.label = "\xff";
    const auto checked = remcall::check(document);
    ASSERT_FALSE(checked);
    EXPECT_EQ(remcall::schema_error::of(checked.error())->reason(), reason::not_utf8);
}

} // namespace
} // namespace beckon::vectors
