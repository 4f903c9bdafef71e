// What a caller without a schema asks of an object, in the terms of the dynamic languages that ask it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "beckon/value/value.hpp"

namespace beckon {

/// The operations of a dynamic object. Those that Python spells with two underscores, such as indexing and arithmetic,
/// are calls of methods with those names: "__getitem__", "__len__", "__add__".
enum class operation : std::uint8_t {
    root,             ///< Of what a peer shows first: the object that its users begin with.
    call_method,      ///< `name`, with the arguments.
    call,             ///< The object itself, with the arguments.
    get_attribute,    ///< `name`.
    set_attribute,    ///< `name`; the value is the argument.
    delete_attribute, ///< `name`.
    compare, ///< `name` is "__eq__", "__lt__" ...; with the argument. Null: the two cannot be compared so.
    to_text,  ///< As for a reader: Python's str.
    to_repr,  ///< As for a programmer: Python's repr.
    hash,     ///< An integer.
    names,    ///< A list of the attributes' names: Python's dir.
    describe, ///< A list of (method, documentation or null).
    /// Of an iterator, or of anything that can be iterated from its beginning: as many as the argument says, in a list.
    /// Fewer only where there are no more; who cannot give so many at once fails with limit_exceeded.
    next_items,
    leave_context, ///< Python's __exit__; the argument is the exception's class, or null.
    is_instance,   ///< Whether the argument is an instance of the object, which is a class.
};

/// Its name here, "get_attribute".
[[nodiscard]] std::string_view to_string(operation what) noexcept;

/// One operation on one object.
struct dynamic_request {
    operation what = operation::call_method;
    std::string name{};
    value arguments = value::list(); ///< By position.
    value named = value::map();      ///< By name; null where there are none will do.
    /// Whoever asks does not tell text from bytes: where one is wanted, the other will do.
    bool takes_either_text = false;
    /// Nobody waits for the outcome: a notification. Where it is passed on, as one where the protocol there has any.
    bool oneway = false;
};

} // namespace beckon
