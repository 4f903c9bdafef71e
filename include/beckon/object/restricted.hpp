// A view of an object that shows some of its attributes.
#pragma once

#include <string>
#include <vector>

#include "beckon/object/object.hpp"

namespace beckon {

/// The object, of which holders of the view can read and call the attributes in `readable`, and set those in `writable`;
/// nothing can be deleted. Operators count by Python's names: `__len__`, `__getitem__`, `__iter__`, `__next__`,
/// `__call__`, `__enter__`, `__exit__` ... Its text, hash and equality are the view's own.
///
///   published->publish("log", restricted(file, {"read", "close"}).core());
///
/// For peers of dynamic protocols and dynamic.hpp; a typed interface has no more than its methods anyway. What the
/// attributes give is not restricted.
/// Lifetime: holds the object.
[[nodiscard]] object restricted(const object& whole, std::vector<std::string> readable,
                                std::vector<std::string> writable = {});

} // namespace beckon
