// The escapes inside the IDL's string literals.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace beckon::schema {

/// Appends what the inside of a literal stands for. The offset of the first bad escape, or nullopt.
[[nodiscard]] std::optional<std::size_t> unescape(std::string_view inside, std::string& out);

enum class escape_style {
    text, ///< Printable characters, also beyond ASCII, stay as they are; the content must be UTF-8.
    bytes, ///< All but printable ASCII becomes \xHH.
};

/// Appends the literal with its quotes.
void append_escaped(std::string& out, std::string_view content, escape_style style);

} // namespace beckon::schema
