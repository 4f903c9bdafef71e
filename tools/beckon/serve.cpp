// beckon serve: the conformance service, on any number of endpoints.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>

#include "beckon/beckon.hpp"
#include "beckon/service/admission/admission.hpp"
#include "beckon/service/process_server.hpp"
#include "command.hpp"
#include "conformance/remcall_service.hpp"
#include "conformance/service.hpp"
#include "listening.hpp"
#include "reach.hpp"

namespace command {

namespace {

struct serve_options {
    std::vector<std::string> listen{"tcp://127.0.0.1:0"};
    bool traces = false;
    bool one_shot = false;
    bool process_per_client = false;
    std::string announce; ///< Empty: nothing is.
    std::uint16_t announce_port = beckon::announcing_port;
    std::string jobs;                ///< A database; empty: jobs are kept in memory.
    std::size_t max_connections = 0; ///< 0: the library's limit, and more are refused.
    std::size_t places = 0;          ///< 0: all may call.
    std::string lease;
    std::string administrator;
};

/// Waits for SIGTERM or SIGINT; where the only peer is at standard input and output, for its end; or until all have been
/// served that were to be.
void wait_for_end(const sigset_t& signals, const beckon::server& server, bool stdio_alone,
                  bool may_finish) {
    for (;;) {
        const timespec moment{0, 50'000'000};
        const int caught = stdio_alone || may_finish ? sigtimedwait(&signals, nullptr, &moment)
                                                     : sigwaitinfo(&signals, nullptr);
        if (caught == SIGINT || caught == SIGTERM) return;
        if (stdio_alone && server.connection_count() == 0) return;
        if (may_finish && server.is_finished()) return;
    }
}

void print_line(std::FILE* out, const std::string& text) {
    std::fprintf(out, "%s\n", text.c_str());
    std::fflush(out);
}

[[nodiscard]] beckon::server_options server_options_of(const serve_options& options) {
    beckon::server_options made;
    made.send_traces = options.traces;
    made.connections_in_all = options.one_shot ? 1 : 0;
    if (options.max_connections != 0) {
        made.limits.max_connections = options.max_connections;
        made.when_full = beckon::when_full::wait;
    }
    if (options.places != 0) {
        beckon::admission_options admitted{.places = options.places};
        if (!options.lease.empty()) admitted.lease = parse_duration(options.lease, "--lease");
        if (!options.administrator.empty()) {
            admitted.administrator = [name = options.administrator](const auto& who) {
                return who.name == name;
            };
        }
        made.admission = beckon::admit(std::move(admitted));
    } else if (!options.lease.empty() || !options.administrator.empty()) {
        fail_usage("--lease and --administrator go with --places");
    }
    return made;
}

/// The label of the service's schema in remcall is agreed, and part of the schema's digest; C++ interfaces have none.
[[nodiscard]] std::string labelled(const std::string& endpoint) {
    const bool is_its =
        endpoint.starts_with("remcall+") ||
        (endpoint.starts_with("any+") && endpoint.find("protocols=") == std::string::npos);
    if (!is_its || endpoint.find("label=") != std::string::npos) return endpoint;
    const char* const mark = endpoint.find('?') == std::string::npos ? "?" : "&";
    return endpoint + mark + "label=conformance";
}

/// Listens, and tells by what endpoints it is reached; what only dials out is told as it was written.
[[nodiscard]] std::vector<std::string> listen(beckon::server& server, const std::string& text) {
    const std::vector<std::string> before = server.endpoints();
    auto real = server.try_listen(labelled(text));
    if (!real) fail_to_listen(std::move(real).error());
    std::vector<std::string> now = server.endpoints();
    if (now.size() <= before.size()) return {*real};
    now.erase(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(before.size()));
    return now;
}

/// Nobody is asked who he is here: whoever can connect may see all jobs.
void publish_jobs(beckon::server& server, const serve_options& options) {
    beckon::job_options jobs;
    jobs.unidentified_are_one = true;
    jobs.file = options.jobs;
    try {
        server.publish_jobs(std::move(jobs));
    } catch (const beckon::exception& failed) {
        throw failure{status::wrong_usage, failed.failure()};
    }
}

/// Publishes the service; for remcall, which has other names, its part of it too.
void publish(beckon::server& server, const serve_options& options) {
    conformance::publish(server);
    server.set_root("conformance");
    const bool speaks_remcall =
        std::any_of(options.listen.begin(), options.listen.end(), [](const std::string& each) {
            return each.find("remcall+") != std::string::npos || each.starts_with("any+");
        });
    if (speaks_remcall) conformance::remcall::publish(server);
}

void serve_by_processes(const serve_options& options) {
    static_cast<void>(block_end_signals()); // run lets them in
    beckon::process_server_options each;
    each.serving = server_options_of(options);
    if (options.max_connections != 0) each.max_processes = options.max_connections;
    beckon::process_server server([&options](beckon::server& one) { publish(one, options); }, each);
    for (const std::string& endpoint : options.listen) {
        try {
            print_line(stdout, "listening " + server.listen(labelled(endpoint)));
        } catch (const beckon::exception& failed) {
            fail_to_listen(failed.failure());
        }
    }
    print_line(stdout, "ready");
    server.run();
}

/// What is announced: {name: ..., endpoints: [...]}.
void announce(beckon::server& server, const serve_options& options,
              const std::vector<std::string>& endpoints) {
    beckon::value list = beckon::value::list();
    for (const std::string& each : endpoints) list.push_back(each);
    try {
        static_cast<void>(server.announce(
            beckon::value::map({{"name", options.announce}, {"endpoints", std::move(list)}}),
            {.port = options.announce_port, .accepts = nullptr}));
    } catch (const beckon::exception& failed) {
        fail_to_listen(failed.failure());
    }
}

void serve(const serve_options& options) {
    if (options.process_per_client && !options.announce.empty())
        fail_usage("--announce and --process-per-client do not go together");
    if (options.process_per_client && options.places != 0)
        fail_usage("--places and --process-per-client do not go together");
    if (options.process_per_client && !options.jobs.empty())
        fail_usage("--jobs and --process-per-client do not go together");
    if (options.process_per_client) return serve_by_processes(options);
    bool stdio = false;
    for (const std::string& endpoint : options.listen)
        stdio =
            stdio || endpoint.starts_with("stdio:") || endpoint.find("+stdio:") != endpoint.npos;

    const sigset_t signals = block_end_signals();

    beckon::server server(server_options_of(options));
    publish(server, options);
    publish_jobs(server, options);
    // On stdio: standard output belongs to the peer; the lines for people go to standard error.
    std::FILE* const out = stdio ? stderr : stdout;
    std::vector<std::string> endpoints;
    for (const std::string& endpoint : options.listen) {
        for (const std::string& each : listen(server, endpoint)) {
            print_line(out, "listening " + each);
            endpoints.push_back(each);
        }
    }
    if (!options.announce.empty()) announce(server, options, endpoints);
    print_line(out, "ready");
    wait_for_end(signals, server, stdio && options.listen.size() == 1, options.one_shot);
    server.drain();
}

} // namespace

void add_serve(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "serve", "Serve the conformance service: objects to try clients and the command on.");
    auto options = std::make_shared<serve_options>();
    sub->add_option(
           "--listen", options->listen,
           "Endpoint to listen on; may be repeated (tcp://HOST:PORT, unix:PATH, stdio:, and "
           "rpyc+, jsonrpc+, msgpack+, pyrpc+, quickrpc+, basic+ or "
           "remcall+ before each)")
        ->type_name("URL")
        ->expected(1)
        ->take_all()
        ->capture_default_str();
    sub->add_flag("--traces", options->traces, "Send stack traces with errors to peers");
    sub->add_flag("--one-shot", options->one_shot, "Serve one connection, then end");
    sub->add_option("--max-connections", options->max_connections,
                    "Serve at most so many at a time; others wait their turn")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    sub->add_option("--places", options->places,
                    "Let so many users in at a time: others are told to ask admission.enter first\n"
                    "(beckon call --admit)")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    sub->add_option("--lease", options->lease, "With --places: a place is held so long")
        ->type_name("TIME");
    sub->add_option("--administrator", options->administrator,
                    "With --places: the user who may send others away")
        ->type_name("NAME");
    sub->add_option("--announce", options->announce,
                    "Answer those who seek services on the network, under this name")
        ->type_name("NAME");
    sub->add_option("--announce-port", options->announce_port, "The UDP port for that")
        ->type_name("PORT")
        ->capture_default_str();
    sub->add_option("--jobs", options->jobs,
                    "Keep jobs in this SQLite database: their results outlive the server")
        ->type_name("FILE");
    sub->add_flag("--process-per-client", options->process_per_client,
                  "Serve each connection in a process of its own: nothing is shared between them");
    sub->footer(
        "Prints 'listening URL' with the real port for each endpoint, then 'ready'; with stdio:\n"
        "among them, on standard error. SIGTERM or SIGINT lets calls in flight end, then exits 0;\n"
        "so does the end of standard input where stdio: is the only endpoint.\n\n"
        "  beckon serve --listen tcp://127.0.0.1:7000 --listen unix:/tmp/beckon.sock\n"
        "  beckon serve --listen rpyc+tcp://127.0.0.1:18861      for RPyC's clients\n"
        "  beckon serve --listen 'restart:10:tls://hub:7443'     calls out, and serves there\n"
        "  beckon serve --listen tcp://0.0.0.0:7000 --announce lab    found by beckon discover\n"
        "  beckon serve --listen tcp://127.0.0.1:7000 --jobs jobs.sqlite    see beckon jobs "
        "--help");
    sub->callback([options] { serve(*options); });
}

} // namespace command
