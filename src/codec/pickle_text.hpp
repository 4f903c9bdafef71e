// The textual forms of pickles, which protocol 0 has and Python 2 mixes into later ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace beckon::pickle {

// Each gives nothing where the text is not of its form.

/// Optional minus, digits without leading zeros.
[[nodiscard]] bool is_decimal(std::string_view text) noexcept;
/// A memo's index: digits alone.
[[nodiscard]] std::optional<std::uint64_t> read_index(std::string_view text) noexcept;
/// Python's repr of a float, and inf and nan.
[[nodiscard]] std::optional<double> read_float(std::string_view text) noexcept;
/// raw-unicode-escape: Latin-1 but for \uXXXX and \UXXXXXXXX.
[[nodiscard]] std::optional<std::string> read_raw_unicode(std::string_view text);
/// A quoted Python 2 string with its escapes, as bytes.
[[nodiscard]] std::optional<std::string> read_quoted(std::string_view text);
/// Latin-1, as UTF-8 (or the reverse, where all characters are below U+0100).
[[nodiscard]] std::string from_latin1(std::string_view bytes);
[[nodiscard]] std::optional<std::string> to_latin1(std::string_view text);

/// As utf8_error_offset, but surrogates are taken, in three bytes each.
[[nodiscard]] std::size_t text_error_offset(std::string_view text) noexcept;

} // namespace beckon::pickle
