// The recorded vectors of tests/vectors.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/text.hpp"
#include "beckon/codec/json.hpp"

namespace beckon::vectors {

inline bytes from_hex(std::string_view digits) {
    bytes made;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        made.push_back(
            static_cast<std::byte>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
    }
    return made;
}

/// One of a file's members; `otherwise`, and a failed test, where the file cannot be read.
inline value section_of(std::string_view file_name, std::string_view key, value otherwise) {
    const char* const root = std::getenv("BECKON_SOURCE_DIR");
    const std::string name = concat(root != nullptr ? root : ".", "/tests/vectors/", file_name);
    std::ifstream file(name);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    // Python writes halves of surrogate pairs into its texts; where one matters, the test has it as bytes.
    const auto whole = json::parse(text, {.lone_surrogates = json::lone_surrogates::replace});
    EXPECT_TRUE(whole) << name << ": " << (whole ? "" : whole.error().to_string());
    return whole ? (*whole)[key] : std::move(otherwise);
}

} // namespace beckon::vectors
