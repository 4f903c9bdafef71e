// beckon ls: what a peer publishes.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>

#include "beckon/base/sha256.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/session/session.hpp"
#include "command.hpp"
#include "dynamic_views.hpp"
#include "named_views.hpp"
#include "reach.hpp"
#include "remote.hpp"
#include "schema_views.hpp"
#include "text_file.hpp"

namespace command {

namespace {

struct ls_options {
    std::string endpoint;
    std::string schema;
    std::string timeout;
    bool json = false;
};

void list(const remote& peer, bool as_json) {
    if (as_json) {
        beckon::value all = beckon::value::list();
        for (const auto& service : peer.services()) {
            std::string digest;
            for (const std::byte each : service.digest) {
                constexpr std::string_view digits = "0123456789abcdef";
                digest += digits[std::to_integer<std::size_t>(each) >> 4];
                digest += digits[std::to_integer<std::size_t>(each) & 15];
            }
            all.push_back(beckon::value::map({{"name", service.name},
                                              {"interface", service.interface},
                                              {"digest", std::move(digest)}}));
        }
        return print_line(beckon::json::to_string(all).value());
    }
    std::size_t width = 0;
    for (const auto& service : peer.services()) width = std::max(width, service.name.size());
    for (const auto& service : peer.services()) {
        std::string name = one_line(service.name);
        name.resize(std::max(width, name.size()), ' ');
        print_line(name + "  " + one_line(service.interface));
    }
}

} // namespace

void add_ls(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "ls", "List what a peer publishes: names and interfaces, or the root's attributes.");
    auto options = std::make_shared<ls_options>();
    sub->add_option("endpoint", options->endpoint, "Where the peer is")->required();
    sub->add_option("--schema", options->schema,
                    "Schema file, IDL or remcall's, for peers that cannot tell")
        ->type_name("FILE");
    sub->add_option("--timeout", options->timeout,
                    "For the connection and each answer: 50ms, 2s, 1m (default 10s, RPyC 30s)")
        ->type_name("TIME");
    sub->add_flag("--json", options->json, "Print JSON; errors too");
    sub->footer(
        "Of a peer without interfaces, such as one that speaks RPyC, the attributes of its root: "
        "what\neach is, its type, and what a value is worth.\n\n"
        "  beckon ls tcp://127.0.0.1:7000\n"
        "  beckon ls 'msgpack+exec:nvim --embed'      its functions\n"
        "  beckon ls rpyc+tcp://127.0.0.1:18861");
    sub->callback([options] {
        std::optional<beckon::schema::document> schema;
        if (!options->schema.empty()) schema = read_schema_option(options->schema);
        patience at_most;
        if (!options->timeout.empty()) at_most = parse_duration(options->timeout, "--timeout");
        beckon::connected session = reach_to_ask(options->endpoint, at_most);
        if (schema) return list_by_schema(*schema, options->json);
        if (session.core()->traits().addresses_by_name)
            return list_by_name(session, options->json, at_most);
        if (session.core()->is_dynamic())
            return list_dynamically(std::move(session), options->json, at_most);
        list(remote(std::move(session), at_most), options->json);
    });
}

} // namespace command
