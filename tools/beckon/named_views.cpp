#include "named_views.hpp"

#include <utility>
#include <vector>

#include "beckon/base/text.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/schema/print.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "beckon/session/session.hpp"
#include "command.hpp"
#include "reach.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::value;

/// What the root says of itself. Where bytes do not say their types, only a Beckon can be asked; another peer may be silent.
value ask_root(const beckon::connected& session, beckon::dynamic_request request,
               patience at_most) {
    beckon::call_options options;
    if (at_most) options.timeout = *at_most;
    auto told = beckon::operate_and_wait(session.root(), std::move(request), options);
    if (told) return std::move(told).value();
    const errc code = told.error().code();
    const bool needs_file = !session.core()->traits().tells_types;
    if (code == errc::unsupported || (code == errc::timeout && needs_file)) {
        if (needs_file) refuse_without_schema(session, told.error());
        refuse_to_ask(session);
    }
    throw first_failure(std::move(told).error());
}

/// Names, each with what is told of it.
std::vector<std::pair<std::string, std::string>> functions_of(const beckon::connected& session,
                                                              patience at_most) {
    const value told = ask_root(session, {beckon::operation::describe}, at_most);
    std::vector<std::pair<std::string, std::string>> functions;
    if (!told.is_sequence()) return functions;
    for (const value& each : told) {
        if (!each.is_sequence() || each.size() != 2 || !each[0].is(beckon::value_kind::string))
            continue;
        functions.emplace_back(one_line(each[0].string()), each[1].is(beckon::value_kind::string)
                                                               ? one_line(each[1].string())
                                                               : std::string());
    }
    return functions;
}

} // namespace

void list_by_name(const beckon::connected& session, bool as_json, patience at_most) {
    value all = value::list();
    for (const auto& [name, about] : functions_of(session, at_most)) {
        if (!as_json) {
            print_line(name);
            continue;
        }
        all.push_back(value::map({{"name", name}, {"is", "function"}, {"signature", about}}));
    }
    if (as_json) print_line(checked(beckon::json::to_string(all)));
}

void describe_by_name(const beckon::connected& session, const std::string& name, patience at_most) {
    bool found = name.empty();
    for (const auto& [function, about] : functions_of(session, at_most)) {
        if (!name.empty() && function != name) continue;
        found = true;
        print_line(function + about);
    }
    if (!found) {
        throw failure{status::failed,
                      beckon::fail(errc::unknown_method, "peer ", session.peer_name(),
                                   " has no function ", beckon::quoted(name))};
    }
}

void describe_by_told_schema(const beckon::connected& session, patience at_most) {
    const value told = ask_root(session, {beckon::operation::get_attribute, "__schema__"}, at_most);
    if (!told.is(beckon::value_kind::bytes)) {
        throw failure{status::failed,
                      beckon::fail(errc::protocol_error, "peer ", session.peer_name(), " sent ",
                                   told.type_name(), ", expected its schema")};
    }
    namespace remcall = beckon::schema::remcall;
    const auto read = checked(remcall::read(told.bytes()).note("reading the peer's schema"));
    print(beckon::schema::print(
        checked(remcall::to_document(read.document).note("reading the peer's schema"))));
}

} // namespace command
