#include "transport/ws/stream.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "beckon/base/text.hpp"
#include "io/memory_shortage.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::ws {

using io::io_result;
using io::io_status;

namespace {

/// Answers to the peer's pings that may wait, beside what we send.
constexpr std::size_t most_unsent = 4 * most_frame_bytes;
constexpr std::size_t read_bytes = 32u << 10;
/// Reads in one go, so that a peer that sends what is no input for anybody leaves others their turns of the loop.
constexpr unsigned most_reads = 4;

/// "tcp://127.0.0.1:7000" is "ws://127.0.0.1:7000", and what was "tls:" is "wss:".
std::string named(const std::string& below) {
    const std::size_t colon = std::min(below.find(':'), below.size());
    return concat(below.substr(0, colon) == "tls" ? "wss" : "ws", below.substr(colon));
}

} // namespace

result<std::unique_ptr<stream>> stream::create(std::shared_ptr<const side> own,
                                               std::unique_ptr<io::byte_stream> below) {
    static_cast<void>(io::no_memory_left()); // made while there is some
    auto ready = io::readiness::create();
    const std::string whom = concat("WebSocket with ", below->peer_name());
    if (!ready) return std::move(ready).error().note(whom);
    io::descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer) return io::os_fail(errc::io_error, errno, "cannot make a timer for ", whom);
    int number = ready->watch(below->read_descriptor(), EPOLLIN);
    if (number == 0) number = ready->watch(timer.get(), EPOLLIN);
    if (number != 0) return io::os_fail(errc::io_error, number, "cannot wait for ", whom);
    std::unique_ptr<stream> out(
        new stream(std::move(own), std::move(below), std::move(*ready), std::move(timer)));
    if (out->side_->plays == role::client) out->ask();
    return out;
}

stream::stream(std::shared_ptr<const side> own, std::unique_ptr<io::byte_stream> below,
               io::readiness ready, io::descriptor timer)
    : side_(std::move(own)), below_(std::move(below)), timer_(std::move(timer)),
      peer_(named(below_->peer_name())), frames_(side_->plays), readiness_(std::move(ready)),
      pace_(side_->messages.within, side_->messages.least_progress) {}

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
void stream::settle_output() {
    if (flush() != flushed::blocked || frames_.out.size() - sent_ <= most_unsent) return;
    fail_with(fail(errc::limit_exceeded, "peer sends pings and takes no answers: ",
                   frames_.out.size() - sent_, " bytes wait; limit is ", most_unsent, " bytes"));
}

io_result stream::write(std::span<const byte_view> gathered) noexcept {
    return io::unless_short_of_memory([&] { return send(gathered); }, [&] { return give_up(); });
}

/// Nothing is to be made any more of what there is no memory for.
io_result stream::give_up() noexcept {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = io::no_memory_left();
    readiness_.show(true);
    return io::failed_for_memory;
}

io_result stream::send(std::span<const byte_view> gathered) {
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
    frames_.keep_messages(side_->messages.most_bytes);
    return io::message_mode::free;
}

// --- Receiving ---

io_result stream::read(std::span<std::byte> into) noexcept {
    return io::unless_short_of_memory([&] { return receive(into, nullptr); },
                                      [&] { return give_up(); });
}

io_result stream::read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept {
    return io::unless_short_of_memory([&] { return receive(into, &at_most); },
                                      [&] { return give_up(); });
}

/// Waits for the first bytes where `at_most` is given.
io_result stream::receive(std::span<std::byte> into, const nanoseconds* at_most) {
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
    for (unsigned reads = 1;; ++reads) {
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
        if (got != 0 || is_over() || at_most != nullptr || reads == most_reads) return outcome(got);
    }
}

std::size_t stream::take(byte_view came, std::span<std::byte> into) {
    const std::size_t got = frames_.read(came, into);
    if (frames_.failure() && !failure_) fail_with(*frames_.failure());
    settle_output();
    if (frames_.gathered_whole() != gathered_whole_) pace_.ended();
    gathered_whole_ = frames_.gathered_whole();
    if (frames_.gathered() != 0 &&
        pace_.left_over(frames_.gathered(), steady_clock_source().now())) {
        pace_due_ = pace_.due();
        set_timer();
    }
    watch_beginning();
    return got;
}

/// A frame whose beginning those above do not see has to go on in the time of a message.
void stream::watch_beginning() {
    const nanoseconds within = side_->messages.within;
    if (begun_due_ != never || frames_.begun() == 0 || within.count() == 0) return;
    begun_ = frames_.begun();
    begun_due_ = deadline_after(steady_clock_source().now(), within);
    set_timer();
}

void stream::look_at_beginning(time_point now) {
    if (now < begun_due_) return;
    const nanoseconds within = side_->messages.within;
    begun_due_ = never;
    if (frames_.begun() != begun_) return watch_beginning(); // another one, or none
    fail_with(fail(errc::limit_exceeded, "peer ", peer_,
                   " began a frame of WebSocket and did not go on within ",
                   std::chrono::duration_cast<std::chrono::milliseconds>(within).count(),
                   " ms (message_within)"));
    frames_.put_close(close_code::against_policy, "a frame began and did not go on");
    settle_output();
}

bool stream::is_over() const noexcept {
    return failure_ || closed_.load(std::memory_order_relaxed) || frames_.closed_by_peer();
}

/// What a read by this thread gives. REQUIRES: mutex_ is held.
io_result stream::outcome(std::size_t got) noexcept {
    const bool holds = frames_.holds_content();
    readiness_.show(holds || is_over());
    if (got != 0) return {io_status::ok, got, 0};
    if (closed_.load(std::memory_order_relaxed)) return {io_status::end, 0, 0};
    if (failure_) return {io_status::failed, 0, EPROTO};
    return {frames_.closed_by_peer() ? io_status::end : io_status::would_block, 0, 0};
}

/// REQUIRES: what has come was looked at.
void stream::look_at_time() {
    if (due_ == never || is_over()) return;
    const time_point now = steady_clock_source().now();
    if (now >= pace_due_) {
        const auto found = pace_.look(now);
        pace_due_ = found == message_pace::verdict::goes_on ? pace_.due() : never;
        if (found == message_pace::verdict::too_slow) {
            fail_with(pace_.too_slow(peer_));
            frames_.put_close(close_code::against_policy, "a message began and did not go on");
            settle_output();
        }
    }
    look_at_beginning(now);
    if (now >= silence_due_) look_at_silence(now);
    set_timer();
}

/// Pings a silent peer, and gives up one that stays so.
void stream::look_at_silence(time_point now) {
    const nanoseconds after = side_->ping_after;
    if (now - heard_at_ < after) {
        silence_due_ = heard_at_ + after;
        return;
    }
    if (pings_ == dead_after_pings) {
        silence_due_ = never;
        const auto each = std::chrono::duration_cast<std::chrono::milliseconds>(after).count();
        return fail_with(fail(errc::disconnected, "peer answered none of ", pings_,
                              " pings, each within ", each, " ms (ping)"));
    }
    ++pings_;
    if (!write_ended_) frames_.put_ping();
    silence_due_ = now + after;
    settle_output();
}

void stream::set_timer() noexcept {
    const time_point next = std::min({silence_due_, pace_due_, begun_due_});
    if (std::exchange(due_, next) == next) return;
    itimerspec wanted{};
    if (next != never) {
        const auto until = next.time_since_epoch();
        wanted.it_value.tv_sec = static_cast<std::time_t>(until / std::chrono::seconds(1));
        wanted.it_value.tv_nsec =
            static_cast<long>((until % std::chrono::seconds(1)) / std::chrono::nanoseconds(1));
    }
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &wanted, nullptr);
}

// --- Ending ---

void stream::fail_with(error reason) {
    if (failure_) return;
    ended_how_ = reason.message();
    failure_ = std::move(reason);
}

/// Tells the peer by a close frame that no more follows. WebSocket ends both directions by that; ours goes on to read, since
/// a peer may have more to say before it answers.
void stream::end_writing(std::uint16_t code, std::string_view reason) {
    if (std::exchange(write_ended_, true)) return;
    if (established_ && !failure_) frames_.put_close(code, reason);
    settle_output();
}

namespace {

[[nodiscard]] std::uint16_t code_for(errc why) noexcept {
    switch (why) {
    case errc::cancelled: return close_code::normal;
    case errc::disconnected: return close_code::going_away;
    case errc::protocol_error:
    case errc::schema_mismatch: return close_code::protocol_error;
    case errc::unsupported: return close_code::unsupported_data;
    case errc::parse_error: return close_code::not_utf8;
    case errc::limit_exceeded: return close_code::too_big;
    case errc::internal:
    case errc::io_error: return close_code::internal_error;
    case errc::overloaded: return close_code::try_again_later;
    default: return close_code::against_policy; // what we have laid down: who may come in, times
    }
}

} // namespace

void stream::end_because(errc why, std::string_view text) noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return;
    io::unless_short_of_memory([&] { end_writing(code_for(why), text); }, [] {});
}

void stream::shutdown_write() noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return;
    io::unless_short_of_memory([&] { end_writing(); }, [] {});
}

void stream::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return;
    // Where the peer takes nothing just now it gets no close frame, and will know that it was cut off.
    io::unless_short_of_memory([&] { end_writing(); }, [] {});
    closed_.store(true);
    below_->close();
}

std::string stream::exit_description() const {
    std::string below = below_->exit_description();
    const std::lock_guard lock(mutex_);
    std::string own = ended_how_;
    const auto code = frames_.closed_by_peer();
    if (own.empty() && code && *code != close_code::normal && *code != close_code::none) {
        const std::string_view words = frames_.closing_words();
        own = concat("it closed the WebSocket with ", *code, words.empty() ? "" : ", ",
                     words.empty() ? "" : quoted(words));
    }
    if (own.empty()) return below;
    return below.empty() ? own : concat(own, "; ", below);
}

} // namespace beckon::transport::ws
