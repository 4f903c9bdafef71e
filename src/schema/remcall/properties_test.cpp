// What the fuzz target holds to, for schemas that were changed and sealed again.
#include "schema/remcall/properties.hpp"

#include "schema/test_support.hpp"

namespace beckon::schema::remcall {
namespace {

bytes written_from(std::string_view file) {
    const auto made = from_document(must_parse(read_testdata(std::string(file))));
    EXPECT_TRUE(made);
    bytes out = write(made->document).value();
    return out;
}

TEST(remcall_properties, hold_for_changed_schemas_with_right_digests) {
    const bytes schema = written_from("conformance_remcall.bk");
    dice dice(1);
    for (int round = 0; round < 20'000; ++round) {
        bytes changed = schema;
        for (std::size_t i = 0; i <= dice.roll(3); ++i) {
            const std::size_t at = dice.roll(changed.size());
            switch (dice.roll(3)) {
            case 0: changed[at] ^= std::byte(1u << dice.roll(8)); break;
            case 1: changed[at] = std::byte(dice.roll(32)); break;
            default: changed[at] = changed[dice.roll(changed.size())];
            }
        }
        assert_sealed_reads_safely(changed);
    }
}

TEST(remcall_extent, refuses_what_has_no_end) {
    extent extent;
    const auto wrong = extent.find(as_bytes("REMCOLLSCHEMA...."));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(schema_error::of(wrong.error())->reason(), reason::wrong_magic);
    remcall::extent small(100);
    const bytes schema = written_from("conformance_remcall.bk");
    const auto large = small.find(schema);
    ASSERT_FALSE(large);
    EXPECT_EQ(schema_error::of(large.error())->reason(), reason::over_limit);
}

} // namespace
} // namespace beckon::schema::remcall
