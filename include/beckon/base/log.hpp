// The logging hook: where the library tells what it noticed. Never payload, never secrets.
#pragma once

#include <cstdint>
#include <string_view>

namespace beckon {

enum class log_level : std::uint8_t { trace, debug, info, warning, error };

[[nodiscard]] std::string_view to_string(log_level level) noexcept;

/// Receives log lines. Each has a stable id such as "BKN-FRAME-LIMIT" and a text.
///
/// Thread-safety: `write` is called from any thread, also at the same time, and under locks: it may call nothing of Beckon's.
class log_sink {
public:
    virtual ~log_sink() = default;
    [[nodiscard]] virtual bool wants(log_level level) const noexcept = 0;
    virtual void write(log_level level, std::string_view id, std::string_view text) noexcept = 0;
};

/// Drops everything.
[[nodiscard]] log_sink& null_log() noexcept;

/// Writes warnings and errors (or from `least` up) to standard error, one line each.
[[nodiscard]] log_sink& stderr_log(log_level least = log_level::warning) noexcept;

} // namespace beckon
