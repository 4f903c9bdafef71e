#include "transport/udp/datagram_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <new>

#include "beckon/io/endpoint.hpp"
#include "beckon/transport/udp/udp.hpp"

namespace beckon::transport::udp {

using io::io_result;
using io::io_status;

namespace {
constexpr std::size_t size_bytes = 4;
} // namespace

io::message_mode datagram_stream::keep_messages() noexcept {
    framed_ = true;
    return io::message_mode::free;
}

std::size_t datagram_stream::max_message_bytes() const noexcept { return max_datagram_bytes; }

bool datagram_stream::is_local() const noexcept {
    return io::is_loopback_host(peer_->address.host());
}

io_result datagram_stream::read(std::span<std::byte> into) noexcept {
    if (closed_.load(std::memory_order_relaxed)) return {io_status::end, 0, 0};
    return hub_->read(*peer_, into, framed_);
}

/// Takes of the next message what there is; says how much. Where it is whole then, `begun_` has it, or it is skipped.
std::size_t datagram_stream::gather(byte_view from) {
    std::size_t taken = 0;
    if (to_skip_ != 0) {
        taken = std::min(to_skip_, from.size());
        to_skip_ -= taken;
        return taken;
    }
    const auto append = [&](std::size_t whole) {
        const std::size_t part = std::min(whole - begun_.size(), from.size() - taken);
        const byte_view more = from.subspan(taken, part);
        begun_.insert(begun_.end(), more.begin(), more.end());
        taken += part;
    };
    if (begun_.size() < size_bytes) append(size_bytes);
    if (begun_.size() < size_bytes) return taken;
    if (wanted_ == 0) {
        std::size_t size = 0;
        for (std::size_t i = 0; i < size_bytes; ++i)
            size |= static_cast<std::size_t>(begun_[i]) << (8 * i);
        if (size > max_datagram_bytes) {
            hub_->log().write(log_level::warning, "BKN-UDP-LOST",
                              concat("a message of ", size, " bytes to ", peer_->name,
                                     " was not sent: a datagram has at most ", max_datagram_bytes,
                                     " bytes"));
            begun_.clear();
            to_skip_ = size;
            return taken;
        }
        wanted_ = size_bytes + size;
    }
    append(wanted_);
    return taken;
}

/// Sends the message in `begun_` where it is whole.
io_result datagram_stream::send_begun() {
    if (wanted_ == 0 || begun_.size() < wanted_) return {};
    const io_result sent = hub_->send(*peer_, byte_view(begun_).subspan(size_bytes));
    if (sent.status != io_status::ok) return sent;
    begun_.clear();
    wanted_ = 0;
    return {};
}

io_result datagram_stream::write(std::span<const byte_view> gathered) noexcept {
    if (closed_.load(std::memory_order_relaxed) || write_ended_.load(std::memory_order_relaxed))
        return {io_status::failed, 0, EPIPE};
    std::size_t total = 0;
    try {
        if (const io_result before = send_begun(); before.status != io_status::ok) return before;
        for (byte_view view : gathered) {
            while (!view.empty()) {
                if (!framed_) { // each view by itself, as far as it fits
                    const byte_view part = view.first(std::min(view.size(), max_datagram_bytes));
                    const io_result sent = hub_->send(*peer_, part);
                    if (sent.status != io_status::ok)
                        return total != 0 ? io_result{io_status::ok, total, 0} : sent;
                    total += part.size();
                    view = view.subspan(part.size());
                    continue;
                }
                const std::size_t taken = gather(view);
                total += taken;
                view = view.subspan(taken);
                const io_result sent = send_begun();
                if (sent.status == io_status::failed) return sent;
                if (sent.status != io_status::ok) return {io_status::ok, total, 0};
            }
        }
    } catch (const std::bad_alloc&) {
        return {io_status::failed, 0, ENOMEM};
    }
    return {io_status::ok, total, 0};
}

void datagram_stream::close() noexcept {
    if (closed_.exchange(true)) return;
    hub_->end(*peer_);
}

} // namespace beckon::transport::udp
