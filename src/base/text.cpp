#include "beckon/base/text.hpp"

#include <charconv>

namespace beckon {

namespace {

template <typename Number>
void append_number(std::string& out, Number number) {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, number);
    out.append(digits, end.ptr);
}

constexpr char hex_digits[] = "0123456789abcdef";

} // namespace

void append_text(std::string& out, double number) { append_number(out, number); }
void append_text(std::string& out, float number) { append_number(out, number); }
void append_text(std::string& out, long long number) { append_number(out, number); }
void append_text(std::string& out, unsigned long long number) { append_number(out, number); }

std::string quoted(std::string_view text, std::size_t most) {
    std::string out = "\"";
    for (const char letter : text.substr(0, most)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (byte >= 0x20 && byte < 0x7f) {
            out += letter;
        } else {
            out += "\\x";
            out += hex_digits[byte >> 4];
            out += hex_digits[byte & 15];
        }
    }
    out += text.size() > most ? "\"..." : "\"";
    return out;
}

std::string to_hex(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        out += hex_digits[std::to_integer<unsigned>(byte) >> 4];
        out += hex_digits[std::to_integer<unsigned>(byte) & 15];
    }
    return out;
}

} // namespace beckon
