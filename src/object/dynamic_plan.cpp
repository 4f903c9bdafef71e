#include "beckon/object/dynamic_plan.hpp"

#include <mutex>

#include "beckon/object/operate.hpp"
#include "beckon/object/thread_time.hpp"

namespace beckon::detail {

namespace {

/// What is left of the time for all requests together.
class time_left {
public:
    explicit time_left(const call_options& options) : options_(options) {
        if (options.timeout.count() != 0)
            deadline_ = deadline_after(thread_time::mine().now(), options.timeout);
    }
    /// For the next request; null where the time is over.
    [[nodiscard]] const call_options* take() {
        if (options_.timeout.count() == 0 || std::exchange(is_first_, false)) return &options_;
        const nanoseconds left = deadline_ - thread_time::mine().now();
        if (left.count() <= 0) return nullptr;
        options_.timeout = left;
        return &options_;
    }

private:
    call_options options_;
    time_point deadline_ = never;
    bool is_first_ = true;
};

[[nodiscard]] error out_of_time(const plan_step& step) {
    return fail(errc::timeout, "time was over before ",
                step.request.name.empty() ? to_string(step.request.what) : step.request.name,
                ", a later request of the operation");
}

[[nodiscard]] plan follow(function<plan(result<value>)>& then, result<value> outcome) {
    if (!then) return outcome;
    try {
        return then(std::move(outcome));
    } catch (...) {
        return beckon::error_of_current_exception();
    }
}

[[nodiscard]] const call_options& or_defaults(const call_options* options) {
    static const auto& defaults = *new const call_options; // threads may outlive statics
    return options != nullptr ? *options : defaults;
}

/// A plan whose requests are under way. Each runs on the thread that brought the outcome of the one before, whatever that
/// thread serves; until when they run is what the call says that is served where the plan begins.
class running_plan final : public ref_counted {
public:
    explicit running_plan(const call_options& options)
        : time_(options), outcome_(make_counted<future_state<value>>()) {
        if (const call_context* const serving = current_call()) until_ = serving->deadline;
    }

    [[nodiscard]] future<value> start(plan what) {
        const auto outcome = outcome_;
        const plan_step& first = *what.next();
        object_core* const core = first.target.core().get();
        if (core != nullptr && !core->is_local())
            outcome->source = intrusive_ptr<peer>(&static_cast<remote_object*>(core)->session());
        outcome->canceller = [self = intrusive_ptr<running_plan>(this)] { self->give_up(); };
        go(std::move(what));
        return future<value>(outcome);
    }

private:
    void go(plan what) {
        for (;;) {
            plan_step* const next = what.next();
            if (next == nullptr) return finish(std::move(what.outcome()));
            const call_options* const options = time_.take();
            if (options == nullptr) return finish(out_of_time(*next));
            if (is_given_up())
                return finish(fail(errc::cancelled, "operation was cancelled by its caller"));
            auto then = std::move(next->then);
            future<value> asked = ask(*next, *options);
            if (!asked.ready()) return wait_for(std::move(asked), std::move(then));
            // Done at once, as objects in this process do it: a loop, so that many such do not nest.
            what = follow(then, asked.result());
        }
    }

    [[nodiscard]] future<value> ask(plan_step& step, const call_options& options) {
        if (std::exchange(is_first_, false))
            return operate(step.target, std::move(step.request), options);
        call_context part_of_it;
        part_of_it.deadline = until_;
        const current_call_scope scope(part_of_it);
        return operate(step.target, std::move(step.request), options);
    }

    void wait_for(future<value> asked, function<plan(result<value>)> then) {
        std::uint64_t turn = 0;
        {
            const std::lock_guard lock(mutex_);
            turn = ++turn_;
        }
        future<void> followed = std::move(asked).then(
            [self = intrusive_ptr<running_plan>(this), next = std::move(then)](
                result<value> outcome) mutable { self->go(follow(next, std::move(outcome))); });
        {
            const std::lock_guard lock(mutex_);
            // By now it may have run on another thread, and have started the next request. What is not kept is dropped
            // below, which gives it up where it is still on its way.
            if (turn_ == turn && !given_up_) std::swap(waiting_, followed);
        }
    }

    [[nodiscard]] bool is_given_up() {
        const std::lock_guard lock(mutex_);
        return given_up_;
    }

    void give_up() {
        // Dropped without the lock: the outcome, which is that it was given up, may come at once.
        future<void> waiting;
        const std::lock_guard lock(mutex_);
        given_up_ = true;
        std::swap(waiting, waiting_);
    }

    void finish(result<value> outcome) {
        if (const auto state = std::move(outcome_)) state->set(std::move(outcome));
    }

    time_left time_;
    time_point until_ = never;
    bool is_first_ = true;
    intrusive_ptr<future_state<value>> outcome_;
    std::mutex mutex_;
    std::uint64_t turn_ = 0;
    bool given_up_ = false;
    future<void> waiting_;
};

} // namespace

result<value> carry_out(plan what, const call_options* options) {
    plan_step* step = what.next();
    if (step == nullptr) return std::move(what.outcome());
    if (!step->then) {
        return operate_and_wait(step->target, std::move(step->request), or_defaults(options));
    }
    time_left time(or_defaults(options));
    for (; step != nullptr; step = what.next()) {
        const call_options* const now = time.take();
        if (now == nullptr) return out_of_time(*step);
        auto then = std::move(step->then);
        what = follow(then, operate_and_wait(step->target, std::move(step->request), *now));
    }
    return std::move(what.outcome());
}

future<value> carry_out_later(plan what, const call_options* options) {
    plan_step* const step = what.next();
    if (step == nullptr) return ready_future<value>(std::move(what.outcome()));
    if (!step->then) return operate(step->target, std::move(step->request), or_defaults(options));
    return make_counted<running_plan>(or_defaults(options))->start(std::move(what));
}

remote_object* sole_target(plan& what) noexcept {
    const plan_step* const step = what.next();
    if (step == nullptr || step->then || !step->target || step->target.core()->is_local())
        return nullptr;
    auto* const remote = static_cast<remote_object*>(step->target.core().get());
    return remote->session().is_dynamic() ? remote : nullptr;
}

void send_step(remote_object& target, plan_step& step, const method_descriptor& name,
               const call_options* options, pending_call* pending) {
    const call_request call{&target, &name, 0, &or_defaults(options), false};
    target.session().call_dynamic(call, std::move(step.request), pending);
}

} // namespace beckon::detail
