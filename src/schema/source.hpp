// An IDL text with its line table, from which diagnostics take their place and excerpt.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/schema/diagnostic.hpp"

namespace beckon::schema {

/// A stretch of the text, in bytes.
struct source_range {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

/// Lifetime: borrows the text.
class source_text {
public:
    source_text(std::string_view text, std::string_view file);

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::string_view slice(source_range range) const noexcept {
        return text_.substr(range.offset, range.length);
    }
    /// The line that holds the offset, counted from 0.
    [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const noexcept;
    [[nodiscard]] std::uint32_t start_of_line(std::uint32_t line) const noexcept {
        return line_starts_[line];
    }
    [[nodiscard]] diagnostic complain(source_range where, std::string message) const;

private:
    std::string_view text_;
    std::string file_;
    std::vector<std::uint32_t> line_starts_;
};

} // namespace beckon::schema
