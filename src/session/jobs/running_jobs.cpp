// What becomes of jobs: their calls, their ends, and their time.
#include <algorithm>
#include <system_error>

#include "beckon/object/exception.hpp"
#include "beckon/object/turn.hpp"
#include "session/access_question.hpp"
#include "session/jobs/board.hpp"
#include "session/jobs/kept_outcome.hpp"

namespace beckon::jobs_detail {

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
    bytes arguments;
    {
        const std::lock_guard lock(mutex_);
        if (is_over(job->stage)) return;
        std::swap(arguments, job->arguments);
        kept_bytes_ -= std::exchange(job->size, 0);
    }
    const auto read = read_kept(arguments);
    if (!read) return ended(*job, read.error());
    dynamic_request request{operation::call_method, job->method, (*read)[0], (*read)[1]};
    // Rules and names may have changed while it waited.
    const auto found = target_of(request, job->has_caller ? &job->caller : nullptr);
    if (!found) return ended(*job, found.error());
    const intrusive_ptr<servant>& target = *found;
    if (object_turn* const turn = target->turn(); turn != nullptr) {
        auto later = [self = self(), job, target, request]() mutable {
            const auto go_on = [self, job, target, asked = std::move(request)]() mutable {
                self->call(job, *target, std::move(asked));
            };
            if (!self->run(go_on)) leave_turn(*target);
        };
        if (turn->enter(std::move(later)) != 0) return;
    }
    call(job, *target, std::move(request));
}

void board::call(const entry_pointer& job, servant& target, dynamic_request request) {
    bool is_late = false;
    {
        const std::lock_guard lock(mutex_);
        is_late = is_over(job->stage);
        if (!is_late) job->stage = job_stage::running;
    }
    if (!is_late) return call_for(job, self(), target, std::move(request));
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
    if (is_over(job.stage)) return;
    if (kept && kept->size() > options_.max_job_bytes) {
        failure =
            fail(errc::limit_exceeded, "the result of ", quoted(job.method), " has ", kept->size(),
                 " bytes; limit is ", options_.max_job_bytes, " bytes (max_job_bytes)");
        kept.reset();
    }
    const job_stage stage = failure ? job_stage::failed : job_stage::done;
    end(entry_pointer(&job), stage, std::move(kept), std::move(failure), after);
    save_end(job);
}

// --- Ends ---

void board::end(const entry_pointer& job, job_stage stage, std::shared_ptr<const bytes> kept,
                std::optional<error> failure, aftermath& after) {
    job->stage = stage;
    job->kept = std::move(kept);
    job->failure = std::move(failure);
    --unfinished_;
    kept_bytes_ -= std::exchange(job->size, 0);
    bytes().swap(job->arguments);
    if (job->kept) job->size = job->kept->size();
    kept_bytes_ += job->size;
    for (auto& [who, at] : job->waits) {
        agenda_.erase(at);
        after.told.emplace_back(std::move(who), job->status(now()));
    }
    job->waits.clear();
    if (!job->is_forgotten_then) set_own_time(*job, deadline_after(now(), options_.keep_for));
}

void board::give_up(const entry_pointer& job, job_stage stage, error why, aftermath& after) {
    end(job, stage, nullptr, std::move(why), after);
    save_end(*job);
    after.given_up.push_back(job);
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
    kept_bytes_ -= std::exchange(job->size, 0);
    if (store_) note(store_->erase(job->id), "forgetting a job");
    after.gone.push_back(*found);
    jobs_.erase(found);
}

void board::insert(const entry_pointer& job, time_point own_time) {
    jobs_.insert(job);
    kept_bytes_ += job->size;
    set_own_time(*job, own_time);
}

// --- Time ---

job_time board::on_the_wall(time_point when) const {
    return around_.wall_now() + std::chrono::duration_cast<job_time>(when - now());
}

void board::set_own_time(job_entry& job, time_point when) {
    if (std::exchange(job.is_listed, true)) agenda_.erase(job.at);
    job.at = agenda_.emplace(when, due{entry_pointer(&job), nullptr});
    if (job.at == agenda_.begin()) earlier_.notify_one();
}

void board::settle() {
    const time_point at = now();
    while (!agenda_.empty() && agenda_.begin()->first <= at) {
        const due each = agenda_.begin()->second;
        if (each.wait) {
            agenda_.erase(agenda_.begin());
            const auto over = std::ranges::find_if(
                each.of->waits, [&](const auto& one) { return one.first.get() == each.wait; });
            outbox_.told.emplace_back(std::move(over->first), each.of->status(at));
            each.of->waits.erase(over);
        } else if (is_over(each.of->stage) || each.of->is_forgotten_then) {
            forget(each.of, outbox_);
        } else {
            const auto within = std::chrono::duration_cast<std::chrono::milliseconds>(
                each.of->deadline - each.of->begun);
            give_up(each.of, job_stage::failed,
                    fail(errc::timeout, "job ", each.of->id, " did not end within ", within.count(),
                         " ms"),
                    outbox_);
        }
    }
    if (!outbox_.empty()) earlier_.notify_one();
}

void board::drop_wait(const std::shared_ptr<job_wait>& wait) {
    {
        const std::lock_guard lock(mutex_);
        auto& waits = wait->of->waits;
        const auto found =
            std::ranges::find_if(waits, [&](const auto& one) { return one.first == wait; });
        if (found == waits.end()) return; // it is being told
        agenda_.erase(found->second);
        waits.erase(found);
    }
    wait->told(fail(errc::cancelled, "nobody waits for the job any more"));
}

bool board::watch_time() {
    if (keeper_.joinable()) return true;
    try {
        keeper_ = std::thread([this] { keep_time(); });
    } catch (const std::system_error&) {
        return false;
    }
    return true;
}

void board::keep_time() noexcept {
    constexpr nanoseconds longest = std::chrono::hours(1); // what it sleeps: a clock may be set
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        settle();
        if (!outbox_.empty()) {
            aftermath doing;
            std::swap(doing.told, outbox_.told);
            std::swap(doing.given_up, outbox_.given_up);
            std::swap(doing.gone, outbox_.gone);
            lock.unlock();
            doing.happen();
            lock.lock();
            continue;
        }
        const nanoseconds left = agenda_.empty() ? longest : agenda_.begin()->first - now();
        earlier_.wait_for(lock, std::min(left, longest));
    }
}

// --- The end ---

void board::rest() noexcept {
    const std::lock_guard lock(mutex_);
    resting_ = true;
}

void board::stop() noexcept {
    std::thread keeper;
    job_surroundings dropped; // what is published may hold this
    {
        aftermath after;
        const std::lock_guard lock(mutex_);
        if (!std::exchange(stopped_, true)) {
            // A store tells the next run of the server which have not ended: it is not told of these.
            for (const entry_pointer& job : jobs_) {
                if (is_over(job->stage)) continue;
                end(job, job_stage::cancelled, nullptr,
                    fail(errc::cancelled, "job ", job->id, " was cancelled: server stops"), after);
                after.given_up.push_back(job);
            }
        }
        std::swap(keeper, keeper_);
        std::swap(dropped.shown, around_.shown);
        std::swap(dropped.authorize, around_.authorize);
        earlier_.notify_all();
    }
    if (keeper.joinable()) {
        if (keeper.get_id() == std::this_thread::get_id()) {
            keeper.detach();
        } else {
            keeper.join();
        }
    }
    threads_->stop();
}

} // namespace beckon::jobs_detail
