#include "transport/ws/stream.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "beckon/base/text.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::ws {

using io::io_result;
using io::io_status;

namespace {

/// Answers to the peer's pings that may wait, beside what we send.
constexpr std::size_t most_unsent = 4 * most_frame_bytes;
constexpr std::size_t read_bytes = 32u << 10;

/// "tcp://127.0.0.1:7000" is "ws://127.0.0.1:7000", and what was "tls:" is "wss:".
std::string named(const std::string& below) {
    const std::size_t colon = std::min(below.find(':'), below.size());
    return concat(below.substr(0, colon) == "tls" ? "wss" : "ws", below.substr(colon));
}

} // namespace

result<std::unique_ptr<stream>> stream::create(std::shared_ptr<const side> own,
                                               std::unique_ptr<io::byte_stream> below) {
    io::descriptor readiness(::epoll_create1(EPOLL_CLOEXEC));
    io::descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    if (!readiness || !timer ||
        ::epoll_ctl(readiness.get(), EPOLL_CTL_ADD, below->read_descriptor(), &wanted) != 0 ||
        ::epoll_ctl(readiness.get(), EPOLL_CTL_ADD, timer.get(), &wanted) != 0) {
        return io::os_fail(errc::io_error, errno, "cannot make a descriptor for WebSocket with ",
                           below->peer_name());
    }
    std::unique_ptr<stream> out(
        new stream(std::move(own), std::move(below), std::move(readiness), std::move(timer)));
    if (out->side_->plays == role::client) out->ask();
    return out;
}

stream::stream(std::shared_ptr<const side> own, std::unique_ptr<io::byte_stream> below,
               io::descriptor readiness, io::descriptor timer)
    : side_(std::move(own)), below_(std::move(below)), readiness_(std::move(readiness)),
      timer_(std::move(timer)), peer_(named(below_->peer_name())), frames_(side_->plays) {}

stream::~stream() { stream::close(); }

// --- Sending ---

/// Sends what there is, as much as fits.
stream::flushed stream::flush() noexcept {
    buffer& out = frames_.out;
    while (lost_ == 0 && sent_ != out.size()) {
        const byte_view rest = out.view().subspan(sent_);
        const io_result wrote = below_->write({&rest, 1});
        if (wrote.status == io_status::would_block) return flushed::blocked;
        if (wrote.status != io_status::ok) {
            lost_ = wrote.os_error != 0 ? wrote.os_error : EPIPE;
        } else {
            sent_ += wrote.size;
        }
    }
    sent_ = 0;
    if (out.capacity() > most_frame_bytes) out.free();
    out.clear();
    return lost_ == 0 ? flushed::all : flushed::failed;
}

/// What the reader has caused to be sent (pongs, closes), and what could not leave before.
void stream::settle_output() noexcept {
    if (flush() != flushed::blocked || frames_.out.size() - sent_ <= most_unsent) return;
    fail_with(fail(errc::limit_exceeded, "peer sends pings and takes no answers: ",
                   frames_.out.size() - sent_, " bytes wait; limit is ", most_unsent, " bytes"));
}

io_result stream::write(std::span<const byte_view> gathered) noexcept {
    std::array<byte_view, io::max_gathered> views;
    std::size_t count = 0;
    std::size_t total = 0;
    for (const byte_view view : gathered) {
        if (view.empty()) continue;
        if (count == views.size()) break;
        views[count++] = view;
        total += view.size();
    }
    if (total == 0) return {};
    const std::lock_guard lock(mutex_);
    for (std::size_t taken = 0;;) {
        if (closed_.load(std::memory_order_relaxed) || write_ended_ || !established_)
            return {io_status::failed, 0, EPIPE};
        if (failure_) return {io_status::failed, 0, EPROTO};
        const flushed done = flush();
        if (done == flushed::failed) return {io_status::failed, 0, lost_};
        if (done == flushed::blocked)
            return {taken != 0 ? io_status::ok : io_status::would_block, taken, 0};
        // What is framed counts as taken once it has left: so whoever writes comes back for it.
        const std::size_t gone = std::min(owed_, total - taken);
        owed_ -= gone;
        taken += gone;
        if (taken == total) return {io_status::ok, taken, 0};
        owed_ = frames_.put(std::span(views).first(count), taken);
    }
}

io::message_mode stream::keep_messages() noexcept {
    const std::lock_guard lock(mutex_);
    frames_.keep_messages(side_->max_message_bytes);
    return io::message_mode::free;
}

// --- Receiving ---

io_result stream::read(std::span<std::byte> into) noexcept { return receive(into, nullptr); }

io_result stream::read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept {
    return receive(into, &at_most);
}

/// Waits for the first bytes where `at_most` is given.
io_result stream::receive(std::span<std::byte> into, const nanoseconds* at_most) noexcept {
    if (into.empty()) return {};
    {
        const std::lock_guard lock(mutex_);
        bytes early; // what came with the handshake
        early.swap(head_);
        std::size_t got = 0;
        if (!closed_.load(std::memory_order_relaxed)) got = take(early, into);
        if (got != 0 || is_over()) return outcome(got);
    }
    std::array<std::byte, read_bytes> came;
    for (;;) {
        io_result below;
        if (at_most != nullptr) {
            nanoseconds patience = *at_most;
            if (due_ != never)
                patience = std::clamp(due_ - steady_clock_source().now(), nanoseconds(0), patience);
            below = below_->read_waiting(came, patience);
        } else {
            below = below_->read(came);
        }
        const std::lock_guard lock(mutex_);
        if (below.status == io_status::would_block) {
            look_at_time();
            return outcome(0);
        }
        if (closed_.load(std::memory_order_relaxed)) return {io_status::end, 0, 0};
        std::size_t got = 0;
        if (below.status == io_status::ok) {
            heard_at_ = steady_clock_source().now();
            pings_ = 0;
            got = take(byte_view(came).first(below.size), into);
        } else if (below.status == io_status::failed) {
            return below;
        } else {
            fail_with(fail(errc::disconnected, "peer ended the connection without closing the "
                                               "WebSocket, so what it sent last may be missing"));
        }
        // A ping alone, or a part of a frame, is no input.
        if (got != 0 || is_over() || at_most != nullptr) return outcome(got);
    }
}

std::size_t stream::take(byte_view came, std::span<std::byte> into) noexcept {
    const std::size_t got = frames_.read(came, into);
    if (frames_.failure() && !failure_) fail_with(*frames_.failure());
    settle_output();
    return got;
}

bool stream::is_over() const noexcept {
    return failure_ || closed_.load(std::memory_order_relaxed) || frames_.closed_by_peer();
}

/// What a read by this thread gives. REQUIRES: mutex_ is held.
io_result stream::outcome(std::size_t got) noexcept {
    const bool holds = frames_.holds_content();
    show_pending(holds || is_over());
    if (got != 0) return {io_status::ok, got, 0};
    if (closed_.load(std::memory_order_relaxed)) return {io_status::end, 0, 0};
    if (failure_) return {io_status::failed, 0, EPROTO};
    return {frames_.closed_by_peer() ? io_status::end : io_status::would_block, 0, 0};
}

/// Makes the descriptor readable although the one below may not be.
void stream::show_pending(bool pending) noexcept {
    if (std::exchange(shows_pending_, pending) == pending) return;
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    ::epoll_ctl(readiness_.get(), pending ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                side_->always_ready.get(), &wanted);
}

/// Pings a silent peer, and gives up one that stays so.
void stream::look_at_time() noexcept {
    if (due_ == never || is_over()) return;
    const time_point now = steady_clock_source().now();
    if (now < due_) return;
    const nanoseconds after = side_->ping_after;
    if (now - heard_at_ < after) return set_timer(heard_at_ + after);
    if (pings_ == dead_after_pings) {
        due_ = never;
        const auto each = std::chrono::duration_cast<std::chrono::milliseconds>(after).count();
        return fail_with(fail(errc::disconnected, "peer answered none of ", pings_,
                              " pings, each within ", each, " ms (ping)"));
    }
    ++pings_;
    if (!write_ended_) frames_.put_ping();
    settle_output();
    set_timer(now + after);
}

void stream::set_timer(time_point when) noexcept {
    due_ = when;
    const auto until = when.time_since_epoch();
    itimerspec wanted{};
    wanted.it_value.tv_sec = static_cast<std::time_t>(until / std::chrono::seconds(1));
    wanted.it_value.tv_nsec =
        static_cast<long>((until % std::chrono::seconds(1)) / std::chrono::nanoseconds(1));
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &wanted, nullptr);
}

// --- Ending ---

void stream::fail_with(error reason) noexcept {
    if (failure_) return;
    ended_how_ = reason.message();
    failure_ = std::move(reason);
}

/// Tells the peer by a close frame that no more follows. WebSocket ends both directions by that; ours goes on to read, since
/// a peer may have more to say before it answers.
void stream::end_writing() noexcept {
    if (std::exchange(write_ended_, true)) return;
    if (established_ && !failure_) frames_.put_close();
    settle_output();
}

void stream::shutdown_write() noexcept {
    const std::lock_guard lock(mutex_);
    if (!closed_.load(std::memory_order_relaxed)) end_writing();
}

void stream::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return;
    // Where the peer takes nothing just now it gets no close frame, and will know that it was cut off.
    end_writing();
    closed_.store(true);
    below_->close();
}

std::string stream::exit_description() const {
    std::string below = below_->exit_description();
    const std::lock_guard lock(mutex_);
    std::string own = ended_how_;
    const auto code = frames_.closed_by_peer();
    if (own.empty() && code && *code != close_code::normal && *code != close_code::none)
        own = concat("it closed the WebSocket with ", *code);
    if (own.empty()) return below;
    return below.empty() ? own : concat(own, "; ", below);
}

} // namespace beckon::transport::ws
