// What remcall refuses is refused here, for its own reason and where it stands; what it only tolerates is lenient.
#include <map>

#include "beckon/schema/remcall/print.hpp"
#include "schema_vectors_test.hpp"

namespace beckon::vectors {
namespace {

using remcall::reason;
using remcall::strictness;

struct refusal {
    remcall::reason reason;
    std::size_t offset;
};

/// By the name of the entry.
const std::map<std::string_view, refusal> refusals{
    {"empty_input", {reason::truncated, 0}},
    {"truncated_magic", {reason::truncated, 0}},
    {"bad_magic", {reason::wrong_magic, 0}},
    {"bad_kind", {reason::wrong_kind, 7}},
    {"truncated_label", {reason::truncated, 13}},
    {"truncated_counts", {reason::truncated, 30}},
    {"truncated_body", {reason::truncated, 47}},
    {"truncated_hash", {reason::truncated, 70}},
    {"missing_hash", {reason::truncated, 70}},
    {"hash_bit_flipped", {reason::wrong_digest, 70}},
    {"body_changed_hash_kept", {reason::wrong_digest, 70}},
    {"no_types", {reason::no_main, 70}},
    {"no_main", {reason::no_main, 103}},
    {"interface_without_methods", {reason::no_methods, 75}},
    {"main_without_methods", {reason::no_methods, 43}},
    {"enum_257_values", {reason::too_many_values, 48}},
    {"name_with_underscore", {reason::bad_name, 43}},
    {"name_empty", {reason::bad_name, 43}},
    {"name_leading_digit", {reason::bad_name, 52}},
    {"name_non_ascii", {reason::bad_name, 56}},
    {"name_not_utf8", {reason::not_utf8, 47}},
    {"label_not_utf8", {reason::not_utf8, 17}},
    {"argument_name_bad", {reason::bad_name, 70}},
    {"wrong_tag", {reason::wrong_tag, 38}},
    {"tag_out_of_order", {reason::wrong_tag, 38}},
    {"count_too_small", {reason::wrong_tag, 57}},
    {"count_too_large", {reason::wrong_tag, 70}},
    {"duplicate_type_ref", {reason::number_taken, 58}},
    {"type_ref_of_primitive", {reason::number_taken, 39}},
    {"unknown_type_ref", {reason::unknown_type, 66}},
    {"unknown_array_ref", {reason::unknown_type, 66}},
    {"record_void_field", {reason::void_field, 52}},
    {"record_unknown_field_type", {reason::unknown_type, 52}},
    {"method_ref_width_3", {reason::bad_width, 18}},
    {"method_ref_width_0", {reason::bad_width, 18}},
    {"object_ref_width_3", {reason::bad_width, 22}},
    {"object_ref_width_16", {reason::bad_width, 22}},
};

TEST(remcall_invalid_schemas, are_refused_for_their_reason_and_at_their_place) {
    const value entries = remcall_section("invalid_schemas");
    ASSERT_EQ(entries.size(), refusals.size());
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const refusal& expected = refusals.at(entry["name"].string());
        const bytes wire = from_hex(entry["hex"].string());
        for (const strictness each : {strictness::strict, strictness::lenient}) {
            const auto read = remcall::read(wire, {.strictness = each});
            ASSERT_FALSE(read);
            const auto* const why = remcall::schema_error::of(read.error());
            ASSERT_NE(why, nullptr);
            EXPECT_EQ(why->reason(), expected.reason) << read.error().to_string();
            EXPECT_EQ(why->offset(), expected.offset) << read.error().to_string();
        }
    }
}

/// What strict readers say; the others take it.
const std::map<std::string_view, refusal> tolerated{
    {"unsorted_enums", {reason::not_canonical, 64}},
    {"ref_gaps", {reason::not_canonical, 39}},
    {"method_refs_ignored", {reason::not_canonical, 55}},
    {"void_argument", {reason::void_argument, 66}},
    {"main_is_enum", {reason::main_is_no_interface, 43}},
    {"duplicate_names", {reason::duplicate_type, 65}},
    {"duplicate_enum_values", {reason::duplicate_member, 57}},
    {"duplicate_field_and_argument_names", {reason::duplicate_member, 61}},
    {"overloaded_methods", {reason::duplicate_member, 72}},
    {"negative_ref_shadowed", {reason::not_canonical, 39}},
    {"negative_ref_kept", {reason::not_canonical, 39}},
};

TEST(remcall_lenient_schemas, are_refused_by_strict_readers_for_their_reason) {
    const value entries = remcall_section("lenient_schemas");
    ASSERT_EQ(entries.size(), tolerated.size() + 1);
    for (const value& entry : entries) {
        if (entry["name"].string() == "trailing_bytes") continue;
        SCOPED_TRACE(entry["name"].string());
        const refusal& expected = tolerated.at(entry["name"].string());
        const auto read = remcall::read(from_hex(entry["hex"].string()));
        ASSERT_FALSE(read);
        const auto* const why = remcall::schema_error::of(read.error());
        ASSERT_NE(why, nullptr);
        EXPECT_EQ(why->reason(), expected.reason) << read.error().to_string();
        EXPECT_EQ(why->offset(), expected.offset) << read.error().to_string();
    }
}

TEST(remcall_lenient_schemas, are_read_by_lenient_readers_as_remcall_reads_them) {
    const value entries = remcall_section("lenient_schemas");
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = from_hex(entry["hex"].string());
        const auto read = remcall::read(wire, {.strictness = strictness::lenient});
        ASSERT_TRUE(read) << read.error().to_string();
        EXPECT_EQ(pretty_print(read->document), entry["reference_reads_as"].string());
        const std::string_view rewritten = entry["reference_rewrite"].string();
        const auto written = remcall::write(read->document, {strictness::lenient, read->digest});
        if (rewritten.starts_with("fails")) {
            ASSERT_FALSE(written);
            EXPECT_EQ(remcall::schema_error::of(written.error())->reason(), reason::wrong_digest);
        } else {
            ASSERT_TRUE(written) << written.error().to_string();
            EXPECT_EQ(to_hex(*written), to_hex(byte_view(wire).first(read->size)));
        }
    }
}

TEST(remcall_lenient_schemas, bytes_behind_a_schema_stay_the_callers) {
    const value entries = remcall_section("lenient_schemas");
    ASSERT_EQ(entries[0]["name"].string(), "trailing_bytes");
    const bytes wire = from_hex(entries[0]["hex"].string());
    const auto read = remcall::read(wire);
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(read->size, 102u);
    EXPECT_EQ(wire.size(), 107u);
}

} // namespace
} // namespace beckon::vectors
