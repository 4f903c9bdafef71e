// beckon call, by peers of protocols with schemas.
#include <algorithm>

#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/stream.hpp"
#include "beckon/session/session.hpp"
#include "beckon/value/coerce.hpp"
#include "call.hpp"
#include "command.hpp"
#include "event_listener.hpp"
#include "handles.hpp"
#include "input_stream.hpp"
#include "remote.hpp"
#include "stream_output.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::value;

/// One run of the command.
class caller {
public:
    explicit caller(const call_job& job) : job_(job), line_(job.line) {
        for (const call_step& step : line_.steps) {
            if (!beckon::schema::is_name(step.method)) {
                fail_usage(beckon::concat("expected OBJECT.METHOD or .METHOD, found ",
                                          beckon::quoted(step.method), " as a method's name"));
            }
        }
    }

    void run(beckon::connected session) {
        const call_time time(job_);
        if (session.core()->traits().tells_types) {
            const remote peer(std::move(session), job_.connecting);
            return follow(locate(peer), peer.session(), time);
        }
        follow(locate_by_file(session), session, time);
    }

private:
    /// Calls one method after the other, each on what the one before gave.
    void follow(found_object found, const beckon::connected& session, const call_time& time) {
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
        if (!outcome.is_null() || !gives_nothing_) print_outcome(outcome, time);
        found.target = {};
        listener_.wait_until_released(job_.listen_for,
                                      [&session] { return session.core()->is_over(); });
    }

    /// Of a peer that can tell nothing of itself: its root, whose interface the user's file has.
    found_object locate_by_file(const beckon::connected& session) const {
        const beckon::nanoseconds at_most =
            job_.connecting.value_or(beckon::nanoseconds(std::chrono::seconds(20)));
        auto greeted =
            session.core()->await_greeting(beckon::deadline_after(session.core()->now(), at_most));
        if (!greeted) throw failure{status::no_connection, std::move(greeted).error()};
        const std::string& method = line_.steps[0].method;
        const beckon::schema::interface* only = nullptr;
        const auto has = [&](const auto& one) { return one.name == method; };
        for (const auto& each : job_.schema->interfaces) {
            if (!line_.object.empty() && each.name != line_.object) continue;
            if (std::ranges::none_of(each.methods, has)) continue;
            // remcall's schemas say which interface is the root's.
            if (line_.object.empty() && each.name == "Main") {
                only = &each;
                break;
            }
            if (only != nullptr) {
                fail_usage(beckon::concat("both ", only->name, " and ", each.name,
                                          " of the schema have a method ", method,
                                          "; write which: ", only->name, '.', method));
            }
            only = &each;
        }
        if (only == nullptr) {
            fail_usage(beckon::concat("no interface ",
                                      line_.object.empty() ? "" : beckon::concat(line_.object, ' '),
                                      "of the schema has a method ", method));
        }
        auto interface = checked(beckon::dynamic_interface::create(*job_.schema, only->name));
        const beckon::object root = session.root();
        checked(interface.bind(root));
        return {only->name, root, std::move(interface)};
    }
    /// The object that the first call is for; where none is named, the one that has such a method.
    found_object locate(const remote& peer) const {
        const auto* const schema = job_.schema ? &*job_.schema : nullptr;
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
            beckon::call_dynamic_and_wait(target, step.method, std::move(arguments), job_.options);
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

    static void print_outcome(const value& outcome, const call_time& time) {
        if (!outcome.is(beckon::value_kind::stream)) return print_line(to_json(outcome));
        time.print_items(checked(outcome.get<beckon::stream<value>>()));
    }

    const call_job& job_;
    const call_line& line_;
    event_listener listener_;
    input_stream input_;
    bool gives_nothing_ = false; ///< The last call: its method has no result.
};

} // namespace

void call_by_schema(beckon::connected session, const call_job& job) {
    caller(job).run(std::move(session));
}

} // namespace command
