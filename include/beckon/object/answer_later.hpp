// A call that is answered by what comes of another one: forwarders, and functions of dynamic objects that wait.
#pragma once

#include "beckon/base/function.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/servant.hpp"

namespace beckon {

/// Runs `ask` as the call's handler, with the options that a call made for it should have, and replies with `answer` when
/// what it gave is there. Who gives the call up gives that up too.
///
/// REQUIRES: the session's lock is held, as in servant::perform. `ask` runs without it, `answer` under it.
/// Lifetime: `target` is kept until then.
void answer_later(servant& target, incoming_call& call,
                  function<future<value>(const call_options&)> ask,
                  function<void(reply_sink&, result<value>&)> answer);
/// Replies with the value, or the error, as it is.
void answer_later(servant& target, incoming_call& call,
                  function<future<value>(const call_options&)> ask);

} // namespace beckon
