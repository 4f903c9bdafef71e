// What dynamic.hpp knows of the containers of others by their types' names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "beckon/value/value.hpp"

namespace beckon::detail {

/// What a container is, and what its copy by value will be.
enum class container_kind : std::uint8_t { list, tuple, set, frozen_set, map };

/// Of an object whose items are all there already, so that they may be asked for at once; nothing of any other.
[[nodiscard]] std::optional<container_kind> container_kind_of(const value& object);

/// Whether an object is an iterator, which goes on where it is when it is asked again: some give what is there already, so
/// that only an empty answer is the end.
[[nodiscard]] bool is_iterator(const value& object);

} // namespace beckon::detail
