// Words that generated C# cannot use as names.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace beckon::generate {

/// The name, with '@' before it where it is a keyword.
[[nodiscard]] std::string csharp_escaped(std::string name);

/// Names that generated files use for something else: types. Sorted, as those below.
[[nodiscard]] std::span<const std::string_view> csharp_words_of_types() noexcept;

/// What methods and fields cannot be called: members of every class, and what their bodies name.
[[nodiscard]] std::span<const std::string_view> csharp_words_of_members() noexcept;

/// The same for fields of exceptions.
[[nodiscard]] std::span<const std::string_view> csharp_words_of_exceptions() noexcept;

/// What parameters cannot be called beside those of the generated code.
[[nodiscard]] std::span<const std::string_view> csharp_words_of_parameters() noexcept;

} // namespace beckon::generate
