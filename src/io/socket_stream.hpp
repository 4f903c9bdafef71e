// Connected stream sockets: what tcp and unix have in common.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"
#include "io/readiness.hpp"

namespace beckon::io {

/// A byte stream over a connected socket. The socket itself stays blocking, so that `read_waiting`
/// is one recv; all else passes MSG_DONTWAIT. `close` shuts the socket down, which also wakes
/// threads that wait in it.
class socket_stream final : public byte_stream {
public:
    socket_stream(descriptor socket, std::string peer, bool local) noexcept;

    [[nodiscard]] io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io_result read_waiting(std::span<std::byte> into,
                                         nanoseconds at_most) noexcept override;
    [[nodiscard]] io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override { return socket_.get(); }
    [[nodiscard]] int write_descriptor() const noexcept override { return socket_.get(); }
    void acknowledge_at_once() noexcept override;
    void shutdown_write() noexcept override;
    void close() noexcept override;
    [[nodiscard]] reader_state peer_reads() const noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return local_; }

private:
    [[nodiscard]] io_result receive(std::span<std::byte> into, int flags) noexcept;

    const descriptor socket_;
    const std::string peer_;
    const bool local_;
    std::atomic<bool> closed_{false};
    bool acknowledges_at_once_ = false;
    std::int64_t patience_ms_ = 0; ///< SO_RCVTIMEO as it is set; 0 is for ever. The reader's own.
};

/// Opens a stream socket, close-on-exec and blocking.
[[nodiscard]] result<descriptor> open_socket(int family);

/// Connects until the deadline of the machine's clock. Gives 0 or an errno value; ETIMEDOUT when the
/// deadline passed, ECANCELED where `given_up` shows.
[[nodiscard]] int connect_socket(int socket, const sockaddr* address, socklen_t size,
                                 time_point deadline,
                                 const ready_flag* given_up = nullptr) noexcept;
/// What is told of the latter.
[[nodiscard]] error connecting_was_given_up(std::string_view whom);

void set_option(int socket, int level, int name, int number) noexcept;

} // namespace beckon::io
