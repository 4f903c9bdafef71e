#include "beckon/base/utf8.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace beckon {

namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

/// Length of the valid sequence that starts at `at`, or 0.
std::size_t sequence_length(const unsigned char* at, std::size_t left) noexcept {
    const unsigned char lead = at[0];
    if (lead < 0x80) return 1;
    if (lead < 0xc2) return 0; // a continuation byte, or an overlong two-byte form
    if (lead < 0xe0) return left >= 2 && is_continuation(at[1]) ? 2 : 0;
    if (lead < 0xf0) {
        if (left < 3 || !is_continuation(at[1]) || !is_continuation(at[2])) return 0;
        if (lead == 0xe0 && at[1] < 0xa0) return 0; // overlong
        if (lead == 0xed && at[1] > 0x9f) return 0; // surrogates
        return 3;
    }
    if (lead > 0xf4 || left < 4) return 0;
    if (!is_continuation(at[1]) || !is_continuation(at[2]) || !is_continuation(at[3])) return 0;
    if (lead == 0xf0 && at[1] < 0x90) return 0; // overlong
    if (lead == 0xf4 && at[1] > 0x8f) return 0; // beyond U+10FFFF
    return 4;
}

constexpr std::uint64_t high_bits = 0x8080808080808080u;

std::uint64_t load_word(const unsigned char* from) noexcept {
    std::uint64_t word;
    std::memcpy(&word, from, 8);
    return word;
}

/// Whether the last `left` bytes before `end`, fewer than eight, are ASCII. REQUIRES: there are eight before `end`.
bool is_ascii_end(const unsigned char* end, std::size_t left) noexcept {
    const std::uint64_t word = load_word(end - 8);
    const auto surplus = static_cast<unsigned>(8 * (8 - left));
    const bool little = std::endian::native == std::endian::little;
    return ((little ? word >> surplus : word << surplus) & high_bits) == 0;
}

} // namespace

std::size_t utf8_error_offset(std::string_view text) noexcept {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t offset = 0;
    while (offset < text.size()) {
        // Eight ASCII bytes at a time: most text on the wire is ASCII.
        while (text.size() - offset >= 16) {
            if (((load_word(bytes + offset) | load_word(bytes + offset + 8)) & high_bits) != 0) {
                break;
            }
            offset += 16;
        }
        while (text.size() - offset >= 8) {
            if ((load_word(bytes + offset) & high_bits) != 0) break;
            offset += 8;
        }
        const std::size_t left = text.size() - offset;
        if (left == 0) break;
        if (left < 8 && text.size() >= 8 && is_ascii_end(bytes + text.size(), left)) break;
        const std::size_t length = sequence_length(bytes + offset, text.size() - offset);
        if (length == 0) return offset;
        offset += length;
    }
    return text.size();
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0 | point >> 6);
        put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        put(0xe0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    } else {
        put(0xf0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3f));
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    }
}

} // namespace beckon
