#include "dynamic_peer.hpp"

#include <algorithm>
#include <array>

#include "beckon/base/text.hpp"
#include "beckon/object/python_errors.hpp"
#include "beckon/session/session.hpp"
#include "reach.hpp"

namespace command {

using beckon::object;
using beckon::operation;
using beckon::value;

object_kind kind_of(std::string_view type_name) noexcept {
    constexpr std::array lists{"builtins.list",       "builtins.tuple",     "builtins.set",
                               "builtins.frozenset",  "builtins.dict_keys", "builtins.dict_values",
                               "builtins.dict_items", "collections.deque"};
    constexpr std::array maps{"builtins.dict", "builtins.mappingproxy", "collections.OrderedDict",
                              "collections.defaultdict", "collections.Counter"};
    constexpr std::array functions{"builtins.method", "builtins.function",
                                   "builtins.builtin_function_or_method",
                                   "builtins.method-wrapper"};
    const auto stands_in = [type_name](const auto& table) {
        return std::ranges::find(table, type_name) != table.end();
    };
    if (stands_in(lists)) return object_kind::list;
    if (stands_in(maps)) return object_kind::map;
    if (stands_in(functions)) return object_kind::function;
    if (type_name == "builtins.generator" ||
        (type_name.starts_with("builtins.") && type_name.ends_with("_iterator"))) {
        return object_kind::iterator;
    }
    return object_kind::other;
}

bool self_description::has(std::string_view method) const noexcept {
    return std::ranges::find(methods, method, [](const auto& each) -> std::string_view {
               return each.first;
           }) != methods.end();
}

self_description read_description(const value& described) {
    self_description made;
    if (!described.is_sequence()) return made;
    for (const value& each : described) {
        if (!each.is_sequence() || each.size() != 2 || !each[0].is(beckon::value_kind::string))
            continue;
        made.methods.emplace_back(each[0].string(), each[1]);
    }
    return made;
}

namespace {

/// What errors call an object of the peer.
void label(const object& target, std::string_view name) {
    if (!target || target.core()->is_local()) return;
    auto& core = static_cast<beckon::remote_object&>(*target.core());
    if (core.label().empty()) core.set_label(std::string(name));
}

} // namespace

dynamic_peer::dynamic_peer(beckon::connected session, std::optional<beckon::nanoseconds> timeout)
    : session_(std::move(session)) {
    if (timeout) options_.timeout = *timeout;
    auto found = session_.try_root(options_.timeout);
    if (!found) throw first_failure(std::move(found).error());
    root_ = std::move(found).value();
    // Where names are addresses, the label is the address.
    if (!session_.core()->traits().addresses_by_name) label(root_, "root");
}

bool dynamic_peer::is_over() const { return session_.core()->is_over(); }

beckon::future<value> dynamic_peer::start(const object& target,
                                          beckon::dynamic_request request) const {
    return beckon::operate(target, std::move(request), options_);
}

beckon::result<value> dynamic_peer::ask(const object& target,
                                        beckon::dynamic_request request) const {
    return beckon::operate_and_wait(target, std::move(request), options_);
}

self_description dynamic_peer::describe(const object& target) const {
    const auto described = ask(target, {operation::describe});
    return described ? read_description(*described) : self_description();
}

beckon::result<std::vector<std::string>> dynamic_peer::names_of(const object& target,
                                                                names which) const {
    BECKON_ASSIGN(const value listed, ask(target, {operation::names}));
    std::vector<std::string> found;
    bool some_exposed = false;
    if (!listed.is_sequence()) return found;
    for (const value& each : listed) {
        if (!each.is(beckon::value_kind::string)) continue;
        std::string name(each.string());
        const bool is_exposed =
            name.starts_with(exposed_prefix) && name.size() > exposed_prefix.size();
        if (which == names::reachable && is_exposed != some_exposed) {
            if (!is_exposed) continue;
            found.clear(); // what came before is not shown by a service that exposes
            some_exposed = true;
        }
        if (is_exposed) name.erase(0, exposed_prefix.size());
        if (name.starts_with('_') || std::ranges::find(found, name) != found.end()) continue;
        found.push_back(std::move(name));
    }
    return found;
}

/// A missing attribute is told with those that there are.
beckon::error dynamic_peer::with_names(beckon::error what, const object& target) const {
    constexpr std::size_t most_told = 20;
    if (!beckon::python::is_a(what, "AttributeError")) return what;
    const auto others = names_of(target, names::reachable);
    if (!others || others->empty()) return what;
    std::string told = what.message() + "; there are ";
    for (std::size_t i = 0; i < std::min(others->size(), most_told); ++i)
        told += (i == 0 ? "" : ", ") + (*others)[i];
    if (others->size() > most_told) told += ", ...";
    beckon::error made(what.code(), std::move(told));
    made.set_type_name(what.type_name()).set_trace(what.trace()).set_detail(what.detail());
    return made;
}

value dynamic_peer::find(const object& from, std::string_view path) const {
    value found(from);
    std::size_t begin = 0;
    while (begin < path.size()) {
        const std::size_t end = std::min(path.find('.', begin), path.size());
        const std::string_view name = path.substr(begin, end - begin);
        if (!found.is(beckon::value_kind::reference)) {
            throw failure{status::failed,
                          beckon::fail(beckon::errc::type_mismatch, path.substr(0, begin - 1),
                                       " is ", found.type_name(), "; .", name, " needs an object")};
        }
        const auto target = found.as<object>();
        auto attribute = ask(target, {operation::get_attribute, std::string(name)});
        if (!attribute) {
            throw failure{status::failed,
                          with_names(std::move(attribute).error(), target)
                              .note(beckon::concat("looking up ", path.substr(0, end)))};
        }
        found = std::move(attribute).value();
        if (found.is(beckon::value_kind::reference)) label(found.as<object>(), path.substr(0, end));
        begin = end + 1;
    }
    return found;
}

std::string type_of(const object& target) {
    if (!target) return {};
    if (target.core()->is_local()) return std::string(target.interface_name());
    auto& core = static_cast<beckon::remote_object&>(*target.core());
    return core.session().type_name(core);
}

} // namespace command
