#include "beckon/protocol/pyrpc/job_board.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>

#include "beckon/base/bytes.hpp"
#include "beckon/base/time.hpp"

namespace beckon::pyrpc {

namespace {

/// How long a caller may be late by its clock and still find its outcome.
constexpr wall_time least_age{10};

class job_table final : public job_board {
public:
    explicit job_table(const job_board_options& chosen) : options_(chosen) {}

    result<void> begin(byte_view id, std::optional<wall_time> due) override {
        const std::lock_guard lock(mutex_);
        const wall_time now = options_.now();
        clean(now, true);
        if (jobs_.contains(std::string(as_text(id))))
            return fail(errc::invalid_argument, "a call with this id runs, or has run, already");
        if (jobs_.size() >= options_.max_jobs) {
            return fail(errc::overloaded, "there are ", jobs_.size(), " calls already; limit is ",
                        options_.max_jobs);
        }
        if (bytes_ > options_.max_outcome_bytes) {
            return fail(errc::overloaded, "outcomes of ", bytes_, " bytes wait already; limit is ",
                        options_.max_outcome_bytes, " bytes");
        }
        // Not a number, too: then no comparison holds.
        const wall_time latest = now + options_.max_age;
        wall_time until = due.value_or(latest);
        if (!(until < latest)) until = latest;
        if (!(until > now + least_age)) until = now + least_age;
        jobs_[std::string(as_text(id))].until = until;
        return {};
    }

    void finish(byte_view id, byte_view outcome) override {
        const std::lock_guard lock(mutex_);
        const auto found = jobs_.find(as_text(id));
        if (found == jobs_.end() || found->second.is_finished) return;
        found->second.outcome.assign(outcome.begin(), outcome.end());
        found->second.is_finished = true;
        bytes_ += outcome.size();
    }

    entry find(byte_view id) override {
        const std::lock_guard lock(mutex_);
        clean(options_.now(), false);
        const auto found = jobs_.find(as_text(id));
        if (found == jobs_.end()) return {};
        if (!found->second.is_finished) return {.stage = stage::running};
        return {.stage = stage::finished, .outcome = found->second.outcome};
    }

private:
    struct job {
        wall_time until{};
        bool is_finished = false;
        bytes outcome{};
    };

    /// Forgets those whose time is over. REQUIRES: locked.
    void clean(wall_time now, bool makes_room) {
        const bool is_time = !(now < cleaned_ + options_.clean_interval) || now < cleaned_;
        if (!is_time && !(makes_room && jobs_.size() >= options_.max_jobs)) return;
        cleaned_ = now;
        std::erase_if(jobs_, [&](const auto& each) {
            if (now < each.second.until) return false;
            bytes_ -= each.second.outcome.size();
            return true;
        });
    }

    const job_board_options options_;
    std::mutex mutex_;
    std::map<std::string, job, std::less<>> jobs_;
    std::size_t bytes_ = 0; ///< Of the outcomes.
    wall_time cleaned_ = options_.now();
};

} // namespace

wall_time wall_now() noexcept {
    return std::chrono::duration_cast<wall_time>(
        std::chrono::system_clock::now().time_since_epoch());
}

std::shared_ptr<job_board> make_job_board(const job_board_options& options) {
    return std::make_shared<job_table>(options);
}

} // namespace beckon::pyrpc
