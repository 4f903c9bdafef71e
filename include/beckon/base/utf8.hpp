// UTF-8 validation (RFC 3629: no surrogates, no overlong forms, nothing beyond U+10FFFF).
#pragma once

#include <cstddef>
#include <string_view>

namespace beckon {

/// The offset of the first byte that is not part of valid UTF-8, or `text.size()` where all is valid.
[[nodiscard]] std::size_t utf8_error_offset(std::string_view text) noexcept;

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
    return utf8_error_offset(text) == text.size();
}

} // namespace beckon
