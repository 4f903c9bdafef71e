// Joins a session to a byte stream and to a runtime's threads.
//
// Who reads: the loop's thread when the descriptor is ready, or a thread that waits for a call. At most one at a time, its
// token stands in `reader_`. A waiting thread that holds the token reads with one blocking system call, and sends by
// itself too: when the connection is otherwise idle, a call costs no hand-over between threads. While threads wait so,
// the loop does not watch the descriptor; a timer puts it back when they have gone. Where one connection keeps the loop
// busy, the loop's thread stays with it and reads with blocking calls; another worker takes the loop.
#pragma once

#include <atomic>
#include <memory>

#include "beckon/io/byte_stream.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/session/driver.hpp"
#include "beckon/session/message_pace.hpp"
#include "beckon/session/runtime.hpp"
#include "beckon/session/session.hpp"
#include "beckon/session/spin_backoff.hpp"

namespace beckon {

/// A session's connection. Frees itself, and the session, when the transport has ended and nobody holds the session.
///
/// Thread-safety: all public functions, from any thread.
class connection final : public io::watcher, private session_driver {
public:
    /// Called once, without locks, when the conversation is over.
    using over_callback = function<void(connection&)>;

    /// Starts the conversation. `keep`: hold the session until it is over (a server's), not only while it is used.
    [[nodiscard]] static result<intrusive_ptr<session>>
    start(std::shared_ptr<runtime> runs, std::unique_ptr<io::byte_stream> stream,
          std::unique_ptr<protocol> speaks, intrusive_ptr<servant> directory,
          session_options options, bool keep, over_callback on_over = nullptr);

    /// Takes from a thread that is blocked in handlers the input that it had not come to. For runtime::look.
    static void take_over_from(runtime& looking, thread_record& blocked,
                               std::uint64_t steps) noexcept;

    void on_ready(bool readable, bool writable) noexcept override;
    [[nodiscard]] session& conversation() noexcept { return *session_; }

private:
    struct reader_token {
        thread_record* thread = nullptr;
    };

    connection(std::shared_ptr<runtime> runs, std::unique_ptr<io::byte_stream> stream,
               const limits& allowed, over_callback on_over);
    ~connection() override;

    // session_driver
    [[nodiscard]] time_point now() noexcept override { return runtime_->clock().now(); }
    void output_ready() noexcept override;
    void output_may_wait() noexcept override;
    void send_deferred() noexcept override;
    void released() noexcept override;
    void calls_queued() noexcept override;
    void arm_timer(time_point when) noexcept override;
    void run_soon(function<void()> work) noexcept override;
    void handler_begins(activation& running) noexcept override;
    [[nodiscard]] bool handler_ends(activation& running) noexcept override;
    void wait(waitable& waiting, time_point deadline) override;
    [[nodiscard]] result<std::size_t> run_turn(nanoseconds at_most) override {
        return runtime_->serve(at_most);
    }
    void session_over(const error* why) noexcept override;
    void abandoned() noexcept override;

    // REQUIRES: the session's lock is held. Those that may drop it for a moment say so.
    bool feed_carried(reader_token& token, wait_frame* frame);
    bool feed_last(reader_token& token, wait_frame* frame);
    [[nodiscard]] bool read_once(reader_token& token, wait_frame* frame, nanoseconds at_most);
    [[nodiscard]] io::io_result read_waiting(std::span<std::byte> into,
                                             nanoseconds at_most) noexcept;
    [[nodiscard]] bool is_busy() noexcept;
    void stay(reader_token& token) noexcept;
    bool feed_input(reader_token& token, wait_frame* frame, byte_view input);
    void flush() noexcept;
    [[nodiscard]] io::io_result send(byte_view rest) noexcept;
    [[nodiscard]] io::io_result send_apart(byte_view rest) noexcept;
    void complete() noexcept;
    void set_interest() noexcept;
    void post_flush() noexcept;
    void pass_on_reading() noexcept;
    void unblock() noexcept;
    void free_soon() noexcept;
    void linger() noexcept;
    void finish_if_over() noexcept;
    void tell_why() noexcept;
    void free_if_unused() noexcept;
    [[nodiscard]] intrusive_ptr<connection> self() noexcept {
        return intrusive_ptr<connection>(this);
    }
    void post(void (connection::*what)() noexcept) noexcept;

    // Posted to the loop.
    void do_flush() noexcept;
    void do_carried() noexcept;
    void do_waiting_input() noexcept;
    void do_queued() noexcept;
    void do_release() noexcept;
    void do_retire() noexcept;
    void do_over() noexcept;
    void on_timer() noexcept;
    void on_linger() noexcept;
    void on_stalled() noexcept;
    [[nodiscard]] bool still_answers(const error& reason);
    void watch_reader() noexcept;
    void on_reader() noexcept;
    /// Whether input may come.
    [[nodiscard]] bool takes_input() const noexcept { return !closed_ && !session_->input_end(); }
    void note_left_over(std::size_t size) noexcept;
    void watch_pace() noexcept;
    void on_pace() noexcept;

    const std::shared_ptr<runtime> runtime_;
    const std::unique_ptr<io::byte_stream> stream_;
    over_callback on_over_;
    session* session_ = nullptr; ///< Owned; freed by the destructor.
    intrusive_ptr<session> kept_;

    // Guarded by the session's lock.
    reader_token* reader_ = nullptr;
    buffer carry_; ///< Input that a reader left behind: a message's beginning, or more.
    bool carry_posted_ = false;
    buffer sending_;
    std::size_t sent_ = 0;
    bool apart_ = false; ///< No two messages may share a record of the transport.
    std::size_t unfinished_ =
        0;                 ///< Where they may not: bytes to come of the message that `sent_` is in.
    bool writing_ = false; ///< A thread is in the system call, without the lock.
    bool blocked_ = false; ///< The transport takes no more: waits to be writable.
    bool flush_posted_ = false;
    thread_record* posted_by_ = nullptr; ///< Whose output flush_posted_ was set for.
    /// Whose output waits for it to wait; see thread_record::sends_itself. Set under the lock, looked at without.
    std::atomic<thread_record*> deferred_by_{nullptr};
    bool queued_posted_ = false;
    bool has_waiting_input_ = false; ///< See byte_stream::has_waiting_input.
    bool disarmed_ = false;          ///< The loop does not watch for input.
    bool lingering_ = false;
    std::uint64_t waits_ = 0;
    std::uint64_t waits_seen_ = 0;
    struct {
        std::uint32_t turns = 0;       ///< Since the last look whether the connection is busy.
        std::uint32_t batches = 0;     ///< Of these, with several messages in one read.
        std::uint32_t wanted = 32;     ///< Turns from look to look.
        std::uint64_t told_before = 0; ///< Of event_loop::watchers_told, at the last look.
        time_point since{};
    } busy_;
    spin_backoff spinning_;               ///< The reader's own.
    std::uint32_t reads_since_large_ = 0; ///< While the carry keeps the memory of a large message.
    bool over_ = false;
    const error* over_because_ = nullptr; ///< The session's; null where the peer has ended it.
    bool was_too_slow_ = false;           ///< The peer, with a message.
    bool closed_ = false;
    bool output_lost_ = false;   ///< Writing has failed.
    nanoseconds looks_after_{0}; ///< Whether a peer that says no more still reads.
    io::timer_id reader_timer_{};
    time_point blocked_since_ = never;
    io::watch_id watch_{};
    io::watch_id write_watch_{};
    io::timer_id timer_{};
    io::timer_id stall_timer_{};
    message_pace pace_; ///< Of the message that the carry is the beginning of.
    io::timer_id pace_timer_{};
    bool ended_ = false; ///< The over callback has run.
    bool freed_ = false;

    std::atomic<bool> release_posted_{false};
};

} // namespace beckon
