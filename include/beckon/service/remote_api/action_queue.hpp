// Work in the background, one piece after another, in the order in which it came.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "beckon/base/log.hpp"

namespace beckon::quickrpc {

/// `put` returns at once; the actions run on a thread that exists only while there is work. One that throws is logged, and
/// the next one runs.
///
/// Limits: `most` actions wait at a time.
/// Thread-safety: all functions, from any thread.
class action_queue {
public:
    explicit action_queue(std::size_t most = 100'000, log_sink& log = stderr_log());
    /// As `stop`.
    ~action_queue();
    action_queue(const action_queue&) = delete;
    action_queue& operator=(const action_queue&) = delete;

    /// Throws limit_exceeded where too many wait, and cancelled_error after `stop`.
    void put(std::function<void()> action);
    /// How many wait or run.
    [[nodiscard]] std::size_t size() const;
    /// Whether its thread exists.
    [[nodiscard]] bool is_working() const;
    /// Drops what has not begun, and waits for what has; but not where an action calls it.
    void stop();

private:
    struct state;
    const std::shared_ptr<state> state_;
};

} // namespace beckon::quickrpc
