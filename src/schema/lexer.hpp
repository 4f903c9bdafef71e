// Cuts IDL text into tokens and comments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/source.hpp"

namespace beckon::schema {

enum class token_kind : std::uint8_t {
    name,     ///< Keywords too: every keyword is contextual.
    integer,  ///< Sign, decimal or 0x digits.
    number,   ///< With a point or an exponent.
    duration, ///< An integer and a unit: 250ms.
    text,     ///< In double quotes, with escapes.
    symbol,   ///< One of { } ( ) < > [ ] , ; = . : -
    end,
};

struct token {
    token_kind kind = token_kind::end;
    source_range where;
    std::uint32_t line = 0; ///< From 0.
    /// Comments between the token before and this one: [first_comment, last_comment) of `tokens::comments`.
    std::uint32_t first_comment = 0;
    std::uint32_t last_comment = 0;
};

struct comment {
    source_range where; ///< What it says, without the slashes.
    std::uint32_t line = 0;
    std::uint32_t column = 0; ///< In bytes, from 0.
    bool block = false;       ///< One of /* */, which never becomes documentation.
};

struct tokens {
    std::vector<token> list; ///< Ends with a token of kind `end`.
    std::vector<comment> comments;
    std::vector<diagnostic> diagnostics;
};

/// Never fails: what is no token is left out and complained about, up to `max_errors` times.
[[nodiscard]] tokens tokenize(const source_text& source, std::size_t max_errors);

/// A token as messages show it: "'foo'", "end of file".
[[nodiscard]] std::string describe(const source_text& source, const token& token);

} // namespace beckon::schema
