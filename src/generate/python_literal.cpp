#include "generate/python_literal.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "generate/python_words.hpp"

namespace beckon::generate {

namespace {

using schema::kind;
using schema::literal;
using schema::literal_form;

std::string python_float(const schema::type& type, const literal& value) {
    std::string text = to_string(value, type);
    if (text == "nan" || text.ends_with("inf")) return concat("float(\"", text, "\")");
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    if (const std::size_t plus = text.find('+'); plus != std::string::npos) text.erase(plus, 1);
    return text;
}

std::string python_enumerator(const python_model& model, const std::string& name,
                              std::string_view value) {
    const schema::enumeration* const declared = model.document().find_enumeration(name);
    const auto names =
        model.names_of(place_of(model.document(), *declared), "value", declared->enumerators,
                       naming::screaming, python_keywords(), false);
    for (std::size_t i = 0; names && i < names->size(); ++i) {
        if (declared->enumerators[i].name == value) {
            return concat(model.class_of(name), ".", (*names)[i]);
        }
    }
    return concat(model.class_of(name), "(0)");
}

} // namespace

std::string python_string(std::string_view content, bool is_bytes) {
    const auto count = [content](char letter) {
        return std::count(content.begin(), content.end(), letter);
    };
    const char quote = count('"') > count('\'') ? '\'' : '"';
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = is_bytes ? "b" : "";
    out += quote;
    for (const char letter : content) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == quote || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (letter == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f || (is_bytes && byte > 0x7f)) {
            out += concat("\\x", digits[byte >> 4u], digits[byte & 15u]);
        } else {
            out += letter;
        }
    }
    return out + quote;
}

std::string python_expression(const python_model& model, const schema::type& type,
                              const literal& value) {
    switch (type.kind) {
    case kind::boolean: return value.text == "true" ? "True" : "False";
    case kind::float32:
    case kind::float64: return python_float(type, value);
    case kind::duration:
        return concat("beckon.Duration(", value.negative ? "-" : "", value.magnitude, ")");
    case kind::string: return python_string(value.text);
    case kind::bytes: return python_string(value.text, true);
    case kind::enumeration: return python_enumerator(model, type.name, value.text);
    case kind::optional:
        if (value.form == literal_form::null) return "None";
        return python_expression(model, type.arguments[0], value);
    case kind::list: {
        std::string out = "[";
        for (const literal& item : value.items) {
            if (&item != &value.items.front()) out += ", ";
            out += python_expression(model, type.arguments[0], item);
        }
        return out + ']';
    }
    case kind::map: return "{}";
    case kind::any: return "None";
    default: return concat(value.negative ? "-" : "", value.magnitude);
    }
}

} // namespace beckon::generate
