// What every transport wants to know besides the endpoint.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "beckon/base/log.hpp"
#include "beckon/base/time.hpp"

namespace beckon::io {

class ready_flag;

/// For making one connection.
struct connect_options {
    /// For the whole attempt, over all addresses of a name. The look-up of the name itself is the
    /// system's resolver's and has its own limit.
    nanoseconds timeout = std::chrono::seconds(10);
    log_sink* log = &null_log(); ///< Outlives the stream.
    /// Of that, for the part in which transports such as TLS greet each other. 0: no limit of its own.
    nanoseconds handshake_within = std::chrono::seconds(5);
    /// In transports that have messages of their own, for each that the peer sends.
    std::size_t max_message_bytes = 16u << 20;
    /// Each such message must, once begun, in every such time end or grow by `min_message_progress`, where the transport
    /// gathers it before anybody else sees it. 0: may take for ever.
    nanoseconds message_within = std::chrono::seconds(5);
    std::size_t min_message_progress = 4096;
    /// Shows from when on nobody waits for the connection any more: attempts end soon then, as `cancelled`, but for the
    /// look-up of a name. Null: they end by their times alone.
    std::shared_ptr<const ready_flag> given_up{};
};

/// For listening.
struct listen_options {
    int backlog = 1024; ///< Connections that may wait to be accepted; the system may cut it.
    log_sink* log = &null_log(); ///< Outlives the listener.
    /// From a connection to the end of a greeting, in transports that have one, such as TLS. 0: no limit.
    nanoseconds handshake_within = std::chrono::seconds(5);
    std::size_t max_handshakes = 1024; ///< Connections that may be greeting at once.
    /// In transports that have messages of their own, for each that a peer sends.
    std::size_t max_message_bytes = 16u << 20;
    /// Each such message must, once begun, in every such time end or grow by `min_message_progress`, where the transport
    /// gathers it before anybody else sees it. 0: may take for ever.
    nanoseconds message_within = std::chrono::seconds(5);
    std::size_t min_message_progress = 4096;
};

} // namespace beckon::io
