// Objects of a peer as plain data: remote lists and dicts by value, at any depth.
#pragma once

#include "beckon/value/value.hpp"
#include "dynamic_peer.hpp"

namespace command {

/// The value with the content of lists, sets and maps in place of references to them. Any other reference becomes
/// {"$ref": number, "type": name, "repr": text}; so does what stands in itself, or deeper than 64 levels. Plain values that
/// JSON has no form for, such as NaN, complex numbers and slices, are {"type": name, "repr": text}.
///
/// Errors: what the peer fails with; limit_exceeded, beyond 1,000,000 values.
[[nodiscard]] beckon::result<beckon::value> fetch(const dynamic_peer& peer,
                                                  const beckon::value& from);

/// How many items are asked for at once; peers may give fewer only at the end.
inline constexpr std::size_t most_items_at_once = 65'536;

} // namespace command
