// A call of the peer while it is served: on the stack of the thread that runs its handler, or detached from it.
#pragma once

#include "beckon/session/session.hpp"

namespace beckon {

/// What cancellation needs to find a call being served. Linked into the session under its lock.
struct served_call {
    std::uint32_t call_id = 0;
    cancellation cancel;
    served_call* previous = nullptr;
    served_call* next = nullptr;
    /// Threads that are about to cancel it; it must not go away while there are any.
    std::uint32_t pins = 0;
    const ref_counted* owner = nullptr; ///< What they hold instead, where it is counted.
    // For finding out whether a call waits for itself.
    bool has_parent = false;
    std::uint32_t parent = 0;
    const object_turn* turn = nullptr;
};

/// A call being served in the turn in which it came (or was taken from the queue).
class active_call final : public incoming_call {
public:
    active_call(session& owner, const call_head& head, servant& target,
                const session::arrival& came);
    ~active_call();
    active_call(const active_call&) = delete;
    active_call& operator=(const active_call&) = delete;

    void lock() noexcept override { session_.lock(); }
    void unlock() noexcept override { session_.unlock(); }
    native::writer* begin_reply() override { return session_.begin_reply(head_); }
    void end_reply() override;
    void reply_value(value result) override;
    void reject(error failure) override;
    void enter_handler() noexcept override;
    void leave_handler() noexcept override;
    intrusive_ptr<deferred_reply> defer() override;

    [[nodiscard]] session& owner() const noexcept { return session_; }
    /// The object that serves it.
    [[nodiscard]] const servant& target() const noexcept { return *target_; }
    /// Whether another thread reads the session's input now.
    [[nodiscard]] bool taken_over() const noexcept { return taken_over_; }
    [[nodiscard]] const call_head& head() const noexcept { return head_; }
    /// The innermost one on this thread, and the one below it.
    [[nodiscard]] static active_call* running() noexcept;
    [[nodiscard]] active_call* below() const noexcept { return below_; }
    /// How many there are on this thread.
    [[nodiscard]] static std::size_t depth() noexcept;
    /// For simulators, which run several threads' code on one: makes another the innermost, and returns the one before.
    static active_call* exchange_running(active_call* other) noexcept;

private:
    session& session_;
    const call_head& head_;
    const intrusive_ptr<servant> target_; // the object lives as long as its handler runs
    activation activation_;
    served_call served_;
    beckon::metadata
        metadata_; // a copy: the next call read, while the handler runs, replaces the protocol's
    active_call* below_ = nullptr;
    call_context* context_below_ = nullptr;
    bool handler_entered_ = false;
    bool deferred_ = false;
    bool taken_over_ = false;
};

/// A call whose reply comes later than its turn: a coroutine's.
class detached_call final : public deferred_reply {
public:
    detached_call(session& owner, const call_head& head, const served_call& attached,
                  beckon::metadata texts, intrusive_ptr<servant> turn_of);
    ~detached_call() override;

    void lock() noexcept override { session_->lock(); }
    void unlock() noexcept override;
    native::writer* begin_reply() override { return session_->begin_reply(head_); }
    void end_reply() override;
    void reply_value(value result) override;
    void resume(function<void()> rest) override;
    void reject(error failure) override;

private:
    intrusive_ptr<session> session_;
    call_head head_;
    beckon::metadata metadata_;
    served_call served_;
    const intrusive_ptr<servant>
        turn_of_; ///< The serial object whose turn the call holds; null: none.
    bool answered_ = false;
};

} // namespace beckon
