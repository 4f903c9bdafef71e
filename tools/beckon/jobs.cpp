// beckon jobs: what became of calls that were begun as jobs.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

#include "beckon/codec/json.hpp"
#include "beckon/value/plain.hpp"
#include "command.hpp"
#include "job_progress.hpp"
#include "reach.hpp"

namespace command {

namespace {

struct jobs_options {
    std::string endpoint;
    std::string id;
    bool wait = false;
    bool cancel = false;
    bool fetch = false;
    bool keep = false;
    bool json = false;
};

void print_json(const beckon::value& of) {
    print_line(checked(beckon::json::to_string(checked(beckon::to_plain(of)))));
}

[[nodiscard]] std::string age_of(double seconds) {
    const auto whole = static_cast<long long>(seconds);
    if (whole < 60) return beckon::concat(whole, 's');
    if (whole < 3600) return beckon::concat(whole / 60, 'm', whole % 60, 's');
    return beckon::concat(whole / 3600, 'h', whole / 60 % 60, 'm');
}

void print_state(const beckon::job_state& job) {
    const std::string told = job.error.empty() ? progress_of(job) : job.error;
    std::string line = job.id + "  " + job.stage;
    line.resize(std::max(line.size(), job.id.size() + 11), ' ');
    line += "  " + age_of(job.age);
    line.resize(std::max(line.size(), job.id.size() + 19), ' ');
    line += "  " + job.method + (told.empty() ? "" : "  " + told);
    print_line(one_line(line));
}

void list(const beckon::ref<beckon::jobs>& jobs, bool as_json) {
    const auto all = jobs->list();
    if (as_json) return print_json(beckon::value(all));
    for (const beckon::job_state& each : all) print_state(each);
}

void show(const jobs_options& options) {
    const bool is_one = !options.id.empty();
    if (!is_one && (options.wait || options.cancel || options.fetch))
        fail_usage("--wait, --cancel and --fetch are for one job: beckon jobs ENDPOINT ID");
    if (options.cancel && (options.wait || options.fetch))
        fail_usage("--cancel goes with neither --wait nor --fetch");
    if (options.keep && !options.fetch) fail_usage("--keep goes with --fetch");
    check_has_jobs(options.endpoint);
    const beckon::connected session = reach_to_ask(options.endpoint);
    const auto jobs = jobs_of(session);
    if (!is_one) return list(jobs, options.json);
    if (options.cancel) {
        if (!jobs->cancel(options.id)) {
            throw failure{status::failed, beckon::fail(beckon::errc::invalid_argument, "job ",
                                                       options.id, " has ended already")};
        }
        return;
    }
    const auto state = options.wait ? follow(jobs, options.id) : jobs->poll(options.id);
    if (options.fetch) return print_result(session, jobs, options.id, options.keep);
    if (options.json) return print_json(beckon::value(state));
    print_state(state);
}

} // namespace

void add_jobs(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "jobs", "List jobs, or follow, cancel and fetch one: beckon jobs ENDPOINT [ID].");
    auto options = std::make_shared<jobs_options>();
    sub->add_option("endpoint", options->endpoint, "Where the peer is")->required();
    sub->add_option("id", options->id, "A job, as beckon call --job --detach printed it");
    sub->add_flag("--wait", options->wait, "Show how far it is until it has ended");
    sub->add_flag("--cancel", options->cancel, "Give it up");
    sub->add_flag("--fetch", options->fetch,
                  "Print the result, or fail as the call failed; the peer forgets the job");
    sub->add_flag("--keep", options->keep,
                  "With --fetch: the peer keeps it until its time is over");
    sub->add_flag("--json", options->json, "Print JSON; errors too");
    sub->footer(
        "Those of the caller are listed, the oldest first: id, stage, age, method, and how far "
        "it is.\n\n"
        "  beckon call --job tcp://127.0.0.1:7000 sleep 20000\n"
        "  beckon call --detach jsonrpc+tcp://127.0.0.1:7001 conformance.sleep 20000\n"
        "  beckon jobs tcp://127.0.0.1:7000\n"
        "  beckon jobs tcp://127.0.0.1:7000 0f3c... --wait --fetch");
    sub->callback([options] { show(*options); });
}

} // namespace command
