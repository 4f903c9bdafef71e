#include "dynamic_views.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "beckon/codec/json.hpp"
#include "command.hpp"
#include "fetch.hpp"
#include "members.hpp"

namespace command {

namespace {

using beckon::object;
using beckon::operation;
using beckon::value;
using beckon::value_kind;

std::vector<std::string> lines_in(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::size_t indent_of(const std::string& line) { return line.find_first_not_of(" \t"); }

/// A docstring as it was meant: without the indent of the program text, and blank lines around it.
std::vector<std::string> doc_lines(std::string_view doc) {
    std::vector<std::string> lines = lines_in(doc);
    std::size_t common = std::string::npos;
    for (std::size_t i = 1; i < lines.size(); ++i) common = std::min(common, indent_of(lines[i]));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::size_t cut = i == 0 ? indent_of(lines[i]) : common;
        lines[i].erase(0, cut);
        lines[i] = one_line(lines[i].substr(0, lines[i].find_last_not_of(" \t\r") + 1));
    }
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    while (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
    return lines;
}

void print_indented(const std::vector<std::string>& lines, std::size_t indent) {
    for (const std::string& line : lines)
        print_line(line.empty() ? line : std::string(indent, ' ') + line);
}

/// Its docstring; nothing where it has none, or does not show it.
std::vector<std::string> documentation_of(const dynamic_peer& peer, const object& target) {
    const auto doc = peer.ask(target, {operation::get_attribute, "__doc__"});
    if (!doc || !doc->is(value_kind::string)) return {};
    return doc_lines(doc->string());
}

value as_value(const member& from) {
    value made = value::map({{"name", from.name}, {"is", to_string(from.is)}});
    if (!from.type.empty()) made.insert_or_assign("type", from.type);
    if (from.is == member::kind::value) {
        // What JSON has no form for is left out rather than the list lost.
        if (beckon::json::to_string(from.content)) made.insert_or_assign("value", from.content);
    }
    if (!from.failure.empty()) made.insert_or_assign("failure", from.failure);
    return made;
}

void describe_object(const dynamic_peer& peer, const object& target, const std::string& path) {
    const std::string type = type_of(target);
    print_line(one_line(path.empty() ? type : path + ": " + type));
    print_indented(documentation_of(peer, target), 4);
    if (kind_of(type) == object_kind::function) return;
    std::vector<member> others;
    bool first = true;
    for (member& each : members_of(peer, target)) {
        if (each.is != member::kind::method) {
            others.push_back(std::move(each));
            continue;
        }
        if (std::exchange(first, false)) print_line("\nmethods");
        print_line("    " + one_line(each.name));
        print_indented(doc_lines(each.doc), 8);
    }
    if (others.empty()) return;
    print_line("\nattributes");
    print_indented(lines_of(others), 4);
}

} // namespace

void list_dynamically(beckon::connected session, bool as_json,
                      std::optional<beckon::nanoseconds> at_most) {
    const dynamic_peer peer(std::move(session), at_most);
    const auto members = members_of(peer, peer.root());
    if (!as_json) return print_indented(lines_of(members), 0);
    value all = value::list();
    for (const member& each : members) all.push_back(as_value(each));
    print_line(checked(beckon::json::to_string(all)));
}

void describe_dynamically(beckon::connected session, const std::string& path,
                          std::optional<beckon::nanoseconds> at_most) {
    const dynamic_peer peer(std::move(session), at_most);
    const value found = peer.find(peer.root(), path);
    if (found.is(value_kind::reference)) return describe_object(peer, found.as<object>(), path);
    const std::vector<member> alone{
        {path, member::kind::value, found.type_name(), checked(fetch(peer, found)), {}, {}}};
    print_indented(lines_of(alone), 0);
}

} // namespace command
