#include <poll.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <set>

#include "common/clock.hpp"
#include "counters/syscall_counter.hpp"

namespace bench::counters {
namespace {

constexpr int syscall_stop = SIGTRAP | 0x80; // as PTRACE_O_TRACESYSGOOD marks them

class ptrace_counter final : public syscall_counter {
public:
    explicit ptrace_counter(pid_t process) : process_(process) {}
    ~ptrace_counter() override { detach_all(); }

    bool attach() {
        // Threads may start while we attach: go on until a look finds none that is new.
        for (bool found = true; found;) {
            found = false;
            for (const pid_t thread : threads_of(process_)) {
                if (traced_.contains(thread)) continue;
                const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE;
                if (ptrace(PTRACE_SEIZE, thread, nullptr, options) != 0) {
                    if (errno == ESRCH) continue;
                    return false;
                }
                // The first stop is no call: it only lets PTRACE_SYSCALL take hold.
                ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
                traced_.insert(thread);
                found = true;
            }
        }
        return !traced_.empty();
    }

    const char* method() const override { return "ptrace"; }

    bool run_for_milliseconds(int milliseconds) override {
        const std::uint64_t end = now_ns() + static_cast<std::uint64_t>(milliseconds) * 1'000'000;
        while (now_ns() < end) {
            int status = 0;
            const pid_t thread = waitpid(-1, &status, __WALL | WNOHANG);
            if (thread < 0) return false;
            if (thread == 0) {
                poll(nullptr, 0, 0);
                continue;
            }
            on_stop(thread, status);
        }
        return true;
    }

    std::uint64_t stop() override {
        detach_all();
        return calls_;
    }

private:
    void on_stop(pid_t thread, int status) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            traced_.erase(thread);
            return;
        }
        int pass_on = 0;
        const int signal = WSTOPSIG(status);
        if (signal == syscall_stop) {
            count_if_entered(thread);
        } else if (status >> 16 == 0) {
            pass_on = signal; // meant for the process, not for us
        } else {
            traced_.insert(thread); // it may have just started
        }
        ptrace(PTRACE_SYSCALL, thread, nullptr, pass_on);
    }

    /// Each call stops twice; which of the two it is the kernel tells, so that a thread that slept
    /// inside a call when we came does not count its way out as a way in.
    void count_if_entered(pid_t thread) {
        __ptrace_syscall_info info = {};
        ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info);
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) ++calls_;
    }

    /// A thread can only be let go while it is stopped.
    void detach_all() {
        for (const pid_t thread : traced_) {
            if (ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) != 0) continue;
            int status = 0;
            if (waitpid(thread, &status, __WALL) != thread || !WIFSTOPPED(status)) continue;
            const bool is_signal = WSTOPSIG(status) != syscall_stop && status >> 16 == 0;
            ptrace(PTRACE_DETACH, thread, nullptr, is_signal ? WSTOPSIG(status) : 0);
        }
        traced_.clear();
    }

    pid_t process_;
    std::set<pid_t> traced_;
    std::uint64_t calls_ = 0;
};

} // namespace

std::unique_ptr<syscall_counter> count_by_ptrace(pid_t process) {
    auto counter = std::make_unique<ptrace_counter>(process);
    if (!counter->attach()) return nullptr;
    return counter;
}

} // namespace bench::counters
