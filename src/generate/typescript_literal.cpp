#include "generate/typescript_literal.hpp"

#include <algorithm>
#include <span>

#include "beckon/base/text.hpp"
#include "generate/line_breaks.hpp"

namespace beckon::generate {

namespace {

using schema::kind;
using schema::literal;
using schema::literal_form;

std::string float_of(const schema::type& type, const literal& value) {
    std::string text = to_string(value, type);
    if (text == "nan") return "NaN";
    if (text == "inf") return "Infinity";
    if (text == "-inf") return "-Infinity";
    // "1e+30" and "1e-09" are 1e30 and 1e-9 here.
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos) return text;
    const bool is_negative = text[exponent + 1] == '-';
    const std::size_t digits = text.find_first_not_of("+-0", exponent + 1);
    return concat(text.substr(0, exponent + 1), is_negative ? "-" : "", text.substr(digits));
}

bool is_number(const schema::type& type) {
    switch (type.kind) {
    case kind::int8:
    case kind::uint8:
    case kind::int16:
    case kind::uint16:
    case kind::int32:
    case kind::uint32:
    case kind::float32:
    case kind::float64: return true;
    default: return false;
    }
}

/// Prettier fills lines with numbers.
layout numbers(const std::vector<layout>& items) {
    std::vector<layout> inner{line("")};
    for (std::size_t i = 0; i < items.size(); ++i) {
        const layout item = i + 1 == items.size() ? items[i] : row({items[i], ","});
        inner.push_back(i == 0 ? item : group({line(), item}));
    }
    inner.push_back(if_broken(","));
    return group({"[", nested(std::move(inner)), line(""), "]"});
}

layout list_of(const typescript_model& model, const schema::type& item, const literal& value) {
    std::vector<layout> items;
    // Lists of lists are broken whatever their length, unless one of them is short.
    bool is_matrix = item.kind == kind::list && value.items.size() > 1;
    bool are_numbers = is_number(item) && !value.items.empty();
    for (const literal& each : value.items) {
        is_matrix = is_matrix && each.items.size() > 1;
        items.push_back(typescript_expression(model, item, each));
        // NaN and Infinity are names, not numbers.
        are_numbers = are_numbers && items.back().text.find_first_of("NI") == std::string::npos;
    }
    if (are_numbers) return numbers(items);
    return bracketed("[", items, "]", is_matrix);
}

} // namespace

std::string typescript_string(std::string_view content) {
    const auto count = [content](char letter) {
        return std::count(content.begin(), content.end(), letter);
    };
    const char quote = count('"') > count('\'') ? '\'' : '"';
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out(1, quote);
    for (std::size_t at = 0; at < content.size(); ++at) {
        const char letter = content[at];
        const auto byte = static_cast<unsigned char>(letter);
        if (begins_with_separator(content.substr(at))) {
            out += concat("\\u202", separator_digit(content.substr(at)));
            at += 2;
        } else if (letter == quote || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (letter == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += concat("\\x", digits[byte >> 4u], digits[byte & 15u]);
        } else {
            out += letter;
        }
    }
    return out + quote;
}

layout typescript_expression(const typescript_model& model, const schema::type& type,
                             const literal& value) {
    const std::string integer = concat(value.negative ? "-" : "", value.magnitude);
    switch (type.kind) {
    case kind::boolean: return value.text == "true" ? "true" : "false";
    case kind::float32:
    case kind::float64: return float_of(type, value);
    case kind::int64:
    case kind::uint64: return integer + "n";
    case kind::duration: return concat("new beckon.Duration(", integer, "n)");
    case kind::string: return typescript_string(value.text);
    case kind::bytes: {
        const std::span<const char> content(value.text);
        return concat("beckon.fromHex(\"", to_hex(std::as_bytes(content)), "\")");
    }
    case kind::enumeration: return model.enumerator_of(type.name, value.text);
    case kind::optional:
        if (value.form == literal_form::null) return "null";
        return typescript_expression(model, type.arguments[0], value);
    case kind::list: return list_of(model, type.arguments[0], value);
    case kind::map: return "new Map()";
    case kind::any: return "null";
    default: return integer;
    }
}

} // namespace beckon::generate
