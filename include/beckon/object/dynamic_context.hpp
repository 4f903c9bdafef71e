// Python's `with`.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "beckon/object/dynamic.hpp"

namespace beckon {

namespace detail {

/// Tells the object of the exception being handled, and throws it on unless the object takes it for dealt with.
/// REQUIRES: called inside a catch block.
void leave_with_exception(const dynamic& context);

} // namespace detail

/// Enters an object, calls `body` with what it gives for that, and leaves the object again, however `body` ends.
///
///   with(builtins.call("open", path), [&](dynamic file) { text = file.call("read").as<std::string>(); });
///
/// An exception of `body` is told to the object by the name of its type, "builtins.KeyError", and goes on unless the object
/// says that it is dealt with. What `body` returns is given as an optional, empty where it ended so; nothing for void.
///
/// Errors: what entering, `body` and leaving throw. Where leaving throws on the way out of an exception, that goes on in its
/// place, as in Python.
template <typename Body>
auto with(const dynamic& context, Body&& body) {
    using returned = std::invoke_result_t<Body&, dynamic>;
    dynamic entered = context.enter();
    if constexpr (std::is_void_v<returned>) {
        try {
            body(std::move(entered));
        } catch (...) {
            return detail::leave_with_exception(context);
        }
        static_cast<void>(context.leave());
    } else {
        std::optional<returned> outcome;
        try {
            outcome.emplace(body(std::move(entered)));
        } catch (...) {
            detail::leave_with_exception(context);
            return std::optional<returned>();
        }
        static_cast<void>(context.leave());
        return outcome;
    }
}

} // namespace beckon
