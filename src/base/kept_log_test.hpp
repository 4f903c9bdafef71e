// A log that tests look into.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "beckon/base/log.hpp"

namespace beckon {

/// What was logged, a line each: "ID: text". Shared with all that logs, which may outlive the test.
///
/// Thread-safety: all functions, from any thread.
class kept_log {
public:
    explicit kept_log(log_level least = log_level::trace) : sink_(std::make_shared<sink>(least)) {}

    [[nodiscard]] operator shared_log() const { return sink_; }
    [[nodiscard]] std::string lines() const {
        const std::lock_guard lock(sink_->mutex);
        return sink_->lines;
    }
    [[nodiscard]] bool has(std::string_view text) const {
        const std::lock_guard lock(sink_->mutex);
        return sink_->lines.find(text) != std::string::npos;
    }

private:
    struct sink final : log_sink {
        explicit sink(log_level at_least) : least(at_least) {}
        [[nodiscard]] bool wants(log_level level) const noexcept override { return level >= least; }
        void write(log_level, std::string_view id, std::string_view text) noexcept override {
            const std::lock_guard lock(mutex);
            lines.append(id).append(": ").append(text) += '\n';
        }
        const log_level least;
        std::mutex mutex;
        std::string lines;
    };
    std::shared_ptr<sink> sink_;
};

} // namespace beckon
