// The order of declarations, and what it takes to change it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "beckon/schema/remcall/document.hpp"

namespace beckon::schema::remcall {

/// Positions, in the order in which what stands there is to stand.
using order = std::vector<std::uint32_t>;

/// All that has a name, by name; equal ones as they are.
template <typename Named>
order sorted_order(const std::vector<Named>& all) {
    order out(all.size());
    std::iota(out.begin(), out.end(), 0u);
    // char compares as unsigned char in char_traits, which is the order of bytes.
    std::ranges::stable_sort(
        out, [&all](std::uint32_t a, std::uint32_t b) { return all[a].name < all[b].name; });
    return out;
}

/// Puts declarations into the given orders, and what refers to them with it. What an order lacks is dropped; nothing may
/// refer to it.
inline void rearrange(document& document, const order& enumerations, const order& records,
                      const order& interfaces) {
    const auto inverse = [](const order& wanted, std::size_t size) {
        std::vector<std::uint32_t> out(size, 0);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            out[wanted[i]] = static_cast<std::uint32_t>(i);
        return out;
    };
    const auto enumeration_at = inverse(enumerations, document.enumerations.size());
    const auto record_at = inverse(records, document.records.size());
    const auto interface_at = inverse(interfaces, document.interfaces.size());
    const auto move = [&](type& type) {
        const std::vector<std::uint32_t>* to = nullptr;
        if (type.kind == kind::enumeration) to = &enumeration_at;
        if (type.kind == kind::record) to = &record_at;
        if (type.kind == kind::interface) to = &interface_at;
        // What is not listed stays wrong; check() finds it.
        if (to != nullptr && type.index < to->size()) type.index = (*to)[type.index];
    };
    for (record& record : document.records) {
        for (member& field : record.fields) move(field.type);
    }
    for (interface& interface : document.interfaces) {
        for (method& method : interface.methods) {
            for (member& argument : method.arguments) move(argument.type);
            move(method.result);
        }
    }
    const auto pick = [](auto& all, const order& wanted) {
        std::remove_reference_t<decltype(all)> picked;
        picked.reserve(wanted.size());
        for (const std::uint32_t each : wanted) picked.push_back(std::move(all[each]));
        all = std::move(picked);
    };
    pick(document.enumerations, enumerations);
    pick(document.records, records);
    pick(document.interfaces, interfaces);
}

} // namespace beckon::schema::remcall
