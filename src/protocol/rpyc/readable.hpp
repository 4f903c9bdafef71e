// What RPyC's messages say, in recordings.
#pragma once

#include <memory>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "session/teller.hpp"

namespace beckon::rpyc {

/// Of both dialects, message by message; `bind_threads` as the endpoint says.
///
/// Errors: those of the endpoint's options.
[[nodiscard]] result<std::unique_ptr<teller>> make_teller(const io::endpoint& where);

} // namespace beckon::rpyc
