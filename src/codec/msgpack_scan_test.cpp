#include "beckon/codec/msgpack_scan.hpp"

#include <gtest/gtest.h>

#include "codec/msgpack_vectors_test.hpp"

namespace beckon::msgpack {
namespace {

constexpr std::size_t plenty = 64u << 20;

TEST(msgpack_scan, finds_the_end_of_each_value_however_it_comes_in_pieces) {
    buffer out;
    const value sent = value::map({{"list", value::list({1, -500, 2.5, std::string(300, 'x')})},
                                   {"bytes", bytes(70'000)},
                                   {"extension", value::extension(5, bytes(3))},
                                   {"none", nullptr}});
    ASSERT_TRUE(write(out, sent));
    const std::size_t whole = out.size();
    put_integer(out, 9);
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, whole}) {
        scanner scan;
        for (std::size_t size = 0; size < whole; size += step) {
            const auto looked = scan.look(out.view().first(size), plenty);
            ASSERT_TRUE(looked);
            EXPECT_FALSE(*looked) << size;
            EXPECT_LE(scan.size(), whole);
        }
        const auto looked = scan.look(out.view(), plenty);
        ASSERT_TRUE(looked);
        EXPECT_TRUE(*looked);
        EXPECT_EQ(scan.size(), whole);
        scan.reset();
        EXPECT_TRUE(*scan.look(out.view().subspan(whole), plenty));
        EXPECT_EQ(scan.size(), 1u);
    }
}

TEST(msgpack_scan, looks_at_each_byte_once) {
    // A scanner that began anew with each byte would look at 10^11 of them.
    buffer out;
    put_array(out, 300'000);
    scanner scan;
    for (std::size_t i = 0; i < 300'000; ++i) {
        ASSERT_FALSE(*scan.look(out.view(), plenty));
        put_nil(out);
    }
    EXPECT_TRUE(*scan.look(out.view(), plenty));
}

TEST(msgpack_scan, knows_early_how_large_a_value_is_at_least) {
    scanner scan;
    const bytes text = vectors::from_hex("92db00100000");
    EXPECT_FALSE(*scan.look(text, plenty));
    EXPECT_EQ(scan.size(), 6 + 0x100000u + 1);
}

TEST(msgpack_scan, refuses_what_cannot_fit_as_soon_as_it_is_announced) {
    for (const char* const announced :
         {"dbffffffff", "c6ffffffff", "ddffffffff", "dfffffffff", "c9ffffffff05", "9addffffffff"}) {
        scanner scan;
        const bytes wire = vectors::from_hex(announced);
        const auto looked = scan.look(wire, plenty);
        ASSERT_FALSE(looked) << announced;
        EXPECT_EQ(looked.error().code(), errc::limit_exceeded);
        EXPECT_NE(looked.error().message().find("max_message_bytes"), std::string::npos);
        EXPECT_FALSE(scan.look(wire, plenty));
    }
    scanner exact;
    const bytes wire = vectors::from_hex("a3616263");
    EXPECT_TRUE(*exact.look(wire, 4));
    scanner less;
    EXPECT_FALSE(less.look(wire, 3));
}

TEST(msgpack_scan, a_byte_that_begins_nothing_is_an_error_wherever_it_stands) {
    scanner scan;
    const bytes wire = vectors::from_hex("9203c1");
    EXPECT_FALSE(*scan.look(byte_view(wire).first(2), plenty));
    const auto looked = scan.look(wire, plenty);
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().message(), "msgpack: found 0xc1 at byte 2; expected a value");
}

} // namespace
} // namespace beckon::msgpack
