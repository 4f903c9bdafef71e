// What a pickle's machine works on. Containers are objects that several places may refer to, and that change after they were
// put somewhere: so they stand in one list, and places hold their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "beckon/value/value.hpp"
#include "codec/pickle_globals.hpp"
#include "value/node.hpp"

namespace beckon::pickle {

/// A place: a finished value, or the number of an object. No pickle of plain data makes a duration, so that form stands for the
/// number; a place is then as cheap to move as a value.
using slot = value;

[[nodiscard]] inline slot slot_of(std::size_t object) noexcept {
    return beckon::detail::value_access::make_scalar(beckon::detail::form::duration, object);
}
[[nodiscard]] inline bool is_object(const slot& place) noexcept {
    return beckon::detail::value_access::form_of(place) == beckon::detail::form::duration;
}
[[nodiscard]] inline std::size_t object_in(const slot& place) noexcept {
    return static_cast<std::size_t>(beckon::detail::value_access::body(place));
}

enum class object_kind : std::uint8_t {
    list,
    tuple,
    dict, ///< Keys and values in turn, as they were stored: equal keys are told apart at the end.
    set,
    frozen_set,
    global,     ///< A name that was pushed.
    exception,  ///< Its arguments, then the keys and values of its state in turn.
    unknown,    ///< The same of a class that is none of the known ones.
    unmade_uuid ///< Awaits its number.
};

struct object {
    std::vector<slot> items;
    std::uint32_t symbol = 0; ///< Of a global or an exception.
    object_kind kind;
};

struct graph {
    std::vector<object> objects;
    std::vector<symbol> symbols;
};

/// "a list", "str": what stands in a place, for messages.
[[nodiscard]] std::string_view describe(const graph& in, const slot& place) noexcept;

} // namespace beckon::pickle
