// How frames are written.
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "beckon/base/assert.hpp"
#include "beckon/base/utf8.hpp"
#include "transport/ws/frames.hpp"
#include "transport/ws/opcode.hpp"

namespace beckon::transport::ws {

namespace {

/// Masks have to be unpredictable: else a page could make its browser send what looks like something else.
void fill_random(std::uint8_t (&into)[4]) {
    thread_local std::uint8_t random[256];
    thread_local std::size_t left = 0;
    for (std::uint8_t& each : into) {
        while (left == 0) {
            const ssize_t got = ::getrandom(random, sizeof random, 0);
            BECKON_ASSERT(got >= 0 || errno == EINTR, "the system gives no random bytes");
            left = got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        each = random[--left];
    }
}

} // namespace

std::size_t frames::put(std::span<const byte_view> views, std::size_t skip) {
    std::size_t total = 0;
    for (const byte_view each : views) total += each.size();
    BECKON_ASSERT(skip <= total, "more was taken than there is");
    if (keeps_) return put_kept(views, skip, total);
    const std::size_t size = std::min(total - skip, most_frame_bytes);
    frame(true, opcode::binary, views, skip, size);
    return size;
}

/// What is written are messages with their sizes before them, cut anywhere.
std::size_t frames::put_kept(std::span<const byte_view> views, std::size_t skip,
                             std::size_t total) {
    const std::size_t first = skip;
    const std::size_t last = std::min(total, skip + most_frame_bytes);
    while (skip < last) {
        if (size_bytes_ < sizeof size_) {
            std::size_t at = skip++;
            for (const byte_view each : views) {
                if (at < each.size()) {
                    size_[size_bytes_++] = each[at];
                    break;
                }
                at -= each.size();
            }
            if (size_bytes_ < sizeof size_) continue;
            left_ = 0;
            for (std::size_t i = sizeof size_; i-- > 0;)
                left_ = left_ << 8 | std::to_integer<std::uint32_t>(size_[i]);
        }
        const std::size_t part = std::min<std::size_t>(left_, last - skip);
        if (part == 0 && left_ != 0) break; // its first frame is not to be an empty one
        left_ -= static_cast<std::uint32_t>(part);
        frame(left_ == 0, begun_ ? opcode::continuation : opcode::text, views, skip, part);
        begun_ = left_ != 0;
        if (left_ == 0) size_bytes_ = 0;
        skip += part;
    }
    return skip - first;
}

void frames::frame(bool last, std::uint8_t code, std::span<const byte_view> views, std::size_t skip,
                   std::size_t size) {
    std::uint8_t head[14];
    std::size_t head_size = 2;
    head[0] = static_cast<std::uint8_t>((last ? 0x80 : 0) | code);
    const std::size_t length_bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
    head[1] = static_cast<std::uint8_t>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
    for (std::size_t i = length_bytes; i-- > 0;)
        head[head_size++] = static_cast<std::uint8_t>(std::uint64_t(size) >> (8 * i));
    const bool masks = role_ == role::client;
    std::uint8_t key[4] = {};
    if (masks) {
        fill_random(key);
        head[1] |= 0x80;
        std::memcpy(head + head_size, key, sizeof key);
        head_size += sizeof key;
    }
    out.append({reinterpret_cast<const std::byte*>(head), head_size});
    std::byte* const content = out.grow(size);
    std::size_t here = 0;
    for (byte_view each : views) {
        const std::size_t passed = std::min(skip, each.size());
        skip -= passed;
        each = each.subspan(passed);
        each = each.first(std::min(each.size(), size - here));
        if (!each.empty()) std::memcpy(content + here, each.data(), each.size());
        here += each.size();
    }
    if (masks) apply_mask({content, size}, key);
}

void frames::put_control(std::uint8_t code, byte_view content) {
    frame(true, code, {&content, 1}, 0, content.size());
}

void frames::put_ping() {
    if (!has_closed_) put_control(opcode::ping, {});
}

void frames::put_close(std::uint16_t code, std::string_view reason) {
    if (std::exchange(has_closed_, true)) return;
    if (closed_by_peer_) return put_close_frame(*closed_by_peer_, "");
    put_close_frame(code, reason);
}

void frames::put_close_frame(std::uint16_t code, std::string_view reason) {
    if (code == close_code::none) return put_control(opcode::close, {});
    const std::byte number[2] = {static_cast<std::byte>(code >> 8), static_cast<std::byte>(code)};
    reason = reason.substr(0, most_control_bytes - sizeof number);
    reason = reason.substr(0, utf8_error_offset(reason)); // no part of a letter
    const byte_view parts[] = {number, as_bytes(reason)};
    frame(true, opcode::close, parts, 0, sizeof number + parts[1].size());
}

} // namespace beckon::transport::ws
