#include "session/jobs/job_call.hpp"

#include <deque>

#include "beckon/object/turn.hpp"

namespace beckon::jobs_detail {

namespace {

[[nodiscard]] call_context context_of(job_entry& job, servant& target) {
    call_context made;
    made.deadline = job.deadline;
    if (job.has_caller) made.caller = &job.caller;
    if (!job.metadata.empty()) made.metadata = &job.metadata;
    made.cancellation = &job.given_up;
    made.turn = target.turn();
    made.progress = &job;
    return made;
}

/// Nobody else takes part in the call, so there is nothing to lock.
template <typename Base>
class job_reply : public Base {
public:
    void lock() noexcept override {}
    void unlock() noexcept override {}
    native::writer* begin_reply() override { return nullptr; }
    void end_reply() override {}
    void reply_value(value outcome) override { ends_->ended(*job_, std::move(outcome)); }
    void reject(error failure) override { ends_->ended(*job_, std::move(failure)); }

protected:
    job_reply(intrusive_ptr<job_entry> job, std::shared_ptr<job_ends> ends, servant& target)
        : job_(std::move(job)), ends_(std::move(ends)), target_(&target) {
        this->context = context_of(*job_, target);
    }
    ~job_reply() = default;

    const intrusive_ptr<job_entry> job_;
    const std::shared_ptr<job_ends> ends_;
    const intrusive_ptr<servant> target_;
};

/// Holds the object's turn until the handler, a coroutine, is over.
class deferred_job final : public job_reply<deferred_reply> {
public:
    deferred_job(intrusive_ptr<job_entry> job, std::shared_ptr<job_ends> ends, servant& target)
        : job_reply(std::move(job), std::move(ends), target) {}
    ~deferred_job() override {
        if (target_->turn() != nullptr) leave_turn(*target_);
        ends_->ended(*job_, fail(errc::internal, "handler ended without a result"));
    }
    void resume(function<void()> rest) override { static_cast<void>(ends_->run(std::move(rest))); }
};

class job_call final : public job_reply<incoming_call> {
public:
    job_call(const intrusive_ptr<job_entry>& job, const std::shared_ptr<job_ends>& ends,
             servant& target, dynamic_request& asked)
        : job_reply(job, ends, target) {
        request = &asked;
        values = &asked.arguments;
    }
    ~job_call() {
        if (!is_deferred_ && target_->turn() != nullptr) leave_turn(*target_);
    }
    void enter_handler() noexcept override {
        before_ = exchange_current_call(&context);
        context.outer = before_;
    }
    void leave_handler() noexcept override { exchange_current_call(before_); }
    intrusive_ptr<deferred_reply> defer() override {
        is_deferred_ = true;
        return make_counted<deferred_job>(job_, ends_, *target_);
    }

private:
    call_context* before_ = nullptr;
    bool is_deferred_ = false;
};

} // namespace

void call_for(const intrusive_ptr<job_entry>& job, const std::shared_ptr<job_ends>& ends,
              servant& target, dynamic_request request) {
    job_call call(job, ends, target, request);
    target.perform(call);
}

void leave_turn(servant& target) {
    if (auto next = target.turn()->leave()) next();
}

held_turn::~held_turn() {
    if (!target_) return;
    // Very many may be dropped, each by the one before it: one after the other, not one within the other.
    thread_local std::deque<intrusive_ptr<servant>>* passing = nullptr;
    if (passing != nullptr) {
        passing->push_back(std::move(target_));
        return;
    }
    std::deque<intrusive_ptr<servant>> all;
    all.push_back(std::move(target_));
    passing = &all;
    for (; !all.empty(); all.pop_front()) leave_turn(*all.front());
    passing = nullptr;
}

} // namespace beckon::jobs_detail
