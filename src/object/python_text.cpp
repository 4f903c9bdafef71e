#include "object/python_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "beckon/value/iso8601.hpp"
#include "object/answering_servant.hpp"
#include "object/bound_method.hpp"

namespace beckon::detail {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

/// The length of what Python does not print as it is, at the text's start; 0 for everything else. Beyond ASCII these are
/// the controls and blanks of Latin-1, two bytes each.
[[nodiscard]] std::size_t unprintable(std::string_view text) noexcept {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x20 || first == 0x7f) return 1;
    if (first != 0xc2 || text.size() < 2) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    return second <= 0xa0 || second == 0xad ? 2 : 0;
}

void append_escape(std::string& out, unsigned char letter) {
    switch (letter) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
        out += "\\x";
        out += hex_digits[letter >> 4u];
        out += hex_digits[letter & 15u];
    }
}

[[nodiscard]] char quote_for(std::string_view text) noexcept {
    const bool has_single = text.find('\'') != std::string_view::npos;
    return has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
}

} // namespace

void text_writer::add_quoted(std::string_view text) {
    if (text.size() > max_bytes - text_.size()) {
        full_ = true;
        return;
    }
    const char quote = quote_for(text);
    std::string out(1, quote);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (letter == quote || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (const std::size_t length = unprintable(text.substr(i)); length != 0) {
            i += length - 1;
            append_escape(out, static_cast<unsigned char>(text[i]));
        } else {
            out += letter;
        }
    }
    out += quote;
    add(out);
}

void text_writer::add_bytes(byte_view content) {
    if (content.size() > max_bytes - text_.size()) {
        full_ = true;
        return;
    }
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    const char quote = quote_for(text);
    std::string out{'b', quote};
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == quote || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (byte < 0x20 || byte >= 0x7f) {
            append_escape(out, byte);
        } else {
            out += letter;
        }
    }
    out += quote;
    add(out);
}

void text_writer::add_number(double number) { add(python_float(number)); }

void text_writer::add_field(std::string_view name, const value& content, bool first) {
    if (!first) add(", ");
    add(name);
    add("=");
    add_repr(content);
}

void text_writer::add_pair(const value& key, const value& mapped, bool first) {
    if (!first) add(", ");
    add_repr(key);
    add(": ");
    add_repr(mapped);
}

void text_writer::add_reference(const value& what) {
    const auto* const core = static_cast<const object_core*>(what.object());
    if (const auto* const own = local_as<answering_servant>(what)) return own->write_repr(*this);
    if (core->is_local()) return add(object_text(static_cast<const servant&>(*core)));
    const std::string_view name = core->interface_name();
    add(concat("<remote ", name.empty() ? "object" : name, '>'));
}

void text_writer::add_repr(const value& what) {
    if (full_) return;
    if (depth_ == max_depth) return add("...");
    ++depth_;
    switch (what.kind()) {
    case value_kind::null: add("None"); break;
    case value_kind::boolean: add(what.boolean() ? "True" : "False"); break;
    case value_kind::integer: add(what.decimal()); break;
    case value_kind::floating: add_number(what.float64()); break;
    case value_kind::complex: {
        const auto [real, imaginary] = what.complex_parts();
        add(python_complex(real, imaginary));
        break;
    }
    case value_kind::string: add_quoted(what.string()); break;
    case value_kind::bytes: add_bytes(what.bytes()); break;
    case value_kind::list:
        add("[");
        add_list(what.items());
        add("]");
        break;
    case value_kind::tuple:
        add("(");
        add_list(what.items());
        add(what.size() == 1 ? ",)" : ")");
        break;
    case value_kind::set:
        add(what.empty() ? "set(" : "{");
        add_list(what.items());
        add(what.empty() ? ")" : "}");
        break;
    case value_kind::frozen_set:
        add(what.empty() ? "frozenset(" : "frozenset({");
        add_list(what.items());
        add(what.empty() ? ")" : "})");
        break;
    case value_kind::map: {
        add("{");
        bool first = true;
        for (const auto& [key, mapped] : what.entries()) {
            add_pair(key, mapped, std::exchange(first, false));
            if (full_) break;
        }
        add("}");
        break;
    }
    case value_kind::slice:
        add("slice(");
        add_list(what.bounds());
        add(")");
        break;
    case value_kind::date:
    case value_kind::time:
    case value_kind::datetime:
    case value_kind::duration:
    case value_kind::enumeration: add_quoted(as_python_sees(what).string()); break;
    case value_kind::record: {
        add(what.declared_type());
        add("(");
        bool first = true;
        for (const auto& [name, content] : what.fields()) {
            add_field(name.string(), content, std::exchange(first, false));
            if (full_) break;
        }
        add(")");
        break;
    }
    case value_kind::variant:
        add("(");
        add_quoted(what.name());
        add(", ");
        add_repr(what.content());
        add(")");
        break;
    case value_kind::exception: {
        const exception_parts parts = what.exception();
        add(parts.type);
        add("(");
        add_list(parts.arguments.items());
        add(")");
        break;
    }
    case value_kind::reference: add_reference(what); break;
    case value_kind::stream: add("<stream>"); break;
    case value_kind::extension: add(concat("<extension ", what.number(), '>')); break;
    }
    --depth_;
}

result<std::string> text_writer::take_text() && {
    if (full_) {
        return fail(errc::limit_exceeded, "text of the object has more than ", max_bytes,
                    " bytes, the limit of texts");
    }
    return std::move(text_);
}

result<value> text_writer::take() && {
    BECKON_ASSIGN(std::string text, std::move(*this).take_text());
    return value(std::move(text));
}

result<std::string> python_repr(const value& what) {
    text_writer out;
    out.add_repr(what);
    return std::move(out).take_text();
}

std::string_view python_type(const value& of) noexcept {
    switch (of.kind()) {
    case value_kind::null: return "NoneType";
    case value_kind::boolean: return "bool";
    case value_kind::integer: return "int";
    case value_kind::floating: return "float";
    case value_kind::frozen_set: return "frozenset";
    case value_kind::map: return "dict";
    case value_kind::string:
    case value_kind::date:
    case value_kind::time:
    case value_kind::datetime:
    case value_kind::duration:
    case value_kind::enumeration: return "str";
    case value_kind::variant: return "tuple";
    case value_kind::record: return of.declared_type();
    case value_kind::reference: {
        const std::string_view name =
            static_cast<const object_core*>(of.object())->interface_name();
        return name.empty() ? "object" : name;
    }
    default: return to_string(of.kind());
    }
}

std::string python_float(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    std::array<char, 512> buffer{};
    const double size = std::fabs(number);
    const bool fixed = size == 0 || (size >= 1e-4 && size < 1e16);
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                   fixed ? std::chars_format::fixed : std::chars_format::scientific)
                         .ptr;
    std::string text(buffer.data(), end);
    if (fixed && text.find('.') == std::string::npos) text += ".0";
    return text;
}

std::string python_complex(double real, double imaginary) {
    const auto part = [](double number) {
        std::string text = python_float(number);
        if (text.ends_with(".0")) text.resize(text.size() - 2);
        return text;
    };
    if (real == 0 && !std::signbit(real)) return part(imaginary) + "j";
    const std::string second = part(imaginary);
    return concat('(', part(real), second.starts_with('-') ? "" : "+", second, "j)");
}

std::string python_quoted(std::string_view name) {
    std::string text = quoted(name);
    text.front() = text.back() = '\'';
    return text;
}

value as_python_sees(const value& from) {
    switch (from.kind()) {
    case value_kind::date: return to_iso8601(from.date());
    case value_kind::time: return to_iso8601(from.time());
    case value_kind::datetime: return to_iso8601(from.datetime());
    case value_kind::duration: return to_iso8601(from.duration());
    case value_kind::enumeration: return value(from.name());
    default: return from;
    }
}

} // namespace beckon::detail
