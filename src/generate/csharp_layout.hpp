// C# as it is laid out: blocks, documentation, strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "beckon/schema/schema.hpp"

namespace beckon::generate {

/// Lines of a file, indented by the blocks that are open.
class csharp_lines {
public:
    /// A line; an empty one has no blanks.
    void add(std::string_view line);
    /// An empty line, unless a block has just begun.
    void space();
    /// The head of a block and its brace.
    void open(std::string_view head);
    /// A block whose head is there.
    void open_brace();
    /// Ends a block; `tail` stands behind its brace.
    void close(std::string_view tail = {});
    /// Documentation in an element of XML: summary. Nothing where there is none.
    void doc(std::string_view doc, std::string_view element = "summary");

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    std::size_t depth_ = 0;
    bool is_fresh_ = false; ///< A block has just begun.
};

/// A string literal.
[[nodiscard]] std::string csharp_string(std::string_view content);

} // namespace beckon::generate
