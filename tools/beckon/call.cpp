// beckon call: calls a method by name, with JSON for its arguments and result.
#include <CLI/CLI.hpp>

#include <algorithm>

#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/stream.hpp"
#include "beckon/session/session.hpp"
#include "beckon/value/coerce.hpp"
#include "call_line.hpp"
#include "command.hpp"
#include "event_listener.hpp"
#include "handles.hpp"
#include "input_stream.hpp"
#include "remote.hpp"
#include "text_file.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::value;

struct call_settings {
    std::string endpoint;
    std::string target;
    std::vector<std::string> rest;
    std::string timeout;
    std::string listen_for;
    std::string schema;
    bool json = false;
};

template <typename T>
T checked(beckon::result<T> outcome) {
    if (!outcome) throw failure{status::failed, std::move(outcome).error()};
    return std::move(outcome).value();
}

/// One run of the command.
class caller {
public:
    explicit caller(const call_settings& settings)
        : settings_(settings), line_(parse_call_line(settings.target, settings.rest)) {
        if (!settings.timeout.empty())
            options_.timeout = parse_duration(settings.timeout, "--timeout");
        if (!settings.listen_for.empty())
            listen_for_ = parse_duration(settings.listen_for, "--for");
        if (!settings.schema.empty()) schema_ = read_schema(settings.schema);
    }

    void run() {
        const remote peer(settings_.endpoint, options_.timeout.count() != 0
                                                  ? std::optional(options_.timeout)
                                                  : std::nullopt);
        found_object found = locate(peer);
        value outcome = call(found.target, found.interface, line_.steps[0]);
        for (std::size_t i = 1; i < line_.steps.size(); ++i) {
            if (!outcome.is(beckon::value_kind::reference)) {
                throw failure{status::failed,
                              beckon::fail(errc::type_mismatch, "the result of ",
                                           line_.steps[i - 1].method, " is ", outcome.type_name(),
                                           "; .", line_.steps[i].method, " needs an object")};
            }
            const auto target = outcome.as<beckon::object>();
            outcome = call(target, checked(beckon::dynamic_interface::of(target)), line_.steps[i]);
        }
        if (!outcome.is_null() || !gives_nothing_) print_outcome(outcome);
        found.target = {};
        listener_.wait_until_released(listen_for_,
                                      [&peer] { return peer.session().core()->is_over(); });
    }

private:
    /// The object that the first call is for; where none is named, the one that has such a method.
    found_object locate(const remote& peer) const {
        const auto* const schema = schema_ ? &*schema_ : nullptr;
        if (!line_.object.empty()) return peer.find(line_.object, schema);
        found_object root = peer.directory();
        const std::string& method = line_.steps[0].method;
        if (root.interface.find_method(method)) return root;
        std::optional<found_object> only;
        for (const auto& service : peer.services()) {
            found_object candidate = peer.find(service.name, schema);
            if (!candidate.interface.find_method(method)) continue;
            if (only) {
                fail_usage(beckon::concat("both ", only->name, " and ", candidate.name,
                                          " have a method ", method, "; write which: ", only->name,
                                          ".", method));
            }
            only.emplace(std::move(candidate));
        }
        if (only) return *std::move(only);
        throw failure{status::failed, beckon::fail(errc::unknown_method,
                                                   "no published object has a method ", method)};
    }

    value call(const beckon::object& target, const beckon::dynamic_interface& interface,
               const call_step& step) {
        const auto number = checked(interface.find_method(step.method));
        const beckon::schema::method& method = interface.declaration().methods[number];
        value arguments = checked(
            beckon::coerce_arguments(gather(interface, method, step), interface.document(), method)
                .note("reading the arguments of " + step.method));
        gives_nothing_ = method.result.kind == beckon::schema::kind::void_;
        auto outcome =
            beckon::call_dynamic_and_wait(target, step.method, std::move(arguments), options_);
        if (!outcome && !input_.complaint().empty()) fail_usage(input_.complaint());
        return checked(std::move(outcome));
    }

    /// The arguments by name, or by position where no name was given.
    value gather(const beckon::dynamic_interface& interface, const beckon::schema::method& method,
                 const call_step& step) {
        bool named = false;
        for (const call_argument& each : step.arguments) named = named || !each.name.empty();
        value by_position = value::list();
        value by_name = value::map();
        for (std::size_t i = 0; i < step.arguments.size(); ++i) {
            const call_argument& each = step.arguments[i];
            const beckon::schema::field* const parameter = parameter_of(method, each, i);
            value content = content_of(interface, method, parameter, each);
            if (!named) {
                by_position.push_back(std::move(content));
                continue;
            }
            const std::string key = parameter != nullptr ? parameter->name : each.name;
            if (by_name.contains(value(key)))
                fail_usage(beckon::concat("argument ", key, " of ", method.name, " stands twice"));
            by_name.insert_or_assign(key, std::move(content));
        }
        return named ? by_name : by_position;
    }

    static const beckon::schema::field* parameter_of(const beckon::schema::method& method,
                                                     const call_argument& given,
                                                     std::size_t position) {
        if (given.name.empty()) {
            return position < method.parameters.size() ? &method.parameters[position] : nullptr;
        }
        for (const auto& each : method.parameters) {
            if (each.name == given.name) return &each;
        }
        return nullptr;
    }

    value content_of(const beckon::dynamic_interface& interface,
                     const beckon::schema::method& method, const beckon::schema::field* parameter,
                     const call_argument& given) {
        using beckon::schema::kind;
        const auto type = parameter != nullptr ? parameter->type : beckon::schema::type{};
        switch (given.is) {
        case call_argument::kind::listener:
            if (type.kind != kind::interface)
                fail_usage(beckon::concat("@events stands for an object, and ", method.name,
                                          " takes none there"));
            return value(listener_.make(checked(interface.sibling(type.name))));
        case call_argument::kind::input:
            if (type.kind != kind::stream)
                fail_usage(beckon::concat("@- stands for a stream, and ", method.name,
                                          " takes none there"));
            return input_.make(interface, parameter->type.arguments[0]);
        default: return given.content;
        }
    }

    static void print_outcome(const value& outcome) {
        if (outcome.is(beckon::value_kind::stream)) {
            auto items = checked(outcome.get<beckon::stream<value>>());
            while (auto item = items.next()) print_line(to_json(*item));
        } else {
            print_line(to_json(outcome));
        }
    }

    const call_settings& settings_;
    const call_line line_;
    beckon::call_options options_;
    std::optional<beckon::nanoseconds> listen_for_;
    std::optional<beckon::schema::document> schema_;
    event_listener listener_;
    input_stream input_;
    bool gives_nothing_ = false; ///< The last call: its method has no result.
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
    sub->add_option("--timeout", settings->timeout, "For each call: 50ms, 2s, 1m (default 10s)")
        ->type_name("TIME");
    sub->add_option("--for", settings->listen_for,
                    "With @events: wait no longer than this for further events")
        ->type_name("TIME");
    sub->add_option("--schema", settings->schema, "IDL file that says what the peer's objects are")
        ->type_name("FILE");
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
        "  beckon call tcp://127.0.0.1:7000 conformance.add 2 3\n"
        "  beckon call tcp://127.0.0.1:7000 conformance.make_counter 5 .increment 2\n"
        "  beckon call unix:/tmp/beckon.sock conformance.call_back @events 3\n"
        "  seq 9 | beckon call 'exec:beckon serve --listen stdio:' conformance.total @-");
    sub->callback([settings, sub] {
        settings->rest = arguments_of(*sub);
        caller(*settings).run();
    });
}

} // namespace command
