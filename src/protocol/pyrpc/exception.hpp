// Errors as the exceptions of a reply, and back (docs/wire/pyrpc.md, section 3).
#pragma once

#include <string>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/value/value.hpp"

namespace beckon::pyrpc {

/// The exception that stands for an error, to be pickled.
///
/// What came from Python goes as it was; what a program threw, as Python's type for it; a declared exception with its fields as
/// attributes, and this toolkit's own errors that Python has no type for, as Exception with their name as `className`.
/// `retype`: everything as Exception.
[[nodiscard]] value to_exception(const error& failure, bool retype);

/// The error that an exception tells. Its code is remote_error, and it is thrown as the type of python_errors.hpp that fits;
/// what another Beckon declared is `declared` again, with its fields, and its own errors have their codes.
[[nodiscard]] error to_error(const value& exception);

/// One of those that pyrpc's client raises itself: "pyrpc.ut.Timeout" with its argument, beside a message that says more.
[[nodiscard]] error client_error(errc code, std::string_view name, std::string argument,
                                 std::string message);

} // namespace beckon::pyrpc
