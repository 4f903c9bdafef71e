#include "service/keepalive_stream.hpp"

#include <atomic>
#include <cerrno>
#include <mutex>
#include <utility>

#include "beckon/session/runtime.hpp"
#include "io/forwarding_stream.hpp"

namespace beckon {

namespace {

constexpr std::size_t max_message_bytes = 1024;

/// Passes everything on, and writes the message when its timer finds that nothing has gone either way.
class keepalive_stream final : public io::forwarding_stream {
public:
    keepalive_stream(std::unique_ptr<io::byte_stream> below, bytes message, nanoseconds interval,
                     std::shared_ptr<runtime> runs)
        : forwarding_stream(*below),
          core_(std::make_shared<core>(std::move(below), std::move(message), interval,
                                       std::move(runs))) {
        core_->arm();
    }
    ~keepalive_stream() override { core_->end(); }

    io::io_result read(std::span<std::byte> into) noexcept override {
        return core_->noted(below().read(into));
    }
    io::io_result read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept override {
        return core_->noted(below().read_waiting(into, at_most));
    }
    io::io_result write(std::span<const byte_view> gathered) noexcept override {
        return core_->write(gathered);
    }
    io::message_mode keep_messages() noexcept override {
        // A message of the protocol's is not one of the transport's.
        const io::message_mode mode = below().keep_messages();
        if (mode != io::message_mode::none) core_->end();
        return mode;
    }
    void shutdown_write() noexcept override {
        core_->end();
        below().shutdown_write();
    }
    void close() noexcept override {
        core_->end();
        below().close();
    }

private:
    /// Shared with the timer, which may run while the stream is freed.
    struct core : std::enable_shared_from_this<core> {
        core(std::unique_ptr<io::byte_stream> below, bytes text, nanoseconds every,
             std::shared_ptr<runtime> runs_on)
            : stream(std::move(below)), message(std::move(text)), interval(every),
              runs(std::move(runs_on)), moved(runs->clock().now()) {}

        void arm() {
            const std::lock_guard lock(mutex);
            if (ended) return;
            timer = runs->loop().schedule_at(
                deadline_after(moved.load(std::memory_order_relaxed), interval),
                [weak = weak_from_this()] {
                    if (const auto self = weak.lock()) self->look();
                });
        }
        void look() {
            {
                const std::lock_guard lock(mutex);
                if (ended) return;
                const time_point now = runs->clock().now();
                const bool idle = now - moved.load(std::memory_order_relaxed) >= interval;
                if (idle) moved.store(now, std::memory_order_relaxed);
                // Not into the middle of a message that the transport has taken a part of.
                if (idle && !blocked && rest.empty()) {
                    rest = message;
                    static_cast<void>(send_rest());
                }
            }
            arm();
        }
        /// Sends what of the message has not left. REQUIRES: locked.
        io::io_result send_rest() noexcept {
            while (!rest.empty()) {
                const io::io_result wrote = stream->write({&rest, 1});
                if (wrote.status != io::io_status::ok) return wrote;
                rest = rest.subspan(wrote.size);
            }
            return {};
        }
        io::io_result write(std::span<const byte_view> gathered) noexcept {
            const std::lock_guard lock(mutex);
            if (const io::io_result before = send_rest(); before.status != io::io_status::ok)
                return before;
            const io::io_result wrote = stream->write(gathered);
            blocked = wrote.status == io::io_status::would_block;
            if (wrote.status != io::io_status::ok) return wrote;
            std::size_t wanted = 0;
            for (const byte_view each : gathered) wanted += each.size();
            blocked = wrote.size < wanted;
            return noted(wrote);
        }
        io::io_result noted(io::io_result moved_bytes) noexcept {
            if (moved_bytes.status == io::io_status::ok && moved_bytes.size != 0)
                moved.store(runs->clock().now(), std::memory_order_relaxed);
            return moved_bytes;
        }
        void end() noexcept {
            const std::lock_guard lock(mutex);
            if (std::exchange(ended, true)) return;
            if (timer) runs->loop().cancel(timer);
        }

        const std::unique_ptr<io::byte_stream> stream;
        const bytes message;
        const nanoseconds interval;
        const std::shared_ptr<runtime> runs;
        std::atomic<time_point> moved;
        std::mutex mutex;     ///< Of writing.
        byte_view rest;       ///< Of a message that was sent in part.
        bool blocked = false; ///< The user's last write did not go out whole.
        bool ended = false;
        io::timer_id timer{};
    };
    const std::shared_ptr<core> core_;
};

} // namespace

result<void> check_keep_alive(const io::endpoint& where) {
    BECKON_TRY(where.number_option("keepalive_interval", 10, 1, 86'400));
    const std::string* const message = where.option("keepalive_message");
    if (message == nullptr) return {};
    if (message->empty() || message->size() > max_message_bytes) {
        return fail(errc::invalid_argument, "option keepalive_message of endpoint ",
                    quoted(io::to_string(where), 200), " has ", message->size(),
                    " bytes, expected 1 to ", max_message_bytes);
    }
    return {};
}

std::unique_ptr<io::byte_stream> keep_alive(std::unique_ptr<io::byte_stream> stream,
                                            const io::endpoint& where,
                                            const std::shared_ptr<context>& inside) {
    const std::string* const message = where.option("keepalive_message");
    if (message == nullptr) return stream;
    const auto seconds = where.number_option("keepalive_interval", 10, 1, 86'400);
    const byte_view content = as_bytes(*message);
    return std::make_unique<keepalive_stream>(
        std::move(stream), bytes(content.begin(), content.end()),
        std::chrono::seconds(seconds ? *seconds : 10), inside->runtime());
}

} // namespace beckon
