#include "generate/cpp_order.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "beckon/schema/literal.hpp"
#include "generate/cpp_literal.hpp"

namespace beckon::generate {

namespace {

using schema::kind;

enum class state : std::uint8_t { fresh, open, done };

/// Whether a default value makes anything: what is empty comes without an initialiser.
bool makes_something(const schema::field& field) {
    if (field.default_value.empty()) return false;
    const auto value = schema::parse_literal(field.default_value);
    return value && !cpp_is_empty(field.type, *value);
}

class sorter {
public:
    /// `with_defaults`: what default values are made of must be complete as well.
    sorter(const schema::document& document, const std::vector<named_variant>& variants,
           const std::unordered_map<std::string, std::size_t>& variant_of, bool with_defaults)
        : document_(document), variants_(variants), variant_of_(variant_of),
          with_defaults_(with_defaults) {
        for (std::size_t i = 0; i < document.records.size(); ++i) {
            record_of_.emplace(document.records[i].name, i);
        }
        states_.resize(document.records.size() + variants.size(), state::fresh);
        made_by_default_.resize(states_.size());
        if (with_defaults) find_made_by_default();
    }

    result<definition_order> run() {
        for (const std::vector<std::size_t>& circle : circles()) {
            for (const std::size_t node : circle) BECKON_TRY(place(node));
        }
        find_forward();
        find_settled();
        return std::move(out_);
    }

private:
    struct step {
        std::size_t node;
        std::vector<std::size_t> needs;
        std::size_t next = 0;
    };

    /// The nodes that reach each other, lists and maps included, after those that they reach besides: what is in no circle
    /// is defined after all that it holds. (Tarjan's algorithm.)
    [[nodiscard]] std::vector<std::vector<std::size_t>> circles() const {
        std::vector<std::vector<std::size_t>> out;
        std::vector<std::size_t> number(
            states_.size()); // in the order in which they are met, from 1
        std::vector<std::size_t> lowest(states_.size());
        std::vector<bool> is_waiting(states_.size());
        std::vector<std::size_t> waiting;
        std::vector<step> path;
        std::size_t met = 0;
        const auto enter = [&](std::size_t node) {
            number[node] = lowest[node] = ++met;
            is_waiting[node] = true;
            waiting.push_back(node);
            path.push_back({node, all_uses_of(node), 0});
        };
        const auto close_circle = [&](std::size_t node) {
            const auto begin = std::find(waiting.rbegin(), waiting.rend(), node).base() - 1;
            std::vector<std::size_t>& circle = out.emplace_back(begin, waiting.end());
            waiting.erase(begin, waiting.end());
            for (const std::size_t each : circle) is_waiting[each] = false;
            std::ranges::sort(circle);
        };
        for (std::size_t first = 0; first < states_.size(); ++first) {
            if (number[first] != 0) continue;
            enter(first);
            while (!path.empty()) {
                step& top = path.back();
                const std::size_t node = top.node;
                if (top.next < top.needs.size()) {
                    const std::size_t used = top.needs[top.next++];
                    if (number[used] == 0) {
                        enter(used);
                    } else if (is_waiting[used]) {
                        lowest[node] = std::min(lowest[node], number[used]);
                    }
                    continue;
                }
                path.pop_back();
                if (!path.empty())
                    lowest[path.back().node] = std::min(lowest[path.back().node], lowest[node]);
                if (lowest[node] == number[node]) close_circle(node);
            }
        }
        return out;
    }

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
        if (with_defaults_) {
            return fail(errc::unsupported, "record '", name,
                        "' is part of what a default value in it, or in what it holds, is made of; "
                        "C++ has no order for that, expected an empty list, null or no default");
        }
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
                if (!by_value || !with_defaults_) continue;
                if (made_by_default_[node] || makes_something(field))
                    collect_inside(node, field.type, out);
            }
        } else {
            const schema::type& variant = variants_[node - document_.records.size()].type;
            for (const schema::type& argument : variant.arguments) {
                collect(argument, true, by_value, out);
                if (by_value && made_by_default_[node]) collect_inside(node, argument, out);
            }
        }
        return out;
    }

    /// What is inside lists and maps, but for the struct itself, which is complete in its members' initialisers.
    void collect_inside(std::size_t node, const schema::type& type,
                        std::vector<std::size_t>& out) const {
        std::vector<std::size_t> inside;
        collect(type, true, false, inside);
        std::erase(inside, node);
        out.insert(out.end(), inside.begin(), inside.end());
    }

    [[nodiscard]] std::vector<std::size_t> all_uses_of(std::size_t node) const {
        std::vector<std::size_t> out = uses_of(node, true);
        const std::vector<std::size_t> inside = uses_of(node, false);
        out.insert(out.end(), inside.begin(), inside.end());
        return out;
    }

    /// Default values make, and so destroy, lists of these and of all that these hold: it must be complete before.
    void find_made_by_default() {
        std::vector<std::size_t> pending;
        for (const schema::record& record : document_.records) {
            for (const schema::field& field : record.fields) {
                if (!makes_something(field)) continue;
                collect(field.type, true, true, pending);
                collect(field.type, true, false, pending);
            }
        }
        while (!pending.empty()) {
            const std::size_t node = pending.back();
            pending.pop_back();
            if (made_by_default_[node]) continue;
            made_by_default_[node] = true;
            const std::vector<std::size_t> uses = all_uses_of(node);
            pending.insert(pending.end(), uses.begin(), uses.end());
        }
    }

    /// From the last definition back: whoever reaches it, settles with it.
    void find_settled() {
        std::vector<std::vector<std::size_t>> users(states_.size());
        for (std::size_t node = 0; node < states_.size(); ++node) {
            for (const std::size_t used : all_uses_of(node)) users[used].push_back(node);
        }
        out_.settled.assign(states_.size(), 0);
        std::vector<bool> known(states_.size());
        for (std::size_t at = out_.order.size(); at-- > 0;) {
            std::vector<std::size_t> pending{out_.order[at]};
            while (!pending.empty()) {
                const std::size_t node = pending.back();
                pending.pop_back();
                if (known[node]) continue;
                known[node] = true;
                out_.settled[node] = at;
                pending.insert(pending.end(), users[node].begin(), users[node].end());
            }
        }
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
    const std::vector<named_variant>& variants_;
    const std::unordered_map<std::string, std::size_t>& variant_of_;
    const bool with_defaults_;
    std::vector<bool> made_by_default_;
    std::unordered_map<std::string, std::size_t> record_of_;
    std::vector<state> states_;
    definition_order out_;
};

} // namespace

result<definition_order>
order_definitions(const schema::document& document, const std::vector<named_variant>& variants,
                  const std::unordered_map<std::string, std::size_t>& variant_of) {
    auto without_defaults = sorter(document, variants, variant_of, false).run();
    if (!without_defaults) return without_defaults;
    return sorter(document, variants, variant_of, true).run();
}

} // namespace beckon::generate
