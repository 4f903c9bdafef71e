#include "schema/checker.hpp"

#include <unordered_map>
#include <utility>

#include "beckon/base/text.hpp"
#include "beckon/schema/literal.hpp"
#include "schema/limits.hpp"

namespace beckon::schema {

namespace {

struct count_range {
    std::size_t least;
    std::size_t most;
};

/// How many arguments a composed type takes.
count_range arguments_of(kind kind) {
    switch (kind) {
    case kind::optional:
    case kind::list:
    case kind::stream: return {1, 1};
    case kind::map: return {2, 2};
    case kind::tuple:
    case kind::variant: return {1, max_type_arguments};
    default: return {0, 0};
    }
}

bool is_known(kind kind) {
    return kind <= kind::any || (kind >= kind::optional && kind <= kind::stream) ||
           (kind >= kind::enumeration && kind <= kind::interface);
}

} // namespace

bool is_key(kind kind) noexcept {
    switch (kind) {
    case kind::boolean:
    case kind::int8:
    case kind::uint8:
    case kind::int16:
    case kind::uint16:
    case kind::int32:
    case kind::uint32:
    case kind::int64:
    case kind::uint64:
    case kind::string:
    case kind::bytes:
    case kind::date:
    case kind::time:
    case kind::datetime:
    case kind::duration:
    case kind::enumeration: return true;
    default: return false;
    }
}

std::uint32_t count_nodes(const type& type, std::size_t depth) {
    std::uint32_t count = 1;
    if (depth > max_type_depth) return count;
    for (const schema::type& argument : type.arguments) count += count_nodes(argument, depth + 1);
    return count;
}

void checker::complain(const place& where, std::string message, std::optional<place> related,
                       std::string related_message, bool symmetric) {
    if (problems_.size() >= most_) return;
    problems_.push_back(
        {where, std::move(message), related, std::move(related_message), symmetric});
}

bool checker::check_type(const type& type, place where, type_use use) {
    where.part = 0;
    return check_node(type, where, use, 0);
}

// `where.part` counts the nodes in the order of the printed form, as the parser does.
bool checker::check_node(const type& type, place& where, type_use use, std::size_t depth) {
    if (depth > max_type_depth) {
        complain(where, concat("found a type nested deeper than ", max_type_depth, " levels"));
        return false;
    }
    const auto refuse = [&](std::string message) {
        complain(where, std::move(message));
        return false;
    };
    if (!is_known(type.kind)) {
        return refuse(concat("found a type of unknown kind ", static_cast<unsigned>(type.kind)));
    }
    if (type.kind == kind::void_ && type.name.empty() && use != type_use::result) {
        return refuse("found 'void', expected a type: only a result can be void");
    }
    if (type.kind == kind::stream && use != type_use::result && use != type_use::parameter) {
        return refuse("found a stream, expected another type: only a whole parameter or result "
                      "can be a stream");
    }
    const bool declared = type.kind >= kind::enumeration || !type.name.empty();
    if (declared && !check_name(type, where)) return false;
    if (!declared && names_.kind_of(to_string(type.kind)) && type.arguments.empty()) {
        return refuse(concat("the built-in type '", to_string(type.kind),
                             "' is hidden by a declared one of the same name"));
    }
    const count_range range = arguments_of(type.kind);
    if (type.arguments.size() < range.least || type.arguments.size() > range.most) {
        return refuse(concat("type ", to_string(type.kind), " has ", type.arguments.size(),
                             " arguments, expected ", range.least, " to ", range.most));
    }
    return check_case_names(type, where) && check_arguments(type, where, depth);
}

bool checker::check_arguments(const type& type, place& where, std::size_t depth) {
    bool sound = true;
    for (std::size_t i = 0; i < type.arguments.size(); ++i) {
        ++where.part;
        const place argument = where;
        if (!check_node(type.arguments[i], where, type_use::argument, depth + 1)) {
            sound = false;
        } else if (type.kind == kind::map && i == 0 && !is_key(type.arguments[0].kind)) {
            complain(argument, concat("found a map key of type ", to_string(type.arguments[0]),
                                      ", expected bool, an integer, string, bytes, an enum or a "
                                      "type of time"));
            sound = false;
        }
    }
    return sound;
}

bool checker::check_case_names(const type& type, const place& where) {
    if (type.kind != kind::variant) {
        if (type.case_names.empty()) return true;
        complain(where,
                 concat("type ", to_string(type.kind), " has case names; only a variant can"));
        return false;
    }
    if (type.case_names.size() != type.arguments.size()) {
        complain(where, concat("variant has ", type.arguments.size(), " types and ",
                               type.case_names.size(), " case names"));
        return false;
    }
    std::unordered_map<std::string_view, place> seen;
    place named = where;
    named.aspect = aspect::case_name;
    ++named.part;
    for (std::size_t i = 0; i < type.case_names.size(); ++i) {
        const std::string& name = type.case_names[i];
        if (!is_name(name) || name.size() > max_name_bytes) {
            complain(where, concat("variant has the case name ", quoted(name), ", expected up to ",
                                   max_name_bytes, " letters, digits and underscores"));
            return false;
        }
        const auto [first, fresh] = seen.emplace(name, named);
        if (!fresh) {
            complain(named, concat("variant has the case '", name, "' twice"), first->second,
                     concat("'", name, "' is first named here"));
            return false;
        }
        named.part += count_nodes(type.arguments[i]);
    }
    return true;
}

bool checker::check_name(const type& type, const place& where) {
    const name_index::entry* const found = names_.find(type.name);
    const auto refuse = [&](std::string message) {
        complain(where, std::move(message));
        return false;
    };
    if (found == nullptr) return refuse(undefined(type.name));
    const place declaration{found->section, found->declaration};
    if (found->section == section::exceptions) {
        complain(where,
                 concat("'", type.name, "' is an exception, which can be raised but not passed"),
                 declaration, concat("'", type.name, "' is declared here"));
        return false;
    }
    if (names_.kind_of(type.name) != type.kind) {
        complain(where,
                 concat("'", type.name, "' is ", with_article(found->section), ", expected ",
                        type.kind == kind::record ? "a " : "an ", to_string(type.kind)),
                 declaration, concat("'", type.name, "' is declared here"));
        return false;
    }
    return true;
}

std::string checker::undefined(std::string_view name) const {
    if (name == "optional" || name == "list" || name == "stream") {
        return concat("found '", name, "' without its type, expected ", name, "<T>");
    }
    if (name == "map") return "found 'map' without its types, expected map<K, V>";
    if (name == "tuple") return "found 'tuple' without its types, expected tuple<A, B>";
    if (name == "variant") return "found 'variant' without its cases, expected variant<a: A, b: B>";
    if (name == "ref") return "found 'ref' without its interface, expected ref<I>";
    if (name == "oneway" || name == "idempotent") {
        return concat("found '", name, "' without a result type, expected '", name,
                      " void name(...)'");
    }
    if (!is_name(name) || name.size() > max_name_bytes) {
        return concat("undefined type ", quoted(name));
    }
    std::string message = concat("undefined type '", name, "'");
    const std::string nearest = names_.nearest_type(name);
    if (!nearest.empty()) message += concat("; did you mean '", nearest, "'?");
    return message;
}

void checker::check_default(const field& field, const place& where) {
    const auto value = parse_literal(field.default_value);
    if (!value) {
        complain(where, value.error().message());
        return;
    }
    const auto fitting = fits(enums_, field.type, *value);
    if (!fitting) {
        complain(where, fitting.error().message());
    } else if (to_string(*value, field.type) != field.default_value) {
        complain(where,
                 concat("default value is written ", quoted(field.default_value),
                        ", expected its canonical form ", quoted(to_string(*value, field.type))));
    }
}

void checker::check_raises(const method& method, place where) {
    where.aspect = aspect::raises;
    std::unordered_map<std::string_view, std::uint32_t> seen;
    for (std::size_t i = 0; i < method.raises.size(); ++i) {
        where.part = static_cast<std::uint32_t>(i);
        const std::string& name = method.raises[i];
        const name_index::entry* const found = names_.find(name);
        if (found == nullptr) {
            // Only a document from elsewhere can hold what is no name; it is shown like all foreign bytes.
            const bool plain = is_name(name) && name.size() <= max_name_bytes;
            std::string message = plain ? concat("undefined exception '", name, "'")
                                        : concat("undefined exception ", quoted(name));
            const std::string nearest = names_.nearest_exception(name);
            if (!nearest.empty()) message += concat("; did you mean '", nearest, "'?");
            complain(where, std::move(message));
        } else if (found->section != section::exceptions) {
            complain(
                where,
                concat("'", name, "' is ", with_article(found->section), ", expected an exception"),
                place{found->section, found->declaration}, concat("'", name, "' is declared here"));
        }
        const auto [first, fresh] = seen.emplace(name, where.part);
        if (!fresh) {
            place earlier = where;
            earlier.part = first->second;
            complain(where, concat("exception '", name, "' is raised twice"), earlier,
                     "it is first named here");
        }
    }
}

} // namespace beckon::schema
