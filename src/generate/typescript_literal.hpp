// Default values of the IDL as TypeScript expressions.
#pragma once

#include <string>

#include "beckon/schema/literal.hpp"
#include "generate/typescript_layout.hpp"
#include "generate/typescript_model.hpp"

namespace beckon::generate {

/// A value that fits its type.
[[nodiscard]] layout typescript_expression(const typescript_model& model, const schema::type& type,
                                           const schema::literal& value);

/// Text as a string literal, the way prettier quotes it.
[[nodiscard]] std::string typescript_string(std::string_view content);

} // namespace beckon::generate
