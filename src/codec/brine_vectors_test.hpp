// The recorded values and packets of tests/vectors/rpyc.json, for tests of brine and of what is written in it.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/codec/brine.hpp"
#include "codec/vector_file_test.hpp"

namespace beckon::brine::vectors {

using beckon::vectors::from_hex;

/// One of the file's lists; empty, and a failed test, where it cannot be read.
inline value section(std::string_view key) {
    return beckon::vectors::section_of("rpyc.json", key, value::list());
}

/// The bytes of an entry, in one piece or in parts that repeat.
inline bytes wire(const value& entry) {
    if (entry.contains("hex")) return from_hex(entry["hex"].string());
    bytes made;
    for (const value& part : entry["hex_parts"].items()) {
        const bytes piece = from_hex(part["hex"].string());
        std::int64_t left = part.contains("repeat") ? part["repeat"].int64() : 1;
        for (; left > 0; --left) {
            made.insert(made.end(), piece.begin(), piece.end());
        }
    }
    return made;
}

/// The value that {"t": type, ...} describes.
inline value typed(const value& from) {
    const std::string_view type = from["t"].string();
    const auto number = [](std::string_view hex) {
        return std::bit_cast<double>(std::stoull(std::string(hex), nullptr, 16));
    };
    if (type == "none") return {};
    if (type == "bool") return from["v"];
    if (type == "notimplemented") return not_implemented();
    if (type == "ellipsis") return ellipsis();
    if (type == "int") return *value::integer(from["v"].string());
    if (type == "str") return from["v"];
    if (type == "float") return number(from["bits"].string());
    if (type == "complex") {
        const std::string_view bits = from["bits"].string();
        return value::complex(number(bits.substr(0, 16)), number(bits.substr(16)));
    }
    if (type == "bytes") {
        if (from.contains("hex")) return from_hex(from["hex"].string());
        const bytes fill = from_hex(from["fill"].string());
        return bytes(static_cast<std::size_t>(from["length"].int64()), fill.at(0));
    }
    std::vector<value> items;
    if (from.contains("fill")) {
        items.assign(static_cast<std::size_t>(from["count"].int64()), typed(from["fill"]));
    } else {
        for (const value& item : from["v"].items()) items.push_back(typed(item));
    }
    if (type == "tuple") return value::tuple(std::move(items));
    if (type == "frozenset") return value::frozen_set(std::move(items));
    EXPECT_EQ(type, "slice");
    return value::slice(items.at(0), items.at(1), items.at(2));
}

} // namespace beckon::brine::vectors
