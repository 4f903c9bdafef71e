// Helpers for tests of the event loop.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "beckon/io/event_loop.hpp"
#include "io/descriptor.hpp"

namespace beckon::io {

/// A clock that stands still until it is told to move.
class manual_clock final : public clock_source {
public:
    [[nodiscard]] time_point now() const noexcept override {
        return time_point(nanoseconds(now_.load()));
    }
    void advance(nanoseconds step) noexcept { now_ += step.count(); }

private:
    std::atomic<std::int64_t> now_{1'000'000'000};
};

/// Calls a function for each readiness.
class calling_watcher final : public watcher {
public:
    explicit calling_watcher(function<void(bool, bool)> callback)
        : callback_(std::move(callback)) {}
    void on_ready(bool readable, bool writable) noexcept override { callback_(readable, writable); }

private:
    function<void(bool, bool)> callback_;
};

/// A loop, its clock and a pipe's worth of descriptors.
struct pipe_ends {
    descriptor reading;
    descriptor writing;

    pipe_ends() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        reading.reset(ends[0]);
        writing.reset(ends[1]);
    }
    void put() const { EXPECT_EQ(::write(writing.get(), "x", 1), 1); }
    void take() const {
        char letter = 0;
        EXPECT_EQ(::read(reading.get(), &letter, 1), 1);
    }
};

inline std::unique_ptr<event_loop> make_loop(const clock_source& clock, bool embedded = false) {
    auto loop = event_loop::create(clock, {.embedded = embedded});
    EXPECT_TRUE(loop);
    return std::move(loop).value();
}

inline bool polls_readable(int fd) {
    pollfd polled{fd, POLLIN, 0};
    return ::poll(&polled, 1, 0) == 1;
}

/// How often the eventfds of this process were written and not read, by their own counters. The loop
/// never reads its own, so for a single loop these are all of its signals.
inline std::uint64_t signals_sent() {
    std::uint64_t sum = 0;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
        std::ifstream info(each.path());
        for (std::string word; info >> word;) {
            if (word == "eventfd-count:" && info >> word) sum += std::stoull(word, nullptr, 16);
        }
    }
    return sum;
}

inline constexpr nanoseconds for_ever = nanoseconds::max();
inline constexpr nanoseconds no_wait{0};
inline const sole_owner alone;

} // namespace beckon::io
