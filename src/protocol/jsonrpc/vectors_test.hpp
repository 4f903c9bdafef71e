// The cases of tests/vectors/json-rpc.json.
#pragma once

#include <string>
#include <string_view>

#include "codec/vector_file_test.hpp"

namespace beckon::jsonrpc::vectors {

[[nodiscard]] inline std::string from_hex(std::string_view digits) {
    const bytes made = beckon::vectors::from_hex(digits);
    return std::string(as_text(made));
}

/// One of the file's lists; empty, and a failed test, where it cannot be read.
[[nodiscard]] inline value section(std::string_view key) {
    return beckon::vectors::section_of("json-rpc.json", key, value::list());
}

[[nodiscard]] inline std::string name_of(const value& entry) {
    return std::string(entry["name"].string());
}

/// The text that a case sends.
[[nodiscard]] inline std::string request_of(const value& entry) {
    if (entry.contains("request_hex")) return from_hex(entry["request_hex"].string());
    if (!entry.contains("request_repeat")) return std::string(entry["request"].string());
    const value& parts = entry["request_repeat"];
    std::string made(parts["prefix"].string());
    for (const char* const part : {"open", "close"}) {
        for (std::int64_t i = 0; i < parts["count"].int64(); ++i) made += parts[part].string();
    }
    return made;
}

} // namespace beckon::jsonrpc::vectors
