// Whether it is worth to spin before a sleep: after spins in vain, ever more rarely.
#pragma once

#include <cstdint>

namespace beckon {

/// Doubles the waits without spinning with each spin in vain, up to 1024, and starts anew with one that was not.
///
/// Thread-safety: none; it belongs to who waits.
class spin_backoff {
public:
    /// Asked once for each wait.
    [[nodiscard]] bool may_spin() noexcept {
        if (pause_ == 0) return true;
        --pause_;
        return false;
    }
    void succeeded() noexcept { failures_ = 0; }
    void failed() noexcept {
        if (failures_ < 10) ++failures_;
        pause_ = 1u << failures_;
    }

private:
    std::uint32_t failures_ = 0; ///< One after the other.
    std::uint32_t pause_ = 0;    ///< Waits until spinning is tried again.
};

} // namespace beckon
