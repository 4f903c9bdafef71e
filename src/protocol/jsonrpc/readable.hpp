// What JSON-RPC's messages say, in recordings: in every framing, and where the transport keeps messages apart.
#pragma once

#include <memory>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "session/teller.hpp"

namespace beckon::jsonrpc {

/// Errors: those of the endpoint's options.
[[nodiscard]] result<std::unique_ptr<teller>> make_teller(const io::endpoint& where);

} // namespace beckon::jsonrpc
