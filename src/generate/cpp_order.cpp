#include "generate/cpp_order.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"

namespace beckon::generate {

namespace {

using schema::kind;

enum class state : std::uint8_t { fresh, open, done };

class sorter {
public:
    sorter(const schema::document& document, const std::vector<cpp_variant>& variants,
           const std::unordered_map<std::string, std::size_t>& variant_of)
        : document_(document), variants_(variants), variant_of_(variant_of) {
        for (std::size_t i = 0; i < document.records.size(); ++i) {
            record_of_.emplace(document.records[i].name, i);
        }
        states_.resize(document.records.size() + variants.size(), state::fresh);
    }

    result<definition_order> run() {
        for (std::size_t node = 0; node < states_.size(); ++node) BECKON_TRY(place(node));
        find_forward();
        return std::move(out_);
    }

private:
    struct step {
        std::size_t node;
        std::vector<std::size_t> needs;
        std::size_t next = 0;
    };

    /// With a stack of its own: a chain of records can be longer than the thread's.
    result<void> place(std::size_t first) {
        if (states_[first] != state::fresh) return {};
        std::vector<step> path;
        const auto enter = [&](std::size_t node) {
            states_[node] = state::open;
            path.push_back({node, uses_of(node, true), 0});
        };
        enter(first);
        while (!path.empty()) {
            step& top = path.back();
            if (top.next == top.needs.size()) {
                states_[top.node] = state::done;
                out_.order.push_back(top.node);
                path.pop_back();
                continue;
            }
            const std::size_t needed = top.needs[top.next++];
            if (states_[needed] == state::open) return holds_itself(needed, path);
            if (states_[needed] == state::fresh) enter(needed);
        }
        return {};
    }

    error holds_itself(std::size_t node, const std::vector<step>& path) const {
        // One of the nodes around the circle is a record; messages name no variant.
        for (auto at = path.rbegin(); at != path.rend() && node >= document_.records.size(); ++at) {
            node = at->node;
        }
        const std::string& name = document_.records[node].name;
        return fail(errc::unsupported, "record '", name,
                    "' holds itself through an optional, which a C++ struct cannot; expected a "
                    "list<",
                    name, "> of at most one instead");
    }

    /// What a struct needs complete (by_value), or what it only names inside lists and maps.
    std::vector<std::size_t> uses_of(std::size_t node, bool by_value) const {
        std::vector<std::size_t> out;
        if (node < document_.records.size()) {
            for (const schema::field& field : document_.records[node].fields) {
                collect(field.type, true, by_value, out);
            }
        } else {
            const schema::type& variant = variants_[node - document_.records.size()].type;
            for (const schema::type& argument : variant.arguments) {
                collect(argument, true, by_value, out);
            }
        }
        return out;
    }

    void collect(const schema::type& type, bool complete, bool by_value,
                 std::vector<std::size_t>& out) const {
        if (type.kind == kind::record || type.kind == kind::variant) {
            if (complete == by_value) out.push_back(node_of(type));
            return;
        }
        const bool inside = complete && type.kind != kind::list && type.kind != kind::map;
        for (const schema::type& argument : type.arguments) {
            collect(argument, inside, by_value, out);
        }
    }

    std::size_t node_of(const schema::type& type) const {
        if (type.kind == kind::record) return record_of_.at(type.name);
        return document_.records.size() + variant_of_.at(to_string(type));
    }

    void find_forward() {
        std::vector<std::size_t> position(states_.size());
        for (std::size_t i = 0; i < out_.order.size(); ++i) position[out_.order[i]] = i;
        std::vector<bool> forward(states_.size());
        for (std::size_t node = 0; node < states_.size(); ++node) {
            for (const std::size_t used : uses_of(node, false)) {
                // A struct knows its own name.
                if (position[used] > position[node]) forward[used] = true;
            }
        }
        for (std::size_t i = 0; i < forward.size(); ++i) {
            if (forward[i]) out_.forward.push_back(i);
        }
    }

    const schema::document& document_;
    const std::vector<cpp_variant>& variants_;
    const std::unordered_map<std::string, std::size_t>& variant_of_;
    std::unordered_map<std::string, std::size_t> record_of_;
    std::vector<state> states_;
    definition_order out_;
};

} // namespace

result<definition_order>
order_definitions(const schema::document& document, const std::vector<cpp_variant>& variants,
                  const std::unordered_map<std::string, std::size_t>& variant_of) {
    return sorter(document, variants, variant_of).run();
}

} // namespace beckon::generate
