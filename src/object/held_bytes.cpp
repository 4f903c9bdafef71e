#include "object/held_bytes.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "object/bound_method.hpp"
#include "object/container.hpp"
#include "object/named_arguments.hpp"

namespace beckon::detail {

namespace {

constexpr std::size_t bytes_per_value = sizeof(value);

/// What a method of a container does to memory.
enum class effect : std::uint8_t {
    none,
    takes_in,  ///< Its arguments, and what those that are containers hold.
    gives_new, ///< Another container with no more than its own items and those of its arguments.
    repeats,   ///< Its own items as often as it is told.
};

struct named_effect {
    std::string_view name;
    effect does;
};

// Every other one looks, or takes out.
constexpr std::array<named_effect, 26> effects{{
    {"__add__", effect::gives_new},
    {"__and__", effect::gives_new},
    {"__getitem__", effect::gives_new},
    {"__iadd__", effect::takes_in},
    {"__imul__", effect::repeats},
    {"__ior__", effect::takes_in},
    {"__ixor__", effect::takes_in},
    {"__mul__", effect::repeats},
    {"__or__", effect::gives_new},
    {"__reversed__", effect::gives_new},
    {"__rmul__", effect::repeats},
    {"__setitem__", effect::takes_in},
    {"__sub__", effect::gives_new},
    {"__xor__", effect::gives_new},
    {"add", effect::takes_in},
    {"append", effect::takes_in},
    {"copy", effect::gives_new},
    {"difference", effect::gives_new},
    {"extend", effect::takes_in},
    {"insert", effect::takes_in},
    {"intersection", effect::gives_new},
    {"setdefault", effect::takes_in},
    {"symmetric_difference", effect::gives_new},
    {"symmetric_difference_update", effect::takes_in},
    {"union", effect::gives_new},
    {"update", effect::takes_in},
}};

[[nodiscard]] effect effect_of(std::string_view name) noexcept {
    for (const named_effect& each : effects) {
        if (each.name == name) return each.does;
    }
    return effect::none;
}

/// What it may take in of an argument.
[[nodiscard]] std::size_t taken_of(const value& argument) {
    const auto* const inner = local_as<container>(argument);
    return inner != nullptr ? inner->count() * bytes_per_value : value_bytes(argument);
}

} // namespace

std::size_t value_bytes(const value& of) {
    std::size_t sum = 0;
    std::vector<const value*> pending{&of};
    while (!pending.empty()) {
        const value& next = *pending.back();
        pending.pop_back();
        sum += bytes_per_value;
        switch (next.kind()) {
        case value_kind::string: sum += next.string().size(); break;
        case value_kind::bytes: sum += next.bytes().size(); break;
        case value_kind::integer:
            if (!next.is_int64() && !next.is_uint64()) sum += next.big_magnitude().size();
            break;
        default: break;
        }
        add_parts(next, pending);
    }
    return sum;
}

std::size_t held_bytes(std::vector<intrusive_ptr<servant>> objects) {
    std::size_t sum = 0;
    std::unordered_set<const servant*> seen;
    std::vector<intrusive_ptr<servant>> kept; // an address that was seen is not given to another
    while (!objects.empty()) {
        intrusive_ptr<servant> next = std::move(objects.back());
        objects.pop_back();
        if (!seen.insert(next.get()).second) continue;
        if (const auto* const one = dynamic_cast<const container*>(next.get()))
            sum += value_bytes(one->shallow());
        if (const auto* const holds = dynamic_cast<const nested_servant*>(next.get()))
            holds->add_held(objects);
        kept.push_back(std::move(next));
    }
    return sum;
}

std::size_t growth_of(const servant& target, const dynamic_request& request) {
    const servant* on = &target;
    std::string_view name = request.name;
    std::vector<intrusive_ptr<servant>> of;
    if (request.what == operation::call) {
        const auto* const method = dynamic_cast<const bound_method*>(&target);
        if (method == nullptr) return 0;
        method->add_held(of);
        on = of.front().get();
        name = method->name();
    } else if (request.what != operation::call_method && request.what != operation::set_attribute) {
        return 0;
    }
    const auto* const changed = dynamic_cast<const container*>(on);
    if (changed == nullptr && request.what != operation::set_attribute) return 0;
    const effect does =
        request.what == operation::set_attribute ? effect::takes_in : effect_of(name);
    if (does == effect::none) return 0;
    std::size_t sum = bytes_per_value;
    if (does == effect::repeats) {
        const value& times = request.arguments[0];
        const std::size_t most = max_container_items / std::max<std::size_t>(changed->count(), 1);
        const std::size_t asked = times.is_uint64() ? times.uint64() : 0;
        return changed->count() * std::min(asked, most) * bytes_per_value;
    }
    // An item alone is only looked at.
    const bool slices = name != "__getitem__" || request.arguments[0].is(value_kind::slice);
    if (does == effect::gives_new && !slices) return 0;
    if (does == effect::gives_new) sum += changed->count() * bytes_per_value;
    for (const value& each : request.arguments) sum += taken_of(each);
    for (const map_entry& each : named_entries(request.named)) sum += taken_of(each.mapped);
    return sum;
}

} // namespace beckon::detail
