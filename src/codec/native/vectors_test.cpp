// The recorded bytes of vectors.json: what is written must be them, and what they are read as must be the value,
// both by codec<T> and by schema.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "beckon/base/text.hpp"
#include "codec/native/samples_test.hpp"

namespace beckon::native {
namespace {

using samples::sample;

struct recorded {
    std::string type;
    std::string value;
    std::string bytes;
};

std::string file_name() {
    const char* const root = std::getenv("BECKON_SOURCE_DIR");
    return concat(root != nullptr ? root : ".", "/src/codec/native/vectors.json");
}

// The file has one vector a line, with these members in this order, so that it needs no JSON reader.
std::string member(const std::string& line, std::string_view name) {
    const std::string opening = concat('"', name, "\": \"");
    const std::size_t start = line.find(opening);
    if (start == std::string::npos) return {};
    std::string text;
    for (std::size_t i = start + opening.size(); i < line.size() && line[i] != '"'; ++i) {
        if (line[i] == '\\') ++i;
        text += line[i];
    }
    return text;
}

std::map<std::string, recorded> read_vectors() {
    std::map<std::string, recorded> vectors;
    std::ifstream file(file_name());
    for (std::string line; std::getline(file, line);) {
        const std::string name = member(line, "name");
        if (name.empty()) continue;
        vectors[name] = {member(line, "type"), member(line, "value"), member(line, "bytes")};
    }
    return vectors;
}

bytes from_hex(const std::string& digits) {
    bytes made;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        made.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    }
    return made;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return out;
}

bytes write_typed_message(const sample& each) {
    return samples::message([&](writer& out) {
        write_typed(out, samples::document(), samples::type(each.idl), each.content);
    });
}

void record_vectors(const char* to) {
    std::ofstream file(to);
    file << "[\n";
    const auto all = samples::all();
    for (const sample& each : all) {
        file << R"({"name": ")" << each.name << R"(", "type": ")" << each.idl << R"(", "value": ")"
             << escaped(each.content.to_text()) << R"(", "bytes": ")"
             << to_hex(samples::message(each.write)) << (&each == &all.back() ? "\"}\n" : "\"},\n");
    }
    file << "]\n";
}

// With BECKON_RECORD_VECTORS set to a file name it writes that file first; then check by hand what changed.
TEST(native_vectors, are_what_the_codec_writes_and_reads_by_type_and_by_schema) {
    if (const char* const to = std::getenv("BECKON_RECORD_VECTORS")) record_vectors(to);
    const auto vectors = read_vectors();
    const auto all = samples::all();
    ASSERT_EQ(vectors.size(), all.size()) << file_name();
    for (const sample& each : all) {
        SCOPED_TRACE(each.name);
        const auto found = vectors.find(each.name);
        ASSERT_NE(found, vectors.end());
        EXPECT_EQ(found->second.type, each.idl);
        const bytes expected = from_hex(found->second.bytes);
        EXPECT_EQ(to_hex(samples::message(each.write)), found->second.bytes);
        EXPECT_EQ(to_hex(write_typed_message(each)), found->second.bytes);

        const limits limits;
        samples::fake_session session;
        reader typed(expected, limits, &session);
        const value by_type = each.read(typed);
        EXPECT_FALSE(typed.failed()) << typed.take_failure().to_string();
        EXPECT_EQ(typed.left(), 0u);
        EXPECT_EQ(by_type, each.content) << by_type.to_text();
        reader dynamic(expected, limits, &session);
        const value by_schema = read_typed(dynamic, samples::document(), samples::type(each.idl));
        EXPECT_FALSE(dynamic.failed()) << dynamic.take_failure().to_string();
        EXPECT_EQ(dynamic.left(), 0u);
        EXPECT_EQ(by_schema, each.content) << by_schema.to_text();
    }
}

} // namespace
} // namespace beckon::native
