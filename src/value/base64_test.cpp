#include "beckon/value/base64.hpp"

#include <gtest/gtest.h>

namespace beckon {
namespace {

TEST(base64, writes_and_reads_the_vectors_of_rfc_4648) {
    constexpr std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
        const auto decoded = base64_decode(encoded);
        ASSERT_TRUE(decoded) << encoded;
        EXPECT_EQ(as_text(*decoded), plain);
        const auto unpadded = base64_decode(encoded.substr(0, encoded.find('=')));
        ASSERT_TRUE(unpadded) << encoded;
        EXPECT_EQ(as_text(*unpadded), plain);
    }
}

TEST(base64, gives_back_bytes_of_every_length_and_value) {
    bytes content;
    for (int i = 0; i < 300; ++i) {
        const auto back = base64_decode(base64_encode(content));
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, content);
        content.push_back(static_cast<std::byte>(i * 7));
    }
}

TEST(base64, says_where_text_is_no_base64) {
    const auto message = [](std::string_view text) {
        return base64_decode(text).error().message();
    };
    EXPECT_EQ(message("Zm 9v"),
              R"(base64: expected a letter of its alphabet at byte 5, found the end)");
    EXPECT_EQ(message("Zm-v"), R"(base64: expected a letter of its alphabet at byte 2, found "-")");
    EXPECT_EQ(message("Zg="), R"(base64: expected a letter of its alphabet at byte 2, found "=")");
    EXPECT_EQ(message("Z==="), R"(base64: expected a letter of its alphabet at byte 1, found "=")");
    EXPECT_EQ(message("Zm9vZ"),
              R"(base64: expected a letter of its alphabet at byte 5, found the end)");
    EXPECT_EQ(message("Zh=="), "base64: bits beyond the last byte at byte 1");
    EXPECT_EQ(message("Zm9="), "base64: bits beyond the last byte at byte 2");
}

} // namespace
} // namespace beckon
