// UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing beyond U+10FFFF).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace beckon {

/// The offset of the first byte that is not part of valid UTF-8, or `text.size()` where all is valid.
[[nodiscard]] std::size_t utf8_error_offset(std::string_view text) noexcept;

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
    return utf8_error_offset(text) == text.size();
}

/// Appends a character by its code point, which the caller has checked: at most U+10FFFF, no surrogate.
void append_utf8(std::string& out, std::uint32_t point);

} // namespace beckon
