// The server's end of a connection: passes the bytes of one request on, sends one reply, and ends.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>

#include "beckon/base/time.hpp"
#include "beckon/protocol/pyrpc/pyrpc.hpp"
#include "io/descriptor.hpp"
#include "io/os_error.hpp"
#include "protocol/pyrpc/exchange.hpp"

namespace beckon::pyrpc {

using io::io_result;
using io::io_status;

namespace {

constexpr std::size_t header_bytes = 4;
/// What still comes from a peer that was answered is read for so long and so much, and dropped: to close before that would
/// take the answer away from it.
constexpr std::time_t drains_for_seconds = 1;
constexpr std::size_t drains_bytes = 16u << 20;

/// All that is shared is guarded by `mutex_`; nothing waits while it is held. The descriptor is an epoll set: of the
/// connection while its input is wanted, of a timer while it is drained, and of an event once all is over.
class callee_stream final : public io::byte_stream {
public:
    callee_stream(std::unique_ptr<io::byte_stream> connection, io::descriptor readiness,
                  io::descriptor event)
        : below_(std::move(connection)), readiness_(std::move(readiness)),
          event_(std::move(event)) {
        watch(EPOLL_CTL_ADD, below_->read_descriptor());
    }
    ~callee_stream() override { callee_stream::close(); }

    io_result read(std::span<std::byte> into) noexcept override {
        const std::lock_guard lock(mutex_);
        if (stage_ == stage::asking && !closed_) return read_request(into);
        if (stage_ == stage::draining && !closed_) drain();
        if (stage_ == stage::over || closed_) return {io_status::end, 0, 0};
        return {io_status::would_block, 0, 0};
    }

    io_result write(std::span<const byte_view> gathered) noexcept override {
        const std::lock_guard lock(mutex_);
        if (closed_) return {io_status::failed, 0, EPIPE};
        io_result done;
        for (byte_view each : gathered) {
            while (!each.empty()) {
                const io_result wrote = write_some(each);
                if (wrote.status != io_status::ok) {
                    if (done.size == 0) done = wrote;
                    return done;
                }
                done.size += wrote.size;
                each = each.subspan(wrote.size);
            }
        }
        return done;
    }

    [[nodiscard]] int read_descriptor() const noexcept override { return readiness_.get(); }
    [[nodiscard]] bool has_waiting_input() const noexcept override {
        return below_->has_waiting_input();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_->write_descriptor();
    }
    void acknowledge_at_once() noexcept override { below_->acknowledge_at_once(); }
    void shutdown_write() noexcept override {}
    void close() noexcept override {
        const std::lock_guard lock(mutex_);
        if (std::exchange(closed_, true)) return;
        ignore_input();
        below_->close();
    }
    [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
    [[nodiscard]] bool is_local() const noexcept override { return below_->is_local(); }
    [[nodiscard]] std::string exit_description() const override {
        return below_->exit_description();
    }
    [[nodiscard]] std::size_t max_message_bytes() const noexcept override {
        return below_->max_message_bytes();
    }
    [[nodiscard]] bool was_refused() const override { return below_->was_refused(); }
    [[nodiscard]] std::optional<io::peer_identity> identity() const override {
        return below_->identity();
    }
    [[nodiscard]] std::string agreed_protocol() const override { return below_->agreed_protocol(); }

private:
    enum class stage : std::uint8_t {
        asking,    ///< Its request is not whole.
        answering, ///< The protocol has it.
        draining,  ///< The reply has left; more of the peer's may be on its way.
        over,
    };

    // REQUIRES: mutex_ is held.
    void watch(int command, int number) noexcept {
        epoll_event event{};
        event.events = EPOLLIN;
        ::epoll_ctl(readiness_.get(), command, number, &event);
        watches_below_ = command == EPOLL_CTL_ADD;
    }
    void ignore_input() noexcept {
        if (watches_below_) watch(EPOLL_CTL_DEL, below_->read_descriptor());
    }

    io_result read_request(std::span<std::byte> into) noexcept {
        const io_result got = below_->read(into);
        if (got.status == io_status::would_block) return got;
        if (got.status != io_status::ok) {
            ignore_input();
            return got;
        }
        std::size_t taken = 0;
        while (header_seen_ < header_bytes && taken < got.size) {
            left_ = left_ << 8 | std::to_integer<std::size_t>(into[taken++]);
            ++header_seen_;
        }
        const std::size_t body = std::min(got.size - taken, left_);
        left_ -= body;
        // What follows the request is nobody's.
        has_more_ = has_more_ || taken + body < got.size;
        if (header_seen_ == header_bytes && left_ == 0) {
            stage_ = stage::answering;
            ignore_input();
        }
        return {io_status::ok, taken + body, 0};
    }

    io_result write_some(byte_view from) noexcept {
        if (head_seen_ < head_bytes) {
            const std::size_t size = std::min(from.size(), head_bytes - head_seen_);
            std::copy_n(from.begin(), size,
                        head_.begin() + static_cast<std::ptrdiff_t>(head_seen_));
            head_seen_ += size;
            if (head_seen_ == head_bytes) {
                to_send_ = size_at(head_).value_or(0);
                if (to_send_ == 0) frame_sent();
            }
            return {io_status::ok, size, 0};
        }
        const byte_view part = from.first(std::min(from.size(), to_send_));
        io_result wrote{io_status::ok, part.size(), 0};
        // A peer that has gone does not concern who answers: nobody is told.
        if (!lost_) {
            wrote = below_->write({&part, 1});
            if (wrote.status == io_status::would_block) return wrote;
            if (wrote.status != io_status::ok) {
                lost_ = true;
                wrote = {io_status::ok, part.size(), 0};
            }
        }
        to_send_ -= wrote.size;
        if (to_send_ == 0) frame_sent();
        return wrote;
    }

    void frame_sent() noexcept {
        head_seen_ = 0;
        if (std::exchange(told_below_, true)) return finish();
        below_->shutdown_write();
        was_whole_ = stage_ == stage::answering && !has_more_;
        stage_ = stage::draining;
        show();
    }

    /// Has `read` called.
    void show() noexcept {
        if (std::exchange(shows_, true)) return;
        watch(EPOLL_CTL_ADD, event_.get());
        watches_below_ = false;
    }

    void drain() noexcept {
        std::array<std::byte, 16u << 10> dropped;
        for (;;) {
            const io_result got = below_->read(dropped);
            if (got.status == io_status::ok && (drained_ += got.size) < drains_bytes) continue;
            // Nothing is on its way from a peer whose request was whole.
            if (got.status != io_status::would_block || was_whole_ || lost_) return finish();
            break;
        }
        if (!drain_ends_) return wait_for_end();
        std::uint64_t expired = 0;
        if (::read(drain_ends_.get(), &expired, sizeof expired) == sizeof expired) finish();
    }
    void wait_for_end() noexcept {
        drain_ends_ = io::descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
        itimerspec length{};
        length.it_value.tv_sec = drains_for_seconds;
        if (!drain_ends_ || ::timerfd_settime(drain_ends_.get(), 0, &length, nullptr) != 0)
            return finish();
        watch(EPOLL_CTL_DEL, event_.get());
        shows_ = false;
        watch(EPOLL_CTL_ADD, drain_ends_.get());
        watch(EPOLL_CTL_ADD, below_->read_descriptor());
    }
    void finish() noexcept {
        stage_ = stage::over;
        ignore_input();
        show();
    }

    static constexpr std::size_t head_bytes = size_bytes;

    const std::unique_ptr<io::byte_stream> below_;
    const io::descriptor readiness_;
    const io::descriptor event_; ///< Always readable.

    std::mutex mutex_;
    stage stage_ = stage::asking;
    std::size_t header_seen_ = 0;
    std::size_t left_ = 0; ///< Of the request.
    bool has_more_ = false;
    std::array<std::byte, head_bytes> head_{};
    std::size_t head_seen_ = 0;
    std::size_t to_send_ = 0;
    bool told_below_ = false; ///< The peer has been sent its frame.
    bool lost_ = false;
    bool was_whole_ = false;
    bool watches_below_ = false;
    bool shows_ = false;
    bool closed_ = false;
    std::size_t drained_ = 0;
    io::descriptor drain_ends_;
};

} // namespace

result<std::unique_ptr<io::byte_stream>>
serve_one_call(std::unique_ptr<io::byte_stream> connection) {
    io::descriptor readiness(::epoll_create1(EPOLL_CLOEXEC));
    io::descriptor event(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!readiness || !event) {
        return io::os_fail(errc::io_error, errno, "cannot make a descriptor for pyrpc with ",
                           connection->peer_name());
    }
    return std::unique_ptr<io::byte_stream>(std::make_unique<callee_stream>(
        std::move(connection), std::move(readiness), std::move(event)));
}

} // namespace beckon::pyrpc
