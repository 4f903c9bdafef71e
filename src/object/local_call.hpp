// A call through values to an object in this process, as a session would make it for a peer.
#pragma once

#include "beckon/codec/native/value_codec.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/servant.hpp"

namespace beckon::detail {

/// Calls a method by its number; the arguments are a list or a map. The handler has run, or is a coroutine that has
/// started, when this returns. A context of the call is made from that of the calling thread and the options.
///
/// Cancellation: dropping the future asks a coroutine to stop.
[[nodiscard]] future<value> call_locally(servant& target, std::uint16_t method, value arguments,
                                         const call_options& options);

/// The same for an operation, named in the terms of dynamic protocols.
[[nodiscard]] future<value> operate_locally(servant& target, dynamic_request request,
                                            const call_options& options);

} // namespace beckon::detail
