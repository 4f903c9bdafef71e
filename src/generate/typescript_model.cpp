#include "generate/typescript_model.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "generate/members.hpp"
#include "generate/typescript_words.hpp"

namespace beckon::generate {

using schema::kind;

namespace {

constexpr std::string_view servant_suffix = "Servant";
constexpr std::string_view fields_suffix = "Fields";
constexpr std::string_view init_suffix = "Init";

typescript_type named(std::string_view name) {
    constexpr std::string_view keywords[] = {"bigint",    "boolean", "number", "string",
                                             "undefined", "unknown", "void"};
    const bool is_keyword =
        std::find(std::begin(keywords), std::end(keywords), name) != std::end(keywords);
    return {name, true, false, !is_keyword};
}

/// "T | null"; where that is broken, "| T" and "| null" below each other.
std::vector<layout> union_of(const layout& type) {
    return {if_broken("| "), nested({type}), line(), "| null"};
}

/// A union among other items has parentheses where it is broken.
layout in_parentheses(const layout& text) {
    std::vector<layout> parts{if_broken(row({"(", line("")}))};
    parts.insert(parts.end(), text.parts.begin(), text.parts.end());
    return group({nested(std::move(parts)), line(""), if_broken(")")});
}

/// "T | null"; a T that may be null already stays.
typescript_type or_null(const typescript_type& type) {
    if (type.is_union || type.text.text == "unknown") return type;
    if (type.is_reference) return {row({type.text, " | null"}), true, true};
    return {group(union_of(type.text)), false, true};
}

} // namespace

typescript_type typescript_generic(std::string_view name,
                                   const std::vector<typescript_type>& arguments) {
    if (arguments.size() == 1 && arguments[0].is_simple) {
        return {row({name, "<", arguments[0].text, ">"}), false, false, true};
    }
    std::vector<layout> items;
    for (const typescript_type& each : arguments) items.push_back(each.text);
    return {row({name, bracketed("<", items, ">", false, "")}), false, false, true};
}

layout typescript_annotation(const typescript_type& type) {
    if (!type.is_union || type.is_simple) return row({": ", type.text});
    return row({":", group({nested({line(), type.text})})});
}

typescript_model::typescript_model(const schema::document& document)
    : document_(&document),
      types_("schema", naming::pascal, typescript_words_of_types(), nullptr, clashes_.get()) {}

result<typescript_model> typescript_model::make(const schema::document& document) {
    typescript_model out(document);
    BECKON_TRY(out.name_types());
    const variant_naming how{naming::pascal, "Or", "OrOther", "",
                             [](std::string& name, const schema::type& type) {
                                 if (type.case_names.size() == 1) name += "Only";
                             }};
    out.variants_.collect(document, how, out.taken_);
    return out;
}

result<void> typescript_model::name_types() {
    const auto add = [this](std::string_view word, const std::string& name,
                            const schema::place& at) -> result<void> {
        BECKON_ASSIGN(std::string converted, types_.add(word, name, at));
        taken_.insert(std::move(converted));
        return {};
    };
    const auto add_init = [&](const schema::record& record) -> result<void> {
        if (!has_defaults(record)) return {};
        return add("what makes a record,", concat(record.name, init_suffix),
                   place_of(*document_, record));
    };
    for (const auto& enumeration : document_->enumerations) {
        BECKON_TRY(add("enum", enumeration.name, place_of(*document_, enumeration)));
    }
    for (const auto& record : document_->records)
        BECKON_TRY(add("record", record.name, place_of(*document_, record)));
    for (const auto& exception : document_->exceptions) {
        BECKON_TRY(add("exception", exception.name, place_of(*document_, exception)));
    }
    for (const auto& interface : document_->interfaces) {
        BECKON_TRY(add("interface", interface.name, place_of(*document_, interface)));
    }
    for (const auto& record : document_->records) BECKON_TRY(add_init(record));
    for (const auto& exception : document_->exceptions) {
        BECKON_TRY(add("the fields of an exception,", concat(exception.name, fields_suffix),
                       place_of(*document_, exception)));
        BECKON_TRY(add_init(exception));
    }
    for (const auto& interface : document_->interfaces) {
        BECKON_TRY(add("the servants of an interface,", concat(interface.name, servant_suffix),
                       place_of(*document_, interface)));
    }
    return {};
}

std::string typescript_model::servant_of(std::string_view interface) const {
    return types_.of(concat(interface, servant_suffix));
}

std::string typescript_model::fields_of(const schema::record& record) const {
    const bool is_exception = document_->find_exception(record.name) != nullptr;
    return types_.of(is_exception ? concat(record.name, fields_suffix) : record.name);
}

std::string typescript_model::init_of(const schema::record& record) const {
    return types_.of(concat(record.name, init_suffix));
}

std::string typescript_model::enumerator_of(const std::string& enumeration,
                                            std::string_view value) const {
    const schema::enumeration* const declared = document_->find_enumeration(enumeration);
    const auto& values = declared->enumerators;
    const auto names = names_of(place_of(*document_, *declared), "value", values, naming::pascal,
                                typescript_words_of_enumerators());
    for (std::size_t i = 0; names && i < names->size(); ++i) {
        if (values[i].name == value) return concat(name_of(enumeration), ".", (*names)[i]);
    }
    return "0";
}

typescript_type typescript_model::type_of(const schema::type& type, typescript_place place) const {
    using enum typescript_place;
    const bool is_given = place == parameter;
    const auto inner = [&](std::size_t at) { return type_of(type.arguments[at], inside); };
    switch (type.kind) {
    case kind::void_: return named(place == inside ? "undefined" : "void");
    case kind::boolean: return named("boolean");
    case kind::int64:
    case kind::uint64: return named("bigint");
    case kind::string: return named("string");
    case kind::bytes: return named("Uint8Array");
    case kind::date: return named("beckon.CalendarDate");
    case kind::time: return named("beckon.TimeOfDay");
    case kind::datetime: return named("beckon.DateTime");
    case kind::duration: return named("beckon.Duration");
    case kind::any: return named("unknown");
    case kind::optional: return or_null(inner(0));
    case kind::list: {
        const typescript_type item = inner(0);
        if (item.is_union) {
            return typescript_generic(is_given ? "ReadonlyArray" : "Array", {item});
        }
        return {row({is_given ? "readonly " : "", item.text, "[]"}), false};
    }
    case kind::map:
        return typescript_generic(is_given ? "ReadonlyMap" : "Map", {inner(0), inner(1)});
    case kind::tuple: {
        std::vector<layout> items;
        for (std::size_t i = 0; i < type.arguments.size(); ++i) {
            const typescript_type each = inner(i);
            const bool is_kept = !each.is_union || each.is_simple || type.arguments.size() == 1;
            items.push_back(is_kept ? each.text : in_parentheses(each.text));
        }
        return {bracketed("[", items, "]"), false};
    }
    case kind::variant: return named(variants_.name_of(type));
    case kind::stream: {
        const bool is_source = is_given || place == servant_result;
        return typescript_generic(is_source ? "beckon.StreamSource" : "AsyncIterableIterator",
                                  {inner(0)});
    }
    case kind::enumeration:
    case kind::record: return named(name_of(type.name));
    case kind::interface: {
        // An object by its class is a servant, too.
        const bool is_wide = is_given || place == servant_result;
        const typescript_type out = named(is_wide ? servant_of(type.name) : name_of(type.name));
        return is_given || place == inside ? or_null(out) : out;
    }
    default: return named("number");
    }
}

bool has_defaults(const schema::record& record) {
    return std::any_of(record.fields.begin(), record.fields.end(),
                       [](const schema::field& field) { return !field.default_value.empty(); });
}

} // namespace beckon::generate
