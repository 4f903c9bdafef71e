// Every bound on what a peer can make us spend. Each error that a limit raises names the limit.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace beckon {

/// Limits of one session. All are finite; each may be set; sizes are bytes.
struct limits {
    /// In place of a time: the protocol's own. Sizes say so by 0.
    static constexpr std::chrono::milliseconds by_protocol{-1};

    /// One message, both directions, also once it is inflated. By itself 16 MiB, in RPyC 64 MiB.
    std::size_t max_message_bytes = 0;
    std::size_t max_depth = 64; ///< Nesting of values in a message.
    std::size_t max_nodes =
        1'000'000; ///< Values decoded from one message; a zero-size element costs one.
    std::size_t min_decoded_bytes = 1u << 20; ///< Decoded memory always allowed for one message.
    std::size_t decoded_bytes_factor = 64; ///< Decoded memory allowed for each byte of the message.
    std::size_t max_calls_in_flight = 1024; ///< Calls of the peer not yet answered.
    std::size_t max_call_bytes = 32u << 20; ///< Bytes of those calls together.
    std::size_t max_exports = 65'536;       ///< Our objects that the peer holds references to.
    std::size_t max_pipelined = 4'096;      ///< Calls waiting for the result of another call.
    std::size_t max_pipeline_depth = 64;    ///< Length of a chain of such calls.
    std::size_t max_streams = 1'024;        ///< Open streams of one session.
    std::size_t stream_window_bytes =
        256u << 10; ///< Unread bytes of one stream before the writer must wait.
    std::size_t max_unsent_bytes =
        16u << 20;                    ///< Bytes waiting for the transport before callers must wait.
    std::size_t max_call_depth = 256; ///< Calls nested in one another on one thread's stack.
    std::chrono::milliseconds stalled_after{
        60'000}; ///< A peer that reads nothing for so long is dropped.
    std::chrono::milliseconds handshake_within{5'000}; ///< From connection to the end of the hello.
    /// A message once begun must, in every such time, end or grow by `min_message_progress`; 0: may take for ever. A rate
    /// rather than a time for the whole, so that a large message behind a slow link is not cut.
    std::chrono::milliseconds message_within{5'000};
    std::size_t min_message_progress = 4'096;
    std::chrono::milliseconds first_message_within{
        0};                                       ///< 0: for ever, in protocols without a greeting.
    std::chrono::milliseconds ping_after{15'000}; ///< Idle time before a ping; 0 turns pings off.
    std::uint32_t dead_after_pings = 3;           ///< Unanswered pings before the peer is dropped.
    /// For a call without a timeout of its own; 0: none. By itself 10 s, in RPyC 30 s.
    std::chrono::milliseconds default_timeout = by_protocol;
    std::size_t max_connections = 10'000;          ///< Of one server.
    std::size_t max_connections_per_address = 256; ///< Loopback and unix sockets are not counted.
};

} // namespace beckon
