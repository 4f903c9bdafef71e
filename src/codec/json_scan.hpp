// What all readers of JSON text share: white space, strings, and where in the text something is wrong.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/codec/json.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace beckon::json::detail {

/// "json text: expected WHAT, found '}' at line 3, column 7 (byte 45)".
[[nodiscard]] error unexpected(std::string_view text, const char* at, std::string_view expected);
/// "json text: WHAT at line 3, column 7 (byte 45)".
[[nodiscard]] error wrong(std::string_view text, const char* at, std::string_view what,
                          errc code = errc::parse_error);

inline bool is_space(char letter) noexcept {
    return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
}

inline const char* skip_space(const char* at, const char* end) noexcept {
    // Text from programs mostly has none, or one space, or a line end and an indent.
    while (at != end && static_cast<unsigned char>(*at) <= ' ') {
        if (!is_space(*at)) break;
        ++at;
#if defined(__SSE2__)
        while (end - at >= 16) {
            const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
            const auto others = static_cast<unsigned>(
                _mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(' '))) ^ 0xffff);
            if (others != 0) {
                at += std::countr_zero(others);
                break;
            }
            at += 16;
        }
#endif
    }
    return at;
}

#if defined(__SSE2__)
/// Which of 16 bytes end a run of plain text: quotes, backslashes and control characters.
inline unsigned special_bytes(__m128i block) noexcept {
    const __m128i quotes = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i backslashes = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls)));
}
#endif

/// The first quote, backslash or control character from `at` on, or `end`. Sets `ascii` to false where a byte
/// beyond ASCII was passed (and leaves it alone otherwise).
inline const char* find_special(const char* at, const char* end, bool& ascii) noexcept {
#if defined(__SSE2__)
    while (end - at >= 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const unsigned special = special_bytes(block);
        const auto high = static_cast<unsigned>(_mm_movemask_epi8(block));
        if (special != 0) {
            const int first = std::countr_zero(special);
            if ((high & ((1u << first) - 1)) != 0) ascii = false;
            return at + first;
        }
        if (high != 0) ascii = false;
        at += 16;
    }
#endif
    unsigned char all = 0;
    for (; at != end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        if (byte == '"' || byte == '\\' || byte < 0x20) break;
        all |= byte;
    }
    if (all >= 0x80) ascii = false;
    return at;
}

/// Reads strings, remembering what went wrong.
class string_reader {
public:
    string_reader(std::string_view text, lone_surrogates lone) : text_(text), lone_(lone) {}

    /// Reads the string whose opening quote lies before `at`; leaves `at` behind its closing quote. What it gives
    /// lies in the text or, where there were escapes, in memory of the reader until the next call.
    bool read(const char*& at, std::string_view& out) {
        const char* const end = text_.data() + text_.size();
        bool ascii = true;
        const char* const stop = find_special(at, end, ascii);
        if (stop != end && *stop == '"' && ascii) {
            out = {at, static_cast<std::size_t>(stop - at)};
            at = stop + 1;
            return true;
        }
        return read_slowly(at, stop, ascii, out);
    }
    [[nodiscard]] error&& take_failure() && { return std::move(*failure_); }

private:
    bool read_slowly(const char*& at, const char* stop, bool ascii, std::string_view& out);
    bool read_escape(const char*& at);
    bool read_unicode(const char*& at, std::uint32_t& out);
    bool fail(error failure);

    std::string_view text_;
    lone_surrogates lone_;
    std::string unescaped_;
    std::optional<error> failure_;
};

} // namespace beckon::json::detail
