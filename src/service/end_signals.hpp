// SIGINT and SIGTERM while something of the program serves.
#pragma once

#include <csignal>

namespace beckon {

/// While one exists, the two signals are noted, and nothing else. Where the program has blocked them before, so that none
/// was lost until now, this thread lets them in. One inside another knows what the outer one has noted.
///
/// Thread-safety: each belongs to the thread that made it.
class end_signals {
public:
    end_signals() noexcept;
    ~end_signals();
    end_signals(const end_signals&) = delete;
    end_signals& operator=(const end_signals&) = delete;

    [[nodiscard]] bool asked() const noexcept;

private:
    struct sigaction previous_int_ {};
    struct sigaction previous_term_ {};
    sigset_t previous_mask_{};
};

} // namespace beckon
