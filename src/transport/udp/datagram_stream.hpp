// One peer of a datagram socket as a stream.
#pragma once

#include <atomic>
#include <memory>

#include "transport/udp/socket_hub.hpp"

namespace beckon::transport::udp {

class datagram_stream final : public io::byte_stream {
public:
    datagram_stream(std::shared_ptr<socket_hub> hub, std::shared_ptr<peer> with)
        : hub_(std::move(hub)), peer_(std::move(with)) {}
    ~datagram_stream() override { datagram_stream::close(); }

    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override {
        return hub_->descriptor_of(*peer_);
    }
    [[nodiscard]] int write_descriptor() const noexcept override { return peer_->sending.get(); }
    io::message_mode keep_messages() noexcept override;
    void shutdown_write() noexcept override { write_ended_ = true; }
    void close() noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_->name; }
    [[nodiscard]] bool is_local() const noexcept override;
    [[nodiscard]] std::size_t max_message_bytes() const noexcept override;
    [[nodiscard]] io::audience reaches() const noexcept override { return peer_->reaches; }

private:
    [[nodiscard]] io::io_result send_begun();
    [[nodiscard]] std::size_t gather(byte_view from);

    const std::shared_ptr<socket_hub> hub_;
    const std::shared_ptr<peer> peer_;
    bool framed_ = false;
    std::atomic<bool> closed_{false};
    std::atomic<bool> write_ended_{false};
    // The writer's.
    bytes begun_; ///< A message that has not come whole, or was not taken by the system yet.
    std::size_t wanted_ = 0;  ///< How large `begun_` is to be; 0: its size is not known yet.
    std::size_t to_skip_ = 0; ///< Bytes of a message that fits in no datagram.
};

} // namespace beckon::transport::udp
