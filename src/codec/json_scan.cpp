#include "codec/json_scan.hpp"

#include <algorithm>

#include "beckon/base/utf8.hpp"

namespace beckon::json::detail {

namespace {

std::string place_of(std::string_view text, const char* at) {
    const auto offset = static_cast<std::size_t>(at - text.data());
    const std::string_view before = text.substr(0, offset);
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t line_begin = lines == 0 ? 0 : before.rfind('\n') + 1;
    return concat(" at line ", lines + 1, ", column ", offset - line_begin + 1, " (byte ", offset,
                  ")");
}

// What stands at a place, in a few letters.
std::string found_at(std::string_view text, const char* at) {
    const auto offset = static_cast<std::size_t>(at - text.data());
    if (offset >= text.size()) return "the end of the text";
    if (text.substr(offset).starts_with("\xef\xbb\xbf")) return "a byte order mark";
    if (*at == '"' || *at == '\\') return concat('\'', *at, '\'');
    const std::string shown = quoted(text.substr(offset, 1));
    return concat('\'', std::string_view(shown).substr(1, shown.size() - 2), '\'');
}

int hex_digit(char letter) noexcept {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

constexpr std::uint32_t replacement = 0xfffd;

} // namespace

error unexpected(std::string_view text, const char* at, std::string_view expected) {
    return beckon::fail(errc::parse_error, "json text: expected ", expected, ", found ",
                        found_at(text, at), place_of(text, at));
}

error wrong(std::string_view text, const char* at, std::string_view what, errc code) {
    return beckon::fail(code, "json text: ", what, place_of(text, at));
}

bool string_reader::fail(error failure) {
    failure_.emplace(std::move(failure));
    return false;
}

bool string_reader::read_slowly(const char*& at, const char* stop, bool ascii,
                                std::string_view& out) {
    const char* const begin = at;
    const char* const end = text_.data() + text_.size();
    unescaped_.clear();
    bool escaped = false;
    for (;;) {
        if (stop == end) return fail(unexpected(text_, end, "the closing '\"' of a string"));
        if (static_cast<unsigned char>(*stop) < 0x20) {
            return fail(unexpected(text_, stop, "a control character in a string to be escaped"));
        }
        if (*stop == '"') break;
        escaped = true;
        unescaped_.append(at, stop);
        at = stop;
        if (!read_escape(at)) return false;
        stop = find_special(at, end, ascii);
    }
    if (!ascii) {
        // Escapes are ASCII, so the raw text is UTF-8 exactly where its parts between them are.
        const std::string_view raw(begin, static_cast<std::size_t>(stop - begin));
        const std::size_t offset = utf8_error_offset(raw);
        if (offset != raw.size()) {
            return fail(unexpected(text_, begin + offset, "utf-8 in a string"));
        }
    }
    if (escaped) {
        unescaped_.append(at, stop);
        out = unescaped_;
    } else {
        out = {begin, static_cast<std::size_t>(stop - begin)};
    }
    at = stop + 1;
    return true;
}

bool string_reader::read_escape(const char*& at) {
    const char* const end = text_.data() + text_.size();
    const char* const begin = at++;
    if (at == end) return fail(unexpected(text_, end, "an escape after '\\'"));
    switch (*at) {
    case '"':
    case '\\':
    case '/': unescaped_ += *at; break;
    case 'b': unescaped_ += '\b'; break;
    case 'f': unescaped_ += '\f'; break;
    case 'n': unescaped_ += '\n'; break;
    case 'r': unescaped_ += '\r'; break;
    case 't': unescaped_ += '\t'; break;
    case 'u': {
        ++at;
        std::uint32_t code = 0;
        if (!read_unicode(at, code)) return false;
        if (code >= 0xd800 && code < 0xe000) {
            std::uint32_t low = 0;
            const char* next = at;
            const bool pair_follows =
                code < 0xdc00 && end - at >= 2 && at[0] == '\\' && at[1] == 'u';
            if (pair_follows) {
                next += 2;
                if (!read_unicode(next, low)) return false;
            }
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                at = next;
            } else if (lone_ == lone_surrogates::refuse) {
                return fail(
                    wrong(text_, begin, "expected both halves of a surrogate pair, found one"));
            } else {
                code = replacement; // what follows is read by itself
            }
        }
        append_utf8(unescaped_, code);
        return true;
    }
    default: return fail(unexpected(text_, at, "one of \"\\/bfnrtu after '\\'"));
    }
    ++at;
    return true;
}

bool string_reader::read_unicode(const char*& at, std::uint32_t& out) {
    const char* const end = text_.data() + text_.size();
    out = 0;
    for (int i = 0; i < 4; ++i, ++at) {
        const int digit = at == end ? -1 : hex_digit(*at);
        if (digit < 0) return fail(unexpected(text_, at, "four hexadecimal digits after '\\u'"));
        out = out << 4 | static_cast<std::uint32_t>(digit);
    }
    return true;
}

} // namespace beckon::json::detail
