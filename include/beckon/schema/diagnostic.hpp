// What is wrong with an IDL text, and where: what a compiler prints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace beckon::schema {

/// One complaint about a source text, with the line it is about.
struct diagnostic {
    std::string file;
    std::uint32_t line = 0;   ///< From 1.
    std::uint32_t column = 0; ///< From 1, in characters (not bytes); a tab counts as one.
    std::string message;      ///< Lower case, no full stop: what was found, what was expected.

    std::string excerpt;              ///< The line, printable, cut where it is very long.
    std::uint32_t excerpt_column = 0; ///< Where in `excerpt` the complaint begins, from 0.
    std::uint32_t length = 1;         ///< Characters to underline.

    std::vector<diagnostic>
        notes; ///< Other places that matter, such as the first of two duplicates.
};

/// The line "file:line:column: message".
[[nodiscard]] std::string headline(const diagnostic& diagnostic);

/// The complaint as compilers print it: headline, source line and caret, then its notes. Ends in a newline.
///
/// Example:
/// ```
/// shop.bk:4:3: error: undefined type 'Itme'; did you mean 'Item'?
///   4 |   Itme item;
///     |   ^~~~
/// ```
[[nodiscard]] std::string to_string(const diagnostic& diagnostic);

/// All complaints, one after another.
[[nodiscard]] std::string to_string(const std::vector<diagnostic>& diagnostics);

} // namespace beckon::schema
