// The order of the canonical form, with docs still there.
#pragma once

#include "beckon/schema/schema.hpp"

namespace beckon::schema {

/// As canonical(), but keeps docs, label, namespace, widths and the exceptions that methods raise.
[[nodiscard]] document sorted(const document& document);

/// Calls `visit(doc)` for everything in a sorted document that can carry a doc, in the order that numbers docs
/// in the binary form: enums with their values, records and exceptions with their fields, interfaces with their
/// methods, each of these before its parameters.
template <typename Document, typename Visit>
void for_each_doc(Document& document, const Visit& visit) {
    for (auto& enumeration : document.enumerations) {
        visit(enumeration.doc);
        for (auto& enumerator : enumeration.enumerators) visit(enumerator.doc);
    }
    for (auto* records : {&document.records, &document.exceptions}) {
        for (auto& record : *records) {
            visit(record.doc);
            for (auto& field : record.fields) visit(field.doc);
        }
    }
    for (auto& interface : document.interfaces) {
        visit(interface.doc);
        for (auto& method : interface.methods) {
            visit(method.doc);
            for (auto& parameter : method.parameters) visit(parameter.doc);
        }
    }
}

} // namespace beckon::schema
