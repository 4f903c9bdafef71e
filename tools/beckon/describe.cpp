// beckon describe: the interfaces of a peer's objects, as IDL.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>

#include "beckon/schema/print.hpp"
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

struct describe_options {
    std::string endpoint;
    std::string object;
    std::string schema;
    std::string timeout;
};

/// Where every method raises every exception there is, the list says nothing: it is what a method without one may do.
beckon::schema::document without_empty_words(beckon::schema::document document) {
    std::vector<std::string> all;
    for (const auto& each : document.exceptions) all.push_back(each.name);
    std::ranges::sort(all);
    const auto raises_all = [&](const beckon::schema::method& method) {
        auto raised = method.raises;
        std::ranges::sort(raised);
        return raised == all;
    };
    for (auto& interface : document.interfaces) {
        if (!std::ranges::all_of(interface.methods, raises_all)) continue;
        for (auto& method : interface.methods) method.raises.clear();
    }
    return document;
}

void describe(const remote& peer, const std::string& object) {
    if (!object.empty()) {
        // Asked for by name, so that a wrong one is told with those that there are.
        const found_object found = peer.find(object);
        return print(beckon::schema::print(without_empty_words(found.interface.document())));
    }
    bool first = true;
    for (const auto& service : peer.services()) {
        if (!first) print_line("");
        first = false;
        print_line("// " + one_line(service.name) + ": " + one_line(service.interface));
        print(beckon::schema::print(without_empty_words(peer.describe(service.name))));
    }
}

} // namespace

void add_describe(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "describe", "Print the interfaces of a peer's objects as IDL, or their help.");
    auto options = std::make_shared<describe_options>();
    sub->add_option("endpoint", options->endpoint, "Where the peer is")->required();
    sub->add_option("object", options->object, "One of its objects; all where none is named");
    sub->add_option("--schema", options->schema,
                    "Schema file, IDL or remcall's, for peers that cannot tell")
        ->type_name("FILE");
    sub->add_option("--timeout", options->timeout,
                    "For the connection and each answer: 50ms, 2s, 1m (default 10s, RPyC 30s)")
        ->type_name("TIME");
    sub->footer(
        "Over remcall a Beckon tells its schema, another peer none: --schema FILE says what it "
        "has. OBJECT is\na method there, of which the line is printed, with --schema also one of "
        "another interface,\nINTERFACE.METHOD, or a type of the file. "
        "Of a peer without interfaces, such as one that speaks RPyC, what the object says of "
        "itself: its\ntype, its docstring, its methods with theirs, its other attributes. "
        "OBJECT is then a path of\nattributes; the root where there is none.\n\n"
        "  beckon describe tcp://127.0.0.1:7000 conformance\n"
        "  beckon describe 'msgpack+exec:nvim --embed' nvim_buf_get_lines\n"
        "  beckon describe rpyc+tcp://127.0.0.1:18861 bench.say");
    sub->callback([options] {
        std::optional<beckon::schema::document> schema;
        if (!options->schema.empty()) schema = read_schema_option(options->schema);
        patience at_most;
        if (!options->timeout.empty()) at_most = parse_duration(options->timeout, "--timeout");
        beckon::connected session = reach_to_ask(options->endpoint, at_most);
        if (schema) return describe_by_schema(*schema, options->object);
        const beckon::protocol_traits& traits = session.core()->traits();
        if (!traits.tells_types && options->object.empty())
            return describe_by_told_schema(session, at_most);
        if (traits.addresses_by_name) return describe_by_name(session, options->object, at_most);
        if (session.core()->is_dynamic())
            return describe_dynamically(std::move(session), options->object, at_most);
        describe(remote(std::move(session), at_most), options->object);
    });
}

} // namespace command
