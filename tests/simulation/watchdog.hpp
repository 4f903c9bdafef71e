// Says which seed it was, should one never end. A simulated program waits for nothing real, so a minute means never.
#pragma once

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace beckon::simulation {

/// Watches one seed as long as it lives. One at a time.
class watchdog {
public:
    explicit watchdog(std::uint64_t seed) {
        char* const end = message_ + sizeof message_;
        first_ = end - 1;
        *first_ = '\n';
        put(" does not end; replay: BECKON_SIM_SEED=N simulation_tests "
            "--gtest_filter='*one_replays*'");
        do {
            *--first_ = static_cast<char>('0' + seed % 10);
            seed /= 10;
        } while (seed != 0);
        put("seed ");
        std::signal(SIGALRM, &watchdog::bark);
        ::alarm(60);
    }
    ~watchdog() {
        ::alarm(0);
        std::signal(SIGALRM, SIG_DFL);
    }
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

private:
    static void put(const char* text) {
        const std::size_t size = std::strlen(text);
        first_ -= size;
        std::memcpy(first_, text, size);
    }
    static void bark(int) {
        [[maybe_unused]] const auto written = ::write(
            STDERR_FILENO, first_, static_cast<std::size_t>(message_ + sizeof message_ - first_));
        std::abort();
    }

    // Written before the alarm is set: a handler may only read.
    static inline char message_[160];
    static inline char* first_ = message_;
};

} // namespace beckon::simulation
