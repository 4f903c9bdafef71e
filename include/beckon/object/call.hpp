// What goes with a call besides its arguments, and what a handler can know about the call it serves.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"

namespace beckon {

class object_turn;
class peer;
class progress_sink;

/// Text pairs that travel with a call.
using metadata = std::vector<std::pair<std::string, std::string>>;

/// How a call is made. A timeout of zero means the session's default (`limits::default_timeout`).
struct call_options {
    nanoseconds timeout{0};    ///< Whole call, queueing included; sent as time left.
    bool idempotent = false;   ///< May be repeated by a reconnecting session.
    beckon::metadata metadata; ///< Sent where the protocol carries it.
};

[[nodiscard]] inline call_options timeout(nanoseconds length) { return {length, false, {}}; }

/// Who the caller is, as the session knows it.
struct caller_identity {
    std::string name = "anonymous"; ///< What `whoami` tells.
    std::string endpoint;           ///< Where the peer is: "tcp://127.0.0.1:40213".
    std::uint64_t conversation = 0; ///< Another one for each that this process has; 0: none.
    bool lasts = true; ///< The conversation lasts from call to call, and its end is seen.
};

class cancellation_watch;

/// Tells a running handler that nobody wants its result any more. Lives as long as the call is served.
///
/// Thread-safety: all functions, from any thread.
class cancellation {
public:
    cancellation() = default;
    cancellation(const cancellation&) = delete;
    cancellation& operator=(const cancellation&) = delete;
    ~cancellation();

    [[nodiscard]] bool requested() const noexcept {
        return requested_.load(std::memory_order_acquire);
    }
    /// Runs `callback` once when cancellation is requested, at once if it has been; on the thread that
    /// requests it. Returns a number for `forget`, 0 where it ran at once.
    std::uint64_t on_request(function<void()> callback);
    /// Takes a callback back; after return it does not run any more and is not running on another thread.
    void forget(std::uint64_t number) noexcept;
    /// The same, for a callback of something that may outlive the call.
    [[nodiscard]] cancellation_watch watch(function<void()> callback);
    void request() noexcept;

private:
    friend cancellation_watch;
    struct callback_list;
    callback_list& list();
    std::atomic<bool> requested_{false};
    std::atomic<callback_list*> callbacks_{nullptr}; // made on first use: most calls never need it
};

/// A callback of a cancellation, taken back by the destructor. It may outlive the cancellation.
///
/// Thread-safety: as an int.
class cancellation_watch {
public:
    cancellation_watch() noexcept = default;
    cancellation_watch(cancellation_watch&& other) noexcept
        : list_(std::exchange(other.list_, nullptr)), number_(other.number_) {}
    cancellation_watch& operator=(cancellation_watch&& other) noexcept {
        std::swap(list_, other.list_);
        std::swap(number_, other.number_);
        return *this;
    }
    ~cancellation_watch() {
        if (list_ != nullptr) end();
    }
    /// Takes the callback back; after return it does not run any more and is not running on another thread.
    void end() noexcept;

private:
    friend cancellation;
    cancellation_watch(cancellation::callback_list& list, std::uint64_t number) noexcept;
    cancellation::callback_list* list_ = nullptr;
    std::uint64_t number_ = 0;
};

/// The call that a handler serves.
struct call_context {
    time_point deadline = never;                  ///< After which the result is worthless.
    const caller_identity* caller = nullptr;      ///< Null for a call inside this process.
    const beckon::metadata* metadata = nullptr;   ///< Null where there is none.
    beckon::cancellation* cancellation = nullptr; ///< Null for a call inside this process.
    peer* session = nullptr;                      ///< Null for a call inside this process.
    std::uint32_t call_id = 0;                    ///< The number that the caller gave the call.
    call_context* outer = nullptr;                ///< What this thread was serving before.
    const object_turn* turn = nullptr; ///< That the handler holds; null where it needs none.
    progress_sink* progress = nullptr; ///< Who asks how far the handler is; null: nobody.
};

/// The call that this thread serves now, or null outside of handlers.
[[nodiscard]] call_context* current_call() noexcept;

/// Makes a context the current one for a scope.
class current_call_scope {
public:
    explicit current_call_scope(call_context& context) noexcept;
    ~current_call_scope();
    current_call_scope(const current_call_scope&) = delete;
    current_call_scope& operator=(const current_call_scope&) = delete;

private:
    call_context* before_;
};

/// Sets the current context and returns the one before; for coroutines, which change threads.
call_context* exchange_current_call(call_context* context) noexcept;

namespace this_call {

/// The caller's name, "anonymous" without one, "local" for a call inside this process.
[[nodiscard]] std::string caller_name();
/// Whether the caller has cancelled the call or its deadline has passed.
[[nodiscard]] bool cancelled();
/// Sleeps; ends early, by throwing cancelled_error or timeout_error, where the call is cancelled or its
/// deadline passes.
void sleep_for(nanoseconds length);
/// Tells how far the handler is: a fraction from 0 to 1, and what it is doing now. Who waits for a job sees it
/// (docs/guide/jobs.md); where nobody asks, it costs nothing. In coroutines too.
///
/// Limits: of the text the first 200 bytes; a fraction that is no number tells none.
void report_progress(double fraction, std::string_view text = {});
/// Whether anybody asks for that.
[[nodiscard]] bool progress_wanted() noexcept;

} // namespace this_call

} // namespace beckon
