#include "members.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include "beckon/base/text.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/object/python_errors.hpp"
#include "command.hpp"
#include "fetch.hpp"

namespace command {

namespace {

using beckon::object;
using beckon::operation;
using beckon::result;
using beckon::value;
using beckon::value_kind;

constexpr std::size_t most_in_flight = 64;
constexpr std::size_t most_shown = 60; // of a value, in bytes

/// Asks every question of the list, a number of them at a time, and gives the answers in their order.
std::vector<result<value>>
ask_all(const dynamic_peer& peer,
        std::vector<std::pair<object, beckon::dynamic_request>> questions) {
    std::vector<result<value>> answers;
    std::deque<beckon::future<value>> pending;
    for (auto& [target, request] : questions) {
        pending.push_back(peer.start(target, std::move(request)));
        if (pending.size() < most_in_flight) continue;
        answers.push_back(pending.front().result());
        pending.pop_front();
    }
    for (auto& each : pending) answers.push_back(each.result());
    return answers;
}

std::string doc_of(const self_description& description, const std::string& name) {
    for (const auto& [method, doc] : description.methods) {
        if ((method == name || method == std::string(exposed_prefix) + name) &&
            doc.is(value_kind::string)) {
            return std::string(doc.string());
        }
    }
    return {};
}

member::kind kind_by_type(const std::string& type) {
    return kind_of(type) == object_kind::function ? member::kind::method : member::kind::object;
}

} // namespace

std::string_view to_string(member::kind is) noexcept {
    switch (is) {
    case member::kind::method: return "method";
    case member::kind::class_: return "class";
    case member::kind::callable: return "callable";
    case member::kind::object: return "object";
    case member::kind::value: return "value";
    case member::kind::failing: return "failing";
    }
    return "unknown";
}

std::vector<member> members_of(const dynamic_peer& peer, const object& target) {
    const auto names = checked(peer.names_of(target));
    const self_description description = peer.describe(target);
    std::vector<std::pair<object, beckon::dynamic_request>> questions;
    for (const std::string& name : names)
        questions.push_back({target, {operation::get_attribute, name}});
    const auto found = ask_all(peer, std::move(questions));

    std::vector<member> members;
    std::vector<std::size_t> unclear; // objects that may be callable
    questions.clear();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!found[i]) {
            if (beckon::python::is_a(found[i].error(), "AttributeError"))
                continue; // named, but not shown
            members.push_back({names[i],
                               member::kind::failing,
                               found[i].error().type_name(),
                               {},
                               {},
                               found[i].error().message()});
            continue;
        }
        const value& content = *found[i];
        if (!content.is(value_kind::reference)) {
            members.push_back({names[i],
                               member::kind::value,
                               content.type_name(),
                               checked(fetch(peer, content)),
                               {},
                               {}});
            continue;
        }
        const auto attribute = content.as<object>();
        std::string type = type_of(attribute);
        const member::kind is = kind_by_type(type);
        if (is == member::kind::object && kind_of(type) == object_kind::other) {
            unclear.push_back(members.size());
            questions.push_back({attribute, {operation::describe}});
        }
        std::string doc = is == member::kind::method ? doc_of(description, names[i]) : "";
        members.push_back({names[i], is, std::move(type), {}, std::move(doc), {}});
    }
    const auto described = ask_all(peer, std::move(questions));
    for (std::size_t i = 0; i < unclear.size(); ++i) {
        if (!described[i]) continue;
        const self_description its = read_description(*described[i]);
        if (!its.is_callable()) continue;
        members[unclear[i]].is = its.is_class() ? member::kind::class_ : member::kind::callable;
    }
    return members;
}

std::vector<std::string> lines_of(const std::vector<member>& members) {
    std::size_t name_width = 0;
    std::size_t kind_width = 0;
    for (const member& each : members) {
        name_width = std::max(name_width, each.name.size());
        kind_width = std::max(kind_width, to_string(each.is).size());
    }
    std::vector<std::string> lines;
    for (const member& each : members) {
        std::string line = one_line(each.name);
        line.resize(std::max(line.size(), name_width) + 2, ' ');
        line += to_string(each.is);
        std::string rest = each.is == member::kind::method ? "" : each.type;
        if (each.is == member::kind::value) {
            const auto text = beckon::json::to_string(each.content);
            std::string shown = text ? *text : each.content.to_text(most_shown);
            if (shown.size() > most_shown) shown = shown.substr(0, most_shown) + "...";
            if (!each.content.is_null()) rest += ' ' + shown;
        } else if (each.is == member::kind::failing) {
            rest += (rest.empty() ? "" : ": ") + each.failure;
        }
        if (!rest.empty()) {
            line.resize(line.size() + kind_width - to_string(each.is).size() + 2, ' ');
            line += one_line(rest);
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace command
