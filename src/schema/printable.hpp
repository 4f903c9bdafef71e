// What of a text may be shown on a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace beckon::schema {

/// The size of the UTF-8 character at the front, or 0 where it is none that a terminal should see: a control
/// character (C1 too), broken UTF-8, or one that changes the direction of what follows.
[[nodiscard]] std::size_t printable_size(std::string_view text) noexcept;

} // namespace beckon::schema
