// Values as Python writes them for people: what str() and repr() say.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "beckon/value/value.hpp"

namespace beckon::rpyc {

/// A value as repr() writes it: 'it', b'\x00', (1,), {'a': 1.0}. What Python has no literal for is written in angle
/// brackets. Always UTF-8.
///
/// Limits: cut to about `most` bytes, then ends in "..."; nests at most 64 deep.
[[nodiscard]] std::string python_repr(const value& from, std::size_t most = 1u << 16);
/// As str(): a string as it is, everything else as repr().
[[nodiscard]] std::string python_str(const value& from, std::size_t most = 1u << 16);

/// The text with each byte that is no UTF-8 as \x and two digits: a peer would drop the connection over it.
[[nodiscard]] std::string as_utf8(std::string_view text);

} // namespace beckon::rpyc
