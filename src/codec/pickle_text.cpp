#include "codec/pickle_text.hpp"

#include <charconv>
#include <limits>

#include "beckon/base/utf8.hpp"

namespace beckon::pickle {

namespace {

constexpr bool is_digit(char letter) noexcept { return letter >= '0' && letter <= '9'; }

constexpr int hex_digit(char letter) noexcept {
    if (is_digit(letter)) return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

/// The number of so many hexadecimal digits at the front, which are taken off.
std::optional<std::uint32_t> take_hex(std::string_view& text, std::size_t digits) noexcept {
    if (text.size() < digits) return {};
    std::uint32_t made = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) return {};
        made = made << 4 | static_cast<std::uint32_t>(digit);
    }
    text.remove_prefix(digits);
    return made;
}

/// What one escape of a quoted string says; `text` begins after the backslash. False where it says nothing.
bool take_escape(std::string_view& text, std::string& out) {
    const char letter = text.front();
    text.remove_prefix(1);
    switch (letter) {
    case '\\':
    case '\'':
    case '"': out += letter; return true;
    case 'n': out += '\n'; return true;
    case 'r': out += '\r'; return true;
    case 't': out += '\t'; return true;
    case 'a': out += '\a'; return true;
    case 'b': out += '\b'; return true;
    case 'f': out += '\f'; return true;
    case 'v': out += '\v'; return true;
    case 'x': {
        const auto byte = take_hex(text, 2);
        if (byte) out += static_cast<char>(*byte);
        return byte.has_value();
    }
    default: break;
    }
    if (letter < '0' || letter > '7') {
        out += '\\';
        out += letter;
        return true;
    }
    unsigned byte = static_cast<unsigned>(letter - '0');
    for (int i = 0; i < 2 && !text.empty() && text.front() >= '0' && text.front() <= '7'; ++i) {
        byte = byte * 8 + static_cast<unsigned>(text.front() - '0');
        text.remove_prefix(1);
    }
    out += static_cast<char>(byte & 0xff);
    return true;
}

} // namespace

bool is_decimal(std::string_view text) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
        return false;
    return text.size() == 1 || text[0] != '0';
}

std::optional<std::uint64_t> read_index(std::string_view text) noexcept {
    std::uint64_t made = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), made);
    if (text.empty() || failure == std::errc::invalid_argument || end != text.data() + text.size())
        return {};
    return failure == std::errc() ? made : std::numeric_limits<std::uint64_t>::max();
}

std::optional<double> read_float(std::string_view text) noexcept {
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) text.remove_prefix(1);
    double made = 0;
    if (text == "inf") {
        made = std::numeric_limits<double>::infinity();
    } else if (text == "nan") {
        made = std::numeric_limits<double>::quiet_NaN();
    } else {
        if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos ||
            text.starts_with('-'))
            return {};
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), made);
        if (failure != std::errc() || end != text.data() + text.size()) return {};
    }
    return is_negative ? -made : made;
}

std::optional<std::string> read_raw_unicode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const char letter = text.front();
        text.remove_prefix(1);
        if (letter != '\\') {
            append_utf8(out, static_cast<unsigned char>(letter));
            continue;
        }
        // In a run of backslashes only the last of an odd number escapes.
        std::size_t run = 1;
        while (!text.empty() && text.front() == '\\') {
            text.remove_prefix(1);
            ++run;
        }
        const char kind = text.empty() ? '\0' : text.front();
        if (run % 2 == 0 || (kind != 'u' && kind != 'U')) {
            out.append(run, '\\');
            continue;
        }
        out.append(run - 1, '\\');
        text.remove_prefix(1);
        const auto point = take_hex(text, kind == 'u' ? 4 : 8);
        if (!point || *point > 0x10ffff) return {};
        append_utf8(out, *point);
    }
    return out;
}

std::optional<std::string> read_quoted(std::string_view text) {
    if (text.size() < 2 || text.front() != text.back() ||
        (text.front() != '\'' && text.front() != '"'))
        return {};
    text = text.substr(1, text.size() - 2);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const char letter = text.front();
        text.remove_prefix(1);
        if (letter != '\\') {
            out += letter;
        } else if (text.empty() || !take_escape(text, out)) {
            return {};
        }
    }
    return out;
}

std::string from_latin1(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (const char each : bytes) append_utf8(out, static_cast<unsigned char>(each));
    return out;
}

std::optional<std::string> to_latin1(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            out += text[i];
            continue;
        }
        // Two bytes say what is below U+0100 where the first is C2 or C3; the text is known to be whole.
        if (first > 0xc3 || i + 1 == text.size()) return {};
        out += static_cast<char>((first & 3) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f));
    }
    return out;
}

std::size_t text_error_offset(std::string_view text) noexcept {
    std::size_t good = 0;
    for (;;) {
        good += utf8_error_offset(text.substr(good));
        const std::string_view rest = text.substr(good);
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
        const bool is_surrogate = rest.size() >= 3 && byte(0) == 0xed && byte(1) >= 0xa0 &&
                                  byte(1) <= 0xbf && byte(2) >= 0x80 && byte(2) <= 0xbf;
        if (!is_surrogate) return good;
        good += 3;
    }
}

} // namespace beckon::pickle
