#include "beckon/base/log.hpp"

#include <array>
#include <cstdio>
#include <string>

namespace beckon {

namespace {

class silent final : public log_sink {
public:
    [[nodiscard]] bool wants(log_level) const noexcept override { return false; }
    void write(log_level, std::string_view, std::string_view) noexcept override {}
};

class standard_error final : public log_sink {
public:
    explicit standard_error(log_level least) : least_(least) {}
    [[nodiscard]] bool wants(log_level level) const noexcept override { return level >= least_; }
    void write(log_level level, std::string_view id, std::string_view text) noexcept override {
        if (!wants(level)) return;
        const std::string_view name = to_string(level);
        std::fprintf(stderr, "beckon %.*s [%.*s] %.*s\n", static_cast<int>(name.size()),
                     name.data(), static_cast<int>(id.size()), id.data(),
                     static_cast<int>(text.size()), text.data());
    }

private:
    log_level least_;
};

} // namespace

std::string_view to_string(log_level level) noexcept {
    constexpr std::array<std::string_view, 5> names{"trace", "debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

log_sink& null_log() noexcept {
    static silent& sink = *new silent; // threads of a runtime may outlive statics
    return sink;
}

log_sink& stderr_log(log_level least) noexcept {
    static auto& sinks = *new std::array<standard_error, 5>{
        standard_error(log_level::trace), standard_error(log_level::debug),
        standard_error(log_level::info), standard_error(log_level::warning),
        standard_error(log_level::error)};
    return sinks[static_cast<std::size_t>(least)];
}

} // namespace beckon
