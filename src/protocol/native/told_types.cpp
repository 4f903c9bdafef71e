#include "protocol/native/told_types.hpp"

#include "beckon/schema/binary.hpp"

namespace beckon::native {

namespace {

/// Of each kind of what is kept. A conversation that has more is told, but not in all of its types.
constexpr std::size_t most_kept = 4'096;

template <typename Map, typename Key, typename Mapped>
void keep(Map& in, const Key& key, Mapped&& mapped) {
    if (in.size() < most_kept || in.contains(key))
        in.insert_or_assign(key, std::forward<Mapped>(mapped));
}

/// What a reply to `get` is: kind 1 and a number.
[[nodiscard]] std::uint32_t lent_in(byte_view content) {
    const limits allowed;
    reader in(content, allowed);
    const auto kind = in.get<std::uint8_t>();
    const auto number = in.get<std::uint32_t>();
    const bool is_lent = !in.failed() && in.left() == 0 && kind == 1;
    return is_lent ? number : 0;
}

} // namespace

told_types::told_types(const told_interfaces& known) {
    for (const auto& [name, each] : known) published_[name] = {each.interface, each.types};
}

void told_types::ask(std::uint32_t call, asked what) { keep(asked_, call, std::move(what)); }

void told_types::get(std::uint32_t call, std::string name, std::string interface) {
    if (published_.size() < most_kept) {
        published& known = published_[name];
        if (!interface.empty()) known.interface = std::move(interface);
    }
    ask(call, {question::get, std::move(name)});
}

void told_types::list(std::uint32_t call) { ask(call, {question::list, {}}); }

void told_types::describe(std::uint32_t call, std::string name) {
    ask(call, {question::describe, std::move(name)});
}

std::optional<told_types::directory_answer> told_types::answer(std::uint32_t call,
                                                               byte_view content) {
    const auto found = asked_.find(call);
    if (found == asked_.end()) return {};
    const asked what = std::move(found->second);
    asked_.erase(found);
    if (what.what == question::list) return take_list(content);
    if (what.what == question::describe) return take_schema(what.name, content);
    const std::uint32_t number = lent_in(content);
    if (number == 0) return {};
    objects_.erase({speaker::server, number});
    // The root has no name of its own, and often is one of those that have.
    if (!what.name.empty() || !names_.contains(number)) keep(names_, number, what.name);
    return directory_answer{concat("object ", number), number, what.name};
}

std::optional<told_types::directory_answer> told_types::take_schema(const std::string& of,
                                                                    byte_view content) {
    const limits allowed;
    reader in(content, allowed);
    auto read = schema::decode(in.get_block());
    if (in.failed() || !read) return {};
    if (published_.size() < most_kept)
        published_[of].types = std::make_shared<const schema::document>(std::move(*read));
    return directory_answer{concat("schema of ", content.size(), " bytes")};
}

/// A list of records: name, interface, digest.
std::optional<told_types::directory_answer> told_types::take_list(byte_view content) {
    const limits allowed;
    reader in(content, allowed);
    constexpr std::size_t least = 4 * sizeof(std::uint32_t);
    const std::size_t count = in.get_count(least, sizeof(published));
    std::string text = concat(count, count == 1 ? " object" : " objects");
    for (std::size_t i = 0; i < count; ++i) {
        const auto scope = in.begin_record();
        const std::string name(in.get_text());
        const std::string interface(in.get_text());
        in.end_record(scope);
        if (in.failed()) return {};
        constexpr std::size_t most_shown = 300;
        if (text.size() < most_shown) text += concat(i == 0 ? ": " : ", ", quoted(name));
        if (published_.size() < most_kept) published_[name].interface = interface;
    }
    if (in.failed()) return {};
    return directory_answer{std::move(text)};
}

std::vector<std::string> told_types::untyped() const {
    std::vector<std::string> names;
    for (const auto& [name, each] : published_)
        if (each.types == nullptr && !name.empty()) names.push_back(name);
    return names;
}

told_types::typed told_types::object(speaker owner, std::uint32_t number) const {
    if (const auto found = objects_.find({owner, number}); found != objects_.end())
        return found->second;
    if (owner != speaker::server) return {};
    const auto name = names_.find(number);
    if (name == names_.end()) return {};
    const auto shown = published_.find(name->second);
    if (shown == published_.end() || shown->second.types == nullptr) return {};
    return {shown->second.types, shown->second.types->find_interface(shown->second.interface)};
}

told_types::typed told_types::call_of(speaker owner, std::uint32_t object_number,
                                      std::uint16_t method) const {
    typed on = object(owner, object_number);
    if (on.interface == nullptr || method >= on.interface->methods.size()) return {};
    on.method = &on.interface->methods[method];
    return on;
}

void told_types::called(speaker by, std::uint32_t call, const typed& as, std::uint32_t promised) {
    keep(calls_, key{by, call}, as);
    if (promised == 0 || as.method->result.kind != schema::kind::interface) return;
    keep(objects_, key{other_than(by), promised},
         typed{as.types, as.types->find_interface(as.method->result.name)});
}

told_types::typed told_types::call(speaker by, std::uint32_t number) const {
    const auto found = calls_.find({by, number});
    return found != calls_.end() ? found->second : typed();
}

void told_types::answered(speaker by, std::uint32_t number) {
    calls_.erase({by, number});
    if (by == speaker::client) asked_.erase(number);
}

told_types::typed told_types::stream(speaker producer, std::uint32_t number) const {
    const auto found = streams_.find({producer, number});
    return found != streams_.end() ? found->second : typed();
}

void told_types::learn(speaker who, const told_values& from,
                       const std::shared_ptr<const schema::document>& types) {
    for (const auto& each : from.lent()) {
        // A number may mean another object than before.
        if (who == speaker::server) names_.erase(each.number);
        const auto* const interface = types->find_interface(each.interface);
        keep(objects_, key{who, each.number}, typed{types, interface});
    }
    for (const auto& each : from.streams()) {
        typed made{types};
        made.item = each.item;
        keep(streams_, key{who, each.number}, made);
    }
}

} // namespace beckon::native
