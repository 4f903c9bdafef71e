// What OpenSSL's errors mean for whoever reads the message.
#pragma once

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"
#include "transport/tls/side.hpp"

namespace beckon::transport::tls {

/// The error that this thread's queue holds, in words; empties the queue.
[[nodiscard]] error explain(const side& own);

/// A peer that sends something else. `first` is what it sent first.
[[nodiscard]] error not_tls(byte_view first);

} // namespace beckon::transport::tls
