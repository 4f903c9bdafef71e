// Exceptions by the names that dynamic languages give them: what objects without a schema fail with.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "beckon/base/error.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// An error that reaches its caller as the exception of that name: `named_error("builtins.IndexError", "list index out
/// of range")`. Its code is remote_error, its type_name the name.
[[nodiscard]] error named_error(std::string_view exception, std::string message);

/// The same for an exception whose arguments are not its message alone.
[[nodiscard]] error named_error(std::string_view exception, std::string message, value arguments);

/// "builtins.KeyError" with the key as its argument, and as its message in the form that Python writes it.
[[nodiscard]] error key_error(const value& key);

/// "builtins.StopIteration": the iterator has no more items.
[[nodiscard]] error stop_iteration();
[[nodiscard]] bool is_stop_iteration(const error& failure) noexcept;

} // namespace beckon
