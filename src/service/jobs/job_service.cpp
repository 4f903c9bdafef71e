// The object that a server publishes for jobs, and the board behind it.
#include <algorithm>

#include "beckon/object/dynamic_plan.hpp"
#include "beckon/service/jobs/jobs.hpp"
#include "beckon/session/jobs/job_board.hpp"
#include "service/server_state.hpp"

namespace beckon {

namespace {

[[nodiscard]] job_state told(const job_status& of) {
    return {.id = of.id,
            .method = of.method,
            .stage = std::string(to_string(of.stage)),
            .fraction = of.fraction,
            .text = of.text,
            .age = std::chrono::duration<double>(of.age).count(),
            .error = of.failure ? of.failure->to_string() : std::string()};
}

template <typename T>
[[nodiscard]] T or_throw(result<T> outcome) {
    if (!outcome) throw_error(std::move(outcome).error());
    return std::move(outcome).value();
}

[[nodiscard]] nanoseconds milliseconds(std::int64_t count) {
    constexpr std::int64_t longest = INT64_C(1'000'000'000'000);
    return std::chrono::milliseconds(std::clamp<std::int64_t>(count, 0, longest));
}

/// Who calls, by the call that is being served.
[[nodiscard]] const caller_identity* caller() {
    const call_context* const serving = current_call();
    return serving != nullptr ? serving->caller : nullptr;
}

/// What peers of RPyC and the like lend, their lists and dicts, by value: the job needs it when they have gone.
[[nodiscard]] value by_value(value given) {
    constexpr fetch_options all{.depth = 64};
    return or_throw(detail::carry_out(detail::ask_fetch(given, all), nullptr));
}

class job_service {
public:
    explicit job_service(std::shared_ptr<job_board> board) : board_(std::move(board)) {}

    std::string start(std::string method, std::optional<std::vector<value>> arguments,
                      std::optional<std::map<std::string, value>> named,
                      std::optional<std::int64_t> timeout_ms) {
        const call_context* const serving = current_call();
        job_order order{.method = std::move(method), .caller = caller()};
        if (arguments) order.arguments = by_value(value::list(std::move(*arguments)));
        if (named) {
            value all = value::map();
            for (auto& [name, content] : *named) all.insert_or_assign(name, std::move(content));
            order.named = by_value(std::move(all));
        }
        if (serving != nullptr) order.metadata = serving->metadata;
        if (timeout_ms) {
            if (*timeout_ms <= 0)
                throw_error(fail(errc::invalid_argument, "timeout_ms is ", *timeout_ms,
                                 "; expected milliseconds, more than 0"));
            order.timeout = milliseconds(*timeout_ms);
        }
        return or_throw(board_->start(order));
    }
    job_state poll(const std::string& id) {
        return told(or_throw(board_->find(id, job_owner(caller()))));
    }
    future<job_state> wait(const std::string& id, std::int64_t length) {
        const promise<job_state> ends;
        future<job_state> outcome = ends.get_future();
        auto drop = board_->wait(id, job_owner(caller()), milliseconds(length),
                                 [ends](result<job_status> came) {
                                     if (!came) return ends.set(std::move(came).error());
                                     ends.set(told(*came));
                                 });
        if (drop) outcome.shared()->canceller = std::move(drop);
        return outcome;
    }
    value fetch(const std::string& id, std::optional<bool> keep) {
        return or_throw(board_->fetch(id, job_owner(caller()), keep.value_or(false)));
    }
    bool cancel(const std::string& id) { return or_throw(board_->cancel(id, job_owner(caller()))); }
    std::vector<job_state> list() {
        std::vector<job_state> listed;
        for (const job_status& each : or_throw(board_->list(job_owner(caller()))))
            listed.push_back(told(each));
        return listed;
    }

private:
    const std::shared_ptr<job_board> board_;
};

} // namespace

std::shared_ptr<job_board> server::state::jobs() {
    const std::lock_guard lock(mutex);
    if (!jobs_) {
        jobs_ = job_board::make(
            {.shown = shown.root(), .authorize = make_authorizer(asks, published), .log = &log()});
        if (stopped) jobs_->stop();
    }
    return jobs_;
}

void server::publish_jobs(job_options options, std::string name) {
    std::unique_ptr<job_store> store;
    if (!options.file.empty()) store = or_throw(open_job_store(options.file));
    const std::shared_ptr<job_board> board = state_->jobs();
    if (const auto done = board->configure(std::move(options), std::move(store)); !done)
        throw_error(done.error());
    publish<jobs>(std::move(name), std::make_shared<job_service>(board), policy::concurrent);
}

} // namespace beckon
