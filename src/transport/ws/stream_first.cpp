// What a peer begins with: text messages, or binary ones.
#include <array>
#include <utility>

#include "io/memory_shortage.hpp"
#include "transport/ws/opcode.hpp"
#include "transport/ws/stream.hpp"

namespace beckon::transport::ws {

using io::first_content;
using io::io_status;

namespace {
constexpr std::size_t head_bytes = 2;
constexpr std::size_t key_bytes = 4;
/// Of input, before others get their turns.
constexpr unsigned most_reads = 4;
} // namespace

first_content stream::begins_with() noexcept {
    return io::unless_short_of_memory([&] { return look_for_first(); },
                                      [&] {
                                          static_cast<void>(give_up());
                                          return first_content::bytes; // which reading tells
                                      });
}

first_content stream::look_for_first() {
    std::array<std::byte, 4096> came;
    for (unsigned reads = 0;; ++reads) {
        {
            const std::lock_guard lock(mutex_);
            if (const auto found = look_at_first()) return *found;
            if (reads == most_reads) return first_content::begun;
        }
        const io::io_result got = below_->read(came);
        const std::lock_guard lock(mutex_);
        if (got.status == io_status::would_block) {
            look_at_time();
            readiness_.show(is_over());
            return head_.empty() ? first_content::nothing : first_content::begun;
        }
        if (got.status != io_status::ok) return first_content::bytes; // which reading tells
        heard_at_ = steady_clock_source().now();
        pings_ = 0;
        head_.insert(head_.end(), came.begin(),
                     came.begin() + static_cast<std::ptrdiff_t>(got.size));
    }
}

/// Pings and what else comes before the first message are dealt with. What breaks a rule is found where it is read.
/// REQUIRES: mutex_ is held.
std::optional<first_content> stream::look_at_first() {
    while (!is_over() && head_.size() >= head_bytes) {
        const auto first = std::to_integer<std::uint8_t>(head_[0]);
        const auto second = std::to_integer<std::size_t>(head_[1]);
        const bool is_masked = (second & 0x80) != 0;
        const std::size_t size = head_bytes + (is_masked ? key_bytes : 0) + (second & 0x7f);
        const bool is_short = (second & 0x7f) <= most_control_bytes;
        if (!is_control(first & 15) || !is_short) {
            readiness_.show(true);
            return (first & 15) == opcode::text ? first_content::messages : first_content::bytes;
        }
        if (head_.size() < size) return {};
        static_cast<void>(take(byte_view(head_).first(size), {}));
        head_.erase(head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>(size));
    }
    if (!is_over()) return {};
    readiness_.show(true);
    return first_content::bytes;
}

} // namespace beckon::transport::ws
