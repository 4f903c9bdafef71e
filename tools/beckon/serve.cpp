// beckon serve: the conformance service, on any number of endpoints.
#include <CLI/CLI.hpp>

#include <csignal>

#include "beckon/beckon.hpp"
#include "command.hpp"
#include "conformance/service.hpp"

namespace command {

namespace {

struct serve_options {
    std::vector<std::string> listen{"tcp://127.0.0.1:0"};
    bool traces = false;
};

/// Waits for SIGTERM or SIGINT, or, where the only peer is at standard input and output, for its end.
void wait_for_end(const sigset_t& signals, const beckon::server& server, bool stdio_alone) {
    for (;;) {
        const timespec moment{0, 50'000'000};
        const int caught =
            stdio_alone ? sigtimedwait(&signals, nullptr, &moment) : sigwaitinfo(&signals, nullptr);
        if (caught == SIGINT || caught == SIGTERM) return;
        if (stdio_alone && server.connection_count() == 0) return;
    }
}

void serve(const serve_options& options) {
    bool stdio = false;
    for (const std::string& endpoint : options.listen)
        stdio = stdio || endpoint.starts_with("stdio:") || endpoint.ends_with("+stdio:");

    // Before any thread starts, so that all of them leave the signals to this one.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    beckon::server server({.send_traces = options.traces});
    conformance::publish(server);
    server.set_root("conformance");
    // On stdio: standard output belongs to the peer; the lines for people go to standard error.
    std::FILE* const out = stdio ? stderr : stdout;
    for (const std::string& endpoint : options.listen) {
        auto real = server.try_listen(endpoint);
        if (!real) {
            const auto code = real.error().code();
            const bool misspelt = code == beckon::errc::parse_error ||
                                  code == beckon::errc::invalid_argument ||
                                  code == beckon::errc::unsupported;
            throw failure{misspelt ? status::wrong_usage : status::no_connection,
                          std::move(real).error()};
        }
        std::fprintf(out, "listening %s\n", real->c_str());
        std::fflush(out);
    }
    std::fputs("ready\n", out);
    std::fflush(out);
    wait_for_end(signals, server, stdio && options.listen.size() == 1);
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
           "rpyc+ before each)")
        ->type_name("URL")
        ->expected(1)
        ->take_all()
        ->capture_default_str();
    sub->add_flag("--traces", options->traces, "Send stack traces with errors to peers");
    sub->footer(
        "Prints 'listening URL' with the real port for each endpoint, then 'ready'; with stdio:\n"
        "among them, on standard error. SIGTERM or SIGINT lets calls in flight end, then exits 0;\n"
        "so does the end of standard input where stdio: is the only endpoint.\n\n"
        "  beckon serve --listen tcp://127.0.0.1:7000 --listen unix:/tmp/beckon.sock\n"
        "  beckon serve --listen rpyc+tcp://127.0.0.1:18861      for RPyC's clients");
    sub->callback([options] { serve(*options); });
}

} // namespace command
