// Reads the IDL (docs/idl.md).
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/check.hpp"
#include "beckon/schema/diagnostic.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema {

struct parse_options {
    std::size_t max_bytes = 1u << 20; ///< Longer texts are refused unread.
    std::size_t max_errors = 20;      ///< Complaints before giving up.
    /// Without, only the grammar is held to, and the document may break every rule of check().
    bool rules = true;
    /// More rules, asked where those of check() are kept: what a use of the document wants besides.
    std::function<std::vector<problem>(const document&)> more_rules{};
};

struct parse_outcome {
    schema::document document;           ///< Of use only without diagnostics.
    std::vector<diagnostic> diagnostics; ///< In order of the text; empty where all is well.
};

/// Reads and checks an IDL text, and tells everything that is wrong with it: first what breaks the grammar;
/// where nothing does, what breaks the rules of check().
///
/// Limits: `options`, and types nest at most 32 deep. Any bytes are read in time proportional to their number.
/// Thread-safety: safe from any number of threads.
[[nodiscard]] parse_outcome parse_all(std::string_view text, std::string_view file_name,
                                      const parse_options& options = {});

/// Reads and checks an IDL text. `file_name` is for messages alone; nothing is opened.
///
/// Errors: parse_error, or limit_exceeded for a text over `max_bytes`: the first complaint in one line,
/// "shop.bk:4:3: undefined type 'Itme'; did you mean 'Item'?", and how many more there are.
[[nodiscard]] result<document> parse(std::string_view text, std::string_view file_name,
                                     const parse_options& options = {});

} // namespace beckon::schema
