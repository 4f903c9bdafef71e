// Reading one value within a text: what `parse` and the piecewise reader share.
#pragma once

#include <optional>
#include <string_view>

#include "beckon/codec/json.hpp"
#include "beckon/codec/json_reader.hpp"

namespace beckon::json::detail {

/// The value that begins at `at`, white space aside; gives the place behind it, or null pointer after a failure.
const char* read_tree(std::string_view text, const char* at, const parse_options& options,
                      budget& left, value& out, std::optional<error>& failure);

/// The error where the text is longer than the options allow.
[[nodiscard]] std::optional<error> check_size(std::string_view text, const parse_options& options);

} // namespace beckon::json::detail
