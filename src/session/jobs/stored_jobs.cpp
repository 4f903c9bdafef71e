// Jobs in the store: what is written of them, and what an earlier run of the server has left.
#include <algorithm>

#include "session/jobs/board.hpp"
#include "session/jobs/kept_outcome.hpp"

namespace beckon::jobs_detail {

namespace {
void note(log_sink& log, const result<void>& done, std::string_view doing) {
    if (done) return;
    log.write(log_level::warning, "BKN-JOBS-STORE", concat(doing, ": ", done.error().to_string()));
}
} // namespace

/// One that an earlier run of the server has left.
void board::take_over(const stored_job& stored, aftermath& after) {
    const auto left = std::chrono::duration_cast<nanoseconds>(std::clamp<job_time>(
        stored.forget_at - around_.wall_now(), job_time(0), options_.keep_for));
    if (jobs_.contains(std::string_view(stored.id))) return;
    if (left.count() == 0) return erase_stored(stored.id);
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
        return save_outcome(*job, nullptr, job->failure, {});
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

std::future<result<void>> board::save_begin(const job_entry& job, bool is_awaited) {
    stored_job begun{.id = job.id,
                     .owner = job.owner().key,
                     .method = job.method,
                     .begun = around_.wall_now(),
                     .forget_at = on_the_wall(job.deadline) + options_.keep_for};
    std::promise<result<void>> told;
    std::future<result<void>> saving;
    if (is_awaited) saving = told.get_future();
    store_->give([begun = std::move(begun), told = std::move(told), is_awaited,
                  log = around_.log](job_store& store) mutable {
        auto done = store.add(begun);
        if (is_awaited) return told.set_value(std::move(done));
        note(*log, done, "keeping a job");
    });
    return saving;
}

/// Read, and put together anew, where nobody waits for that.
void board::save_outcome(const job_entry& job, std::shared_ptr<const bytes> kept,
                         std::optional<error> failure, function<void()> then) {
    const time_point until =
        job.is_forgotten_then ? job.at->first : deadline_after(now(), options_.keep_for);
    store_->give([id = job.id, kept = std::move(kept), failure = std::move(failure),
                  until = on_the_wall(until), then = std::move(then),
                  log = around_.log](job_store& store) mutable {
        result<value> outcome = value();
        if (failure) {
            outcome = *failure;
        } else if (auto read = read_kept(*kept); read) {
            outcome = std::move(read);
        }
        const auto content = keep_outcome(outcome);
        note(*log, content ? store.finish(id, *content, until) : result<void>(content.error()),
             "keeping the outcome of a job");
        if (then) then();
    });
}

void board::erase_stored(const std::string& id) {
    store_->give([id, log = around_.log](job_store& store) {
        note(*log, store.erase(id), "forgetting a job");
    });
}

job_time board::on_the_wall(time_point when) const {
    return around_.wall_now() + std::chrono::duration_cast<job_time>(when - now());
}

} // namespace beckon::jobs_detail
