#include "schema/containment.hpp"

#include <string>
#include <vector>

#include "beckon/base/text.hpp"
#include "schema/limits.hpp"

namespace beckon::schema {

namespace {

/// One record that a field of another holds by value.
struct holding {
    std::uint32_t record;
    place where;
};

/// The records held by a type, however deep in tuples and variants.
void collect(const name_index& names, const type& type, place& where, std::vector<holding>& out,
             std::size_t depth) {
    if (depth > max_type_depth) return; // complained about before
    if (type.kind == kind::record) {
        const name_index::entry* const found = names.find(type.name);
        if (found != nullptr && found->section == section::records) {
            out.push_back({found->declaration, where});
        }
    }
    const bool by_value = type.kind == kind::tuple || type.kind == kind::variant;
    for (const schema::type& argument : type.arguments) {
        ++where.part;
        if (by_value) {
            collect(names, argument, where, out, depth + 1);
        } else {
            where.part += count_nodes(argument) - 1;
        }
    }
}

std::vector<holding> held_by(const checker& checker, std::uint32_t index) {
    std::vector<holding> out;
    const record& record = checker.document().records[index];
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        place where{section::records, index, static_cast<std::uint32_t>(i)};
        where.aspect = aspect::type;
        collect(checker.names(), record.fields[i].type, where, out, 0);
    }
    return out;
}

/// Depth-first search with its own stack: a chain of records can be longer than the thread's.
class search {
public:
    explicit search(checker& checker)
        : checker_(checker), states_(checker.document().records.size(), state::fresh) {}

    void from(std::uint32_t record) {
        if (states_[record] != state::fresh) return;
        enter(record);
        while (!path_.empty()) {
            step& top = path_.back();
            if (top.next == top.held.size()) {
                states_[top.record] = state::done;
                path_.pop_back();
                continue;
            }
            const holding held = top.held[top.next++];
            if (states_[held.record] == state::open) {
                complain(held);
            } else if (states_[held.record] == state::fresh) {
                enter(held.record);
            }
        }
    }

private:
    enum class state : std::uint8_t { fresh, open, done };
    struct step {
        std::uint32_t record;
        std::vector<holding> held;
        std::size_t next = 0;
    };

    void enter(std::uint32_t record) {
        states_[record] = state::open;
        path_.push_back({record, held_by(checker_, record), 0});
    }

    void complain(const holding& closing) {
        const auto& records = checker_.document().records;
        const std::string& name = records[closing.record].name;
        std::string way = name;
        std::size_t shown = 0;
        bool inside = false;
        for (const step& at : path_) {
            if (inside && ++shown <= 6) way += concat(" holds ", records[at.record].name);
            if (at.record == closing.record) inside = true;
        }
        way += concat(shown > 6 ? " ... holds " : " holds ", name);
        checker_.complain(closing.where, concat("record '", name, "' holds itself by value (", way,
                                                "), expected a list, map or optional in between"));
    }

    checker& checker_;
    std::vector<state> states_;
    std::vector<step> path_;
};

} // namespace

void check_containment(checker& checker) {
    search search(checker);
    for (std::size_t i = 0; i < checker.document().records.size(); ++i) {
        search.from(static_cast<std::uint32_t>(i));
    }
}

} // namespace beckon::schema
