// Feeds arbitrary text to the readers of JSON. What is read must be writable and read back as the same; typed decoding
// must agree with the long way by value; and the end of a text must be found where the reader finds it.
#include <string_view>
#include <vector>

#include "beckon/base/assert.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/codec/json_boundary.hpp"
#include "beckon/codec/json_decode.hpp"
#include "value/test_types.hpp"

namespace {

using namespace beckon;

// Without duplicate keys: with them, typed decoding looks at values that the tree does not keep.
json::parse_options strict() {
    json::parse_options options;
    options.duplicate_keys = json::duplicate_keys::refuse;
    return options;
}

void check_write(const value& read, bool pretty) {
    json::write_options options;
    options.pretty = pretty;
    const auto written = json::to_string(read, options);
    BECKON_ASSERT(written.has_value(), "what was read cannot be written");
    const auto again = json::parse(*written, strict());
    BECKON_ASSERT(again.has_value(), "what was written cannot be read");
    BECKON_ASSERT(*again == read, "what was written reads as something else");
}

template <typename T>
void check_decode(std::string_view text, const value* tree) {
    const auto decoded = json::decode<T>(text, strict());
    if (!decoded) return;
    BECKON_ASSERT(tree != nullptr, "decoded what does not parse");
    const auto& described = describe_type<T>();
    const auto fitted = coerce(*tree, described.document, described.type);
    BECKON_ASSERT(fitted.has_value(), "decoded what does not fit");
    const auto converted = from_value<T>(*fitted);
    BECKON_ASSERT(converted.has_value(), "decoded what does not convert");
    BECKON_ASSERT(value(*converted) == value(*decoded), "decoded something else");
}

void check_boundary(std::string_view text) {
    json::boundary whole;
    const std::size_t end = whole.feed(text);
    whole.finish();
    if (!whole.begun()) return;
    json::boundary pieces;
    std::size_t at = 0;
    while (at < text.size() && !pieces.complete()) at += pieces.feed(text.substr(at, 1));
    BECKON_ASSERT(at == end, "the end depends on the chunks");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(input), size);
    const auto parsed = json::parse(text, strict());
    if (parsed) {
        check_write(*parsed, false);
        check_write(*parsed, true);
        json::boundary boundary;
        const std::size_t end = boundary.feed(text);
        boundary.finish();
        BECKON_ASSERT(boundary.complete(), "a whole text has no end");
        BECKON_ASSERT(text.find_first_not_of(" \t\r\n", end) == std::string_view::npos,
                      "the end lies within the text");
        static_cast<void>(from_plain(*parsed));
    } else {
        // A failure names a place, whatever the input.
        BECKON_ASSERT(!parsed.error().message().empty(), "no message");
        json::parse_options small;
        small.lone_surrogates = json::lone_surrogates::replace;
        small.max_depth = 20;
        small.max_nodes = 1000;
        if (const auto read = json::parse(text, small)) check_write(*read, false);
    }
    // Of members that a type does not have, typed decoding does not compare the keys.
    const auto lenient = json::parse(text);
    const value* const tree = lenient ? &*lenient : nullptr;
    check_decode<std::vector<shop::Item>>(text, tree);
    check_decode<shop::Tree>(text, tree);
    check_decode<shop::Defaulted>(text, tree);
    check_decode<std::vector<double>>(text, tree);
    check_decode<std::vector<std::int64_t>>(text, tree);
    check_decode<value>(text, tree);
    check_boundary(text);
    return 0;
}
