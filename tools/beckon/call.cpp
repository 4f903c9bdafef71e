// beckon call: calls a method by name, with JSON for its arguments and result.
#include "call.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>

#include "admitted.hpp"
#include "beckon/session/session.hpp"
#include "command.hpp"
#include "job_progress.hpp"
#include "reach.hpp"
#include "text_file.hpp"

namespace command {

namespace {

struct call_settings {
    std::string endpoint;
    std::string target;
    std::vector<std::string> rest;
    std::string timeout;
    std::string listen_for;
    std::string schema;
    std::string admit;
    bool as_job = false;
    bool detach = false;
    bool json = false;
};

/// What follows the method. main has put the options before "--".
std::vector<std::string> arguments_of(const CLI::App& sub) {
    std::vector<std::string> rest = sub.remaining();
    const auto mark = std::ranges::find(rest, "--");
    if (mark != rest.begin() && !rest.empty())
        fail_usage(beckon::concat("there is no option ", rest.front(), "; see beckon call --help"));
    if (!rest.empty()) rest.erase(rest.begin());
    return rest;
}

call_job job_of(const call_settings& settings) {
    call_job job;
    job.line = parse_call_line(settings.target, settings.rest);
    if (!settings.timeout.empty()) {
        job.options.timeout = parse_duration(settings.timeout, "--timeout");
        job.connecting = job.options.timeout;
    }
    if (!settings.listen_for.empty()) job.listen_for = parse_duration(settings.listen_for, "--for");
    if (!settings.schema.empty()) job.schema = read_schema_option(settings.schema);
    return job;
}

void call(const call_settings& settings) {
    const call_job job = job_of(settings);
    const bool one_object = has_one_object(settings.endpoint);
    const bool is_job = settings.as_job || settings.detach;
    if (is_job) check_has_jobs(settings.endpoint);
    std::optional<beckon::nanoseconds> admit;
    if (!settings.admit.empty()) admit = parse_duration(settings.admit, "--admit");
    beckon::connected session = one_object && admit ? reach_and_enter(settings.endpoint, *admit)
                                : is_job ? reach_to_ask(settings.endpoint, job.connecting)
                                         : reach(settings.endpoint, job.connecting);
    std::optional<held_place> place;
    const bool asks_by_calls = has_plain_types_alone(settings.endpoint);
    if (admit && !one_object && !asks_by_calls) place.emplace(session, *admit);
    if (is_job) return call_as_job(session, job, settings.detach);
    const beckon::protocol_traits& traits = session.core()->traits();
    const auto way = !traits.dynamic            ? call_by_schema
                     : traits.addresses_by_name ? call_by_name
                                                : call_dynamically;
    if (admit && asks_by_calls) return call_until_admitted([&] { way(session, job); }, *admit);
    way(std::move(session), job);
}

} // namespace

void add_call(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "call", "Call a method of a peer's object: beckon call ENDPOINT [OBJECT.]METHOD ARGS...");
    auto settings = std::make_shared<call_settings>();
    sub->add_option("endpoint", settings->endpoint, "Where the peer is")->required();
    sub->add_option("target", settings->target,
                    "OBJECT.METHOD; METHOD alone where only one object has it")
        ->type_name("[OBJECT.]METHOD")
        ->required();
    // Not an option of CLI11: that would take "[1, 2]" for two arguments.
    sub->allow_extras();
    sub->add_option("--timeout", settings->timeout,
                    "For each call, and the stream that it gives: 50ms, 2s, 1m (default 10s;\n"
                    "basic-socket-rpc 20s, RPyC 30s, pyrpc 24h; for streams no end)")
        ->type_name("TIME");
    sub->add_option("--for", settings->listen_for,
                    "With @events: wait no longer than this for further events")
        ->type_name("TIME");
    sub->add_option("--schema", settings->schema,
                    "File that says what the peer's objects are: IDL, or remcall's binary schema")
        ->type_name("FILE");
    sub->add_option(
           "--admit", settings->admit,
           "Take a place first, where the peer lets only so many users in, and wait for it\n"
           "so long")
        ->type_name("TIME");
    sub->add_flag(
        "--job", settings->as_job,
        "Start it as a job, show how far it is, and print the result; it goes on where this "
        "ends");
    sub->add_flag("--detach", settings->detach,
                  "Start it as a job and print its id, for beckon jobs");
    sub->add_flag("--json", settings->json, "Print errors as JSON");
    sub->footer(
        "Arguments:\n"
        "  JSON         by position: 2, true, '\"text\"', '[1, 2]', '{\"$bytes\": \"aGk=\"}'\n"
        "  name=JSON    by name\n"
        "  @events      an object that prints each call it gets as a line of JSON; when the call "
        "has\n"
        "               returned, the command goes on until the peer lets go of it, or for --for\n"
        "  @-           a stream from standard input, a line of JSON for each item\n"
        "  .METHOD      calls a method of the result; its arguments follow\n\n"
        "The result is one line of JSON, nothing for void; of a stream, a line for each item.\n\n"
        "Over a protocol whose peers have no interfaces, such as RPyC, OBJECT is a path of "
        "attributes\n"
        "from the peer's root; an attribute that is no method gives its value. Lists and dicts are "
        "printed\n"
        "by content, iterators a line for each item, other objects by type and repr; None is null. "
        "@events\n"
        "can be called itself and has every method, @- is an iterator.\n\n"
        "Over basic-socket-rpc and remcall, whose bytes say nothing of themselves, --schema names "
        "the commands:\nthose of an interface by the numbers that it gives, else by their places "
        "in it, from 0. Without it\nbasic-socket-rpc's command 3 is '#3', which takes and gives "
        "{\"$bytes\"}.\n\n"
        "Over JSON-RPC and MessagePack-RPC the peer is asked for the method by the name that is "
        "written,\n"
        "every part of it. The result may be a stream, a line for each item, or an object, on "
        "which\n"
        ".METHOD is called.\n\n"
        "  beckon call tcp://127.0.0.1:7000 conformance.add 2 3\n"
        "  beckon call tcp://127.0.0.1:7000 conformance.make_counter 5 .increment 2\n"
        "  beckon call --job tcp://127.0.0.1:7000 conformance.sleep 20000\n"
        "  beckon call unix:/tmp/beckon.sock conformance.call_back @events 3\n"
        "  seq 9 | beckon call 'exec:beckon serve --listen stdio:' conformance.total @-\n"
        "  beckon call rpyc+tcp://127.0.0.1:18812 getmodule '\"sys\"' .version");
    sub->callback([settings, sub] {
        settings->rest = arguments_of(*sub);
        call(*settings);
    });
}

} // namespace command
