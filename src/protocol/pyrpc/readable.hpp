// What pyrpc's messages say, in recordings: frames, as they are on a connection or as a caller's stream has them, which keeps
// one connection for each call.
#pragma once

#include <memory>

#include "session/teller.hpp"

namespace beckon::pyrpc {

[[nodiscard]] std::unique_ptr<teller> make_teller();

} // namespace beckon::pyrpc
