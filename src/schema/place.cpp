#include "beckon/schema/place.hpp"

#include "beckon/base/text.hpp"

namespace beckon::schema {

namespace {

std::string describe_field(std::string_view word, const record& record, std::uint32_t member) {
    std::string out = concat(word, " ", record.name);
    if (member != place::none) out += concat(", field ", record.fields[member].name);
    return out;
}

std::string describe_method(const interface& interface, const place& where) {
    std::string out = concat("interface ", interface.name);
    if (where.member == place::none) return out;
    const method& method = interface.methods[where.member];
    out += concat(", method ", method.name);
    if (where.parameter != place::none) {
        out += concat(", parameter ", where.parameter + 1, " '",
                      method.parameters[where.parameter].name, "'");
    } else if (where.aspect == aspect::type) {
        out += ", result";
    }
    return out;
}

} // namespace

std::string describe(const document& document, const place& where) {
    switch (where.section) {
    case section::enumerations: {
        const enumeration& enumeration = document.enumerations[where.declaration];
        std::string out = concat("enum ", enumeration.name);
        if (where.member != place::none) {
            out += concat(", value ", enumeration.enumerators[where.member].name);
        }
        return out;
    }
    case section::records:
        return describe_field("record", document.records[where.declaration], where.member);
    case section::exceptions:
        return describe_field("exception", document.exceptions[where.declaration], where.member);
    case section::interfaces: return describe_method(document.interfaces[where.declaration], where);
    }
    return {};
}

} // namespace beckon::schema
