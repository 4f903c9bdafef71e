// The event loop: readiness of descriptors, timers, functions posted from other threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "beckon/base/function.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"

namespace beckon::io {

/// What a watch waits for. Failure and hang-up of a descriptor count as every kind that is wanted.
enum class interest : std::uint8_t { none = 0, read = 1, write = 2, read_write = 3 };

[[nodiscard]] constexpr interest operator|(interest a, interest b) noexcept {
    return static_cast<interest>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
[[nodiscard]] constexpr bool has(interest all, interest part) noexcept {
    return (static_cast<std::uint8_t>(all) & static_cast<std::uint8_t>(part)) != 0;
}

/// Told when a descriptor is ready.
class watcher : public ref_counted {
public:
    /// Runs on the thread that runs the turn. At least one flag is set. Readiness is a hint: a nested
    /// or later owner may have taken the bytes already. After a takeover the new owner may call this
    /// again while the blocked thread is still inside.
    virtual void on_ready(bool readable, bool writable) noexcept = 0;
};

/// Names a watch. A stale one is harmless: it is told apart by its generation.
struct watch_id {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0; ///< 0: none.
    explicit operator bool() const noexcept { return generation != 0; }
    bool operator==(const watch_id&) const = default;
};

/// Names a timer, in the same way.
struct timer_id {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0; ///< 0: none.
    explicit operator bool() const noexcept { return generation != 0; }
    bool operator==(const timer_id&) const = default;
};

/// Who runs the loop. One thread at a time owns the turn, but the ownership may be taken away while
/// that thread is blocked inside a callback.
class turn_owner {
public:
    /// Whether somebody else owns the turn by now. Asked after each callback.
    [[nodiscard]] virtual bool lost() const noexcept = 0;

protected:
    ~turn_owner() = default;
};

/// An owner that nobody ever dispossesses: for programs with one loop thread, and tests.
class sole_owner final : public turn_owner {
public:
    [[nodiscard]] bool lost() const noexcept override { return false; }
};

struct event_loop_options {
    /// For running inside another loop that polls `descriptor()`: posted functions and due timers
    /// make it readable too. Costs a system call whenever the earliest timer changes.
    bool embedded = false;
};

/// A level-triggered epoll loop.
///
/// Thread-safety: all functions from any thread at any time, also inside callbacks; `run_turn` by the
/// turn's owner only, though it may be called again inside a callback.
/// Lifetime: destroy it when no thread is in `run_turn`. Functions not run by then are dropped.
class event_loop {
public:
    /// Errors: io_error when the system gives no descriptors.
    /// Lifetime: the clock outlives the loop.
    [[nodiscard]] static result<std::unique_ptr<event_loop>>
    create(const clock_source& clock, event_loop_options options = {});
    ~event_loop();
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;

    /// Waits until something is to be done, at most `max_wait` (zero polls, `nanoseconds::max()` is
    /// for ever), then runs the functions posted by then, the timers due by then and the watchers of
    /// ready descriptors, each at most once, and where there were any of these what was posted
    /// meanwhile. After each of them asks `owner`, and when the turn is lost returns without running
    /// another; nothing is lost or run twice by that.
    ///
    /// Returns how many callbacks ran. Callbacks must not throw.
    std::size_t run_turn(nanoseconds max_wait, const turn_owner& owner);

    /// Watches a descriptor until `unwatch`. One watch for each descriptor. Regular files, which
    /// epoll refuses, count as always ready.
    ///
    /// Errors: invalid_argument for a bad descriptor or one that is watched already; io_error.
    [[nodiscard]] result<watch_id> watch(int fd, interest wanted, intrusive_ptr<watcher> target);

    /// Changes what a watch waits for. `none` keeps the watch but takes the descriptor out of the
    /// set, so that not even a hang-up wakes the loop. A system call only where something changes.
    ///
    /// Errors: invalid_argument for a stale id; io_error.
    result<void> change(watch_id id, interest wanted);

    /// Ends a watch and drops its watcher. Call it before the descriptor is closed. A call of
    /// `on_ready` that has begun, or is just about to begin, on another thread still runs; no later
    /// one does. A stale id does nothing.
    void unwatch(watch_id id) noexcept;

    /// Runs `callback` once at or after a point of the injected clock; timers of one moment run in
    /// the order they were made. `never` is allowed and means just that.
    [[nodiscard]] timer_id schedule_at(time_point when, function<void()> callback);

    /// Whether the timer was still to run; if so, it never will.
    bool cancel(timer_id id) noexcept;

    /// When the next timer is due; `never` without timers.
    [[nodiscard]] time_point next_timer() const noexcept;

    /// Runs a function in the next turn, or at the end of one that tells watchers, in the order of posting.
    void post(function<void()> callback);

    /// Makes the turn that sleeps now, or else the next one, return without waiting longer. Calls are
    /// coalesced: a burst costs one system call, and none where no thread sleeps.
    void wake() noexcept;

    /// How many times watchers were told that their descriptors are ready, since the loop was made.
    [[nodiscard]] std::uint64_t watchers_told() const noexcept;

    /// The epoll descriptor; readable when a turn has something to do (see `embedded`).
    [[nodiscard]] int descriptor() const noexcept;

    [[nodiscard]] const clock_source& clock() const noexcept;

private:
    class state;
    explicit event_loop(std::unique_ptr<state> inside) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace beckon::io
