// Calls that do not fit a function's parameters, in the words that Python's users know.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "beckon/base/error.hpp"
#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

// Each is a "builtins.TypeError"; `function` is "add" or "Calculator.add".

/// "add() takes from 1 to 2 positional arguments but 3 were given".
[[nodiscard]] error too_many_arguments(std::string_view function, std::size_t least,
                                       std::size_t most, std::size_t given);
/// "add() missing 2 required positional arguments: 'a' and 'b'". REQUIRES: there is a name.
[[nodiscard]] error missing_arguments(std::string_view function,
                                      const std::vector<std::string_view>& names);
/// "add() got an unexpected keyword argument 'c'".
[[nodiscard]] error unexpected_argument(std::string_view function, const value& name);
/// "add() got multiple values for argument 'a'".
[[nodiscard]] error doubled_argument(std::string_view function, std::string_view name);

/// Whether arguments by position and by name fit what a schema says; their types are looked at later.
///
/// Errors: those above.
[[nodiscard]] result<void> expect_fit(std::string_view interface, const schema::method& method,
                                      const value& by_position, const value& by_name);

} // namespace beckon::detail
