#include "beckon/base/utf8.hpp"

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

} // namespace

std::size_t utf8_error_offset(std::string_view text) noexcept {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t offset = 0;
    while (offset < text.size()) {
        // Eight ASCII bytes at a time: most text on the wire is ASCII.
        while (text.size() - offset >= 8) {
            std::uint64_t word;
            std::memcpy(&word, bytes + offset, 8);
            if ((word & 0x8080808080808080u) != 0) break;
            offset += 8;
        }
        if (offset == text.size()) break;
        const std::size_t length = sequence_length(bytes + offset, text.size() - offset);
        if (length == 0) return offset;
        offset += length;
    }
    return offset;
}

} // namespace beckon
