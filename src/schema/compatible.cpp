#include "beckon/schema/compatible.hpp"

#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "beckon/base/text.hpp"
#include "beckon/schema/canonical.hpp"
#include "schema/member_match.hpp"
#include "schema/name_index.hpp"

namespace beckon::schema {

namespace {

constexpr std::string_view by_position = "the wire knows members by their position";
constexpr std::string_view own_form = "each type has a form of its own on the wire";

enum class direction { none, old_to_new, new_to_old, both };

template <typename Members>
std::vector<std::string> names_of(const Members& members) {
    std::vector<std::string> out;
    for (const auto& member : members) out.push_back(member.name);
    return out;
}

class comparer {
public:
    comparer(const document& before, const document& after)
        : before_(before), after_(after), old_names_(before), new_names_(after) {}

    std::vector<difference> run(std::string_view interface_name) {
        want(kind::interface, interface_name);
        compare_wanted();
        compare_exceptions();
        // Exceptions can use types that nothing else does.
        compare_wanted();
        return std::move(out_);
    }

private:
    void add(std::string path, std::string what, std::string_view why, severity severity,
             direction direction) {
        out_.push_back({std::move(path), std::move(what), std::string(why), severity,
                        direction == direction::old_to_new || direction == direction::both,
                        direction == direction::new_to_old || direction == direction::both});
    }
    void breaks(std::string path, std::string what, std::string_view why,
                direction direction = direction::both) {
        add(std::move(path), std::move(what), why, severity::breaking, direction);
    }

    void want(kind kind, std::string_view name) {
        if (seen_.emplace(kind, name).second) wanted_.emplace_back(kind, name);
    }
    void want(const type& type) {
        if (!type.name.empty()) want(type.kind, type.name);
        for (const schema::type& argument : type.arguments) want(argument);
    }

    /// A list of what is still to do stands in for recursion, since a chain of records can be longer than a
    /// thread's stack.
    void compare_wanted() {
        for (; next_ < wanted_.size(); ++next_) {
            const auto [kind, name] = wanted_[next_];
            compare_declared(kind, name);
        }
    }

    void compare_declared(kind kind, std::string_view name) {
        // Both documents are closures, so that what one of them uses by this name, it has.
        const name_index::entry* const before = old_names_.find(name);
        const name_index::entry* const after = new_names_.find(name);
        if (before == nullptr || after == nullptr) return;
        switch (kind) {
        case kind::enumeration:
            return compare(before_.enumerations[before->declaration],
                           after_.enumerations[after->declaration]);
        case kind::record:
            return compare("record", before_.records[before->declaration],
                           after_.records[after->declaration]);
        case kind::interface:
            return compare(before_.interfaces[before->declaration],
                           after_.interfaces[after->declaration]);
        default: return;
        }
    }

    void compare_type(const std::string& path, const type& before, const type& after) {
        if (before == after) {
            want(before);
        } else {
            breaks(path, concat("type changed from ", to_string(before), " to ", to_string(after)),
                   own_form);
        }
    }

    // Enums.

    void compare(const enumeration& before, const enumeration& after) {
        const std::string path = concat("enum ", before.name);
        std::unordered_map<std::string_view, std::int32_t> new_numbers;
        std::unordered_map<std::int32_t, std::string_view> new_values;
        std::unordered_map<std::int32_t, std::string_view> old_values;
        std::unordered_set<std::string_view> old_value_names;
        for (const enumerator& value : after.enumerators) {
            new_numbers.emplace(value.name, value.number);
            new_values.emplace(value.number, value.name);
        }
        for (const enumerator& value : before.enumerators) {
            old_values.emplace(value.number, value.name);
            old_value_names.insert(value.name);
            const std::string where = concat(path, ", value ", value.name);
            const auto kept = new_numbers.find(value.name);
            if (kept != new_numbers.end()) {
                if (kept->second == value.number) continue;
                breaks(where, concat("number changed from ", value.number, " to ", kept->second),
                       "the wire carries the numbers of enum values");
            } else if (const auto reused = new_values.find(value.number);
                       reused != new_values.end()) {
                breaks(where,
                       concat("replaced by '", reused->second, "' with the same number ",
                              value.number),
                       "the wire carries the numbers of enum values");
            } else {
                add(where, "removed",
                    "a new peer that is sent it finds a number that it does not know",
                    severity::removal, direction::old_to_new);
            }
        }
        for (const enumerator& value : after.enumerators) {
            if (old_value_names.contains(value.name) || old_values.contains(value.number)) continue;
            add(concat(path, ", value ", value.name),
                concat("added with the number ", value.number),
                "the other numbers stay; an old peer that is sent it finds a number that it does "
                "not "
                "know",
                severity::compatible, direction::none);
        }
    }

    // Records and exceptions.

    void compare(std::string_view word, const record& before, const record& after) {
        const std::string path = concat(word, " ", before.name);
        const auto field_path = [&path](const field& field) {
            return concat(path, ", field ", field.name);
        };
        const member_match match = match_members(names_of(before.fields), names_of(after.fields));
        if (match.moved) {
            breaks(field_path(before.fields[match.moved->before]),
                   concat("moved from position ", match.moved->before + 1, " to ",
                          match.moved->after + 1),
                   by_position);
        }
        for (const auto& [old_position, new_position] : match.common) {
            compare_field(field_path(before.fields[old_position]), before.fields[old_position],
                          after.fields[new_position]);
        }
        for (const auto& [old_position, new_position] : match.renamed) {
            breaks(field_path(before.fields[old_position]),
                   concat("replaced by ", to_string(after.fields[new_position].type), " ",
                          after.fields[new_position].name),
                   "what one side writes as the one field the other reads as another");
        }
        for (const std::size_t position : match.removed) {
            breaks(field_path(before.fields[position]), "removed", by_position);
        }
        for (const std::size_t position : match.inserted) {
            breaks(field_path(after.fields[position]),
                   concat("inserted at position ", position + 1), by_position);
        }
        for (const std::size_t position : match.cut) {
            const field& field = before.fields[position];
            if (field.default_value.empty()) {
                breaks(field_path(field), "removed from the end",
                       "an old reader has no default value for it", direction::new_to_old);
            } else {
                add(field_path(field), "removed from the end",
                    "old readers use its default value, new ones skip it", severity::removal,
                    direction::old_to_new);
            }
        }
        for (const std::size_t position : match.appended) {
            const field& field = after.fields[position];
            if (field.default_value.empty()) {
                breaks(field_path(field), "added at the end without a default value",
                       "a new reader cannot fill it in", direction::old_to_new);
            } else {
                add(field_path(field),
                    concat("added at the end with default value ", field.default_value),
                    "new readers use the default value, old ones skip it", severity::compatible,
                    direction::none);
            }
        }
    }

    void compare_field(const std::string& path, const field& before, const field& after) {
        compare_type(path, before.type, after.type);
        if (before.default_value == after.default_value) return;
        const auto shown = [](const field& field) {
            return field.default_value.empty() ? std::string("none") : field.default_value;
        };
        add(path, concat("default value changed from ", shown(before), " to ", shown(after)),
            "it stands in only where the writer does not know the field", severity::note,
            direction::none);
    }

    void compare_exceptions() {
        for (const record& exception : before_.exceptions) {
            if (const record* const kept = after_.find_exception(exception.name)) {
                compare("exception", exception, *kept);
            } else {
                add(concat("exception ", exception.name), "no longer raised",
                    "a new caller sees it as a remote_error of that name", severity::note,
                    direction::none);
            }
        }
        for (const record& exception : after_.exceptions) {
            if (before_.find_exception(exception.name) != nullptr) continue;
            add(concat("exception ", exception.name), "newly raised",
                "an old caller sees it as a remote_error of that name", severity::note,
                direction::none);
        }
    }

    // Interfaces.

    void compare(const interface& before, const interface& after) {
        const std::string path = concat("interface ", before.name);
        const auto method_path = [&path](const method& method) {
            return concat(path, ", method ", method.name);
        };
        const member_match match = match_members(names_of(before.methods), names_of(after.methods));
        if (match.moved) {
            breaks(method_path(before.methods[match.moved->before]),
                   concat("moved from position ", match.moved->before + 1, " to ",
                          match.moved->after + 1),
                   "calls carry the position of the method");
        }
        const std::vector<std::uint32_t> old_commands = commands_of(before);
        const std::vector<std::uint32_t> new_commands = commands_of(after);
        for (const auto& [old_position, new_position] : match.common) {
            const std::string its_path = method_path(before.methods[old_position]);
            compare_method(its_path, before.methods[old_position], after.methods[new_position]);
            const std::uint32_t was = old_commands[old_position];
            const std::uint32_t is = new_commands[new_position];
            // A place that changed has been told of already.
            if (was == is || old_position != new_position) continue;
            add(its_path, concat("was command ", was, " and is command ", is),
                "who calls it by its number, as basic-socket-rpc does, does not find it",
                severity::note, direction::none);
        }
        for (const auto& [old_position, new_position] : match.renamed) {
            breaks(method_path(before.methods[old_position]),
                   concat("replaced by ", after.methods[new_position].name),
                   "calls carry the position of the method, where now another stands");
        }
        for (const std::size_t position : match.removed) {
            breaks(method_path(before.methods[position]), "removed",
                   "calls carry the position of the method");
        }
        for (const std::size_t position : match.inserted) {
            breaks(method_path(after.methods[position]),
                   concat("inserted at position ", position + 1),
                   "calls carry the position of the method");
        }
        for (const std::size_t position : match.cut) {
            add(method_path(before.methods[position]), "removed from the end",
                "a new peer answers unknown_method", severity::removal, direction::old_to_new);
        }
        for (const std::size_t position : match.appended) {
            add(method_path(after.methods[position]), "added at the end",
                "an old peer answers unknown_method", severity::compatible, direction::none);
        }
    }

    void compare_method(const std::string& path, const method& before, const method& after) {
        compare_type(concat(path, ", result"), before.result, after.result);
        compare_parameters(path, before, after);
        if (before.oneway != after.oneway) {
            breaks(
                path, after.oneway ? "became one-way" : "is no longer one-way",
                "one side waits for a reply that the other does not send, or the other way round");
        }
        if (before.idempotent && !after.idempotent) {
            breaks(path, "is no longer idempotent", "an old caller may repeat it",
                   direction::old_to_new);
        } else if (after.idempotent && !before.idempotent) {
            add(path, "became idempotent", "a new caller may repeat it", severity::note,
                direction::none);
        }
        // Without a list any exception may be raised; which, is not known here.
        if (before.raises.empty() || after.raises.empty()) return;
        if (std::set<std::string>(before.raises.begin(), before.raises.end()) !=
            std::set<std::string>(after.raises.begin(), after.raises.end())) {
            add(path, "raises other exceptions",
                "a caller can be sent any exception that the schema declares", severity::note,
                direction::none);
        }
    }

    void compare_parameters(const std::string& path, const method& before, const method& after) {
        if (before.parameters.size() != after.parameters.size()) {
            breaks(path,
                   concat("number of parameters changed from ", before.parameters.size(), " to ",
                          after.parameters.size()),
                   "arguments are sent by position and all of them");
            return;
        }
        std::unordered_map<std::string_view, std::size_t> old_positions;
        for (std::size_t i = 0; i < before.parameters.size(); ++i) {
            old_positions.emplace(before.parameters[i].name, i);
        }
        for (std::size_t i = 0; i < before.parameters.size(); ++i) {
            const field& old_one = before.parameters[i];
            const field& new_one = after.parameters[i];
            const std::string where = concat(path, ", parameter ", i + 1, " '", old_one.name, "'");
            compare_type(where, old_one.type, new_one.type);
            if (old_one.name == new_one.name) continue;
            const auto old_position = old_positions.find(new_one.name);
            if (old_position != old_positions.end()) {
                breaks(where,
                       concat("replaced by '", new_one.name, "', which was parameter ",
                              old_position->second + 1),
                       "arguments are sent by position, so that these two change places");
            } else {
                add(where, concat("renamed to '", new_one.name, "'"),
                    "the native wire sends arguments by position; protocols with named arguments "
                    "do not",
                    severity::note, direction::none);
            }
        }
    }

    const document& before_;
    const document& after_;
    name_index old_names_;
    name_index new_names_;
    std::set<std::pair<kind, std::string>> seen_;
    std::vector<std::pair<kind, std::string>> wanted_;
    std::size_t next_ = 0;
    std::vector<difference> out_;
};

std::string_view word_of(severity severity) {
    switch (severity) {
    case severity::note: return "note";
    case severity::compatible: return "compatible";
    case severity::removal: return "removal";
    case severity::breaking: return "breaking";
    }
    return {};
}

} // namespace

result<std::vector<difference>> compare(const document& before, const document& after,
                                        std::string_view interface_name) {
    auto old_closure = closure(before, interface_name).note("reading the old schema");
    if (!old_closure) return std::move(old_closure).error();
    auto new_closure = closure(after, interface_name).note("reading the new schema");
    if (!new_closure) return std::move(new_closure).error();
    return comparer(*old_closure, *new_closure).run(interface_name);
}

bool is_compatible(const std::vector<difference>& differences) noexcept {
    for (const difference& difference : differences) {
        if (difference.severity == severity::breaking) return false;
    }
    return true;
}

bool is_upgrade(const std::vector<difference>& differences) noexcept {
    for (const difference& difference : differences) {
        if (difference.severity >= severity::removal) return false;
    }
    return true;
}

std::string to_string(const difference& difference) {
    std::string out =
        concat(word_of(difference.severity), ": ", difference.path, ": ", difference.what);
    if (difference.old_to_new && difference.new_to_old) {
        out += " (old to new, new to old)";
    } else if (difference.old_to_new) {
        out += " (old to new)";
    } else if (difference.new_to_old) {
        out += " (new to old)";
    }
    return concat(out, ": ", difference.why);
}

} // namespace beckon::schema
