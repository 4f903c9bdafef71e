#include "schema/member_match.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace beckon::schema {

namespace {

std::unordered_map<std::string_view, std::size_t> positions(const std::vector<std::string>& names) {
    std::unordered_map<std::string_view, std::size_t> out;
    for (std::size_t i = 0; i < names.size(); ++i) out.emplace(names[i], i);
    return out;
}

} // namespace

member_match match_members(const std::vector<std::string>& before,
                           const std::vector<std::string>& after) {
    member_match out;
    const auto old_positions = positions(before);
    const auto new_positions = positions(after);
    std::vector<std::size_t> gone;
    std::vector<std::size_t> fresh;
    std::size_t last_common_before = 0; // one past
    std::size_t last_common_after = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto found = new_positions.find(before[i]);
        if (found == new_positions.end()) {
            gone.push_back(i);
            continue;
        }
        if (!out.moved && !out.common.empty() && found->second < out.common.back().after) {
            out.moved = {i, found->second};
        }
        out.common.push_back({i, found->second});
        last_common_before = i + 1;
        last_common_after = std::max(last_common_after, found->second + 1);
    }
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (!old_positions.contains(after[i])) fresh.push_back(i);
    }
    std::size_t f = 0;
    for (const std::size_t g : gone) {
        while (f < fresh.size() && fresh[f] < g) ++f;
        if (f < fresh.size() && fresh[f] == g) {
            out.renamed.push_back({g, fresh[f]});
            fresh.erase(fresh.begin() + static_cast<std::ptrdiff_t>(f));
        } else {
            (g < last_common_before ? out.removed : out.cut).push_back(g);
        }
    }
    for (const std::size_t position : fresh) {
        (position < last_common_after ? out.inserted : out.appended).push_back(position);
    }
    return out;
}

} // namespace beckon::schema
