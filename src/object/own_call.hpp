// Calls of an object itself, as functions and methods take them.
#pragma once

#include <string_view>

#include "beckon/object/dynamic_request.hpp"

namespace beckon::detail {

/// What the method is called that calls an object itself.
inline constexpr std::string_view own_call = "__call__";

/// Whether the object itself is called: `f(1)`, or `f.__call__(1)`.
[[nodiscard]] inline bool is_own_call(const dynamic_request& request) noexcept {
    return request.what == operation::call ||
           (request.what == operation::call_method && request.name == own_call);
}

} // namespace beckon::detail
