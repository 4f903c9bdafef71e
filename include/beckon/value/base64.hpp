// Base64 (RFC 4648, section 4): how bytes lie in text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon {

/// Characters that `size` bytes become, padding included.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t size) noexcept {
    return (size + 2) / 3 * 4;
}

/// Writes base64_size(content.size()) characters and returns the place behind them.
char* base64_encode(byte_view content, char* out) noexcept;
[[nodiscard]] std::string base64_encode(byte_view content);

/// Reads what base64_encode writes, and the same without padding.
///
/// Errors: parse_error, with the offset of the first character that does not belong there: other letters, white
/// space, bits beyond the last byte.
[[nodiscard]] result<bytes> base64_decode(std::string_view text);

/// As Python's b64decode: characters outside the alphabet are passed over, what follows the padding is not looked at.
///
/// Errors: parse_error, where padding is missing.
[[nodiscard]] result<bytes> base64_decode_loosely(std::string_view text);

} // namespace beckon
