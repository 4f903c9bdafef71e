#include "schema/enum_lookup.hpp"
#include "schema/parser.hpp"

namespace beckon::schema {

namespace {

void resolve_type(const name_index& names, type& type) {
    if (type.kind == kind::void_ && !type.name.empty()) {
        // A declared name hides a built-in one: remcall's schemas may call a type `any` or `bytes`.
        if (const auto declared = names.kind_of(type.name)) {
            type.kind = *declared;
        } else if (const auto builtin = builtin_kind(type.name)) {
            type.kind = *builtin;
            type.name.clear();
        }
    }
    for (schema::type& argument : type.arguments) resolve_type(names, argument);
}

void resolve_fields(const name_index& names, enum_lookup& enums, std::vector<field>& fields) {
    for (field& field : fields) {
        resolve_type(names, field.type);
        if (field.default_value.empty()) continue;
        const auto value = parse_literal(field.default_value);
        if (value && fits(enums, field.type, *value)) {
            field.default_value = to_string(*value, field.type);
        }
    }
}

} // namespace

void resolve(document& document) {
    const name_index names(document);
    enum_lookup enums(document, &names);
    for (record& record : document.records) resolve_fields(names, enums, record.fields);
    for (record& exception : document.exceptions) resolve_fields(names, enums, exception.fields);
    for (interface& interface : document.interfaces) {
        for (method& method : interface.methods) {
            resolve_type(names, method.result);
            for (field& parameter : method.parameters) resolve_type(names, parameter.type);
        }
    }
}

} // namespace beckon::schema
