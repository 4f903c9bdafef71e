#include "beckon/schema/remcall/print.hpp"

#include "beckon/base/text.hpp"
#include "schema/remcall/order.hpp"

namespace beckon::schema::remcall {

namespace {

void separate(std::string& out) {
    if (!out.empty()) out += "\n\n";
}

/// Braces with nothing between them have an empty line there.
void close(std::string& out, bool empty) { out += empty ? "\n}" : "}"; }

void print_interface(std::string& out, const document& document, const interface& interface) {
    out += concat("interface ", interface.name, " {\n");
    for (const std::uint32_t each : sorted_order(interface.methods)) {
        const method& method = interface.methods[each];
        out += concat("  ", to_string(document, method.result), " ", method.name, "(");
        for (std::size_t i = 0; i < method.arguments.size(); ++i) {
            const member& argument = method.arguments[i];
            out +=
                concat(i == 0 ? "" : ", ", to_string(document, argument.type), " ", argument.name);
        }
        out += ");\n";
    }
    close(out, interface.methods.empty());
}

} // namespace

std::string pretty_print(const document& document) {
    std::string out;
    for (const std::uint32_t each : sorted_order(document.enumerations)) {
        separate(out);
        const enumeration& enumeration = document.enumerations[each];
        out += concat("enum ", enumeration.name, " {\n");
        for (const std::string& value : enumeration.values) out += concat("  ", value, ",\n");
        close(out, enumeration.values.empty());
    }
    for (const std::uint32_t each : sorted_order(document.records)) {
        separate(out);
        const record& record = document.records[each];
        out += concat("record ", record.name, " {\n");
        for (const member& field : record.fields) {
            out += concat("  ", to_string(document, field.type), " ", field.name, ";\n");
        }
        close(out, record.fields.empty());
    }
    for (const std::uint32_t each : sorted_order(document.interfaces)) {
        separate(out);
        print_interface(out, document, document.interfaces[each]);
    }
    return out;
}

} // namespace beckon::schema::remcall
