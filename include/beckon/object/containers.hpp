// Lists, maps, sets and records as objects: what dynamic protocols lend where they cannot, or should not, send a copy.
#pragma once

#include "beckon/object/object.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/object/stream.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// Whether `lend_container` makes an object of such a value.
[[nodiscard]] bool is_lendable(value_kind kind) noexcept;

/// An object that behaves to its remote holders as Python's list, dict, set or frozenset does, or, for a record or an
/// exception, as an object with its fields for attributes; null for values of other kinds. A stream becomes an
/// iterator, once: null where somebody has taken it.
///
/// The object owns the content from then on; the value that it was made of does not change with it. Containers inside
/// become objects themselves when they are first taken out, and stay so: whoever takes `rows[0]` twice gets the same
/// list, and what he changes in it is changed in `rows`. A container cannot be put into itself, however far inside;
/// so the count of holders always comes to nothing.
///
/// Calls fail with the errors of named_error.hpp where Python raises an exception ("builtins.IndexError"), and with
/// unknown_method for attributes that there are not.
/// Limits: texts of more than 16 MiB (`str`, `repr`) are refused with limit_exceeded, nesting beyond 200 is cut short
/// in them; comparing and text look at most 200 containers deep.
/// Thread-safety: any number of sessions may use one container at a time; every operation is atomic.
[[nodiscard]] intrusive_ptr<servant> lend_container(value content);

/// The content of an object that `lend_container` made, containers inside by value too; null value for other objects.
///
/// Errors: limit_exceeded, beyond 1,000,000 values or 200 levels.
[[nodiscard]] result<value> container_value(const object_core& container);

/// Whether `lend_container` made the object: data that was handed out, and no object of the program's.
[[nodiscard]] bool is_lent_container(const object_core& core) noexcept;

/// An iterator over values that are there already.
[[nodiscard]] intrusive_ptr<servant> lend_iterator(std::vector<value> items);

} // namespace beckon
