// What the tests of all generators read.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "beckon/schema/parse.hpp"

namespace beckon::generate {

inline std::string read_file(const std::string& path_from_src) {
    const auto path = std::filesystem::path(__FILE__).parent_path() / ".." / path_from_src;
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << "cannot read " << path;
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline schema::document must_parse(std::string_view text) {
    const auto outcome = schema::parse_all(text, "test.bk");
    EXPECT_TRUE(outcome.diagnostics.empty()) << to_string(outcome.diagnostics);
    return outcome.document;
}

} // namespace beckon::generate
