// Python as Black writes it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace beckon::generate {

/// `head` + items with ", " between them + `tail`, indented; where that is longer than 88 columns, an item a line with a
/// comma behind the last, which Black keeps.
[[nodiscard]] std::string python_brackets(std::size_t indent, std::string_view head,
                                          const std::vector<std::string>& items,
                                          std::string_view tail);

/// A doc as a docstring with its line ends: empty where the doc is.
[[nodiscard]] std::string python_docstring(std::size_t indent, std::string_view doc);

/// A doc as comments "#: ...", which documentation tools read.
[[nodiscard]] std::string python_comment(std::size_t indent, std::string_view doc);

/// Bytes in hexadecimal, as the lines of a text.
[[nodiscard]] std::string python_hex_lines(std::span<const std::byte> content);

} // namespace beckon::generate
