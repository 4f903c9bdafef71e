#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "common/quota.hpp"
#include "floor/socket.hpp"
#include "floor/wire.hpp"

namespace bench::floor {

/// The client's end of one connection with small calls in flight: each reply starts the next call,
/// and all that one read started leaves in one write.
///
/// Thread-safety: none.
class call_window {
public:
    call_window(descriptor socket, std::size_t payload_bytes)
        : socket_(std::move(socket)), payload_(payload_bytes, 'x'), input_(read_bytes) {}

    int socket() const { return socket_.get(); }
    bool idle() const { return in_flight_ == 0; }

    void start(quota& left, int calls) {
        for (int i = 0; i < calls && left.take(); ++i) append_call();
        send_output();
    }

    /// One read and all that follows from it; `flags` as for recv.
    void turn(quota& left, int flags) {
        const std::size_t got =
            receive(socket_.get(), input_.data() + filled_, input_.size() - filled_, flags);
        filled_ += got;
        const std::size_t frame_bytes = sizeof(frame_header) + payload_.size();
        std::size_t at = 0;
        for (; filled_ - at >= frame_bytes; at += frame_bytes) {
            frame_header header;
            std::memcpy(&header, input_.data() + at, sizeof header);
            if (header.method != method_reply || header.payload_bytes != payload_.size())
                throw std::system_error(EPROTO, std::generic_category(), "not the reply expected");
            --in_flight_;
            if (left.take()) append_call();
        }
        if (at > 0) std::memmove(input_.data(), input_.data() + at, filled_ - at);
        filled_ -= at;
        send_output();
    }

private:
    void append_call() {
        const frame_header header = {static_cast<std::uint32_t>(payload_.size()), ++calls_,
                                     method_echo};
        const std::size_t at = output_.size();
        output_.resize(at + sizeof header + payload_.size());
        std::memcpy(output_.data() + at, &header, sizeof header);
        std::memcpy(output_.data() + at + sizeof header, payload_.data(), payload_.size());
        ++in_flight_;
    }

    void send_output() {
        // A few KiB: never more than the socket takes, so a blocking send does not wait.
        if (!output_.empty()) send_all(socket_.get(), output_.data(), output_.size());
        output_.clear();
    }

    descriptor socket_;
    std::vector<char> payload_;
    std::vector<char> input_;
    std::vector<char> output_;
    std::size_t filled_ = 0;
    std::size_t in_flight_ = 0;
    std::uint32_t calls_ = 0;
};

} // namespace bench::floor
