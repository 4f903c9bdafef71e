#include "service/bridge/known_types.hpp"

#include <algorithm>
#include <set>

#include "beckon/base/text.hpp"

namespace beckon::bridging {

namespace {

/// What remcall calls the interface of its root.
constexpr std::string_view main_interface = "Main";
/// A peer with ever new schemas shall not fill our memory.
constexpr std::size_t most_told = 1000;

/// "PressureGauge" is published as "pressure_gauge".
[[nodiscard]] std::string object_name(std::string_view interface) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    std::string name;
    for (std::size_t i = 0; i < interface.size(); ++i) {
        const bool begins_word = is_upper(interface[i]) && i != 0 && !is_upper(interface[i - 1]);
        if (begins_word && interface[i - 1] != '_') name += '_';
        name += is_upper(interface[i]) ? static_cast<char>(interface[i] - 'A' + 'a') : interface[i];
    }
    return name;
}

void add_interfaces(const schema::type& type, std::set<std::string, std::less<>>& into) {
    if (type.kind == schema::kind::interface) into.insert(type.name);
    for (const schema::type& each : type.arguments) add_interfaces(each, into);
}

/// Those that methods of others, and records, mention.
[[nodiscard]] std::set<std::string, std::less<>> mentioned(const schema::document& document) {
    std::set<std::string, std::less<>> all;
    for (const schema::interface& each : document.interfaces) {
        std::set<std::string, std::less<>> own;
        for (const schema::method& method : each.methods) {
            add_interfaces(method.result, own);
            for (const schema::field& parameter : method.parameters)
                add_interfaces(parameter.type, own);
        }
        own.erase(each.name);
        all.merge(own);
    }
    for (const schema::record& each : document.records) {
        for (const schema::field& field : each.fields) add_interfaces(field.type, all);
    }
    return all;
}

} // namespace

result<std::shared_ptr<known_types>>
known_types::make(std::optional<schema::document> given,
                  const std::vector<std::pair<std::string, std::string>>& objects) {
    const std::shared_ptr<known_types> made(new known_types);
    if (!given) {
        if (objects.empty()) return made;
        return fail(errc::invalid_argument, "object ", quoted(objects.front().first),
                    " is to be a ", objects.front().second, ", and no schema says what that is");
    }
    const auto add = [&](std::string name, std::string_view interface) -> result<void> {
        if (made->by_object_.empty()) {
            BECKON_ASSIGN(auto first, dynamic_interface::create(*given, interface));
            made->by_object_.emplace_back(std::move(name), std::move(first));
            return {};
        }
        BECKON_ASSIGN(auto further, made->by_object_.front().second.sibling(interface));
        made->by_object_.emplace_back(std::move(name), std::move(further));
        return {};
    };
    for (const auto& [name, interface] : objects) {
        BECKON_TRY(add(name, interface));
        if (name.empty()) made->root_ = made->by_object_.size() - 1;
    }
    if (!objects.empty()) made->root_name_ = made->by_object_[made->root_].first;
    if (objects.empty()) {
        const auto inner = mentioned(*given);
        const bool all = inner.size() == given->interfaces.size(); // each is mentioned somewhere
        for (const schema::interface& each : given->interfaces) {
            const bool is_main = each.name == main_interface;
            if (!all && !is_main && inner.contains(each.name)) continue;
            BECKON_TRY(add(is_main ? each.name : object_name(each.name), each.name));
            if (is_main) made->root_ = made->by_object_.size() - 1;
        }
    }
    if (made->by_object_.empty())
        return fail(errc::not_found, "the schema has no interface that an object could have");
    return made;
}

const dynamic_interface* known_types::root() const noexcept {
    return by_object_.empty() ? nullptr : &by_object_[root_].second;
}

result<dynamic_interface> known_types::find(std::string_view interface) const {
    if (by_object_.empty()) return fail(errc::not_found, "no schema was given");
    return by_object_.front().second.sibling(interface);
}

std::optional<dynamic_interface> known_types::told(const bytes& digest,
                                                   std::string_view interface) const {
    const std::lock_guard lock(mutex_);
    const auto found = told_.find({digest, std::string(interface)});
    if (found == told_.end()) return {};
    return found->second;
}

void known_types::keep(const bytes& digest, const dynamic_interface& interface) {
    const std::lock_guard lock(mutex_);
    if (told_.size() >= most_told) told_.clear();
    told_.insert_or_assign(std::pair(digest, std::string(interface.descriptor().name)), interface);
}

} // namespace beckon::bridging
