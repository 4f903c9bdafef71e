// Words that generated Python cannot use as names.
#pragma once

#include <span>
#include <string_view>

namespace beckon::generate {

/// Keywords, and what a parameter cannot be called beside `self`. Sorted.
[[nodiscard]] std::span<const std::string_view> python_keywords() noexcept;

/// The same, and the names of modules and built-in types that generated code uses where it stands beside names of the
/// schema. Sorted.
[[nodiscard]] std::span<const std::string_view> python_reserved_words() noexcept;

/// The same, and what exceptions have of their own. Sorted.
[[nodiscard]] std::span<const std::string_view> python_words_of_exceptions() noexcept;

} // namespace beckon::generate
