// What is served at an address: one or several protocols, over its bytes or inside TLS, HTTP or WebSocket.
#pragma once

#include <memory>
#include <vector>

#include "beckon/io/endpoint.hpp"
#include "beckon/session/message_security.hpp"
#include "service/detection/branch_listener.hpp"
#include "service/detection/candidate.hpp"

namespace beckon::detection {

struct offer {
    io::endpoint where{};
    message_security_maker security{};
    std::shared_ptr<void> shared{}; ///< See shared_at.
    std::shared_ptr<branch>
        into{}; ///< Where a transport over it listens; null: the protocol takes it as it is.
};

/// In the same order. Never changes: another one takes its place.
struct offers {
    std::vector<offer> all;
    std::vector<candidate> candidates;
};

} // namespace beckon::detection
