// The program's own functions where an error is wanted from them, on threads that nothing may be thrown through.
#pragma once

#include <utility>

#include "beckon/base/result.hpp"
#include "beckon/object/exception.hpp"

namespace beckon {

/// What `made` gives, a result; what it throws as its error.
template <typename Make>
[[nodiscard]] auto guarded(Make&& made) noexcept -> decltype(made()) {
    try {
        return std::forward<Make>(made)();
    } catch (...) {
        return error_of_current_exception();
    }
}

} // namespace beckon
