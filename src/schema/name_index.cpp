#include "schema/name_index.hpp"

#include <algorithm>
#include <array>

namespace beckon::schema {

namespace {

/// Longer names are not compared, so that a hostile text cannot buy time with them.
constexpr std::size_t longest_suggestion = 64;

constexpr std::string_view builtin_names[] = {"bool",    "boolean",  "int8",     "uint8", "int16",
                                              "uint16",  "int32",    "uint32",   "int64", "uint64",
                                              "float32", "float64",  "string",   "bytes", "date",
                                              "time",    "datetime", "duration", "any"};

/// Words of other languages for what the IDL names differently.
constexpr std::pair<std::string_view, std::string_view> foreign_names[] = {
    {"int", "int32"},   {"long", "int64"},         {"short", "int16"},    {"byte", "uint8"},
    {"uint", "uint32"}, {"float", "float32"},      {"double", "float64"}, {"str", "string"},
    {"blob", "bytes"},  {"timestamp", "datetime"}, {"object", "any"}};

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

class nearest {
public:
    /// A third of the letters may differ, and one in names of three or four; shorter ones are all alike.
    explicit nearest(std::string_view name) : name_(name), best_(name.size() / 3 + 1) {}

    void offer(std::string_view candidate) {
        if (best_ == 1 || name_.size() > longest_suggestion ||
            candidate.size() > longest_suggestion)
            return;
        const std::size_t apart = letters_apart(name_, candidate, best_ - 1);
        // Of equally near names the first declared wins, so that the message is stable.
        if (apart < best_) {
            best_ = apart;
            found_ = candidate;
        }
    }
    [[nodiscard]] std::string found() const { return std::string(found_); }

private:
    std::string_view name_;
    std::size_t best_;
    std::string_view found_;
};

} // namespace

name_index::name_index(const document& document) : document_(document) {
    const auto add = [this](section section, const auto& declarations) {
        for (std::size_t i = 0; i < declarations.size(); ++i) {
            entries_.emplace(declarations[i].name, entry{section, static_cast<std::uint32_t>(i)});
        }
    };
    add(section::enumerations, document.enumerations);
    add(section::records, document.records);
    add(section::exceptions, document.exceptions);
    add(section::interfaces, document.interfaces);
}

const name_index::entry* name_index::find(std::string_view name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
}

std::optional<kind> name_index::kind_of(std::string_view name) const {
    const entry* const found = find(name);
    if (found == nullptr) return std::nullopt;
    switch (found->section) {
    case section::enumerations: return kind::enumeration;
    case section::records: return kind::record;
    case section::interfaces: return kind::interface;
    case section::exceptions: return std::nullopt;
    }
    return std::nullopt;
}

std::string name_index::nearest_type(std::string_view name) const {
    for (const auto& [foreign, ours] : foreign_names) {
        if (foreign == name) return std::string(ours);
    }
    nearest search(name);
    for (const auto& declaration : document_.enumerations) search.offer(declaration.name);
    for (const auto& declaration : document_.records) search.offer(declaration.name);
    for (const auto& declaration : document_.interfaces) search.offer(declaration.name);
    for (const std::string_view builtin : builtin_names) search.offer(builtin);
    return search.found();
}

std::string name_index::nearest_exception(std::string_view name) const {
    nearest search(name);
    for (const auto& declaration : document_.exceptions) search.offer(declaration.name);
    return search.found();
}

std::string_view with_article(section section) {
    switch (section) {
    case section::enumerations: return "an enum";
    case section::records: return "a record";
    case section::exceptions: return "an exception";
    case section::interfaces: return "an interface";
    }
    return {};
}

std::size_t letters_apart(std::string_view a, std::string_view b, std::size_t most) {
    if (a.size() > longest_suggestion || b.size() > longest_suggestion) return most + 1;
    const std::size_t difference = std::max(a.size(), b.size()) - std::min(a.size(), b.size());
    if (difference > most) return most + 1;
    // Three rows of the table of distances, for two letters that changed places count once.
    std::array<std::array<std::size_t, longest_suggestion + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        const auto& above = rows[(i - 1) % 3];
        auto& row = rows[i % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({above[j - 1] + (same ? 0 : 1), above[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
            }
        }
    }
    return std::min(rows[a.size() % 3][b.size()], most + 1);
}

} // namespace beckon::schema
