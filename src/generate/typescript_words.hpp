// Words that generated TypeScript cannot use as names.
#pragma once

#include <span>
#include <string_view>

namespace beckon::generate {

/// What a parameter cannot be called, in a module and beside those that the generator adds. Sorted.
[[nodiscard]] std::span<const std::string_view> typescript_words_of_parameters() noexcept;

/// What a method cannot be called: objects have something else of that name. Sorted.
[[nodiscard]] std::span<const std::string_view> typescript_words_of_methods() noexcept;

/// What a field cannot be called, since an object without it has it nevertheless. Sorted.
[[nodiscard]] std::span<const std::string_view> typescript_words_of_fields() noexcept;

/// Types that generated code names besides those of the schema. Sorted.
[[nodiscard]] std::span<const std::string_view> typescript_words_of_types() noexcept;

/// What a value of an enum cannot be called. Sorted.
[[nodiscard]] std::span<const std::string_view> typescript_words_of_enumerators() noexcept;

} // namespace beckon::generate
