// The recorded values and messages of tests/vectors/msgpack.json.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/codec/msgpack.hpp"
#include "codec/vector_file_test.hpp"

namespace beckon::msgpack::vectors {

using beckon::vectors::from_hex;

/// One of the file's members; null, and a failed test, where it cannot be read.
inline value section(std::string_view key) {
    return beckon::vectors::section_of("msgpack.json", key, value());
}

/// A timestamp; an extension where `datetime` cannot say it.
inline value timestamp(std::int64_t seconds, std::uint64_t nanoseconds) {
    std::int64_t days = seconds / 86'400;
    std::int64_t rest = seconds % 86'400;
    if (rest < 0) {
        rest += 86'400;
        --days;
    }
    if (days >= INT32_MIN && days <= INT32_MAX) {
        return datetime{{static_cast<std::int32_t>(days)},
                        {static_cast<std::uint64_t>(rest) * 1'000'000'000 + nanoseconds}};
    }
    bytes content;
    for (int shift = 24; shift >= 0; shift -= 8)
        content.push_back(static_cast<std::byte>(nanoseconds >> shift & 0xff));
    for (int shift = 56; shift >= 0; shift -= 8)
        content.push_back(
            static_cast<std::byte>(static_cast<std::uint64_t>(seconds) >> shift & 0xff));
    return value::extension(timestamp_type, content);
}

/// The value that {"t": type, ...} describes.
inline value typed(const value& from) {
    const std::string_view type = from["t"].string();
    if (type == "nil") return {};
    if (type == "bool" || type == "str") return from["v"];
    if (type == "int") return *value::integer(from["v"].string());
    if (type == "f64")
        return std::bit_cast<double>(std::stoull(std::string(from["bits"].string()), nullptr, 16));
    if (type == "bin") return from_hex(from["hex"].string());
    if (type == "ext")
        return value::extension(from["type"].int64(), from_hex(from["hex"].string()));
    if (type == "timestamp") {
        return timestamp(value::integer(from["sec"].string())->int64(), from["nsec"].uint64());
    }
    if (type == "array") {
        std::vector<value> items;
        for (const value& item : from["v"].items()) items.push_back(typed(item));
        return value::list(std::move(items));
    }
    EXPECT_EQ(type, "map");
    value made = value::map();
    for (const value& pair : from["v"].items())
        made.insert_or_assign(typed(pair[0]), typed(pair[1]));
    return made;
}

} // namespace beckon::msgpack::vectors
