// Copies of this process that serve one connection each.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"

namespace beckon::io {

/// How many threads this process has; 0 where the system does not say.
[[nodiscard]] std::size_t thread_count_of_process() noexcept;

/// Flushes and ends this process at once, without destructors and without what was registered for its exit: for a forked
/// child, whose parent will do that.
[[noreturn]] void end_forked_child(int status) noexcept;

/// Closes a descriptor that was inherited; its object must not be used, nor destroyed, any more.
void close_inherited(int fd) noexcept;

/// Waits until one of them is readable, a signal comes, or the time is over; which one, or -1.
[[nodiscard]] int wait_for_any(std::span<const int> readable, nanoseconds at_most) noexcept;

/// Forks children, and knows which of them live.
///
/// Thread-safety: none.
class forked_children {
public:
    forked_children() = default;
    forked_children(const forked_children&) = delete;
    forked_children& operator=(const forked_children&) = delete;

    /// Forks; true in the child, where SIGINT, SIGTERM and SIGPIPE do what they do by default. In the parent it waits
    /// until the child calls `go_on_in_parent`, or has ended.
    ///
    /// Errors: unsupported where this process has several threads: a child has but the one that forks, and whatever lock
    /// another one holds stays locked in it for ever. io_error.
    [[nodiscard]] result<bool> fork();
    void go_on_in_parent() noexcept;
    /// Forgets those that have ended; how they did where that was not by themselves with status 0.
    [[nodiscard]] std::vector<std::string> reap();
    [[nodiscard]] std::size_t count() const noexcept { return children_.size(); }
    /// Asks all to end, by SIGTERM; or makes them, by SIGKILL.
    void ask_to_end() noexcept;
    void kill() noexcept;

private:
    std::vector<int> children_;
    int parent_waits_ = -1; ///< In the child: the parent waits until it is closed.
};

} // namespace beckon::io
