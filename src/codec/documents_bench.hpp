// What the codecs' micro-benchmarks read and write: documents that take one megabyte as JSON text.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "beckon/codec/json.hpp"
#include "beckon/value/convert.hpp"
#include "value/test_types.hpp"

namespace bench {

inline constexpr std::size_t document_bytes = 1'000'000;

enum class documents : std::int64_t {
    items,
    integers,
    doubles, ///< With all the digits that a double can have.
    short_strings,
    long_string,
    short_doubles, ///< As people write them: up to three digits behind the point.
};
inline constexpr std::int64_t last_document = 5;
inline constexpr std::array document_names{"items",         "integers",    "doubles",
                                           "short strings", "long string", "short doubles"};

inline std::string word(std::mt19937_64& random, std::size_t least, std::size_t most) {
    std::string out(least + random() % (most - least + 1), ' ');
    for (char& letter : out) letter = static_cast<char>('a' + random() % 26);
    return out;
}

inline shop::Item make_item(std::mt19937_64& random) {
    shop::Item made;
    made.name = word(random, 4, 20);
    made.count = static_cast<std::int64_t>(random() % 100'000);
    made.tags.resize(random() % 4);
    for (std::string& tag : made.tags) tag = word(random, 3, 10);
    if (random() % 3 != 0) {
        made.at = {static_cast<double>(random() % 100'000) / 100 + 0.001,
                   static_cast<double>(random() % 100'000) / 1000 + 0.0001};
    }
    made.mood = static_cast<shop::Mood>(random() % 3);
    return made;
}

template <typename Make>
beckon::value list_of(Make make) {
    std::mt19937_64 random(1);
    std::vector<beckon::value> items;
    beckon::buffer text;
    while (text.size() < document_bytes) {
        items.push_back(beckon::value(make(random)));
        static_cast<void>(beckon::json::write(text, items.back()));
        static_cast<void>(text.grow(1)); // the comma
    }
    return beckon::value::list(std::move(items));
}

inline beckon::value make_document(documents which) {
    using random = std::mt19937_64&;
    switch (which) {
    case documents::items: return list_of(make_item);
    case documents::integers:
        return list_of(
            [](random from) { return static_cast<std::int64_t>(from()) >> (from() % 60); });
    case documents::doubles:
        return list_of(
            [](random from) { return static_cast<double>(from() >> 11) * 0x1p-53 * 1000; });
    case documents::short_strings: return list_of([](random from) { return word(from, 1, 24); });
    case documents::long_string: return std::string(document_bytes, 'x');
    case documents::short_doubles:
        return list_of(
            [](random from) { return static_cast<double>(from() % 100'000) / 100 + 0.001; });
    }
    return {};
}

inline const std::string& json_document(std::int64_t which) {
    static const auto texts = [] {
        std::array<std::string, document_names.size()> made;
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i] = beckon::json::to_string(make_document(static_cast<documents>(i))).value();
        }
        return made;
    }();
    return texts[static_cast<std::size_t>(which)];
}

/// The document as a reader of JSON would make it: with maps for records, and names for enumerators.
inline beckon::value plain_document(std::int64_t which) {
    return beckon::json::parse(json_document(which)).value();
}

} // namespace bench
