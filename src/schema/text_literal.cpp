#include "schema/text_literal.hpp"

#include <charconv>
#include <cstdint>

#include "beckon/base/utf8.hpp"

namespace beckon::schema {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

/// The number that all of the digits stand for, or nullopt.
std::optional<std::uint32_t> from_hex(std::string_view digits) {
    std::uint32_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, failure] = std::from_chars(digits.data(), end, number, 16);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return number;
}

bool append_code_point(std::string& out, std::uint32_t code) {
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    append_utf8(out, code);
    return true;
}

/// Reads the escape that follows a backslash; how many characters it takes, or 0 where there is no such escape.
std::size_t take_escape(std::string_view rest, std::string& out) {
    if (rest.empty()) return 0;
    switch (rest.front()) {
    case '"':
    case '\\': out += rest.front(); return 1;
    case 'n': out += '\n'; return 1;
    case 'r': out += '\r'; return 1;
    case 't': out += '\t'; return 1;
    case 'x': {
        if (rest.size() < 3) return 0;
        const auto byte = from_hex(rest.substr(1, 2));
        if (!byte) return 0;
        out += static_cast<char>(*byte);
        return 3;
    }
    case 'u': {
        const std::size_t end = rest.find('}');
        if (rest.size() < 2 || rest[1] != '{' || end == std::string_view::npos) return 0;
        const auto code = from_hex(rest.substr(2, end - 2));
        return code && append_code_point(out, *code) ? end + 1 : 0;
    }
    default: return 0;
    }
}

} // namespace

std::optional<std::size_t> unescape(std::string_view inside, std::string& out) {
    for (std::size_t i = 0; i < inside.size();) {
        if (inside[i] != '\\') {
            out += inside[i++];
            continue;
        }
        const std::size_t taken = take_escape(inside.substr(i + 1), out);
        if (taken == 0) return i;
        i += 1 + taken;
    }
    return std::nullopt;
}

void append_escaped(std::string& out, std::string_view content, escape_style style) {
    out += '"';
    for (const char letter : content) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (letter == '\n') {
            out += "\\n";
        } else if (letter == '\r') {
            out += "\\r";
        } else if (letter == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && style == escape_style::bytes)) {
            out += "\\x";
            out += hex_digits[byte >> 4];
            out += hex_digits[byte & 15];
        } else {
            out += letter;
        }
    }
    out += '"';
}

} // namespace beckon::schema
