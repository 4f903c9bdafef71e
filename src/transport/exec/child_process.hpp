// A child process: started, awaited, ended, never left a zombie.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "io/descriptor.hpp"

namespace beckon::transport::exec {

/// What a child gets for its standard descriptors; -1 leaves the parent's.
struct child_descriptors {
    int input = -1;
    int output = -1;
    int errors = -1;
};

/// One child and how it ended.
///
/// Thread-safety: all functions from any thread.
class child_process {
public:
    /// Errors: not_found, io_error.
    [[nodiscard]] static result<std::shared_ptr<child_process>>
    start(const std::vector<std::string>& words, const child_descriptors& descriptors);

    child_process(pid_t number, io::descriptor handle) noexcept;

    [[nodiscard]] pid_t number() const noexcept { return number_; }

    /// Waits for the end at most so long; whether it has come. Reaps.
    bool wait(std::chrono::milliseconds at_most) noexcept;

    /// "exited with status 3", "killed by signal 9 (killed)", "still running".
    [[nodiscard]] std::string description() const;

    /// Ends the child from another thread as exec.hpp says, if it has not ended yet. The child keeps
    /// itself alive as long as that takes. Idempotent, never blocks.
    static void retire(std::shared_ptr<child_process> child,
                       std::chrono::milliseconds grace) noexcept;

private:
    struct ending {
        int code = 0; ///< CLD_EXITED, CLD_KILLED, CLD_DUMPED, or 0 when somebody else reaped it.
        int status = 0;
    };
    [[nodiscard]] bool reap() noexcept;
    /// Waits without reaping: until then the number of the group is kept.
    [[nodiscard]] bool ends_within(std::chrono::milliseconds at_most) const noexcept;
    void signal_group(int signal) noexcept;

    const pid_t number_;
    const io::descriptor handle_; ///< Readable when the child has ended.
    mutable std::mutex lock_;
    std::optional<ending> ending_;
    bool retired_ = false;
};

} // namespace beckon::transport::exec
