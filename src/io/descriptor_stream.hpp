// A byte stream over two descriptors of any kind: pipes, terminals, files, sockets.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"

namespace beckon::io {

/// What stdio and exec have in common. Sockets are used without touching their flags; all else must
/// be made non-blocking by whoever gives it (`set_nonblocking`).
class descriptor_stream : public byte_stream {
public:
    /// `exclusive` says that nobody else holds the open files: then `close` gives them up at once,
    /// not only with the destructor.
    ///
    /// Errors: io_error when the system gives no descriptor.
    [[nodiscard]] static result<std::unique_ptr<descriptor_stream>>
    create(descriptor in, descriptor out, std::string peer, bool local, bool exclusive);

    descriptor_stream(descriptor in, descriptor out, descriptor dead_end, std::string peer,
                      bool local, bool exclusive) noexcept;

    [[nodiscard]] io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override { return in_.get(); }
    [[nodiscard]] int write_descriptor() const noexcept override { return out_.get(); }
    void shutdown_write() noexcept override;
    void close() noexcept override;
    [[nodiscard]] reader_state peer_reads() const noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return local_; }

private:
    const descriptor in_;
    const descriptor out_;
    /// A socket without a peer. It takes the place of a pipe that is given up, so that the number
    /// stays ours, polls ready, and no thread that still uses it reaches somebody else's file.
    const descriptor dead_end_;
    const std::string peer_;
    const bool local_;
    const bool exclusive_;
    const bool in_is_socket_;
    const bool out_is_socket_;
    std::atomic<bool> write_ended_{false};
    std::atomic<bool> closed_{false};
};

/// Makes a socket whose peer is gone already.
[[nodiscard]] result<descriptor> make_dead_end();

[[nodiscard]] bool is_socket(int fd) noexcept;

/// Sets O_NONBLOCK; gives the flags as they were.
int set_nonblocking(int fd) noexcept;

} // namespace beckon::io
