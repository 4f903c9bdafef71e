// One job, as the board has it.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "beckon/base/bytes.hpp"
#include "beckon/base/function.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/object/progress.hpp"
#include "beckon/session/jobs/job.hpp"

namespace beckon::jobs_detail {

struct job_entry;

/// Somebody who waits for a job's end.
struct job_wait {
    function<void(result<job_status>)> told;
    intrusive_ptr<job_entry> of;
};

/// What is to happen at a time: a wait is over, or the job's own time.
struct due {
    intrusive_ptr<job_entry> of;
    job_wait* wait =
        nullptr; ///< One of the job's. Null: the job has run, or was kept, for long enough.
};
using agenda = std::multimap<time_point, due>;

/// What several threads change has the board's lock, but for the progress, which has another: handlers report while somebody
/// else looks through all jobs.
struct job_entry final : progress_sink {
    // Constant after construction.
    std::string id;
    std::string method;
    bool has_caller = false; ///< Else it is the program's own.
    caller_identity caller;
    beckon::metadata metadata;
    time_point begun{};
    time_point deadline = never;
    bool is_forgotten_then = false; ///< When its own time comes it goes, ended or not.
    std::size_t own_size = 0;       ///< Of the method's name and the metadata.

    // Under the board's lock.
    job_stage stage = job_stage::waiting;
    bytes
        arguments; ///< A list of those by position and a map of those by name; none once they have been read.
    std::shared_ptr<const bytes> kept; ///< The result, of one that is done.
    std::optional<error> failure;
    std::size_t size = 0;   ///< Of all of it, with the arguments, the result or the error.
    bool is_queued = false; ///< Its call has not begun: something stands in a queue for it.
    bool is_ending =
        false;             ///< Its call is over, and what came of it is being written to the store.
    agenda::iterator at{}; ///< Its own time.
    bool is_listed = false; ///< It has one.
    std::list<std::pair<std::shared_ptr<job_wait>, agenda::iterator>> waits;

    cancellation given_up;

    void report(double fraction, std::string_view text) noexcept override;
    [[nodiscard]] job_status status(time_point now) const;
    [[nodiscard]] job_owner owner() const { return job_owner(has_caller ? &caller : nullptr); }

private:
    // One lock for those of all jobs: it is held for a moment, and there may be many jobs.
    std::optional<double> fraction_;
    std::string text_;
};

} // namespace beckon::jobs_detail
