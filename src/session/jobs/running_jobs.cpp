// What becomes of jobs: their calls and their ends.
#include <algorithm>

#include "beckon/object/exception.hpp"
#include "beckon/object/turn.hpp"
#include "session/access_question.hpp"
#include "session/jobs/board.hpp"
#include "session/jobs/kept_outcome.hpp"

namespace beckon::jobs_detail {

namespace {
[[nodiscard]] std::size_t size_of(const error& failure) {
    std::size_t size = failure.message().size() + failure.trace().size();
    for (const std::string& each : failure.notes()) size += each.size();
    return size;
}
[[nodiscard]] std::size_t size_of(const bytes* kept, const std::optional<error>& failure) {
    return (kept != nullptr ? kept->size() : 0) + (failure ? size_of(*failure) : 0);
}
} // namespace

void board::aftermath::happen() {
    for (auto& [who, status] : told) who->told(std::move(status));
    for (const entry_pointer& each : given_up) each->given_up.request();
    told.clear();
    given_up.clear();
    gone.clear();
}

// --- Calls ---

/// Who serves the call, where the caller may make it.
result<intrusive_ptr<servant>> board::target_of(dynamic_request& request,
                                                const caller_identity* caller) const {
    intrusive_ptr<servant> shown;
    shared_authorizer authorize;
    {
        const std::lock_guard lock(mutex_);
        shown = around_.shown;
        authorize = around_.authorize;
    }
    if (!shown) return fail(errc::unknown_object, "this side publishes nothing");
    intrusive_ptr<servant> target = shown->acting(request);
    if (authorize && caller != nullptr)
        BECKON_TRY(ask(*authorize, {.caller = *caller,
                                    .target = *target,
                                    .request = &request,
                                    .shown_first = target == shown}));
    return target;
}

void board::begin(const entry_pointer& job) {
    {
        const std::lock_guard lock(mutex_);
        if (is_over(job->stage)) return leave_queue(*job);
    }
    // Without its arguments: they stay as they are kept, and counted, until it is called.
    dynamic_request request{operation::call_method, job->method};
    // Rules and names may have changed while it waited.
    const auto found = target_of(request, job->has_caller ? &job->caller : nullptr);
    if (!found) {
        ended(*job, found.error());
        const std::lock_guard lock(mutex_);
        return leave_queue(*job);
    }
    const intrusive_ptr<servant>& target = *found;
    if (object_turn* const turn = target->turn(); turn != nullptr) {
        auto later = [self = self(), job, target, request]() mutable {
            static_cast<void>(self->run(
                [self, job, held = held_turn(target), asked = std::move(request)]() mutable {
                    const intrusive_ptr<servant> called = held.take();
                    self->call(job, *called, std::move(asked));
                }));
        };
        if (turn->enter(std::move(later)) != 0) return;
    }
    call(job, *target, std::move(request));
}

void board::call(const entry_pointer& job, servant& target, dynamic_request request) {
    bytes arguments;
    bool is_late = false;
    {
        const std::lock_guard lock(mutex_);
        leave_queue(*job);
        is_late = is_over(job->stage);
        if (!is_late) {
            job->stage = job_stage::running;
            std::swap(arguments, job->arguments);
            set_size(*job, job->own_size);
        }
    }
    if (!is_late) {
        if (auto read = read_kept(arguments); read) {
            bytes().swap(arguments);
            request.arguments = (*read)[0];
            request.named = (*read)[1];
            read = value();
            return call_for(job, self(), target, std::move(request));
        } else {
            ended(*job, read.error());
        }
    }
    if (target.turn() != nullptr) leave_turn(target);
}

void board::ended(job_entry& job, result<value> outcome) {
    std::shared_ptr<const bytes> kept;
    std::optional<error> failure;
    if (!outcome) {
        failure = std::move(outcome).error();
    } else if (auto plain = keep(*outcome); plain) {
        kept = std::make_shared<const bytes>(*std::move(plain));
    } else {
        failure = fail(plain.error().code(), "the result of ", quoted(job.method),
                       " cannot be kept: ", plain.error().message());
    }
    aftermath after;
    const std::lock_guard lock(mutex_);
    if (is_over(job.stage) || job.is_ending) return;
    const std::size_t size = kept ? kept->size() : size_of(*failure);
    const std::string_view what = kept ? "result" : "error";
    constexpr std::size_t short_error = 1'000; // kept in any case, rather than one about the limit
    if (size > options_.max_job_bytes) {
        failure = fail(errc::limit_exceeded, "the ", what, " of ", quoted(job.method), " has ",
                       size, " bytes; limit is ", options_.max_job_bytes, " bytes (max_job_bytes)");
        kept.reset();
    } else if (kept_bytes_ + size > options_.max_kept_bytes && (kept || size > short_error)) {
        failure =
            fail(errc::limit_exceeded, "the ", what, " of ", quoted(job.method), " has ", size,
                 " bytes, and arguments and results of jobs take ", kept_bytes_,
                 " bytes already; limit is ", options_.max_kept_bytes, " bytes (max_kept_bytes)");
        kept.reset();
    }
    const job_stage stage = failure ? job_stage::failed : job_stage::done;
    if (store_) return end_when_saved(job, stage, std::move(kept), std::move(failure));
    end(entry_pointer(&job), stage, std::move(kept), std::move(failure), after);
}

// --- Ends ---

void board::end(const entry_pointer& job, job_stage stage, std::shared_ptr<const bytes> kept,
                std::optional<error> failure, aftermath& after) {
    job->stage = stage;
    job->kept = std::move(kept);
    job->failure = std::move(failure);
    --unfinished_;
    bytes().swap(job->arguments);
    set_size(*job, job->own_size + size_of(job->kept.get(), job->failure));
    for (auto& [who, at] : job->waits) {
        agenda_.erase(at);
        after.told.emplace_back(std::move(who), job->status(now()));
    }
    job->waits.clear();
    if (!job->is_forgotten_then) set_own_time(*job, deadline_after(now(), options_.keep_for));
}

void board::end_when_saved(job_entry& job, job_stage stage, std::shared_ptr<const bytes> kept,
                           std::optional<error> failure) {
    job.is_ending = true;
    set_size(job, job.own_size + size_of(kept.get(), failure));
    save_outcome(job, kept, failure,
                 [board = std::weak_ptr<jobs_detail::board>(self()), entry = entry_pointer(&job),
                  stage, kept, failure]() mutable {
                     const auto alive = board.lock();
                     if (!alive) return;
                     const std::lock_guard lock(alive->mutex_);
                     if (is_over(entry->stage)) return; // it was given up, or has been forgotten
                     alive->end(entry, stage, std::move(kept), std::move(failure), alive->outbox_);
                     alive->earlier_.notify_one();
                 });
}

void board::give_up(const entry_pointer& job, job_stage stage, error why, aftermath& after) {
    end(job, stage, nullptr, std::move(why), after);
    if (store_) save_outcome(*job, nullptr, job->failure, {});
    after.given_up.push_back(job);
}

void board::forget(const entry_pointer& job, aftermath& after) {
    const entry_pointer kept_until_then = job; // the table may hold the one that was given
    const auto found = jobs_.find(job);
    if (found == jobs_.end() || *found != job) return;
    if (!is_over(job->stage)) {
        end(job, job_stage::cancelled, nullptr,
            fail(errc::cancelled, "job ", job->id, " was forgotten"), after);
        after.given_up.push_back(job);
    }
    if (std::exchange(job->is_listed, false)) agenda_.erase(job->at);
    set_size(*job, 0);
    if (store_) erase_stored(job->id);
    after.gone.push_back(*found);
    jobs_.erase(found);
}

void board::insert(const entry_pointer& job, time_point own_time) {
    jobs_.insert(job);
    set_own_time(*job, own_time);
}

void board::set_size(job_entry& job, std::size_t size) {
    kept_bytes_ -= std::exchange(job.size, size);
    kept_bytes_ += size;
}

void board::leave_queue(job_entry& job) {
    if (std::exchange(job.is_queued, false)) --queued_;
}

} // namespace beckon::jobs_detail
