// Arguments by name as they came: a map, or null for none.
#pragma once

#include <span>
#include <utility>

#include "beckon/object/dynamic_request.hpp"

namespace beckon::detail {

[[nodiscard]] inline std::span<const map_entry> named_entries(const value& named) {
    return named.is_null() ? std::span<const map_entry>() : named.entries();
}

/// For those to whom a map was promised.
[[nodiscard]] inline value take_named(dynamic_request& request) {
    return request.named.is_null() ? value::map() : std::move(request.named);
}

} // namespace beckon::detail
