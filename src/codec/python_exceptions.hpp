// The exceptions of Python's module builtins.
#pragma once

#include <string_view>

namespace beckon {

/// Whether Python 3 (any version up to 3.13) calls a built-in exception so: whole, and with its case.
[[nodiscard]] bool is_python_exception(std::string_view name) noexcept;

} // namespace beckon
