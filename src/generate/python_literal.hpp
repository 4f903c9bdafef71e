// Default values of the IDL as Python expressions.
#pragma once

#include <string>

#include "beckon/schema/literal.hpp"
#include "generate/python_model.hpp"

namespace beckon::generate {

/// A value that fits its type.
[[nodiscard]] std::string python_expression(const python_model& model, const schema::type& type,
                                            const schema::literal& value);

/// Text as a string literal, the way Black quotes it.
[[nodiscard]] std::string python_string(std::string_view content, bool is_bytes = false);

} // namespace beckon::generate
