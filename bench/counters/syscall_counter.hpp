#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <sys/types.h>

namespace bench::counters {

/// Counts the system calls of all threads of one process, from its making until `stop`. Threads
/// that start meanwhile are counted too.
///
/// Thread-safety: none; one thread makes it and uses it.
class syscall_counter {
public:
    virtual ~syscall_counter() = default;

    virtual const char* method() const = 0;

    /// Lets the counted process run for a moment. False when it has ended.
    virtual bool run_for_milliseconds(int milliseconds) = 0;

    virtual std::uint64_t stop() = 0;
};

/// In the kernel, by its trace point: disturbs the counted process hardly at all. Null where the
/// kernel has no such point or does not let us use it.
std::unique_ptr<syscall_counter> count_by_trace_point(pid_t process);

/// By stopping the process at each system call: works wherever a debugger does, but slows the
/// counted process some ten times, so that a program which gathers its input finds more to gather.
/// Null where we may not trace.
std::unique_ptr<syscall_counter> count_by_ptrace(pid_t process);

/// The threads of a process that are alive now.
std::vector<pid_t> threads_of(pid_t process);

} // namespace bench::counters
