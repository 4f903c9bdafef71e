// Types and values that are too wide for a line, broken as Black breaks them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace beckon::generate {

/// What Black fills a line with.
inline constexpr std::size_t python_columns = 88;

/// `head` + `text` + `tail`, indented, with a line end: one line where that fits, else the brackets that `text` ends with
/// are opened, an item a line. A wide "T | None" becomes "typing.Optional[T]", which all versions of Black break alike.
[[nodiscard]] std::string python_broken(std::size_t indent, std::string_view head,
                                        std::string_view text, std::string_view tail);

/// "name: type" and, where it has one, its default value.
[[nodiscard]] std::string python_field(std::size_t indent, std::string_view name,
                                       std::string_view type, std::string_view value);

/// Columns that text in UTF-8 takes.
[[nodiscard]] std::size_t python_width(std::string_view text);

} // namespace beckon::generate
