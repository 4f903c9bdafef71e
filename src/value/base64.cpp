#include "beckon/value/base64.hpp"

#include <array>

namespace beckon {

namespace {

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_letter = 0xff;

constexpr std::array<std::uint8_t, 256> digits = [] {
    std::array<std::uint8_t, 256> out{};
    out.fill(no_letter);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        out[static_cast<unsigned char>(letters[i])] = static_cast<std::uint8_t>(i);
    }
    return out;
}();

std::uint32_t byte_at(byte_view from, std::size_t index) noexcept {
    return std::to_integer<std::uint32_t>(from[index]);
}

error refuse(std::string_view text, std::size_t at) {
    return fail(errc::parse_error, "base64: expected a letter of its alphabet at byte ", at,
                ", found ", at < text.size() ? quoted(text.substr(at, 1)) : "the end");
}

} // namespace

char* base64_encode(byte_view content, char* out) noexcept {
    std::size_t at = 0;
    for (; at + 3 <= content.size(); at += 3) {
        const std::uint32_t three =
            byte_at(content, at) << 16 | byte_at(content, at + 1) << 8 | byte_at(content, at + 2);
        *out++ = letters[three >> 18];
        *out++ = letters[three >> 12 & 63];
        *out++ = letters[three >> 6 & 63];
        *out++ = letters[three & 63];
    }
    const std::size_t left = content.size() - at;
    if (left != 0) {
        const std::uint32_t two =
            byte_at(content, at) << 16 | (left == 2 ? byte_at(content, at + 1) << 8 : 0);
        *out++ = letters[two >> 18];
        *out++ = letters[two >> 12 & 63];
        *out++ = left == 2 ? letters[two >> 6 & 63] : '=';
        *out++ = '=';
    }
    return out;
}

std::string base64_encode(byte_view content) {
    std::string out(base64_size(content.size()), '\0');
    base64_encode(content, out.data());
    return out;
}

result<bytes> base64_decode(std::string_view text) {
    std::size_t length = text.size();
    if (length % 4 == 0) {
        for (int i = 0; i < 2 && length != 0 && text[length - 1] == '='; ++i) --length;
    }
    if (length % 4 == 1) return refuse(text, length);
    bytes out(length / 4 * 3 + (length % 4 == 0 ? 0 : length % 4 - 1));
    std::size_t to = 0;
    std::uint32_t bits = 0;
    for (std::size_t at = 0; at < length; ++at) {
        const std::uint8_t digit = digits[static_cast<unsigned char>(text[at])];
        if (digit == no_letter) return refuse(text, at);
        bits = bits << 6 | digit;
        if (at % 4 != 0) out[to++] = static_cast<std::byte>(bits >> (6 - at % 4 * 2));
    }
    // What the last letter holds beyond the last byte has to be zero, so that each text has one meaning.
    const std::size_t beyond = length % 4 == 2 ? 4 : length % 4 == 3 ? 2 : 0;
    if ((bits & ((1u << beyond) - 1)) != 0) {
        return fail(errc::parse_error, "base64: bits beyond the last byte at byte ", length - 1);
    }
    return out;
}

result<bytes> base64_decode_loosely(std::string_view text) {
    bytes out;
    out.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    unsigned letters_in_four = 0;
    unsigned pads = 0;
    for (const char letter : text) {
        if (letter == '=') {
            if (letters_in_four >= 2 && letters_in_four + ++pads >= 4) return out;
            continue;
        }
        const std::uint8_t digit = digits[static_cast<unsigned char>(letter)];
        if (digit == no_letter) continue;
        pads = 0;
        bits = bits << 6 | digit;
        if (letters_in_four != 0)
            out.push_back(static_cast<std::byte>(bits >> (6 - letters_in_four * 2)));
        letters_in_four = (letters_in_four + 1) % 4;
    }
    if (letters_in_four == 0) return out;
    return fail(errc::parse_error, "base64: text of ", text.size(),
                " characters ends without its padding");
}

} // namespace beckon
