#include "schema_views.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "beckon/base/text.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/schema/canonical.hpp"
#include "beckon/schema/print.hpp"
#include "command.hpp"

namespace command {

namespace {

namespace schema = beckon::schema;
using beckon::errc;
using beckon::value;

/// Where remcall's schemas say which interface is the root's, it is the one that calls reach by a method's name alone.
bool is_reached(const schema::document& document, const schema::interface& interface) {
    return interface.name == "Main" || document.find_interface("Main") == nullptr;
}

/// The declaration of that name alone, whatever it is; false where there is none.
template <typename Declaration>
bool keep_one(std::vector<Declaration>& all, const std::string& name) {
    const auto other = [&](const Declaration& each) { return each.name != name; };
    std::erase_if(all, other);
    return !all.empty();
}

/// What an interface needs, of whose methods only one is left where one is named.
schema::document part_of(schema::document document, const std::string& interface,
                         const std::string& method) {
    document.doc.clear(); // it is about the whole
    const auto other = [&](const schema::method& each) { return each.name != method; };
    for (schema::interface& each : document.interfaces) {
        if (!method.empty() && each.name == interface) std::erase_if(each.methods, other);
    }
    return checked(schema::closure(document, interface));
}

/// INTERFACE.METHOD, for each interface that has the method.
std::vector<std::pair<std::string, std::string>> methods_called(const schema::document& document,
                                                                const std::string& name) {
    const std::size_t dot = name.find('.');
    const std::string of = dot == std::string::npos ? std::string() : name.substr(0, dot);
    const std::string method = dot == std::string::npos ? name : name.substr(dot + 1);
    std::vector<std::pair<std::string, std::string>> found;
    const auto is_it = [&](const schema::method& each) { return each.name == method; };
    for (const schema::interface& each : document.interfaces) {
        if (!of.empty() && each.name != of) continue;
        if (std::ranges::any_of(each.methods, is_it)) found.emplace_back(each.name, method);
    }
    const auto of_main =
        std::ranges::find(found, "Main", [](const auto& each) { return each.first; });
    if (of_main != found.end()) found = {*of_main};
    return found;
}

/// The types, for a name that is none of them.
std::string names_in(const schema::document& document) {
    std::string text;
    for (const schema::interface& each : document.interfaces)
        text += beckon::concat(text.empty() ? "" : ", ", each.name);
    return text;
}

} // namespace

void list_by_schema(const schema::document& document, bool as_json) {
    value all = value::list();
    for (const auto& interface : document.interfaces) {
        if (!is_reached(document, interface)) continue;
        for (const auto& method : interface.methods) {
            if (!as_json) print_line(method.name);
            all.push_back(value::map(
                {{"name", method.name}, {"is", "function"}, {"interface", interface.name}}));
        }
    }
    if (as_json) print_line(checked(beckon::json::to_string(all)));
}

void describe_by_schema(const schema::document& document, const std::string& name) {
    if (name.empty()) return print(schema::print(document));
    const schema::print_options without_header{.header = false};
    if (document.find_interface(name) != nullptr)
        return print(schema::print(part_of(document, name, {}), without_header));
    schema::document type = document;
    type.doc.clear();
    type.interfaces.clear();
    const bool is_enum = keep_one(type.enumerations, name);
    const bool is_record = keep_one(type.records, name);
    const bool is_exception = keep_one(type.exceptions, name);
    if (is_enum || is_record || is_exception) return print(schema::print(type, without_header));
    const auto methods = methods_called(document, name);
    if (methods.empty()) {
        throw failure{status::failed,
                      beckon::fail(errc::not_found, "the schema has no type and no method ",
                                   beckon::quoted(name), "; its interfaces are ",
                                   names_in(document))};
    }
    if (methods.size() > 1) {
        fail_usage(beckon::concat("both ", methods[0].first, " and ", methods[1].first,
                                  " of the schema have a method ", name,
                                  "; write which: ", methods[0].first, '.', name));
    }
    const auto& [interface, method] = methods.front();
    print(schema::print(part_of(document, interface, method), without_header));
}

} // namespace command
