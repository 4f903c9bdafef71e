// Lines no longer than the house style allows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace beckon::generate {

/// `head` + items with ", " between them + `tail`, broken before column 100 and aligned behind the head, as
/// clang-format does; where the head leaves too little room, after the head with `indent` blanks.
[[nodiscard]] std::string fill(std::string_view head, const std::vector<std::string>& items,
                               std::string_view tail, std::size_t indent);

/// A member with its line end; one that is too wide for a line goes on behind its type, or behind the sign of equality.
[[nodiscard]] std::string cpp_field(std::string_view type, std::string_view name,
                                    std::string_view value);

/// A doc as comment lines.
[[nodiscard]] std::string cpp_comment(std::string_view doc, std::string_view slashes);

} // namespace beckon::generate
