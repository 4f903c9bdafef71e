// TypeScript as prettier writes it, with its defaults: text that is broken into lines only where it must be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace beckon::generate {

/// A text with places where it can be broken. A group is broken at all of its own places, or at none.
struct layout {
    enum class form { text, row, nested, group, line, if_broken };

    form is = form::text;
    std::string text; ///< Of a line: what it is where it is not broken.
    std::vector<layout>
        parts; ///< Of if_broken: what stands in a broken group, and in one that is not.
    bool is_forced = false; ///< A group that is broken whatever its length.

    layout(std::string_view plain = {}) : text(plain) {} // NOLINT: a string is a layout
    layout(const char* plain) : text(plain) {}           // NOLINT
    layout(const std::string& plain) : text(plain) {}    // NOLINT
};

[[nodiscard]] layout row(std::vector<layout> parts);
/// Two columns further right where it is broken.
[[nodiscard]] layout nested(std::vector<layout> parts);
[[nodiscard]] layout group(std::vector<layout> parts, bool is_forced = false);
/// A place to break: else a blank, or what is given.
[[nodiscard]] layout line(std::string_view otherwise = " ");
[[nodiscard]] layout if_broken(layout broken, layout flat = {});
/// Items behind each other or below each other, between two signs: "(", items, ")".
[[nodiscard]] layout bracketed(std::string_view open, const std::vector<layout>& items,
                               std::string_view close, bool is_forced = false,
                               std::string_view last = ",");

/// Columns that it takes unbroken.
[[nodiscard]] std::size_t width_of(const layout& content);

/// A statement or declaration that begins at so many columns, with its line end.
[[nodiscard]] std::string to_lines(std::size_t indent, const layout& content);

/// A doc as a comment that editors show; empty for none.
[[nodiscard]] std::string typescript_doc(std::size_t indent, std::string_view doc);

} // namespace beckon::generate
