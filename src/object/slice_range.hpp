// Which items of a list a slice means: start, step and how many.
#pragma once

#include <cstddef>
#include <cstdint>

#include "beckon/base/result.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

struct slice_range {
    std::size_t start = 0; ///< The first; where nothing is meant, the place between items.
    std::int64_t step = 1;
    std::size_t count = 0;

    [[nodiscard]] std::size_t at(std::size_t index) const noexcept {
        return static_cast<std::size_t>(static_cast<std::int64_t>(start) +
                                        static_cast<std::int64_t>(index) * step);
    }
};

/// Bounds below zero count from the end, and those outside are cut to it, as Python does.
///
/// Errors: "builtins.ValueError", for a step of zero; "builtins.TypeError", for bounds that are no integers.
[[nodiscard]] result<slice_range> to_range(const value& slice, std::size_t size);

} // namespace beckon::detail
