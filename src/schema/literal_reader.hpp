// Reads a default value from tokens; shared by the parser and by parse_literal.
#pragma once

#include <optional>

#include "beckon/schema/literal.hpp"
#include "schema/lexer.hpp"

namespace beckon::schema {

inline constexpr std::size_t max_literal_depth = 32;

/// Takes a literal from `at` on and moves `at` behind it. On failure `at` stays at the token that was not
/// expected and the message says so.
[[nodiscard]] std::optional<literal> read_literal(const source_text& source, const tokens& tokens,
                                                  std::size_t& at, std::string& message,
                                                  std::size_t depth = 0);

} // namespace beckon::schema
