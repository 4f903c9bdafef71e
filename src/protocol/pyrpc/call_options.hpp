// The keywords of a call that are for pyrpc's client, not for the method.
#pragma once

#include "beckon/base/result.hpp"
#include "beckon/protocol/pyrpc/options.hpp"
#include "beckon/value/value.hpp"

namespace beckon::pyrpc {

/// Takes them out of `named`. Those of polling are the method's where it is not called so.
///
/// Errors: invalid_argument, naming the keyword.
[[nodiscard]] result<caller_options> take_call_options(value& named, bool polls,
                                                       const caller_options& usual);

/// As a message tells it: "2.5 s".
[[nodiscard]] std::string seconds_text(nanoseconds length);

} // namespace beckon::pyrpc
