// The logging hook: where the library tells what it noticed. Never payload, never secrets.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

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

/// A sink that what logs to it may outlive, and therefore keeps: the last line about a conversation may come from a thread
/// of a runtime behind the destructors of the server and of all else that the program holds.
/// `{.log = std::make_shared<my_log>()}`, or `{.log = &mine}` for one that lives as long as the process.
class shared_log {
public:
    shared_log() noexcept = default; ///< None.
    shared_log(std::nullptr_t) noexcept {}
    /// Lives as long as the process.
    shared_log(log_sink* sink) noexcept : sink_(std::shared_ptr<void>(), sink) {}
    template <std::derived_from<log_sink> Sink>
    shared_log(std::shared_ptr<Sink> sink) noexcept : sink_(std::move(sink)) {}

    [[nodiscard]] log_sink* get() const noexcept { return sink_.get(); }

private:
    std::shared_ptr<log_sink> sink_;
};

/// Drops everything.
[[nodiscard]] log_sink& null_log() noexcept;

/// Writes warnings and errors (or from `least` up) to standard error, one line each.
[[nodiscard]] log_sink& stderr_log(log_level least = log_level::warning) noexcept;

} // namespace beckon
