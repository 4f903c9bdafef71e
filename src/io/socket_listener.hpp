// Listening stream sockets: accepting, and surviving when descriptors run out.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"
#include "io/descriptor.hpp"

namespace beckon::io {

/// What tcp and unix listeners have in common.
class socket_listener : public listener {
public:
    [[nodiscard]] result<std::unique_ptr<byte_stream>> accept() override;
    [[nodiscard]] int descriptor() const noexcept override { return socket_.get(); }
    [[nodiscard]] const endpoint& local_endpoint() const noexcept override { return local_; }
    void close() noexcept override;

    /// `socket` listens already; it is made non-blocking here.
    socket_listener(io::descriptor socket, endpoint local, log_sink& log);

protected:
    /// Makes a stream of an accepted connection.
    [[nodiscard]] virtual std::unique_ptr<byte_stream> adopt(io::descriptor connection,
                                                             const sockaddr_storage& peer) = 0;
    /// Runs once, when the listener is closed.
    virtual void on_close() noexcept {}

private:
    enum class drop_outcome : std::uint8_t { dropped, nobody_waits, impossible };
    /// Accepts one connection with the spare descriptor and drops it.
    [[nodiscard]] drop_outcome drop_one() noexcept;
    void report_dropped(unsigned dropped, int number) const;
    [[nodiscard]] error beyond_repair(int number) const;

    const io::descriptor socket_;
    const endpoint local_;
    log_sink& log_;
    io::descriptor spare_; ///< Given up for a moment when there is no other.
    std::atomic<bool> closed_{false};
};

} // namespace beckon::io
