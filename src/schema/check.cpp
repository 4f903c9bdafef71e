#include "beckon/schema/check.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "beckon/base/text.hpp"
#include "schema/checker.hpp"
#include "schema/containment.hpp"
#include "schema/limits.hpp"

namespace beckon::schema {

namespace {

/// Keeps the first place of each name and complains about the others.
class seen_names {
public:
    seen_names(checker& checker, std::string_view word) : checker_(checker), word_(word) {}

    void add(std::string_view name, const place& where) {
        if (!is_name(name)) {
            checker_.complain(where, concat("found the name ", quoted(name),
                                            ", expected letters, digits and underscores, no digit "
                                            "first"));
            return;
        }
        if (name.size() > max_name_bytes) {
            checker_.complain(where, concat("found a name of ", name.size(), " bytes; limit is ",
                                            max_name_bytes, " bytes"));
            return;
        }
        const auto [first, fresh] = places_.emplace(name, where);
        if (!fresh) {
            checker_.complain(where, concat(word_, " '", name, "' is declared twice"),
                              first->second, concat("'", name, "' is first declared here"), true);
        }
    }

private:
    checker& checker_;
    std::string_view word_;
    std::unordered_map<std::string_view, place> places_;
};

template <typename Declarations>
void check_names_in(checker& checker, seen_names& seen, section section,
                    const Declarations& declarations) {
    for (std::size_t i = 0; i < declarations.size(); ++i) {
        const place where{section, static_cast<std::uint32_t>(i)};
        seen.add(declarations[i].name, where);
        const auto builtin = builtin_kind(declarations[i].name);
        // remcall knows none of these four, so a schema of its own may use them as names; there they hide ours.
        const bool free = builtin == kind::any || builtin == kind::bytes ||
                          builtin == kind::duration || declarations[i].name == "bool";
        if (builtin && !free) {
            checker.complain(where, concat("'", declarations[i].name,
                                           "' is the name of a built-in type, expected another"));
        }
    }
}

void check_declared_names(checker& checker) {
    seen_names seen(checker, "type");
    const document& document = checker.document();
    check_names_in(checker, seen, section::enumerations, document.enumerations);
    check_names_in(checker, seen, section::records, document.records);
    check_names_in(checker, seen, section::exceptions, document.exceptions);
    check_names_in(checker, seen, section::interfaces, document.interfaces);
}

void check_enumeration(checker& checker, std::uint32_t index) {
    const enumeration& enumeration = checker.document().enumerations[index];
    seen_names seen(checker, "enum value");
    std::unordered_map<std::int32_t, place> numbers;
    for (std::size_t i = 0; i < enumeration.enumerators.size(); ++i) {
        place where{section::enumerations, index, static_cast<std::uint32_t>(i)};
        const enumerator& enumerator = enumeration.enumerators[i];
        seen.add(enumerator.name, where);
        where.aspect = aspect::number;
        const auto [first, fresh] = numbers.emplace(enumerator.number, where);
        if (!fresh) {
            checker.complain(where,
                             concat("enum value '", enumerator.name, "' has the number ",
                                    enumerator.number, " that '",
                                    enumeration.enumerators[first->second.member].name,
                                    "' has already"),
                             first->second, "the number is first used here");
        }
    }
}

void check_fields(checker& checker, section section, std::uint32_t index, const record& record) {
    seen_names seen(checker, "field");
    std::optional<std::uint32_t> defaulted;
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        place where{section, index, static_cast<std::uint32_t>(i)};
        const field& field = record.fields[i];
        seen.add(field.name, where);
        where.aspect = aspect::type;
        const bool sound = checker.check_type(field.type, where, type_use::field);
        where.aspect = aspect::default_value;
        if (!field.default_value.empty()) {
            defaulted = where.member;
            if (sound) checker.check_default(field, where);
        } else if (defaulted) {
            where.aspect = aspect::name;
            checker.complain(where,
                             concat("field '", field.name, "' has no default value, but '",
                                    record.fields[*defaulted].name,
                                    "' before it has; only the last fields can have one"),
                             place{section, index, *defaulted}, "the default value is here");
        }
    }
}

void check_oneway(checker& checker, const method& method, place where) {
    if (method.result.kind != kind::void_ || !method.result.name.empty()) {
        where.aspect = aspect::type;
        checker.complain(where, concat("one-way method '", method.name, "' has a result of type ",
                                       to_string(method.result), ", expected void"));
    }
    if (!method.raises.empty()) {
        where.aspect = aspect::raises;
        checker.complain(where, concat("one-way method '", method.name,
                                       "' raises exceptions, but no reply could carry them"));
    }
    where.aspect = aspect::type;
    for (std::size_t i = 0; i < method.parameters.size(); ++i) {
        if (method.parameters[i].type.kind != kind::stream) continue;
        where.parameter = static_cast<std::uint32_t>(i);
        checker.complain(where, concat("one-way method '", method.name,
                                       "' has a stream, but no reply could end it"));
    }
}

void check_method(checker& checker, const method& method, place where) {
    seen_names seen(checker, "parameter");
    for (std::size_t i = 0; i < method.parameters.size(); ++i) {
        place parameter = where;
        parameter.parameter = static_cast<std::uint32_t>(i);
        seen.add(method.parameters[i].name, parameter);
        parameter.aspect = aspect::type;
        checker.check_type(method.parameters[i].type, parameter, type_use::parameter);
        if (!method.parameters[i].default_value.empty()) {
            parameter.aspect = aspect::default_value;
            checker.complain(parameter, concat("parameter '", method.parameters[i].name,
                                               "' has a default value; only fields can"));
        }
    }
    place result = where;
    result.aspect = aspect::type;
    checker.check_type(method.result, result, type_use::result);
    checker.check_raises(method, where);
    if (method.oneway) check_oneway(checker, method, where);
}

/// What numbers commands has 16 bits for them, and none for a second one of the same number.
void check_commands(checker& checker, const interface& interface, place where) {
    const auto given = [](const method& method) { return method.command.has_value(); };
    if (std::none_of(interface.methods.begin(), interface.methods.end(), given)) return;
    const std::vector<std::uint32_t> numbers = commands_of(interface);
    std::unordered_map<std::uint32_t, std::uint32_t> seen; // which method has it
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const method& method = interface.methods[i];
        where.member = static_cast<std::uint32_t>(i);
        where.aspect = method.command ? aspect::number : aspect::name;
        if (numbers[i] > std::numeric_limits<std::uint16_t>::max()) {
            checker.complain(where, concat("method '", method.name, "' would be command ",
                                           numbers[i], ", expected a number of its own to 65535"));
            continue;
        }
        const auto [first, is_new] = seen.emplace(numbers[i], where.member);
        if (is_new) continue;
        place other = where;
        other.member = first->second;
        other.aspect = aspect::name;
        checker.complain(where,
                         concat("method '", method.name, "' is command ", numbers[i],
                                ", as is method '", interface.methods[first->second].name, "'"),
                         other, concat("command ", numbers[i], " is here"));
    }
}

} // namespace

std::vector<problem> check(const document& document, std::size_t most) {
    const name_index names(document);
    checker checker(document, names, most);
    check_declared_names(checker);
    for (std::size_t i = 0; i < document.enumerations.size(); ++i) {
        check_enumeration(checker, static_cast<std::uint32_t>(i));
    }
    for (std::size_t i = 0; i < document.records.size(); ++i) {
        check_fields(checker, section::records, static_cast<std::uint32_t>(i), document.records[i]);
    }
    for (std::size_t i = 0; i < document.exceptions.size(); ++i) {
        check_fields(checker, section::exceptions, static_cast<std::uint32_t>(i),
                     document.exceptions[i]);
    }
    for (std::size_t i = 0; i < document.interfaces.size(); ++i) {
        seen_names methods(checker, "method");
        for (std::size_t m = 0; m < document.interfaces[i].methods.size(); ++m) {
            const place where{section::interfaces, static_cast<std::uint32_t>(i),
                              static_cast<std::uint32_t>(m)};
            methods.add(document.interfaces[i].methods[m].name, where);
            check_method(checker, document.interfaces[i].methods[m], where);
        }
        check_commands(checker, document.interfaces[i],
                       {section::interfaces, static_cast<std::uint32_t>(i)});
    }
    check_containment(checker);
    return checker.take_problems();
}

result<void> validate(const document& document) {
    const std::vector<problem> problems = check(document, 1);
    if (problems.empty()) return {};
    return fail(errc::parse_error, describe(document, problems[0].where), ": ",
                problems[0].message);
}

} // namespace beckon::schema
