// Records that hold themselves: no value of theirs could end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "beckon/schema/remcall/document.hpp"

namespace beckon::schema::remcall {

/// The first record that contains itself, directly or through others, other than in an array. The types must be listed.
/// Time in proportion to the document; no recursion.
[[nodiscard]] inline std::optional<std::uint32_t> self_containing(const document& document) {
    enum class state : std::uint8_t { fresh, open, done };
    struct step {
        std::uint32_t record;
        std::uint32_t field;
    };
    std::vector<state> states(document.records.size(), state::fresh);
    std::vector<step> path;
    for (std::uint32_t start = 0; start < document.records.size(); ++start) {
        if (states[start] != state::fresh) continue;
        states[start] = state::open;
        path.push_back({start, 0});
        while (!path.empty()) {
            step& last = path.back();
            const auto& fields = document.records[last.record].fields;
            if (last.field == fields.size()) {
                states[last.record] = state::done;
                path.pop_back();
                continue;
            }
            const type& type = fields[last.field++].type;
            if (type.kind != kind::record || type.array) continue;
            if (states[type.index] == state::open) return type.index;
            if (states[type.index] == state::done) continue;
            states[type.index] = state::open;
            path.push_back({type.index, 0});
        }
    }
    return std::nullopt;
}

} // namespace beckon::schema::remcall
