// Views of bytes as the system's scatter-gather lists.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

#include "beckon/io/byte_stream.hpp"

namespace beckon::io {

/// The views that are not empty, at most `max_gathered`, for writev and sendmsg.
class gather_list {
public:
    explicit gather_list(std::span<const byte_view> views) noexcept {
        for (const byte_view view : views) {
            if (view.empty()) continue;
            if (size_ == max_gathered) break;
            // The interface of the system lacks a const; it only reads.
            list_[size_++] = {const_cast<std::byte*>(view.data()), view.size()};
        }
    }
    [[nodiscard]] iovec* data() noexcept { return list_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    std::array<iovec, max_gathered> list_; // Left uninitialised behind size_.
    std::size_t size_ = 0;
};

/// What a failed read or write means.
[[nodiscard]] inline io_result failed_with(int number) noexcept {
    if (number == EAGAIN || number == EWOULDBLOCK) return {io_status::would_block, 0, 0};
    return {io_status::failed, 0, number};
}

} // namespace beckon::io
