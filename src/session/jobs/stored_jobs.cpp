// Jobs in the store: what is written of them, and what an earlier run of the server has left.
#include <algorithm>

#include "session/jobs/board.hpp"
#include "session/jobs/kept_outcome.hpp"

namespace beckon::jobs_detail {

/// One that an earlier run of the server has left.
void board::take_over(const stored_job& stored, aftermath& after) {
    const auto left = std::chrono::duration_cast<nanoseconds>(std::clamp<job_time>(
        stored.forget_at - around_.wall_now(), job_time(0), options_.keep_for));
    if (jobs_.contains(std::string_view(stored.id))) return;
    if (left.count() == 0) return note(store_->erase(stored.id), "forgetting an old job");
    const auto job = make_counted<job_entry>();
    job->id = stored.id;
    if (const auto caller = caller_of(stored.owner)) {
        job->has_caller = true;
        job->caller = *caller;
    }
    job->method = stored.method;
    job->own_size = job->method.size();
    const auto age = std::max<job_time>(around_.wall_now() - stored.begun, job_time(0));
    job->begun = now() - std::chrono::duration_cast<nanoseconds>(age);
    ++unfinished_;
    insert(job, never);
    if (!stored.outcome) {
        end(job, job_stage::failed, nullptr,
            fail(errc::disconnected, "the server ended before job ", stored.id, " did"), after);
        return save_end(*job);
    }
    result<value> outcome = value();
    auto kept = result<bytes>(bytes());
    if (const auto read = read_kept_outcome(*stored.outcome, outcome); !read) {
        outcome = read.error();
    } else if (outcome) {
        kept = keep(*outcome);
    }
    if (outcome && kept) {
        end(job, job_stage::done, std::make_shared<const bytes>(std::move(*kept)), {}, after);
    } else {
        const error failure = outcome ? kept.error() : outcome.error();
        const bool given_up = failure.code() == errc::cancelled;
        end(job, given_up ? job_stage::cancelled : job_stage::failed, nullptr, failure, after);
    }
    set_own_time(*job, deadline_after(now(), left));
}

void board::save_end(const job_entry& job) {
    if (!store_) return;
    result<value> outcome = value();
    if (job.failure) {
        outcome = *job.failure;
    } else if (auto read = read_kept(*job.kept); read) {
        outcome = std::move(read);
    }
    const auto kept = keep_outcome(outcome);
    if (!kept) return note(kept.error(), "keeping the outcome of a job");
    note(store_->finish(job.id, *kept, on_the_wall(job.at->first)), "keeping the outcome of a job");
}

void board::note(const result<void>& done, std::string_view doing) const {
    if (done) return;
    around_.log->write(log_level::warning, "BKN-JOBS-STORE",
                       concat(doing, ": ", done.error().to_string()));
}

job_time board::on_the_wall(time_point when) const {
    return around_.wall_now() + std::chrono::duration_cast<job_time>(when - now());
}

} // namespace beckon::jobs_detail
