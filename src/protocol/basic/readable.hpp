// What basic-socket-rpc's messages say, in recordings: numbers of commands, and bytes whose types only both programs know.
#pragma once

#include <memory>

#include "session/teller.hpp"

namespace beckon::basic {

[[nodiscard]] std::unique_ptr<teller> make_teller();

} // namespace beckon::basic
