#include "object/nested_servant.hpp"

#include <unordered_set>

#include "beckon/object/named_error.hpp"

namespace beckon::detail {

namespace {

/// Those whose last holder has gone while this thread was freeing another.
thread_local std::vector<nested_servant*>* dying = nullptr;

/// One for all objects: two peers that put two lists into each other at one moment must not both succeed.
[[nodiscard]] std::mutex& arrangement() {
    static std::mutex mutex;
    return mutex;
}

} // namespace

void nested_servant::on_last_release() noexcept {
    if (put_aside()) return;
    if (dying != nullptr) return dying->push_back(this);
    std::vector<nested_servant*> others;
    dying = &others;
    servant::on_last_release();
    while (!others.empty()) {
        nested_servant* const next = others.back();
        others.pop_back();
        next->servant::on_last_release();
    }
    dying = nullptr;
}

namespace {

[[nodiscard]] const nested_servant* nested(const servant& object) noexcept {
    return dynamic_cast<const nested_servant*>(&object);
}

/// The objects that a value refers to, and those that they stand for.
[[nodiscard]] std::vector<intrusive_ptr<servant>> referred(const value& from) {
    std::vector<intrusive_ptr<servant>> all;
    add_references(from, all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const nested_servant* const each = nested(*all[i]);
        if (each != nullptr && each->stands_for_another()) each->add_held(all);
    }
    return all;
}

} // namespace

void mark_held(const value& inside) {
    for (const auto& each : referred(inside)) {
        if (const nested_servant* const held = nested(*each))
            held->was_held_.store(true, std::memory_order_relaxed);
    }
}

result<nested_servant::admission> nested_servant::admit(const value& incoming) const {
    constexpr std::size_t max_objects = 100'000;
    if (!may_refer(incoming)) return admission();
    std::vector<intrusive_ptr<servant>> reached = referred(incoming);
    if (reached.empty()) return admission();
    admission lock(arrangement());
    const auto refusal = [&] {
        return named_error("builtins.ValueError",
                           concat("a ", interface_name(), " cannot be put into itself"));
    };
    for (const auto& each : reached) {
        if (each.get() == this) return refusal();
    }
    mark_held(incoming);
    if (!was_held_.load(std::memory_order_relaxed)) return admission(std::move(lock));
    std::unordered_set<const servant*> seen;
    std::vector<intrusive_ptr<servant>> held; // an address that was seen is not given to another
    while (!reached.empty()) {
        intrusive_ptr<servant> next = std::move(reached.back());
        reached.pop_back();
        if (next.get() == this) return refusal();
        if (!seen.insert(next.get()).second) continue;
        if (seen.size() > max_objects) {
            return fail(errc::limit_exceeded, "what is put into a ", interface_name(),
                        " holds more than ", max_objects, " objects");
        }
        if (const nested_servant* const inner = nested(*next)) inner->add_held(reached);
        held.push_back(std::move(next));
    }
    return admission(std::move(lock));
}

void add_references(const value& inside, std::vector<intrusive_ptr<servant>>& into) {
    if (!may_refer(inside)) return;
    std::vector<const value*> pending{&inside};
    while (!pending.empty()) {
        const value& next = *pending.back();
        pending.pop_back();
        if (servant* const local = local_servant(next)) into.emplace_back(local);
        add_parts(next, pending);
    }
}

void add_parts(const value& of, std::vector<const value*>& into) {
    switch (of.kind()) {
    case value_kind::list:
    case value_kind::tuple:
    case value_kind::set:
    case value_kind::frozen_set:
        for (const value& each : of.items()) into.push_back(&each);
        break;
    case value_kind::map:
        for (const map_entry& each : of.entries()) {
            into.push_back(&each.key);
            into.push_back(&each.mapped);
        }
        break;
    case value_kind::record:
        for (const record_field& each : of.fields()) into.push_back(&each.content);
        break;
    case value_kind::variant: into.push_back(&of.content()); break;
    default: break; // exceptions and streams have been made here, not by a peer
    }
}

servant* local_servant(const value& reference) noexcept {
    if (!reference.is(value_kind::reference)) return nullptr;
    auto* const core = static_cast<object_core*>(reference.object());
    return core->is_local() ? static_cast<servant*>(core) : nullptr;
}

} // namespace beckon::detail
