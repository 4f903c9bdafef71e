// Requests of the peer that wait for their answers.
#pragma once

#include <cstdint>
#include <string>

#include "base/numbered.hpp"
#include "beckon/base/bytes.hpp"
#include "protocol/rpyc/handler.hpp"
#include "protocol/rpyc/message.hpp"

namespace beckon::rpyc {

/// What an answer needs of its request.
struct open_request {
    std::string sequence; ///< Brine, to be echoed.
    handler asked = handler::ping;
    thread_binding threads; ///< As the request had them.
};

/// By the numbers that the session knows them by: RPyC's own may be any value, and double.
using open_requests = numbered<open_request>;

} // namespace beckon::rpyc
