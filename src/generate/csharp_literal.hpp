// Default values of the IDL as C# expressions.
#pragma once

#include <string>

#include "beckon/schema/literal.hpp"
#include "generate/csharp_model.hpp"

namespace beckon::generate {

/// A value that fits its type.
[[nodiscard]] std::string csharp_expression(const csharp_model& model, const schema::type& type,
                                            const schema::literal& value);

/// What a field without a default value begins with: what is not null where C# would have null; empty where it need not be
/// said.
[[nodiscard]] std::string csharp_zero(const csharp_model& model, const schema::type& type);

} // namespace beckon::generate
