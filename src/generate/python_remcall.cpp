#include "generate/python_remcall.hpp"

#include "beckon/base/text.hpp"
#include "beckon/schema/canonical.hpp"
#include "beckon/schema/check.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/calls.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "generate/python_layout.hpp"
#include "generate/python_literal.hpp"

namespace beckon::generate {

namespace {

namespace model = schema::remcall;

/// One dictionary of the module: a text of several lines by the name of each interface.
struct texts {
    void add(const std::string& interface, std::string_view lines) {
        items += concat("    ", python_string(interface), ": \"\"\"\n", lines, "\"\"\",\n");
    }
    [[nodiscard]] std::string dictionary(std::string_view name) const {
        if (items.empty()) return concat(name, ": dict[str, str] = {}\n");
        return concat(name, ": dict[str, str] = {\n", items, "}\n");
    }
    std::string items;
};

struct sections {
    texts schemas;
    texts methods;
    texts refused;
};

result<void> write_main(const schema::document& whole, const std::string& name, sections& out) {
    const model::from_options options{.main = name};
    schema::document document = whole;
    if (name != model::main_name) {
        BECKON_ASSIGN(document, schema::closure(whole, name));
    }
    auto said = model::from_document(document, options);
    if (!said) said = model::part_of(document, options);
    if (!said) {
        out.refused.add(name, concat(": ", said.error().message(), "\n"));
        return {};
    }
    BECKON_ASSIGN(const bytes encoded, model::write(said->document));
    out.schemas.add(name, python_hex_lines(encoded));

    const model::call_numbers numbers(said->document);
    std::string methods;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const model::method_place place = *numbers.find(i);
        const schema::interface& interface = document.interfaces[said->interfaces[place.interface]];
        const std::uint32_t method = said->methods[place.interface][place.method];
        methods += concat(interface.name, '.', interface.methods[method].name, "\n");
    }
    out.methods.add(name, methods);

    std::string refused;
    for (const schema::problem& each : said->left_out) {
        if (each.where.section != schema::section::interfaces) continue;
        const schema::interface& interface = document.interfaces[each.where.declaration];
        if (each.where.member >= interface.methods.size()) continue;
        refused += concat(interface.name, '.', interface.methods[each.where.member].name, ": ",
                          each.message, "\n");
    }
    if (!refused.empty()) out.refused.add(name, refused);
    return {};
}

} // namespace

result<std::string> python_remcall_module(const schema::document& document) {
    sections out;
    for (const schema::interface& each : document.interfaces)
        BECKON_TRY(write_main(document, each.name, out));
    std::string text = "\"\"\"The schema as remcall has it, by the interface of the main object: "
                       "docs/wire/remcall.md.\"\"\"\n\n";
    text += "from __future__ import annotations\n\n";
    text += "#: In binary form, in hexadecimal.\n" + out.schemas.dictionary("SCHEMAS");
    text += "\n#: Methods by their number in calls.\n" + out.methods.dictionary("METHODS");
    text += "\n#: What cannot be said, and why.\n" + out.refused.dictionary("REFUSED");
    return text;
}

} // namespace beckon::generate
