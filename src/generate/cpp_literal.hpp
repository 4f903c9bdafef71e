// Default values as C++ expressions.
#pragma once

#include <string>

#include "beckon/schema/literal.hpp"
#include "generate/cpp_model.hpp"

namespace beckon::generate {

/// The expression for a default value that fits its type: "std::chrono::milliseconds(250)", "Mood::calm".
[[nodiscard]] std::string cpp_expression(const cpp_model& model, const schema::type& type,
                                         const schema::literal& value);

/// Whether it is what a field of the type holds without an initialiser: an empty list or map, nothing.
[[nodiscard]] bool cpp_is_empty(const schema::type& type, const schema::literal& value);

/// The initialiser of a field without a default value: " = 0", "{}".
[[nodiscard]] std::string cpp_zero(const cpp_model& model, const schema::type& type);

} // namespace beckon::generate
