#include "named_views.hpp"

#include <utility>
#include <vector>

#include "beckon/base/text.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/object/operate.hpp"
#include "command.hpp"
#include "reach.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::value;

/// Names, each with what is told of it.
std::vector<std::pair<std::string, std::string>> functions_of(const beckon::connected& session) {
    const auto told = beckon::operate_and_wait(session.root(), {beckon::operation::describe});
    if (!told) {
        if (told.error().code() != errc::unsupported) throw first_failure(told.error());
        refuse_to_ask(session);
    }
    std::vector<std::pair<std::string, std::string>> functions;
    if (!told->is_sequence()) return functions;
    for (const value& each : *told) {
        if (!each.is_sequence() || each.size() != 2 || !each[0].is(beckon::value_kind::string))
            continue;
        functions.emplace_back(one_line(each[0].string()), each[1].is(beckon::value_kind::string)
                                                               ? one_line(each[1].string())
                                                               : std::string());
    }
    return functions;
}

} // namespace

void list_by_name(const beckon::connected& session, bool as_json) {
    value all = value::list();
    for (const auto& [name, about] : functions_of(session)) {
        if (!as_json) {
            print_line(name);
            continue;
        }
        all.push_back(value::map({{"name", name}, {"is", "function"}, {"signature", about}}));
    }
    if (as_json) print_line(checked(beckon::json::to_string(all)));
}

void describe_by_name(const beckon::connected& session, const std::string& name) {
    bool found = name.empty();
    for (const auto& [function, about] : functions_of(session)) {
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

} // namespace command
