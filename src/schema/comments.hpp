// Which comments document what.
#pragma once

#include <string>

#include "schema/lexer.hpp"

namespace beckon::schema {

/// The comments that document what stands from token `first` to token `last`: the lines directly before it, and
/// the one behind it on its last line, with further lines in the same column. Lines are joined by newlines.
[[nodiscard]] std::string doc_of(const source_text& source, const tokens& tokens, std::size_t first,
                                 std::size_t last);

/// The second half of that alone: the comment behind a token.
[[nodiscard]] std::string trailing_doc_of(const source_text& source, const tokens& tokens,
                                          std::size_t last);

/// The comment at the head of the file, where it does not belong to the first declaration.
/// `declaration_first`: whether the first token begins a declaration (and not `label` and the like).
[[nodiscard]] std::string doc_of_file(const source_text& source, const tokens& tokens,
                                      bool declaration_first);

/// A doc as parse() makes it: no blanks at line ends, no empty lines at either end, "\n" between lines,
/// '?' for what no terminal should see.
[[nodiscard]] std::string normalized_doc(std::string_view doc);

} // namespace beckon::schema
