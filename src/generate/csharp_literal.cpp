#include "generate/csharp_literal.hpp"

#include "beckon/base/text.hpp"
#include "generate/csharp_layout.hpp"

namespace beckon::generate {

namespace {

using schema::kind;
using schema::literal;
using schema::literal_form;

std::string csharp_float(const schema::type& type, const literal& value) {
    const bool is_short = type.kind == kind::float32;
    const std::string_view name = is_short ? "float" : "double";
    std::string text = to_string(value, type);
    if (text == "nan") return concat(name, ".NaN");
    if (text == "inf") return concat(name, ".PositiveInfinity");
    if (text == "-inf") return concat(name, ".NegativeInfinity");
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text + (is_short ? "f" : "");
}

std::string csharp_bytes(std::string_view content) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (content.empty()) return "new byte[0]";
    std::string out = "new byte[] { ";
    for (const char letter : content) {
        const auto byte = static_cast<unsigned char>(letter);
        if (out.back() != ' ') out += ", ";
        out += concat("0x", digits[byte >> 4u], digits[byte & 15u]);
    }
    return out + " }";
}

std::string csharp_enumerator(const csharp_model& model, const schema::type& type,
                              std::string_view value) {
    const std::string name = model.type_of(type, csharp_place::anywhere);
    const schema::enumeration* const declared = model.document().find_enumeration(type.name);
    const auto names = model.value_names(*declared);
    for (std::size_t i = 0; names && i < names->size(); ++i) {
        if (declared->enumerators[i].name == value) return concat(name, ".", (*names)[i]);
    }
    return concat("default(", name, ")");
}

} // namespace

std::string csharp_expression(const csharp_model& model, const schema::type& type,
                              const literal& value) {
    switch (type.kind) {
    case kind::boolean: return value.text == "true" ? "true" : "false";
    case kind::float32:
    case kind::float64: return csharp_float(type, value);
    case kind::duration:
        return concat("new Beckon.Duration(", value.negative ? "-" : "", value.magnitude, ")");
    case kind::string: return csharp_string(value.text);
    case kind::bytes: return csharp_bytes(value.text);
    case kind::enumeration: return csharp_enumerator(model, type, value.text);
    case kind::optional:
        if (value.form == literal_form::null) return "null";
        return csharp_expression(model, type.arguments[0], value);
    case kind::list: {
        std::string out = concat("new ", model.type_of(type, csharp_place::here));
        if (value.items.empty()) return out + "()";
        out += " { ";
        for (const literal& item : value.items) {
            if (&item != &value.items.front()) out += ", ";
            out += csharp_expression(model, type.arguments[0], item);
        }
        return out + " }";
    }
    case kind::map: return concat("new ", model.type_of(type, csharp_place::here), "()");
    case kind::any: return "null";
    default: return concat(value.negative ? "-" : "", value.magnitude);
    }
}

std::string csharp_zero(const csharp_model& model, const schema::type& type) {
    switch (type.kind) {
    case kind::string: return "\"\"";
    case kind::bytes: return "new byte[0]";
    case kind::list:
    case kind::map:
    case kind::record: return concat("new ", model.type_of(type, csharp_place::here), "()");
    default: return {};
    }
}

} // namespace beckon::generate
