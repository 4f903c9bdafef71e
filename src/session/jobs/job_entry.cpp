#include "session/jobs/job_entry.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "beckon/base/utf8.hpp"

namespace beckon {

std::string_view to_string(job_stage stage) noexcept {
    switch (stage) {
    case job_stage::waiting: return "waiting";
    case job_stage::running: return "running";
    case job_stage::done: return "done";
    case job_stage::failed: return "failed";
    case job_stage::cancelled: return "cancelled";
    }
    return "unknown";
}

namespace {
// A user may be called as he likes, but not by what stands for something else.
constexpr std::string_view program = "program";
constexpr std::string_view user = "user ";
} // namespace

job_owner::job_owner(const caller_identity* caller) {
    if (caller == nullptr) {
        key = program;
    } else if (caller->name != caller_identity().name) {
        key = concat(user, caller->name);
    }
}

std::optional<caller_identity> caller_of(std::string_view key) {
    if (key == program) return {};
    caller_identity known;
    if (key.starts_with(user)) known.name = key.substr(user.size());
    return known;
}

namespace jobs_detail {

namespace {
constexpr std::size_t most_text_bytes = 200;
std::mutex progress_mutex;

/// Whole characters of UTF-8, as many as there are at the beginning and as fit.
[[nodiscard]] std::string_view cut(std::string_view text) noexcept {
    text = text.substr(0, most_text_bytes);
    return text.substr(0, utf8_error_offset(text));
}
} // namespace

void job_entry::report(double fraction, std::string_view text) noexcept {
    const std::lock_guard lock(progress_mutex);
    fraction_.reset();
    if (!std::isnan(fraction)) fraction_ = std::clamp(fraction, 0.0, 1.0);
    text_ = cut(text);
}

job_status job_entry::status(time_point now) const {
    job_status told{.id = id, .method = method, .stage = stage, .age = now - begun};
    told.failure = failure;
    const std::lock_guard lock(progress_mutex);
    told.fraction = fraction_;
    told.text = text_;
    return told;
}

} // namespace jobs_detail
} // namespace beckon
