// As many members as the registration macros take: 256, which is also what enums of remcall have at most.
#include <gtest/gtest.h>

#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"

// clang-format off
#define BECKON_TEN_(x) x##0, x##1, x##2, x##3, x##4, x##5, x##6, x##7, x##8, x##9
#define BECKON_MANY_ \
    BECKON_TEN_(a), BECKON_TEN_(b), BECKON_TEN_(c), BECKON_TEN_(d), BECKON_TEN_(e), BECKON_TEN_(f), \
    BECKON_TEN_(g), BECKON_TEN_(h), BECKON_TEN_(i), BECKON_TEN_(j), BECKON_TEN_(k), BECKON_TEN_(l), \
    BECKON_TEN_(m), BECKON_TEN_(n), BECKON_TEN_(o), BECKON_TEN_(p), BECKON_TEN_(q), BECKON_TEN_(r), \
    BECKON_TEN_(s), BECKON_TEN_(t), BECKON_TEN_(u), BECKON_TEN_(v), BECKON_TEN_(w), BECKON_TEN_(x), \
    BECKON_TEN_(y), z0, z1, z2, z3, z4, z5
// clang-format on

namespace shop {

enum class Shade : std::int32_t { BECKON_MANY_ };
BECKON_ENUM(Shade, BECKON_MANY_)

// One more than a part of the macros' loops, and twice that.
enum class Part : std::int32_t {
    BECKON_TEN_(a),
    BECKON_TEN_(b),
    BECKON_TEN_(c),
    BECKON_TEN_(d),
    BECKON_TEN_(e),
    BECKON_TEN_(f),
    g0,
    g1,
    g2,
    g3,
    g4
};
BECKON_ENUM(Part, BECKON_TEN_(a), BECKON_TEN_(b), BECKON_TEN_(c), BECKON_TEN_(d), BECKON_TEN_(e),
            BECKON_TEN_(f), g0, g1, g2, g3, (g4, "last"))

struct Wide {
    std::int32_t BECKON_MANY_;
    bool operator==(const Wide&) const = default;
};
BECKON_RECORD(Wide, BECKON_MANY_)

} // namespace shop

namespace beckon {
namespace {

TEST(many_members, enums_have_up_to_256_values) {
    using of = reflection::of<shop::Shade>;
    static_assert(of::size == 256 && of::names[64] == "g4" && of::values[255] == shop::Shade::z5);
    for (const shop::Shade each : {shop::Shade::a0, shop::Shade::g4, shop::Shade::z5})
        EXPECT_EQ(value(each).as<shop::Shade>(), each);
    EXPECT_EQ(value(shop::Shade::z5).name(), "z5");
    EXPECT_EQ(describe_type<shop::Shade>().document.enumerations.at(0).enumerators.size(), 256u);
}

TEST(many_members, what_is_one_more_than_a_part_is_whole) {
    using of = reflection::of<shop::Part>;
    static_assert(of::size == 65 && of::names[63] == "g3" && of::names[64] == "last");
    EXPECT_EQ(value(shop::Part::g4).name(), "last");
}

TEST(many_members, records_have_up_to_256_fields) {
    shop::Wide wide{};
    wide.g3 = 63;
    wide.g4 = 64;
    wide.z5 = 255;
    EXPECT_EQ(value(wide).as<shop::Wide>(), wide);
    EXPECT_EQ(reflection::of<shop::Wide>::size, 256u);
}

} // namespace
} // namespace beckon
