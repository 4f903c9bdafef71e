// Calls as pyrpc's logs have them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "beckon/value/value.hpp"

namespace beckon::pyrpc {

/// At most so many of the text's characters.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::size_t most) noexcept;
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

/// As Python's repr.
[[nodiscard]] std::string repr_of(const value& what);

/// "echo(args=(1,), kwargs={'foo': 'foo'})".
[[nodiscard]] std::string call_text(std::string_view method, const value& arguments,
                                    const value& named);

} // namespace beckon::pyrpc
