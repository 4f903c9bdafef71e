#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>

#include "common/options.hpp"

namespace bench {

/// The two points between which something outside this process counts: system calls, allocations,
/// bytes. At each, one line goes out and the run halts until a line comes in, so the counter is in
/// place before the first counted call and reads its result after the last. Without `--marks`
/// nothing happens.
///
/// Thread-safety: none. No call may be in flight at a mark.
class marks {
public:
    explicit marks(const options& chosen) : on_(chosen.marks) {}

    void begin() { halt("begin", 0); }
    void end(std::uint64_t calls) { halt("end", calls); }

private:
    void halt(const char* mark, std::uint64_t calls) {
        if (!on_) return;
        std::printf("%s %" PRIu64 "\n", mark, calls);
        std::fflush(stdout);
        for (int c = std::getchar(); c != '\n' && c != EOF; c = std::getchar()) {
        }
    }

    bool on_;
};

} // namespace bench
