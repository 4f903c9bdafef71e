// An object that passes every operation on to an object elsewhere whose interface nobody here knows.
#pragma once

#include "beckon/object/servant.hpp"

namespace beckon {

/// So that a reference from one peer can be lent to another, or be the root of what a server publishes. Calls keep their
/// deadline and their cancellation; metadata goes along.
[[nodiscard]] intrusive_ptr<servant> make_operation_forwarder(intrusive_ptr<object_core> target);

/// What does for peers whatever is asked of an object: the object itself where it is of this process, else a forwarder, which
/// knows its interface where that is known.
[[nodiscard]] intrusive_ptr<servant> serving_object(object_core& of);

} // namespace beckon
