// The turn of an object that serves one call at a time (policy::serial), wherever its calls come from.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "beckon/base/function.hpp"

namespace beckon {

class servant;
struct call_context;

/// One holder at a time; who comes meanwhile waits in order of arrival.
///
/// Thread-safety: all functions, from any thread.
class object_turn {
public:
    /// Takes the turn where it is free.
    [[nodiscard]] bool try_enter() noexcept {
        const std::lock_guard lock(mutex_);
        return !std::exchange(held_, true);
    }
    /// Takes the turn where it is free and gives 0. Else keeps `granted`, which runs once, when the turn has come to it
    /// (on the thread of the holder before), and gives the number that `withdraw` knows it by.
    [[nodiscard]] std::uint64_t enter(function<void()> granted);
    /// Takes a wish back; false where the turn has come to it already.
    [[nodiscard]] bool withdraw(std::uint64_t number) noexcept;
    /// Gives the turn on. What it returns, if anything, tells the next holder: run it without locks.
    [[nodiscard]] function<void()> leave() noexcept;

private:
    std::mutex mutex_;
    bool held_ = false;
    std::uint64_t last_number_ = 0;
    std::deque<std::pair<std::uint64_t, function<void()>>> waiting_;
};

/// Whether the call described by `serving`, or one that it is nested in on its thread, holds the turn.
[[nodiscard]] bool holds_turn(const call_context* serving, const object_turn& turn) noexcept;

} // namespace beckon
