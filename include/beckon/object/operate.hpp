// Any operation on any object, here or elsewhere: what dynamic.hpp and the servers of dynamic protocols stand on.
#pragma once

#include "beckon/object/call.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/object.hpp"

namespace beckon {

/// Performs an operation. An object in this process has done it, or has started to, when this returns. At a peer of a
/// protocol with schemas methods can be called, and nothing else: `call_dynamic` has what that needs.
///
/// Errors: invalid_argument, through a null reference; unsupported, where the peer's protocol cannot ask for that;
/// unknown_method, for an attribute that the object lacks; and whatever calls fail with.
/// Cancellation: dropping the future cancels the operation.
/// Thread-safety: from any thread.
[[nodiscard]] future<value> operate(const object& target, dynamic_request request,
                                    const call_options& options = {});

/// The same, waiting for the result.
[[nodiscard]] result<value> operate_and_wait(const object& target, dynamic_request request,
                                             const call_options& options = {});

} // namespace beckon
