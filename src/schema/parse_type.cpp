#include <algorithm>

#include "beckon/base/text.hpp"
#include "schema/limits.hpp"
#include "schema/parser.hpp"

namespace beckon::schema {

namespace {

struct generic {
    std::string_view name;
    schema::kind kind;
    std::size_t arguments; ///< 0: any number.
};

constexpr generic generics[] = {{"optional", kind::optional, 1}, {"list", kind::list, 1},
                                {"map", kind::map, 2},           {"tuple", kind::tuple, 0},
                                {"variant", kind::variant, 0},   {"stream", kind::stream, 1}};

const generic* find_generic(std::string_view name) {
    const auto* const found =
        std::find_if(std::begin(generics), std::end(generics),
                     [name](const generic& candidate) { return candidate.name == name; });
    return found == std::end(generics) ? nullptr : found;
}

} // namespace

bool parser::parse_type(type& out, place where, const std::string& what) {
    std::vector<type_node> nodes;
    if (!parse_node(out, nodes, 0, what)) return false;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        where.part = static_cast<std::uint32_t>(i);
        where.aspect = aspect::type;
        places.emplace(where, nodes[i].where);
        if (!nodes[i].case_name) continue;
        where.aspect = aspect::case_name;
        places.emplace(where, *nodes[i].case_name);
    }
    return true;
}

bool parser::parse_node(type& out, std::vector<type_node>& nodes, std::size_t depth,
                        const std::string& what) {
    if (depth > max_type_depth) {
        complain(peek().where,
                 concat("found a type nested deeper than ", max_type_depth, " levels"));
        return false;
    }
    if (!is_word()) return unexpected(what);
    const std::size_t own = nodes.size();
    nodes.push_back({peek().where, std::nullopt});
    if (is("<", 1)) {
        if (slice() == "ref") {
            if (!parse_reference(out, nodes)) return false;
        } else if (!parse_arguments(out, nodes, depth)) {
            return false;
        }
    } else {
        // Whether it is built in or declared is known when all declarations are read.
        out.name = slice();
        ++at_;
    }
    for (std::size_t suffixes = 1; accept("["); ++suffixes) {
        if (depth + suffixes > max_type_depth) {
            complain(peek().where,
                     concat("found a type nested deeper than ", max_type_depth, " levels"));
            return false;
        }
        if (!accept("]")) return unexpected("']' after '['");
        type list;
        list.kind = kind::list;
        list.arguments.push_back(std::move(out));
        out = std::move(list);
        const type_node item = nodes[own];
        nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(own), item);
    }
    return true;
}

bool parser::parse_arguments(type& out, std::vector<type_node>& nodes, std::size_t depth) {
    const std::string name(slice());
    const generic* const generic = find_generic(name);
    if (generic == nullptr) {
        ++at_;
        return unexpected(concat("a name: '", name,
                                 "' takes no types; optional, list, map, tuple, variant, stream "
                                 "and ref do"));
    }
    out.kind = generic->kind;
    at_ += 2;
    do {
        std::optional<source_range> named;
        if (generic->kind == kind::variant) {
            named = peek().where;
            const auto case_name = expect_name("the name of a case");
            if (!case_name) return false;
            out.case_names.push_back(*case_name);
            if (!accept(":"))
                return unexpected(concat("':' and a type after case '", *case_name, "'"));
        }
        type argument;
        const std::size_t node = nodes.size();
        if (!parse_node(argument, nodes, depth + 1, concat("a type inside '", name, "<'"))) {
            return false;
        }
        nodes[node].case_name = named;
        out.arguments.push_back(std::move(argument));
        const bool full = generic->arguments > 0 && out.arguments.size() == generic->arguments;
        if (full && !is(">")) return unexpected(concat("'>' after the last type of '", name, "'"));
    } while (accept(","));
    if (generic->arguments == 2 && out.arguments.size() < 2) {
        return unexpected("',' and a second type: map<K, V>");
    }
    if (!accept(">")) return unexpected(concat("',' or '>' in '", name, "<'"));
    return true;
}

bool parser::parse_reference(type& out, std::vector<type_node>& nodes) {
    at_ += 2;
    nodes.back().where = peek().where;
    const auto name = expect_name("the name of an interface inside 'ref<'");
    if (!name) return false;
    out.kind = kind::interface;
    out.name = *name;
    if (!accept(">")) return unexpected(concat("'>' after 'ref<", *name, "'"));
    return true;
}

} // namespace beckon::schema
