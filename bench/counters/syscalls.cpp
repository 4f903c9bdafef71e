// bench-syscalls PID [--ptrace]
//
// Counts the system calls of a running process. Prints `counting METHOD` once it does, counts until
// a line or the end comes on standard input, then prints {"syscalls": N, "method": "..."}.

#include <poll.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "counters/syscall_counter.hpp"

namespace bench::counters {

std::vector<pid_t> threads_of(pid_t process) {
    std::vector<pid_t> threads;
    std::error_code ended;
    const std::string folder = "/proc/" + std::to_string(process) + "/task";
    for (const auto& entry : std::filesystem::directory_iterator(folder, ended))
        threads.push_back(std::atoi(entry.path().filename().c_str()));
    return threads;
}

} // namespace bench::counters

int main(int argc, char** argv) {
    using namespace bench::counters;
    const pid_t process = argc > 1 ? std::atoi(argv[1]) : 0;
    const bool only_ptrace = argc > 2 && std::string_view(argv[2]) == "--ptrace";
    if (process <= 0) {
        std::fprintf(stderr, "usage: %s PID [--ptrace]\n", argv[0]);
        return 2;
    }
    auto counter = only_ptrace ? nullptr : count_by_trace_point(process);
    if (!counter) counter = count_by_ptrace(process);
    if (!counter) {
        std::fprintf(stderr, "%s: may neither use the trace point nor trace process %d\n", argv[0],
                     process);
        return 1;
    }
    std::printf("counting %s\n", counter->method());
    std::fflush(stdout);
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    while (poll(&input, 1, 0) == 0 && counter->run_for_milliseconds(2)) {
    }
    std::printf("{\"syscalls\": %" PRIu64 ", \"method\": \"%s\"}\n", counter->stop(),
                counter->method());
}
