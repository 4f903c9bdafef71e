// Python's built-in exceptions for what C++ programs and this toolkit fail with: one table for all that speak with Python.
#pragma once

#include <string_view>
#include <system_error>

#include "beckon/base/error.hpp"

namespace beckon::detail {

/// "TimeoutError": what Python's users expect for an error of this code.
[[nodiscard]] std::string_view python_name(errc code) noexcept;
/// "IndexError", of "std::out_of_range"; empty for types that are not among those that C++ programs throw.
[[nodiscard]] std::string_view python_name(std::string_view standard_type) noexcept;
/// "FileNotFoundError", of ENOENT; "OSError" of most. Empty for codes that are no number of the system's.
[[nodiscard]] std::string_view python_name(const std::error_code& code) noexcept;

} // namespace beckon::detail
