// beckon discover: who announces himself on the network.
#include <CLI/CLI.hpp>

#include "beckon/codec/json.hpp"
#include "beckon/service/announce.hpp"
#include "command.hpp"

namespace command {

namespace {

struct discover_options {
    std::string filter;
    std::string to = "255.255.255.255";
    std::uint16_t port = beckon::announcing_port;
    double timeout = 1;
    bool json = false;
};

/// A filter is a text, unless it is JSON of another kind.
[[nodiscard]] beckon::value filter_of(const std::string& text) {
    const auto read = beckon::json::parse(text);
    return read && !read->is(beckon::value_kind::null) ? *read : beckon::value(text);
}

void discover(const discover_options& options) {
    auto all = beckon::try_discover(
        {.port = options.port,
         .filter = filter_of(options.filter),
         .to = options.to,
         .timeout = std::chrono::nanoseconds(static_cast<std::int64_t>(options.timeout * 1e9))});
    if (!all) {
        const bool misspelt = all.error().code() != beckon::errc::io_error;
        throw failure{misspelt ? status::wrong_usage : status::no_connection,
                      std::move(all).error()};
    }
    beckon::value list = beckon::value::list();
    for (const beckon::discovered& each : *all) {
        if (options.json) {
            list.push_back(
                beckon::value::map({{"host", each.host}, {"description", each.description}}));
        } else if (each.description.is(beckon::value_kind::string)) {
            print_line(each.host + "  " + one_line(each.description.string()));
        } else {
            print_line(each.host + "  " +
                       one_line(checked(beckon::json::to_string(each.description))));
        }
    }
    if (options.json) print_line(checked(beckon::json::to_string(list)));
    if (all->empty() && !options.json) {
        throw failure{status::failed,
                      beckon::fail(beckon::errc::not_found, "nobody has answered at ", options.to,
                                   ":", options.port)};
    }
}

} // namespace

void add_discover(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "discover",
        "Ask who is on the network, as quickrpc's announcer does, and print the answers.");
    auto options = std::make_shared<discover_options>();
    sub->add_option("--filter", options->filter,
                    "What is sought; announcers say what it means. JSON, or a text")
        ->type_name("TEXT");
    sub->add_option("--port", options->port, "The UDP port that all concerned use")
        ->type_name("PORT")
        ->capture_default_str();
    sub->add_option("--to", options->to, "Where to ask: a broadcast address, or one host's")
        ->type_name("ADDRESS")
        ->capture_default_str();
    sub->add_option("--timeout", options->timeout, "How many seconds to wait for answers")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 3600.0))
        ->capture_default_str();
    sub->add_flag("--json", options->json, "Print JSON, an empty list too; errors too");
    sub->footer(
        "One line for each answer: the address that it came from, and what is announced. Nobody\n"
        "proves who he is. Exit status 1 where nobody has answered, 0 with --json.\n\n"
        "  beckon discover\n"
        "  beckon discover --filter lab --timeout 3 --json");
    sub->callback([options] { discover(*options); });
}

} // namespace command
