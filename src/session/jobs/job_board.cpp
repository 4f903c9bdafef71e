#include "beckon/session/jobs/job_board.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <tuple>

#include "beckon/base/sha256.hpp"
#include "session/jobs/board.hpp"
#include "session/jobs/kept_outcome.hpp"

namespace beckon {

std::shared_ptr<job_board> job_board::make(job_surroundings around, job_options options) {
    return std::make_shared<jobs_detail::board>(std::move(around), std::move(options));
}

namespace jobs_detail {

namespace {

[[nodiscard]] job_time machine_time() {
    return std::chrono::duration_cast<job_time>(
        std::chrono::system_clock::now().time_since_epoch());
}
[[nodiscard]] time_point monotonic_time() { return steady_clock_source().now(); }

[[nodiscard]] job_surroundings completed(job_surroundings around) {
    if (around.log == nullptr) around.log = &null_log();
    if (around.now == nullptr) around.now = &monotonic_time;
    if (around.wall_now == nullptr) around.wall_now = &machine_time;
    return around;
}

[[nodiscard]] std::array<std::byte, 32> random_secret() {
    std::random_device source;
    std::array<std::byte, 32> secret{};
    for (std::byte& each : secret) each = static_cast<std::byte>(source() & 0xff);
    return secret;
}

} // namespace

board::board(job_surroundings around, job_options options)
    : around_(completed(std::move(around))), options_(std::move(options)),
      secret_(random_secret()) {
    threads_->set_most(options_.max_threads);
}

/// 128 bits of a hash of what nobody knows and a number: the random source itself may be slow.
std::string board::next_id() {
    std::array<std::byte, 40> hashed{};
    std::copy(secret_.begin(), secret_.end(), hashed.begin());
    const std::uint64_t number = ++ids_;
    std::memcpy(hashed.data() + secret_.size(), &number, sizeof number);
    const digest made = sha256(hashed);
    return to_hex(byte_view(made).first(16));
}

result<void> board::configure(job_options options, std::unique_ptr<job_store> store) {
    std::vector<stored_job> stored;
    std::shared_ptr<store_writer> writer; // later the one before it, which ends without the lock
    if (store) {
        BECKON_ASSIGN(stored, store->load());
        BECKON_ASSIGN(writer, store_writer::make(std::move(store)));
    }
    aftermath after;
    const std::lock_guard lock(mutex_);
    options_ = std::move(options);
    std::swap(store_, writer);
    threads_->set_most(options_.max_threads);
    for (const stored_job& each : stored) take_over(each, after);
    static_cast<void>(watch_time());
    return {};
}

job_options board::options() const {
    const std::lock_guard lock(mutex_);
    return options_;
}

result<void> board::check_room(std::string_view id, std::size_t bytes) const {
    if (stopped_ || resting_) return fail(errc::overloaded, "no new jobs are taken: server stops");
    if (jobs_.contains(id))
        return fail(errc::invalid_argument, "a call with this id runs, or has run, already");
    if (jobs_.size() >= options_.max_jobs) {
        return fail(errc::overloaded, "there are ", jobs_.size(), " jobs already; limit is ",
                    options_.max_jobs, " (max_jobs)");
    }
    if (queued_ >= options_.max_jobs) {
        return fail(errc::overloaded, queued_,
                    " jobs wait for their turn, with those that were given up meanwhile; limit is ",
                    options_.max_jobs, " (max_jobs)");
    }
    if (bytes > options_.max_job_bytes) {
        return fail(errc::limit_exceeded, "arguments of ", bytes, " bytes for a job; limit is ",
                    options_.max_job_bytes, " bytes (max_job_bytes)");
    }
    if (kept_bytes_ + bytes > options_.max_kept_bytes) {
        return fail(errc::overloaded, "arguments and results of jobs take ", kept_bytes_,
                    " bytes already; limit is ", options_.max_kept_bytes,
                    " bytes (max_kept_bytes)");
    }
    return {};
}

result<std::string> board::start(const job_order& order) {
    auto arguments = keep(value::list({order.arguments, order.named}));
    if (!arguments) {
        return fail(arguments.error().code(), "arguments of ", quoted(order.method),
                    " cannot be those of a job: ", arguments.error().message());
    }
    dynamic_request asked{operation::call_method, order.method};
    BECKON_TRY(target_of(asked, order.caller));

    auto job = make_counted<job_entry>();
    job->method = order.method;
    job->has_caller = order.caller != nullptr;
    if (job->has_caller) job->caller = *order.caller;
    if (!job->caller.lasts) job->caller.conversation = 0; // it may be over before the job's turn
    if (order.metadata != nullptr) job->metadata = *order.metadata;
    job->arguments = std::move(*arguments);
    std::future<result<void>> saving;
    {
        const std::lock_guard lock(mutex_);
        settle();
        job->id = order.id.empty() ? next_id() : order.id;
        job->own_size = job->method.size();
        for (const auto& [name, content] : job->metadata)
            job->own_size += name.size() + content.size();
        const std::size_t size = job->own_size + job->arguments.size();
        BECKON_TRY(check_room(job->id, size));
        if (!watch_time()) return fail(errc::overloaded, "no thread could be started for jobs");
        nanoseconds longest = options_.max_run_time;
        if (order.timeout.count() > 0) longest = std::min(longest, order.timeout);
        job->is_forgotten_then = order.forget_after.has_value();
        if (order.forget_after) longest = std::min(longest, *order.forget_after);
        job->begun = now();
        job->deadline = deadline_after(job->begun, longest);
        if (store_) saving = save_begin(*job, order.waits_for_store);
        ++unfinished_;
        ++queued_;
        job->is_queued = true;
        insert(job, job->deadline);
        set_size(*job, size);
    }
    auto done = saving.valid() ? saving.get() : result<void>();
    if (done && !threads_->post([self = self(), job] { self->begin(job); }))
        done = fail(errc::overloaded, "no thread could be started for jobs");
    if (done) return job->id;
    aftermath after;
    const std::lock_guard lock(mutex_);
    forget(job, after);
    leave_queue(*job);
    return std::move(done).error();
}

result<board::entry_pointer> board::lookup(std::string_view id, const job_owner& who) const {
    const auto found = jobs_.find(id);
    if (found != jobs_.end()) {
        const job_owner owner = (*found)->owner();
        if (!owner.is_identified() || owner.key == who.key) return *found;
    }
    return fail(errc::not_found, "there is no job ", quoted(id),
                " of yours; it was fetched, or forgotten, or never was");
}

result<job_status> board::find(std::string_view id, const job_owner& who) {
    const std::lock_guard lock(mutex_);
    settle();
    BECKON_ASSIGN(const entry_pointer job, lookup(id, who));
    return job->status(now());
}

function<void()> board::wait(std::string_view id, const job_owner& who, nanoseconds at_most,
                             told_function told) {
    auto waiting = std::make_shared<job_wait>();
    waiting->told = std::move(told);
    aftermath after;
    const std::lock_guard lock(mutex_);
    settle();
    auto found = lookup(id, who);
    if (!found) {
        after.told.emplace_back(waiting, std::move(found).error());
        return nullptr;
    }
    const entry_pointer& job = *found;
    waiting->of = job;
    if (is_over(job->stage) || at_most.count() <= 0) {
        after.told.emplace_back(waiting, job->status(now()));
        return nullptr;
    }
    const auto at = agenda_.emplace(deadline_after(now(), at_most), due{job, waiting.get()});
    job->waits.emplace_back(waiting, at);
    if (at == agenda_.begin()) earlier_.notify_one();
    return [board = std::weak_ptr<jobs_detail::board>(self()),
            who_waits = std::weak_ptr<job_wait>(waiting)] {
        const auto alive = board.lock();
        if (const auto gone = who_waits.lock(); alive && gone) alive->drop_wait(gone);
    };
}

result<value> board::fetch(std::string_view id, const job_owner& who, bool keep) {
    std::shared_ptr<const bytes> kept;
    {
        aftermath after;
        const std::lock_guard lock(mutex_);
        settle();
        BECKON_ASSIGN(const entry_pointer job, lookup(id, who));
        if (!is_over(job->stage)) {
            return fail(errc::invalid_argument, "job ", job->id, " is ", to_string(job->stage),
                        " and has no result yet; wait for it");
        }
        if (!keep) forget(job, after);
        if (job->failure) return *job->failure;
        kept = job->kept;
    }
    return read_kept(*kept);
}

result<bool> board::cancel(std::string_view id, const job_owner& who) {
    aftermath after;
    const std::lock_guard lock(mutex_);
    settle();
    BECKON_ASSIGN(const entry_pointer job, lookup(id, who));
    if (is_over(job->stage)) return false;
    give_up(job, job_stage::cancelled, fail(errc::cancelled, "job ", job->id, " was cancelled"),
            after);
    return true;
}

result<std::vector<job_status>> board::list(const job_owner& who) {
    std::vector<job_status> listed;
    {
        const std::lock_guard lock(mutex_);
        settle();
        if (!who.is_identified() && !options_.unidentified_are_one) {
            return fail(errc::access_denied,
                        "who is not identified cannot list jobs, but ask for each by its id");
        }
        const time_point at = now();
        for (const entry_pointer& job : jobs_) {
            if (job->owner().key == who.key) listed.push_back(job->status(at));
        }
    }
    std::ranges::sort(listed, [](const job_status& a, const job_status& b) {
        return std::tie(b.age, a.id) < std::tie(a.age, b.id);
    });
    return listed;
}

std::size_t board::size() {
    const std::lock_guard lock(mutex_);
    settle();
    return jobs_.size();
}

std::size_t board::unfinished() {
    const std::lock_guard lock(mutex_);
    return unfinished_;
}

} // namespace jobs_detail
} // namespace beckon
