// What frames of the native protocol say, in recordings. What arguments mean only schemas tell: those that the conversation
// holds, and those that somebody knew before.
#pragma once

#include <memory>

#include "session/teller.hpp"

namespace beckon::native {

[[nodiscard]] std::unique_ptr<teller> make_teller(const told_interfaces& known);

} // namespace beckon::native
