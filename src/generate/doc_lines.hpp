// Documentation as lines of a comment.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace beckon::generate {

/// Lines of a doc, those that have more than `most` bytes broken at blanks, where they have any.
[[nodiscard]] std::vector<std::string> doc_lines(std::string_view doc, std::size_t most);

} // namespace beckon::generate
