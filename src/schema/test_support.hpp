// Documents for tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "beckon/schema/parse.hpp"

namespace beckon::schema {

/// A file from src/schema/testdata.
inline std::string read_testdata(const std::string& name) {
    const auto path = std::filesystem::path(__FILE__).parent_path() / "testdata" / name;
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << "cannot read " << path;
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The document, or a failed test.
inline document must_parse(std::string_view text) {
    parse_outcome outcome = parse_all(text, "test.bk");
    EXPECT_TRUE(outcome.diagnostics.empty()) << to_string(outcome.diagnostics);
    return std::move(outcome.document);
}

/// Pseudo-random numbers that are the same on every machine.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
    /// From 0 to below `sides`.
    std::size_t roll(std::size_t sides) {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::size_t>((state_ >> 33) % sides);
    }

private:
    std::uint64_t state_;
};

} // namespace beckon::schema
