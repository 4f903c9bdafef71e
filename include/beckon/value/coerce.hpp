// Fitting values to the types of a schema: what callers without C++ types do before and after a call.
#pragma once

#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/plain.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// The value as the type wants it, with the kinds of the type: records as records, enumerations as
/// enumerations, floats as floats.
///
/// Takes whatever stands for the type without loss: what `from_plain` reads; integers as floats, whole floats as
/// integers, in range; names and numbers as enumerations; ISO 8601 text as dates, times and durations; any
/// sequence as list or tuple; lists of pairs as maps; maps, exceptions, and lists in order of the fields as
/// records; [case, content] as variants; null as an empty optional or null reference. Unknown fields are
/// dropped; a missing one becomes its default, or null where it is optional.
///
/// Errors: type_mismatch with the path, what was found and what was expected ("at.x: expected float64, found
/// string of 1 bytes"); parse_error for text that is no date; invalid_argument where the document lacks a
/// type; limit_exceeded.
/// Limits: `options.max_depth` and `max_nodes`; depth at most 512 whatever the option says, for the stack's sake.
/// Lifetime: nothing is kept.
[[nodiscard]] result<value> coerce(const value& from, const schema::document& document,
                                   const schema::type& type, const plain_options& options = {});

/// A method's arguments, given as a list by position or as a map by name, as a list of what its parameters want.
/// Optional ones may be left out. None may be given that the method does not have.
///
/// Errors: as `coerce`, with the parameter's name in the path; invalid_argument for missing or surplus ones.
[[nodiscard]] result<value> coerce_arguments(const value& given, const schema::document& document,
                                             const schema::method& method,
                                             const plain_options& options = {});

/// What a field without a value gets.
///
/// Errors: invalid_argument, where the field has no default or the document is not sound.
[[nodiscard]] result<value> default_value(const schema::document& document,
                                          const schema::field& field);

} // namespace beckon
