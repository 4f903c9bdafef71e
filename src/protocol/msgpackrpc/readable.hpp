// What MessagePack-RPC's messages say, in recordings.
#pragma once

#include <memory>

#include "session/teller.hpp"

namespace beckon::msgpackrpc {

[[nodiscard]] std::unique_ptr<teller> make_teller();

} // namespace beckon::msgpackrpc
