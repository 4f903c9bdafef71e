#include "generate/cpp_literal.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"

namespace beckon::generate {

namespace {

using schema::kind;
using schema::literal;
using schema::literal_form;

/// A C++ string literal. Octal escapes, since hexadecimal ones would swallow digits that follow.
std::string cpp_text(std::string_view content) {
    std::string out = "\"";
    for (const char letter : content) {
        const auto byte = static_cast<unsigned char>(letter);
        // Two question marks begin what compilers warn of as a trigraph.
        if (letter == '"' || letter == '\\' || (letter == '?' && out.back() == '?')) {
            out += '\\';
            out += letter;
        } else if (letter == '\n') {
            out += "\\n";
        } else if (byte >= 0x20 && byte < 0x7f) {
            out += letter;
        } else {
            out += '\\';
            for (const unsigned shift : {6u, 3u, 0u}) {
                out += static_cast<char>('0' + (byte >> shift & 7u));
            }
        }
    }
    return out + '"';
}

std::string cpp_string(std::string_view content) {
    if (content.find('\0') == std::string_view::npos) return cpp_text(content);
    return concat("std::string(", cpp_text(content), ", ", content.size(), ")");
}

std::string cpp_bytes(std::string_view content) {
    if (content.empty()) return "beckon::bytes{}";
    if (content.find('\0') == std::string_view::npos) {
        return concat("beckon::to_bytes(", cpp_text(content), ")");
    }
    return concat("beckon::to_bytes({", cpp_text(content), ", ", content.size(), "})");
}

std::string cpp_float(const schema::type& type, const literal& value) {
    const std::string_view name = type.kind == kind::float32 ? "float" : "double";
    std::string text = to_string(value, type);
    if (text == "nan") return concat("std::numeric_limits<", name, ">::quiet_NaN()");
    if (text == "inf") return concat("std::numeric_limits<", name, ">::infinity()");
    if (text == "-inf") return concat("-std::numeric_limits<", name, ">::infinity()");
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    if (type.kind == kind::float32) text += 'f';
    return text;
}

std::string cpp_integer(const schema::type& type, const literal& value) {
    if (value.negative && value.magnitude == 1ull << 63) {
        // The number without its sign fits no signed type.
        return "std::numeric_limits<std::int64_t>::min()";
    }
    return concat(value.negative ? "-" : "", value.magnitude,
                  type.kind == kind::uint64 && value.magnitude >> 63 != 0 ? "u" : "");
}

std::string cpp_duration(const literal& value) {
    constexpr std::pair<std::string_view, std::uint64_t> units[] = {{"hours", 3'600'000'000'000},
                                                                    {"minutes", 60'000'000'000},
                                                                    {"seconds", 1'000'000'000},
                                                                    {"milliseconds", 1'000'000},
                                                                    {"microseconds", 1'000}};
    std::string_view unit = "nanoseconds";
    std::uint64_t count = value.magnitude;
    for (const auto& [name, scale] : units) {
        if (value.magnitude % scale == 0) {
            unit = name;
            count = value.magnitude / scale;
            break;
        }
    }
    return concat("std::chrono::", unit, "(", value.negative ? "-" : "", count, ")");
}

/// The C++ name of an enum value; renaming depends on no other value, unless two clash, which is found before.
std::string cpp_enumerator(const cpp_model& model, const std::string& name,
                           std::string_view value) {
    const schema::enumeration* const declared = model.document().find_enumeration(name);
    const auto names = model.names_of(place_of(model.document(), *declared), "value",
                                      declared->enumerators, false);
    if (names) {
        for (const cpp_name& each : *names) {
            if (each.wire == value) return concat(name, "::", each.cpp);
        }
    }
    return concat(name, "{}");
}

} // namespace

std::string cpp_expression(const cpp_model& model, const schema::type& type, const literal& value) {
    switch (type.kind) {
    case kind::float32:
    case kind::float64: return cpp_float(type, value);
    case kind::duration: return cpp_duration(value);
    case kind::string: return cpp_string(value.text);
    case kind::bytes: return cpp_bytes(value.text);
    case kind::enumeration: return cpp_enumerator(model, type.name, value.text);
    case kind::optional:
        if (value.form == literal_form::null) return "std::nullopt";
        return cpp_expression(model, type.arguments[0], value);
    case kind::list: {
        // The type is named, so that a list of two strings is never taken for a pair of iterators.
        std::string out = model.cpp_type(type) + '{';
        for (const literal& item : value.items) {
            if (&item != &value.items.front()) out += ", ";
            out += cpp_expression(model, type.arguments[0], item);
        }
        return out + '}';
    }
    case kind::map:
    case kind::any: return model.cpp_type(type) + "{}";
    default: break;
    }
    if (value.form == literal_form::integer) return cpp_integer(type, value);
    return value.text; // true, false
}

bool cpp_is_empty(const schema::type& type, const literal& value) {
    switch (type.kind) {
    case kind::optional:
    case kind::any: return value.form == literal_form::null;
    case kind::list: return value.items.empty();
    case kind::map: return true;
    default: return false;
    }
}

std::string cpp_zero(const cpp_model& model, const schema::type& type) {
    if (type.kind == kind::boolean) return " = false";
    if (type.kind >= kind::int8 && type.kind <= kind::float64) return " = 0";
    if (type.kind == kind::enumeration) {
        const schema::enumeration* const declared = model.document().find_enumeration(type.name);
        if (!declared->enumerators.empty()) {
            return " = " + cpp_enumerator(model, type.name, declared->enumerators.front().name);
        }
    }
    return "{}";
}

} // namespace beckon::generate
