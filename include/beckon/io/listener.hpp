// Something that accepts connections at an address.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"

namespace beckon::io {

/// A bound address that peers connect to.
///
/// Thread-safety: `accept` from one thread at a time; the rest from any thread.
/// Lifetime: as with `byte_stream`, the descriptor stays open until the destructor; end its watch
/// before `close`.
class listener {
public:
    listener() = default;
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    virtual ~listener() = default;

    /// Takes the next waiting connection; null when nobody waits now. Never blocks. A connection
    /// that its peer gave up meanwhile is skipped. When descriptors run out, waiting connections are
    /// accepted and dropped with a log line (BKN-ACCEPT-FULL), so that nobody hangs in the queue.
    ///
    /// Errors: overloaded: the machine cannot even drop them; the connection stays in the queue and
    /// the descriptor readable, so end the watch for a while (`retry_accept_after`) and try again.
    /// disconnected: the listener was closed. io_error: it is beyond repair.
    [[nodiscard]] virtual result<std::unique_ptr<byte_stream>> accept() = 0;

    /// Polls readable when a connection waits.
    [[nodiscard]] virtual int descriptor() const noexcept = 0;

    /// Where it listens, with the real port and without options; transport part only, so that its
    /// user adds the protocol. Peers on this machine can connect to it.
    [[nodiscard]] virtual const endpoint& local_endpoint() const noexcept = 0;

    /// Begins with a peer that has sent nothing yet, by its name among the transport's peers.
    ///
    /// Errors: unsupported, where peers must connect, as nearly everywhere; not_found; what connecting gives.
    [[nodiscard]] virtual result<std::unique_ptr<byte_stream>> reach(std::string_view peer);

    /// Whether its streams get their input by `accept`, as those of one datagram socket do: then it is to be watched as long as
    /// there is one, and they end when it is closed.
    [[nodiscard]] virtual bool feeds_streams() const noexcept { return false; }

    /// Nobody new is taken from now on; those who are there stay. The same as closing, but where it feeds its streams: then
    /// `accept` goes on to do that, and gives null. Idempotent, never blocks.
    virtual void refuse_newcomers() noexcept { close(); }

    /// Stops accepting; connections in the queue are refused. Idempotent, never blocks.
    virtual void close() noexcept = 0;
};

/// How long to leave a listener alone after `accept` gave `overloaded`.
inline constexpr std::chrono::milliseconds retry_accept_after{100};

} // namespace beckon::io
