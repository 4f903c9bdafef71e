// How much memory the containers take that somebody holds, about: for whoever bounds what one peer makes this process keep.
#pragma once

#include <cstddef>
#include <vector>

#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/servant.hpp"

namespace beckon::detail {

/// Of a value with all that lies in it; objects count as references.
[[nodiscard]] std::size_t value_bytes(const value& of);

/// Of all containers among these objects, and of those inside them, each once. Other objects count nothing of their own.
///
/// REQUIRES: no lock of an object is held.
[[nodiscard]] std::size_t held_bytes(std::vector<intrusive_ptr<servant>> objects);

/// At most so much may the containers grow, old and new ones, by what is asked of an object; 0 for what only takes out or
/// looks. Not of what a program's own objects do.
[[nodiscard]] std::size_t growth_of(const servant& target, const dynamic_request& request);

} // namespace beckon::detail
