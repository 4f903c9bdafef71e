#include "beckon/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace beckon {
namespace {

// Text is looked at in blocks; each place of each length is another way through them.
constexpr std::size_t most = 40;

TEST(utf8, finds_a_wrong_byte_at_every_place_of_texts_of_every_length) {
    for (std::size_t size = 0; size <= most; ++size) {
        const std::string good(size, 'a');
        EXPECT_EQ(utf8_error_offset(good), size);
        for (std::size_t at = 0; at < size; ++at) {
            for (const char wrong : {'\xff', '\x80', '\xc0', '\xf5'}) {
                std::string bad = good;
                bad[at] = wrong;
                EXPECT_EQ(utf8_error_offset(bad), at) << size;
            }
        }
    }
}

TEST(utf8, takes_characters_of_every_length_at_every_place_and_nothing_cut_short) {
    for (const std::string_view character : {"\u00e9", "\u20ac", "\U0001f600"}) {
        for (std::size_t before = 0; before <= most; ++before) {
            for (std::size_t after = 0; after <= 20; ++after) {
                const std::string front(before, 'a');
                const std::string back(after, 'b');
                const std::string whole = front + std::string(character) + back;
                EXPECT_EQ(utf8_error_offset(whole), whole.size());
                const std::string cut =
                    front + std::string(character.substr(0, character.size() - 1)) + back;
                EXPECT_EQ(utf8_error_offset(cut), before) << after;
            }
        }
    }
}

TEST(utf8, characters_are_appended_as_they_are_read) {
    std::string text;
    for (const std::uint32_t point :
         {0x24u, 0x7fu, 0x80u, 0x7ffu, 0x800u, 0x20acu, 0xffffu, 0x10000u, 0x10ffffu})
        append_utf8(text, point);
    EXPECT_EQ(text, "\x24\x7f"
                    "\xc2\x80"
                    "\xdf\xbf"
                    "\xe0\xa0\x80"
                    "\xe2\x82\xac"
                    "\xef\xbf\xbf"
                    "\xf0\x90\x80\x80"
                    "\xf4\x8f\xbf\xbf");
    EXPECT_TRUE(is_utf8(text));
}

TEST(utf8, refuses_surrogates_overlong_forms_and_what_lies_beyond_the_last_character) {
    for (const std::string_view wrong :
         {"\xed\xa0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80"}) {
        EXPECT_EQ(utf8_error_offset(wrong), 0u);
        EXPECT_EQ(utf8_error_offset("0123456789abcdef" + std::string(wrong) + "0123456789"), 16u);
    }
}

} // namespace
} // namespace beckon
