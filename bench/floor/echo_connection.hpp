#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "floor/socket.hpp"
#include "floor/wire.hpp"

namespace bench::floor {

/// The server's end of one connection. One read, then one write with the replies to every whole
/// frame of that read: what gathering can reach without looking across turns of the loop.
///
/// A reply has the bytes of its call, so it is made in place and leaves from the buffer it came in.
///
/// Thread-safety: none.
class echo_connection {
public:
    enum class turn { nothing_read, served, output_full, ended };

    /// `receive_flags` is MSG_DONTWAIT, or 0 to wait in recv and send.
    echo_connection(descriptor socket, int receive_flags)
        : socket_(std::move(socket)), flags_(receive_flags) {
        grow(read_bytes);
    }

    int socket() const { return socket_.get(); }

    turn serve() {
        if (answered_ > 0) return flush();
        std::size_t got = 0;
        try {
            got = receive(socket_.get(), buffer_.get() + filled_, capacity_ - filled_, flags_);
        } catch (const std::system_error&) {
            return turn::ended;
        }
        if (got == 0) return turn::nothing_read;
        filled_ += got;
        answer_whole_frames();
        return flush();
    }

private:
    void answer_whole_frames() {
        while (filled_ - answered_ >= sizeof(frame_header)) {
            frame_header header;
            std::memcpy(&header, buffer_.get() + answered_, sizeof header);
            if (header.payload_bytes > max_payload_bytes || header.method != method_echo)
                throw std::runtime_error("floor server: not an echo call, or over 16 MiB");
            const std::size_t whole = sizeof header + header.payload_bytes;
            if (filled_ - answered_ < whole) {
                wanted_ = whole;
                return;
            }
            header.method = method_reply;
            std::memcpy(buffer_.get() + answered_, &header, sizeof header);
            answered_ += whole;
        }
        wanted_ = sizeof(frame_header);
    }

    turn flush() {
        try {
            while (sent_ < answered_) {
                const std::size_t now =
                    send_some(socket_.get(), buffer_.get() + sent_, answered_ - sent_, flags_);
                if (now == 0) return turn::output_full;
                sent_ += now;
            }
        } catch (const std::system_error&) {
            return turn::ended;
        }
        const std::size_t rest = filled_ - answered_;
        if (answered_ > 0 && rest > 0) std::memmove(buffer_.get(), buffer_.get() + answered_, rest);
        filled_ = rest;
        answered_ = sent_ = 0;
        if (wanted_ > capacity_) grow(wanted_ + read_bytes);
        return turn::served;
    }

    void grow(std::size_t capacity) {
        // new char[] and not a vector: untouched pages of an idle connection stay unused.
        std::unique_ptr<char[]> larger(new char[capacity]);
        if (filled_ > 0) std::memcpy(larger.get(), buffer_.get(), filled_);
        buffer_ = std::move(larger);
        capacity_ = capacity;
    }

    descriptor socket_;
    int flags_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t filled_ = 0;   ///< Bytes read.
    std::size_t answered_ = 0; ///< Of these, whole frames turned into replies.
    std::size_t sent_ = 0;     ///< Of these, already sent.
    std::size_t wanted_ = sizeof(frame_header);
};

} // namespace bench::floor
