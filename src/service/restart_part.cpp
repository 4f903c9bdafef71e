#include "service/restart_part.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace beckon {

nanoseconds restart_delay(const io::restart_pace& pace, std::uint32_t failed,
                          double chance) noexcept {
    // 0 seconds would keep a core busy with an address where nobody listens.
    constexpr double least = 0.1;
    const double longest = std::chrono::duration<double>(pace.longest).count();
    const double first = std::max(least, std::chrono::duration<double>(pace.interval).count());
    double seconds = first;
    // The interval itself is what its user wrote; the growth beyond it has the bound.
    if (failed > 1 && pace.growth > 1)
        seconds = std::max(first, std::min(longest, first * std::pow(pace.growth, failed - 1)));
    seconds *= 1 - static_cast<double>(pace.jitter_percent) / 100 * chance;
    seconds = std::clamp(seconds, least / 2, 1e9);
    return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

restart_part::restart_part(std::weak_ptr<part_host> host, const io::transport_expression& of,
                           std::shared_ptr<carrier_part> child)
    : carrier_part(std::move(host), of.text), pace_(of.pace), child_(std::move(child)) {}

void restart_part::start(started done, ended over) {
    const std::uint64_t run = run_.begin(std::move(done), std::move(over));
    {
        const std::lock_guard lock(mutex_);
        failed_ = 0;
        resting_ = false;
        trouble_.reset();
    }
    if (run_.succeed(run)) attempt(run);
}

void restart_part::attempt(std::uint64_t run) {
    {
        const std::lock_guard lock(mutex_);
        timer_ = {};
        if (resting_) return;
    }
    if (!run_.is(run)) return;
    child_->start(
        [kept = self(), run](failures all) {
            if (!all.empty()) return kept->again(run, join_failures(kept->child_->name(), all));
            const std::lock_guard lock(kept->mutex_);
            kept->failed_ = 0;
            kept->trouble_.reset();
        },
        [weak = weak_from_this(), run](const error& reason) {
            if (const auto kept = std::static_pointer_cast<restart_part>(weak.lock()))
                kept->again(run, reason);
        });
    // `stop` may have come between the look and the start.
    if (!run_.is(run)) child_->stop(fail(errc::cancelled, "carrier was stopped"));
}

void restart_part::again(std::uint64_t run, const error& reason) {
    const auto host = host_.lock();
    if (!host || !run_.is(run)) return;
    nanoseconds delay{};
    {
        const std::lock_guard lock(mutex_);
        trouble_ = reason;
        if (resting_) return;
        delay =
            restart_delay(pace_, ++failed_, std::uniform_real_distribution<double>(0, 1)(random_));
        timer_ = host->loop().schedule_at(
            deadline_after(host->loop().clock().now(), delay), [weak = weak_from_this(), run] {
                if (const auto kept = std::static_pointer_cast<restart_part>(weak.lock()))
                    kept->attempt(run);
            });
    }
    host->log().write(log_level::warning, "BKN-RESTART",
                      concat(reason.to_string(), "; next attempt in ",
                             std::chrono::duration_cast<std::chrono::milliseconds>(delay).count(),
                             " ms"));
}

void restart_part::stop(const error& reason) {
    const bool stops = run_.stop(name(), reason);
    io::timer_id timer{};
    {
        const std::lock_guard lock(mutex_);
        timer = std::exchange(timer_, {});
    }
    if (const auto host = host_.lock(); host && timer) host->loop().cancel(timer);
    if (stops) child_->stop(reason);
}

void restart_part::rest() {
    {
        const std::lock_guard lock(mutex_);
        resting_ = true;
    }
    child_->rest();
}

std::string restart_part::text() const {
    return concat(
        "restart:", std::chrono::duration_cast<std::chrono::seconds>(pace_.interval).count(), ":",
        child_->text());
}

std::optional<error> restart_part::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

} // namespace beckon
