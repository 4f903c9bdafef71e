#include "job_progress.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "beckon/codec/json.hpp"
#include "beckon/session/session.hpp"
#include "beckon/value/plain.hpp"
#include "command.hpp"
#include "dynamic_peer.hpp"
#include "fetch.hpp"
#include "handles.hpp"
#include "reach.hpp"

namespace command {

namespace {

constexpr int look_every_ms = 200;

[[nodiscard]] int percent_of(double fraction) {
    return static_cast<int>(std::floor(fraction * 100 + 1e-9));
}

/// What is seen of a job while it runs, on standard error: standard output is for results.
class progress_view {
public:
    explicit progress_view(const std::string& id) : is_bar_(isatty(STDERR_FILENO) == 1) {
        if (!is_bar_) line("job " + id);
    }
    progress_view(const progress_view&) = delete;
    progress_view& operator=(const progress_view&) = delete;
    ~progress_view() {
        if (is_bar_) std::fputs("\r\x1b[K", stderr);
    }

    void show(const beckon::job_state& job) {
        if (is_bar_) return draw(job);
        std::string now = progress_of(job);
        if (now.empty()) now = job.stage;
        if (now == shown_) return;
        line(now);
        shown_ = std::move(now);
    }

private:
    static void line(const std::string& text) {
        std::fprintf(stderr, "%s\n", one_line(text).c_str());
        std::fflush(stderr);
    }
    static void draw(const beckon::job_state& job) {
        constexpr int width = 30;
        std::string bar(width, '.');
        if (job.fraction)
            bar.replace(0, filled(*job.fraction, width), filled(*job.fraction, width), '#');
        std::string told = progress_of(job);
        if (told.empty()) told = job.stage;
        std::fprintf(stderr, "\r\x1b[K[%s] %s", bar.c_str(), one_line(told).c_str());
        std::fflush(stderr);
    }
    [[nodiscard]] static std::size_t filled(double fraction, int width) {
        return static_cast<std::size_t>(std::floor(fraction * width));
    }

    const bool is_bar_;
    std::string shown_;
};

} // namespace

beckon::ref<beckon::jobs> jobs_of(const beckon::connected& session) {
    return checked(session.try_get<beckon::jobs>("jobs").note("looking for the peer's jobs"));
}

void check_has_jobs(const std::string& endpoint) {
    if (has_one_object(endpoint)) {
        fail_usage("basic-socket-rpc has no jobs: its servers have one object, whose commands are "
                   "all there is");
    }
    if (has_plain_types_alone(endpoint)) {
        fail_usage("remcall has no jobs: it has no form for arguments and results of any type");
    }
}

std::string progress_of(const beckon::job_state& job) {
    std::string told;
    if (job.fraction) told = beckon::concat(percent_of(*job.fraction), '%');
    if (!job.text.empty()) told += (told.empty() ? "" : " ") + job.text;
    return told;
}

beckon::job_state follow(const beckon::ref<beckon::jobs>& jobs, const std::string& id) {
    progress_view view(id);
    for (;;) {
        beckon::job_state now = jobs->wait(id, look_every_ms);
        view.show(now);
        if (now.is_over()) return now;
    }
}

void print_result(const beckon::connected& session, const beckon::ref<beckon::jobs>& jobs,
                  const std::string& id, bool keep) {
    beckon::value outcome = jobs->fetch(id, keep);
    const beckon::protocol_traits& traits = session.core()->traits();
    if (!traits.dynamic || traits.addresses_by_name) return print_line(to_json(outcome));
    const dynamic_peer peer(session);
    print_line(checked(beckon::json::to_string(checked(fetch(peer, outcome)))));
}

void call_as_job(const beckon::connected& session, const call_job& job, bool detach) {
    if (job.line.steps.size() != 1) fail_usage("a job is one call; there is .METHOD after it");
    const call_step& step = job.line.steps[0];
    std::string method = step.method;
    if (!job.line.object.empty()) method = beckon::concat(job.line.object, '.', method);
    std::vector<beckon::value> arguments;
    std::map<std::string, beckon::value> named;
    for (const call_argument& each : step.arguments) {
        if (each.is != call_argument::kind::json)
            fail_usage("@events and @- are for as long as the command runs, and a job goes on");
        beckon::value content =
            checked(beckon::from_plain(each.content).note("reading the arguments of " + method));
        if (each.name.empty()) {
            arguments.push_back(std::move(content));
        } else if (!named.emplace(each.name, std::move(content)).second) {
            fail_usage(beckon::concat("argument ", each.name, " of ", method, " stands twice"));
        }
    }
    std::optional<std::int64_t> timeout_ms;
    if (job.options.timeout.count() != 0) {
        timeout_ms = std::chrono::ceil<std::chrono::milliseconds>(job.options.timeout).count();
    }
    const auto jobs = jobs_of(session);
    const std::string id = jobs->start(method, std::move(arguments), std::move(named), timeout_ms);
    if (detach) return print_line(id);
    static_cast<void>(follow(jobs, id));
    print_result(session, jobs, id, false);
}

} // namespace command
