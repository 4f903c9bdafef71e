// Words that generated C++ cannot use as names.
#pragma once

#include <span>
#include <string_view>

namespace beckon::generate {

/// Keywords, alternative tokens, and macros that standard headers may define. Sorted.
[[nodiscard]] std::span<const std::string_view> cpp_reserved_words();

} // namespace beckon::generate
