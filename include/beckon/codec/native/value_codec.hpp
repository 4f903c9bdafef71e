// How a dynamic value (`any` of the IDL) lies in a native message (docs/wire/native.md, "Any").
#pragma once

#include <cstddef>

#include "beckon/codec/native/codec.hpp"
#include "beckon/value/value.hpp"

namespace beckon::native {

/// A tag of one byte, then the content. Carries every kind of value; integers take 1 to 9 bytes by size,
/// strings up to 63 bytes one byte more than their text, and lists of numbers are packed.
///
/// Errors: writing fails for a string that is not UTF-8, and for references and streams in messages that
/// cannot carry them; reading fails where the peer broke the rules of the wire, and then leaves null.
/// Limits: every value counts against `max_nodes` and, with the memory it takes, against the decoded bytes,
/// before that memory is spent; each container against `max_depth`. Neither direction recurses, so the
/// depth is no danger to the stack whatever the limit is set to.
template <>
struct codec<value> {
    static constexpr std::size_t min_size = 1;
    static void write(writer& out, const value& from);
    static void read(reader& in, value& into);
};

} // namespace beckon::native
