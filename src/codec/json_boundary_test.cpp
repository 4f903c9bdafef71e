#include "beckon/codec/json_boundary.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace beckon::json {
namespace {

// Cuts a stream into texts, fed in chunks of the given size.
std::vector<std::string> cut(std::string_view stream, std::size_t chunk_size) {
    std::vector<std::string> texts;
    std::string current;
    boundary boundary;
    while (!stream.empty()) {
        const std::string_view chunk = stream.substr(0, chunk_size);
        const std::size_t taken = boundary.feed(chunk);
        current += chunk.substr(0, taken);
        stream.remove_prefix(taken);
        if (boundary.complete()) {
            texts.push_back(std::move(current));
            current.clear();
            boundary.reset();
        }
    }
    boundary.finish();
    if (boundary.complete())
        texts.push_back(std::move(current));
    else if (boundary.begun())
        texts.push_back(current + " (unfinished)");
    return texts;
}

TEST(json_boundary, cuts_a_stream_the_same_way_whatever_the_chunks) {
    const std::string stream =
        R"({"a":[1,{"b":"]}\"\\"}]} [1,2]"text \" with quotes"12 true[]null{"x":"\\"}3)";
    const std::vector<std::string> expected{R"({"a":[1,{"b":"]}\"\\"}]})",
                                            " [1,2]",
                                            R"("text \" with quotes")",
                                            "12",
                                            " true",
                                            "[]",
                                            "null",
                                            R"({"x":"\\"})",
                                            "3"};
    for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
        EXPECT_EQ(cut(stream, chunk), expected) << chunk;
    }
}

TEST(json_boundary, leaves_what_does_not_end_unfinished) {
    EXPECT_EQ(cut("[1,", 2), std::vector<std::string>{"[1, (unfinished)"});
    EXPECT_EQ(cut("\"abc\\\"", 3), std::vector<std::string>{"\"abc\\\" (unfinished)"});
    EXPECT_EQ(cut("  \n ", 1), std::vector<std::string>{});
}

TEST(json_boundary, needs_no_memory_for_depth) {
    const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    boundary boundary;
    EXPECT_EQ(boundary.feed(deep + "x"), deep.size());
    EXPECT_TRUE(boundary.complete());
}

} // namespace
} // namespace beckon::json
