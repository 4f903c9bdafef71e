// The recorded pickles of tests/vectors/pyrpc.json.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/codec/pickle.hpp"
#include "codec/vector_file_test.hpp"

namespace beckon::pickle::vectors {

using beckon::vectors::from_hex;

/// One of the file's lists; empty, and a failed test, where it cannot be read.
inline value section(std::string_view key) {
    return beckon::vectors::section_of("pyrpc.json", key, value::list());
}

/// What {"t": type, ...} describes. Parts that it has in several places are given once, and then by number.
class typed {
public:
    /// `for_writing`: a bytearray as what is written so, else as what is read.
    explicit typed(bool for_writing = false) : for_writing_(for_writing) {}

    value operator()(const value& from) {
        if (from["t"] == "ref") return seen_.at(from["id"].int64());
        value made = make(from);
        if (from.contains("id")) seen_[from["id"].int64()] = made;
        return made;
    }

private:
    value make(const value& from) {
        const std::string_view type = from["t"].string();
        if (type == "none") return {};
        if (type == "bool") return from["v"];
        if (type == "int") return *value::integer(from["v"].string());
        if (type == "float") return number(from);
        if (type == "str")
            return from.contains("utf8") ? value(as_text(from_hex(from["utf8"].string())))
                                         : from["v"];
        if (type == "bytes") return from_hex(from["hex"].string());
        if (type == "bytearray") {
            const bytes content = from_hex(from["hex"].string());
            return for_writing_ ? byte_array(content) : value(content);
        }
        if (type == "complex") return value::complex(number(from["v"][0]), number(from["v"][1]));
        if (type == "uuid") {
            std::string digits(from["v"].string());
            std::erase(digits, '-');
            const bytes content = from_hex(digits);
            return uuid(std::span<const std::byte, 16>(content.data(), 16));
        }
        if (type == "exception" || type == "opaque") return exception(from);
        if (type == "dict") return value::map(pairs(from));
        std::vector<value> items;
        for (const value& each : from["v"].items()) items.push_back((*this)(each));
        if (type == "list") return value::list(std::move(items));
        if (type == "tuple") return value::tuple(std::move(items));
        if (type == "set") return value::set(std::move(items));
        EXPECT_EQ(type, "frozenset");
        return value::frozen_set(std::move(items));
    }

    static double number(const value& from) {
        return std::bit_cast<double>(std::stoull(std::string(from["bits"].string()), nullptr, 16));
    }

    std::vector<map_entry> pairs(const value& from) {
        std::vector<map_entry> made;
        for (const value& each : from["v"].items()) {
            value key = (*this)(each[0]);
            made.push_back({std::move(key), (*this)(each[1])});
        }
        return made;
    }

    value exception(const value& from) {
        exception_parts parts;
        parts.type = concat(from["module"].string(), '.', from["name"].string());
        parts.arguments = (*this)(from["args"]);
        if (!from["state"].is_null()) parts.fields = value::map(pairs(from["state"]));
        if (const value* const trace = parts.fields.find("traceback")) {
            parts.trace = trace->string();
            parts.fields.erase("traceback");
        }
        return value::exception(std::move(parts));
    }

    bool for_writing_;
    std::map<std::int64_t, value> seen_;
};

/// Without the text that this side makes of an exception's arguments, which Python does not send: for comparisons.
inline value without_text(const value& from) {
    std::vector<value> items;
    switch (from.kind()) {
    case value_kind::list:
    case value_kind::tuple:
        for (const value& each : from.items()) items.push_back(without_text(each));
        return from.is(value_kind::list) ? value::list(std::move(items))
                                         : value::tuple(std::move(items));
    case value_kind::map: {
        std::vector<map_entry> entries;
        for (const map_entry& each : from.entries())
            entries.push_back({each.key, without_text(each.mapped)});
        return value::map(std::move(entries));
    }
    case value_kind::exception: {
        exception_parts parts = from.exception();
        parts.text.clear();
        parts.arguments = without_text(parts.arguments);
        parts.fields = without_text(parts.fields);
        return value::exception(std::move(parts));
    }
    default: return from;
    }
}

} // namespace beckon::pickle::vectors
