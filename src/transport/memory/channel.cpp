#include "transport/memory/channel.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "beckon/transport/memory/memory.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::memory {

using io::io_result;
using io::io_status;

namespace {

/// One below the top an eventfd has no room for another count, and polls unwritable.
constexpr eventfd_t no_room = 0xffff'ffff'ffff'fffe;

result<io::descriptor> make_event() {
    io::descriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) return io::os_fail(errc::io_error, errno, "cannot make an event descriptor");
    return event;
}

void set(int event, eventfd_t count) noexcept {
    if (count == 0) {
        ::eventfd_read(event, &count);
    } else {
        ::eventfd_write(event, count);
    }
}

} // namespace

result<std::shared_ptr<channel>> channel::create() {
    BECKON_ASSIGN(io::descriptor readable, make_event());
    BECKON_ASSIGN(io::descriptor writable, make_event());
    return std::make_shared<channel>(std::move(readable), std::move(writable));
}

channel::channel(io::descriptor readable, io::descriptor writable) noexcept
    : readable_(std::move(readable)), writable_(std::move(writable)) {}

void channel::update() noexcept {
    const bool is_readable = size_ != 0 || write_ended_ || read_ended_;
    if (is_readable != shows_readable_) set(readable_.get(), is_readable ? 1 : 0);
    shows_readable_ = is_readable;
    const bool is_full = size_ == buffered_bytes && !read_ended_ && !write_ended_;
    if (is_full != shows_full_) set(writable_.get(), is_full ? no_room : 0);
    shows_full_ = is_full;
}

bool channel::grow(std::size_t needed) noexcept {
    if (needed <= ring_.size()) return true;
    std::size_t wider = std::max<std::size_t>(ring_.size(), 1024);
    while (wider < needed) wider *= 2;
    wider = std::min(wider, buffered_bytes);
    try {
        std::vector<std::byte> fresh(wider);
        const std::size_t first = std::min(size_, ring_.size() - head_);
        std::copy_n(ring_.begin() + static_cast<std::ptrdiff_t>(head_), first, fresh.begin());
        std::copy_n(ring_.begin(), size_ - first,
                    fresh.begin() + static_cast<std::ptrdiff_t>(first));
        ring_ = std::move(fresh);
        head_ = 0;
    } catch (const std::bad_alloc&) {
        return false;
    }
    return true;
}

void channel::put(byte_view part) noexcept {
    const std::size_t tail = (head_ + size_) % ring_.size();
    const std::size_t first = std::min(part.size(), ring_.size() - tail);
    std::memcpy(ring_.data() + tail, part.data(), first);
    std::memcpy(ring_.data(), part.data() + first, part.size() - first);
    size_ += part.size();
}

io_result channel::write(std::span<const byte_view> gathered) noexcept {
    std::size_t wanted = 0;
    std::size_t views = 0;
    const std::lock_guard guard(lock_);
    if (write_ended_ || read_ended_) return {io_status::failed, 0, EPIPE};
    const std::size_t room = buffered_bytes - size_;
    for (const byte_view view : gathered) {
        if (view.empty()) continue;
        if (views++ == io::max_gathered) break;
        wanted += std::min(view.size(), room - wanted);
    }
    if (views == 0) return {};
    if (wanted == 0) return {io_status::would_block, 0, 0};
    if (!grow(size_ + wanted)) return {io_status::failed, 0, ENOMEM};
    std::size_t left = wanted;
    for (const byte_view view : gathered) {
        if (left == 0) break;
        if (view.empty()) continue;
        const std::size_t part = std::min(view.size(), left);
        put(view.first(part));
        left -= part;
    }
    update();
    return {io_status::ok, wanted, 0};
}

io_result channel::read(std::span<std::byte> into) noexcept {
    if (into.empty()) return {};
    const std::lock_guard guard(lock_);
    if (read_ended_) return {io_status::end, 0, 0};
    if (size_ == 0) return {write_ended_ ? io_status::end : io_status::would_block, 0, 0};
    const std::size_t taken = std::min(into.size(), size_);
    const std::size_t first = std::min(taken, ring_.size() - head_);
    std::memcpy(into.data(), ring_.data() + head_, first);
    std::memcpy(into.data() + first, ring_.data(), taken - first);
    size_ -= taken;
    head_ = size_ == 0 ? 0 : (head_ + taken) % ring_.size();
    update();
    return {io_status::ok, taken, 0};
}

void channel::end_writing() noexcept {
    const std::lock_guard guard(lock_);
    write_ended_ = true;
    update();
}

void channel::end_reading() noexcept {
    const std::lock_guard guard(lock_);
    read_ended_ = true;
    update();
}

bool channel::is_read() noexcept {
    const std::lock_guard guard(lock_);
    return !read_ended_;
}

} // namespace beckon::transport::memory
