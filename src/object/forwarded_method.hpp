// A method of an object elsewhere, for peers that take hold of methods before they call them.
#pragma once

#include <string>

#include "beckon/object/object.hpp"
#include "beckon/object/servant.hpp"

namespace beckon::detail {

/// What `counter.increment` is to a peer that asks for attributes, where the one that has the counter knows calls of methods
/// alone: it can be called. Whether there is such a method shows then.
[[nodiscard]] intrusive_ptr<servant> make_forwarded_method(object of, std::string name);

} // namespace beckon::detail
