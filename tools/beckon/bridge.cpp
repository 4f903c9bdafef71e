// beckon bridge: lets programs that speak one protocol reach a program that speaks another.
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <beckon/service/bridge.hpp>

#include "command.hpp"
#include "listening.hpp"
#include "reach.hpp"
#include "text_file.hpp"

namespace command {

namespace {

struct bridge_settings {
    std::vector<std::string> listen;
    std::string connect;
    std::string schema;
    std::vector<std::string> objects;
    std::string user;
    std::string timeout;
    std::string record;
    bool by_objects = false;
};

[[nodiscard]] beckon::bridge_options options_of(const bridge_settings& settings) {
    beckon::bridge_options options;
    if (!settings.schema.empty()) options.schema = read_schema_option(settings.schema);
    for (const std::string& each : settings.objects) {
        const std::size_t mark = each.find('=');
        if (mark == std::string::npos || mark + 1 == each.size()) {
            fail_usage(
                beckon::concat("--object takes [NAME]=INTERFACE; found ", beckon::quoted(each)));
        }
        options.objects.emplace_back(each.substr(0, mark), each.substr(mark + 1));
    }
    if (!settings.timeout.empty())
        options.reaching.timeout = parse_duration(settings.timeout, "--timeout");
    options.reaching.user = settings.user;
    options.record = settings.record;
    options.passes_messages = !settings.by_objects;
    return options;
}

void bridge(const bridge_settings& settings) {
    static_cast<void>(block_end_signals()); // run lets them in

    auto made = beckon::bridge::make(settings.connect, options_of(settings));
    if (!made) throw failure{status::wrong_usage, std::move(made).error()}; // nobody is called yet
    beckon::bridge& between = *made;
    bool stdio = false;
    for (const std::string& each : settings.listen)
        stdio = stdio || each.starts_with("stdio:") || each.find("+stdio:") != std::string::npos;
    std::FILE* const out = stdio ? stderr : stdout;
    for (const std::string& each : settings.listen) {
        auto real = between.try_listen(each);
        if (!real) fail_to_listen(std::move(real).error());
        std::fprintf(out, "listening %s\n", real->c_str());
    }
    std::fprintf(out, "ready\n");
    std::fflush(out);
    between.run();
}

} // namespace

void add_bridge(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "bridge", "Let programs that speak one protocol reach one that speaks another.");
    auto settings = std::make_shared<bridge_settings>();
    sub->add_option(
           "--listen", settings->listen,
           "Endpoint to listen on; may be repeated (any+tcp://HOST:PORT for all protocols)")
        ->type_name("URL")
        ->expected(1)
        ->take_all()
        ->required();
    sub->add_option("--connect", settings->connect,
                    "Where the program is that clients are to reach; each has a connection of its "
                    "own to it")
        ->type_name("URL")
        ->required();
    sub->add_option(
           "--schema", settings->schema,
           "File that says what the objects are, where the protocols cannot tell: IDL, or\n"
           "remcall's binary schema")
        ->type_name("FILE");
    sub->add_option(
           "--object", settings->objects,
           "The object of that name has that interface of the schema; may be repeated. The root\n"
           "is the one without a name, else the first (default: interfaces that no other\n"
           "one mentions, by their names in lower_snake_case)")
        ->type_name("[NAME]=INTERFACE")
        ->expected(1)
        ->take_all();
    sub->add_option("--user", settings->user,
                    "Who the bridge is to the program that it connects to")
        ->type_name("NAME");
    sub->add_option("--timeout", settings->timeout,
                    "To reach that program, for each client (default 10s)")
        ->type_name("TIME");
    sub->add_option("--record", settings->record,
                    "Record what is said with that program, for people and for beckon replay")
        ->type_name("FILE");
    sub->add_flag("--by-objects", settings->by_objects,
                  "Pass objects on even where both sides speak the same protocol, and messages\n"
                  "could pass as they are");
    sub->footer(
        "Prints 'listening URL' with the real port for each endpoint, then 'ready'. SIGTERM or\n"
        "SIGINT lets calls in flight end, then exits 0.\n\n"
        "  beckon bridge --listen jsonrpc+http://127.0.0.1:8080 --connect rpyc+tcp://lab:18861\n"
        "  beckon bridge --listen rpyc+tcp://:18861 --connect 'rpyc+tcp://old:18812?dialect=5'\n"
        "  beckon bridge --listen any+tcp://:7000 --connect remcall+tcp://lab:6000 --schema "
        "lab.bin");
    sub->callback([settings] { bridge(*settings); });
}

} // namespace command
