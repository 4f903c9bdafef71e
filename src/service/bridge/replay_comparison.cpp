#include "service/bridge/replay_comparison.hpp"

#include <algorithm>
#include <cmath>

namespace beckon {

namespace {

/// Longer texts are compared, but not searched for what is to be ignored: libstdc++'s regular expressions take stack for
/// each character.
constexpr std::size_t most_searched = 8u << 10;

[[nodiscard]] std::string content_text(const value& of) {
    if (of.is(value_kind::string)) return std::string(of.string());
    if (of.is(value_kind::bytes)) return std::string(as_text(of.bytes()));
    return of.to_text(most_searched);
}

[[nodiscard]] std::string shown(const value& of) {
    if (name_of_content(of)) return "an object";
    return told_text(of);
}

[[nodiscard]] bool are_same(const value& a, const value& b) {
    if (a.kind() != b.kind()) return false;
    if (a.is(value_kind::floating) && std::isnan(a.float64())) return std::isnan(b.float64());
    return a == b;
}

[[nodiscard]] std::string below(const std::string& path, const value& key) {
    const std::string name =
        key.is(value_kind::string) ? std::string(key.string()) : told_text(key);
    return path.empty() ? name : concat(path, ".", name);
}

} // namespace

std::optional<replay_comparison::place> replay_comparison::differ(const value& recorded,
                                                                  const value& actual,
                                                                  other_names* names,
                                                                  const other_names* known) const {
    return walk({}, recorded, actual, names, known);
}

bool replay_comparison::is_ignored(const std::string& recorded, const std::string& actual) const {
    if (ignored_.empty() || recorded.size() > most_searched || actual.size() > most_searched)
        return false;
    std::string a = recorded;
    std::string b = actual;
    for (const std::regex& each : ignored_) {
        a = std::regex_replace(a, each, "");
        b = std::regex_replace(b, each, "");
    }
    return a == b;
}

std::optional<replay_comparison::place>
replay_comparison::leaf(const std::string& path, const value& recorded, const value& actual) const {
    if (are_same(recorded, actual)) return {};
    if (is_ignored(concat(path, "=", content_text(recorded)),
                   concat(path, "=", content_text(actual))))
        return {};
    return place{path, shown(recorded), shown(actual)};
}

std::optional<replay_comparison::place>
replay_comparison::walk(const std::string& path, const value& recorded, const value& actual,
                        other_names* names, const other_names* known) const {
    const auto name = name_of_content(recorded);
    const auto other = name_of_content(actual);
    if (name && other && name->first == other->first) {
        const bytes called(name->second.begin(), name->second.end());
        if (name->first == told_name::perhaps_object && !spoken_of_.contains(called))
            return leaf(path, recorded, actual);
        if (names != nullptr) names->bind(name->first, name->second, other->second);
        if (names != nullptr || known == nullptr) return {};
        const auto before = known->find(name->first, name->second);
        if (!before || std::ranges::equal(*before, other->second)) return {};
        return place{path, shown(recorded), shown(actual)};
    }
    // The first difference is told; names are found in all of it.
    std::optional<place> first;
    const auto look = [&](const std::string& at, const value& a, const value& b) {
        auto found = walk(at, a, b, names, known);
        if (found && !first) first = std::move(found);
    };
    if (recorded.is(value_kind::map) && actual.is(value_kind::map)) {
        for (const auto& [key, mapped] : recorded.entries()) {
            const value* const there = actual.find(key);
            if (there != nullptr) {
                look(below(path, key), mapped, *there);
            } else if (!first &&
                       !is_ignored(concat(below(path, key), "=", content_text(mapped)), "")) {
                first = place{below(path, key), shown(mapped), "nothing"};
            }
        }
        for (const auto& [key, mapped] : actual.entries()) {
            if (first || recorded.find(key) != nullptr) continue;
            if (!is_ignored("", concat(below(path, key), "=", content_text(mapped))))
                first = place{below(path, key), "nothing", shown(mapped)};
        }
        return first;
    }
    const bool are_sequences = recorded.kind() == actual.kind() &&
                               (recorded.is(value_kind::list) || recorded.is(value_kind::tuple));
    if (!are_sequences) return leaf(path, recorded, actual);
    for (std::size_t i = 0; i < std::min(recorded.size(), actual.size()); ++i)
        look(concat(path, "[", i, "]"), recorded[i], actual[i]);
    if (recorded.size() != actual.size()) {
        if (is_ignored(concat(path, "=", content_text(recorded)),
                       concat(path, "=", content_text(actual))))
            return {};
        return place{path, concat(recorded.size(), " items"), concat(actual.size(), " items")};
    }
    return first;
}

} // namespace beckon
