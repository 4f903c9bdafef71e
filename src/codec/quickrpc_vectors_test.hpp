// The recorded values and messages of tests/vectors/quickrpc.json.
#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "beckon/value/value.hpp"
#include "codec/vector_file_test.hpp"

namespace beckon::quickrpc::vectors {

using beckon::vectors::from_hex;

/// One of the file's members; null, and a failed test, where it cannot be read.
inline value section(std::string_view key) {
    return beckon::vectors::section_of("quickrpc.json", key, value());
}

/// The value that a vector describes: plain JSON, and {"$float"}, {"$bytes"}, {"$map"}, {"$big"}. {"$units"}, text with half a
/// surrogate pair, which is no UTF-8, becomes what stands for that in text that was read.
inline value described(const value& from) {
    if (from.is(value_kind::list)) {
        std::vector<value> items;
        for (const value& each : from) items.push_back(described(each));
        return value::list(std::move(items));
    }
    if (!from.is(value_kind::map)) return from;
    if (const value* const number = from.find("$float")) {
        const std::string text(number->string());
        constexpr double most = std::numeric_limits<double>::infinity();
        if (text == "inf") return most;
        if (text == "-inf") return -most;
        if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
        return json::parse(text.find_first_of(".e") == std::string::npos ? text + ".0" : text)
            .value();
    }
    if (const value* const digits = from.find("$big")) return *value::integer(digits->string());
    if (const value* const hex = from.find("$bytes")) return from_hex(hex->string());
    if (from.find("$units") != nullptr) return "\xef\xbf\xbd";
    value made = value::map();
    const value* const pairs = from.find("$map");
    EXPECT_NE(pairs, nullptr) << from.to_text();
    if (pairs == nullptr) return made;
    for (const value& each : *pairs) made.insert_or_assign(described(each[0]), described(each[1]));
    return made;
}

/// Text of a vector's member; empty where it has none.
inline std::string text_of(const value& vector, std::string_view key) {
    const value& found = vector[key];
    return found.is(value_kind::string) ? std::string(found.string()) : std::string();
}

} // namespace beckon::quickrpc::vectors
