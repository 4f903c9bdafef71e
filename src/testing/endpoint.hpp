// One side of a simulated conversation: joins a session to the simulated network and to simulated threads.
//
// It does what `connection` does over a real stream, step for step: one reader at a time, whose token stands in reader_;
// waiting threads read for themselves and serve what they cause; a handler that waits loses the input that it had not
// come to. What is left to the machine there (which thread is first, how much a read gives) is left to chance here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "beckon/session/session.hpp"
#include "testing/world_core.hpp"

namespace beckon::testing {

class endpoint final : public ref_counted, private session_driver {
public:
    struct settings {
        std::shared_ptr<link_core> link;
        std::size_t side = 0; ///< 0: the side that connected.
        bool keep = false;    ///< Hold the session until it is over, not only while it is used.
    };
    static intrusive_ptr<beckon::session> start(world_core& world, settings where,
                                                std::unique_ptr<protocol> speaks,
                                                session_options options);

    // From the network.
    void input_arrives(byte_view content);
    void input_ends(const std::string& why);
    void room_made();

    /// The node is no more: nothing leaves, nothing is read, the conversation is over.
    void kill(const error& reason);
    /// Nothing happens any more: what an event to come would have freed goes now. Handles may still be held.
    void free_what_is_left();
    void stop_reading(nanoseconds length);

    [[nodiscard]] beckon::session& session() const noexcept { return *session_; }
    [[nodiscard]] const std::shared_ptr<link_core>& link() const noexcept { return link_; }
    [[nodiscard]] std::size_t side() const noexcept { return side_; }
    [[nodiscard]] bool is_over() const noexcept { return over_; }

    /// Whether handlers of a thread keep input from being read.
    [[nodiscard]] static bool holds_input(const virtual_thread& thread) noexcept;
    static void take_over_from(const virtual_thread& thread) noexcept;

private:
    struct reader_token {
        virtual_thread* thread = nullptr;
    };
    struct waiter;
    class turn_scope;

    endpoint(world_core& world, settings where);
    ~endpoint() override;

    // session_driver
    [[nodiscard]] time_point now() noexcept override { return world_->now(); }
    void output_ready() noexcept override;
    void released() noexcept override;
    void calls_queued() noexcept override;
    void arm_timer(time_point when) noexcept override;
    void run_soon(function<void()> work) noexcept override;
    void handler_begins(activation& running) noexcept override;
    [[nodiscard]] bool handler_ends(activation& running) noexcept override;
    void wait(waitable& waiting, time_point deadline) override;
    void session_over(const error* why) noexcept override;
    void abandoned() noexcept override;

    // REQUIRES: the session's lock is held.
    [[nodiscard]] bool may_read() const noexcept;
    [[nodiscard]] bool has_whole_message() const noexcept;
    bool do_round(waiter& mine);
    bool sleep(waiter& mine);
    bool read_once(reader_token& token, wait_frame* frame);
    bool feed_input(reader_token& token, wait_frame* frame, byte_view input);
    bool feed_carried(reader_token& token, wait_frame* frame);
    void flush() noexcept;
    void post_flush() noexcept;
    void post(void (endpoint::*what)());
    /// Has happen what is due after anything has happened.
    void post_what_is_due();
    void wake_waiters();
    void end_deadlock(waitable& waiting);

    // Events.
    void settle_turn(); ///< The end of each: without the lock.
    void finish_if_over();
    void free_if_unused();
    void do_read();
    void do_carried();
    void do_queued();
    void do_flush();
    void do_release();
    void do_retire();
    void do_write();
    void on_timer(std::uint64_t number);
    void on_stalled();

    const std::shared_ptr<world_core> world_;
    const std::shared_ptr<link_core> link_;
    const std::size_t side_;
    beckon::session* session_ = nullptr; ///< Owned.
    intrusive_ptr<beckon::session> kept_;

    reader_token* reader_ = nullptr;
    std::vector<waiter*> waiters_;
    bytes arrived_;                       ///< In the hands of the system.
    std::optional<std::string> ends_why_; ///< What follows it.
    bytes carry_;                         ///< Input that a reader left behind.
    buffer sending_;
    std::size_t sent_ = 0;
    time_point stopped_until_{};
    time_point blocked_since_ = never;
    std::uint64_t timer_ = 0;
    bool blocked_ = false;
    bool read_posted_ = false;
    bool carry_posted_ = false;
    bool flush_posted_ = false;
    bool queued_posted_ = false;
    bool release_posted_ = false;
    bool retire_posted_ = false; ///< A hold was passed on, and is ours until then.
    bool closed_ = false;        ///< Reads nothing any more.
    bool dead_ = false;          ///< Sends nothing any more.
    bool over_ = false;
    bool ended_ = false;
    bool freed_ = false;
};

} // namespace beckon::testing
