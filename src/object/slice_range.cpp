#include "object/slice_range.hpp"

#include <algorithm>

#include "beckon/object/named_error.hpp"

namespace beckon::detail {

namespace {

/// A bound; integers that do not fit are as far out as can be.
[[nodiscard]] result<std::int64_t> bound(const value& given, std::int64_t otherwise) {
    if (given.is_null()) return otherwise;
    if (given.is(value_kind::boolean)) return std::int64_t{given.boolean() ? 1 : 0};
    if (given.is_int64()) return std::max(given.int64(), -INT64_MAX); // can be negated
    if (given.is(value_kind::integer)) return given.is_negative() ? -INT64_MAX : INT64_MAX;
    return named_error("builtins.TypeError", "bounds of slices are integers or None");
}

[[nodiscard]] std::int64_t cut(std::int64_t at, std::int64_t size, bool backwards) {
    const std::int64_t least = backwards ? -1 : 0;
    const std::int64_t most = backwards ? size - 1 : size;
    if (at < 0) at += size;
    return std::clamp(at, least, std::max(least, most));
}

} // namespace

result<slice_range> to_range(const value& slice, std::size_t size) {
    const auto bounds = slice.bounds();
    slice_range range;
    BECKON_ASSIGN(range.step, bound(bounds[2], 1));
    if (range.step == 0) return named_error("builtins.ValueError", "slice step cannot be zero");
    const bool backwards = range.step < 0;
    const auto length = static_cast<std::int64_t>(size);
    BECKON_ASSIGN(const std::int64_t first, bound(bounds[0], backwards ? INT64_MAX : 0));
    BECKON_ASSIGN(const std::int64_t last, bound(bounds[1], backwards ? -INT64_MAX : INT64_MAX));
    const std::int64_t start = cut(first, length, backwards);
    // Without a bound, backwards means to the very first item.
    const std::int64_t stop = cut(last, length, backwards);
    const std::int64_t distance = backwards ? start - stop : stop - start;
    const std::int64_t stride = backwards ? -range.step : range.step;
    if (distance > 0)
        range.count = static_cast<std::size_t>(distance / stride + (distance % stride != 0));
    range.start = static_cast<std::size_t>(std::max<std::int64_t>(start, 0));
    return range;
}

} // namespace beckon::detail
