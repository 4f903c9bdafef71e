#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <vector>

#include "counters/syscall_counter.hpp"

namespace bench::counters {
namespace {

constexpr const char* trace_folder = "/sys/kernel/tracing";
constexpr const char* id_file = "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id";

unsigned long read_trace_point_id() {
    std::FILE* file = std::fopen(id_file, "re");
    if (file == nullptr) return 0;
    unsigned long id = 0;
    if (std::fscanf(file, "%lu", &id) != 1) id = 0;
    std::fclose(file);
    return id;
}

/// Only a mounted trace file system tells the trace point's number. Where it is not mounted, mount
/// it for this process alone: in a mount namespace of our own, gone when we end.
unsigned long trace_point_id() {
    if (const unsigned long id = read_trace_point_id(); id != 0) return id;
    if (unshare(CLONE_NEWNS) != 0) return 0;
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 0;
    if (mount("tracefs", trace_folder, "tracefs", MS_RDONLY, nullptr) != 0) return 0;
    return read_trace_point_id();
}

class trace_point_counter final : public syscall_counter {
public:
    explicit trace_point_counter(pid_t process) : process_(process) {}

    ~trace_point_counter() override {
        for (const int event : events_) close(event);
    }

    bool attach() {
        perf_event_attr wanted = {};
        wanted.size = sizeof wanted;
        wanted.type = PERF_TYPE_TRACEPOINT;
        wanted.config = trace_point_id();
        wanted.inherit = 1; // threads that start later
        if (wanted.config == 0) return false;
        for (const pid_t thread : threads_of(process_)) {
            const long event =
                syscall(SYS_perf_event_open, &wanted, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
            if (event < 0 && errno == ESRCH) continue;
            if (event < 0) return false;
            events_.push_back(static_cast<int>(event));
        }
        return !events_.empty();
    }

    const char* method() const override { return "trace-point"; }

    bool run_for_milliseconds(int milliseconds) override {
        poll(nullptr, 0, milliseconds);
        return kill(process_, 0) == 0;
    }

    std::uint64_t stop() override {
        std::uint64_t total = 0;
        for (const int event : events_) {
            std::uint64_t count = 0;
            if (read(event, &count, sizeof count) == sizeof count) total += count;
        }
        return total;
    }

private:
    pid_t process_;
    std::vector<int> events_;
};

} // namespace

std::unique_ptr<syscall_counter> count_by_trace_point(pid_t process) {
    auto counter = std::make_unique<trace_point_counter>(process);
    if (!counter->attach()) return nullptr;
    return counter;
}

} // namespace bench::counters
