#include "beckon/generate/typescript.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/schema/canonical.hpp"
#include "beckon/schema/check.hpp"
#include "generate/members.hpp"
#include "generate/typescript_interface.hpp"
#include "generate/typescript_literal.hpp"
#include "generate/typescript_model.hpp"
#include "generate/typescript_words.hpp"

namespace beckon::generate {

namespace {

std::string head_of(const schema::document& document, const typescript_options& options) {
    return head_lines("// ", document, options.tool, options.source);
}

std::vector<layout> quoted_all(const std::vector<std::string>& names) {
    std::vector<layout> out;
    for (const std::string& name : names) out.emplace_back(typescript_string(name));
    return out;
}

class writer {
public:
    writer(const typescript_model& model, const typescript_options& options)
        : model_(model), document_(model.document()), options_(options) {}

    result<std::string> run() {
        for (const auto& enumeration : document_.enumerations) BECKON_TRY(write(enumeration));
        for (const auto& variant : model_.variants()) write(variant);
        for (const auto& record : document_.records) BECKON_TRY(write(record, false));
        for (const auto& exception : document_.exceptions) BECKON_TRY(write(exception, true));
        for (const auto& interface : document_.interfaces) BECKON_TRY(write(interface));
        if (!bindings_.empty()) bindings_.insert(0, "\n");
        return head() + out_ + bindings_;
    }

private:
    [[nodiscard]] std::string head() const {
        std::string out = head_of(document_, options_);
        if (!document_.doc.empty()) {
            out += '\n' + typescript_doc(0, concat(document_.doc, "\n\n@packageDocumentation"));
        }
        return concat(out, "\nimport * as beckon from \"./beckon/index.js\";\n",
                      "import * as binary from \"./", options_.module, "_schema.js\";\n\n",
                      "/** What the runtime knows of the types below. */\n",
                      "export const schema = beckon.readSchema(binary.document);\n");
    }

    /// A call of the schema whose last argument is a list of names; the list alone is broken where that is enough.
    void bind(std::string_view function, const std::vector<std::string>& first,
              const std::vector<std::string>& names) {
        const layout list = bracketed("[", quoted_all(names), "]");
        std::string head = concat("schema.", function, "(");
        std::vector<layout> arguments;
        for (const std::string& each : first) {
            head += each + ", ";
            arguments.emplace_back(each);
        }
        arguments.push_back(list);
        constexpr std::size_t columns = 80;
        const bool is_headed = head.size() + 1 <= columns && !names.empty();
        bindings_ += to_lines(
            0, is_headed ? row({head, list, ");"})
                         : row({concat("schema.", function), bracketed("(", arguments, ")"), ";"}));
    }

    result<void> write(const schema::enumeration& enumeration) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.names_of(place_of(document_, enumeration), "value",
                                      enumeration.enumerators, naming::pascal,
                                      typescript_words_of_enumerators()));
        out_ += concat("\n", typescript_doc(0, enumeration.doc), "export enum ",
                       model_.name_of(enumeration.name), " {", names.empty() ? "" : "\n");
        for (std::size_t i = 0; i < names.size(); ++i) {
            out_ += typescript_doc(2, enumeration.enumerators[i].doc);
            out_ += concat("  ", names[i], " = ", enumeration.enumerators[i].number, ",\n");
        }
        out_ += "}\n";
        return {};
    }

    /// The cases below each other, where they do not fit into a line.
    void write(const named_variant& variant) {
        const schema::type& type = variant.type;
        const std::string head = concat("export type ", variant.name, " =");
        const std::size_t width = 1 + width_of(cases_of(type, false));
        constexpr std::size_t columns = 80;
        // Versions of prettier differ in what they do with cases that fit into the next line; all keep objects open.
        const bool is_open = head.size() + width > columns && 1 + width <= columns;
        const layout cases = cases_of(type, is_open);
        out_ += concat("\n", typescript_doc(0, to_string(type)));
        out_ += to_lines(0, row({head, cases, ";"}));
    }

    [[nodiscard]] layout cases_of(const schema::type& type, bool is_open) const {
        const bool is_union = type.arguments.size() > 1;
        std::vector<layout> cases{is_union ? if_broken(row({line(), "| "}), " ") : layout(" ")};
        for (std::size_t i = 0; i < type.arguments.size(); ++i) {
            const layout value =
                typescript_annotation(model_.type_of(type.arguments[i], typescript_place::inside));
            const layout members = nested({line(), "kind: ", typescript_string(type.case_names[i]),
                                           ";", line(), "value", value});
            const layout object = group({"{", members, if_broken(";"), line(), "}"}, is_open);
            if (i > 0) cases.push_back(row({line(), "| "}));
            cases.push_back(is_union ? nested({object}) : object);
        }
        return is_union ? group({nested(std::move(cases))}) : row(std::move(cases));
    }

    result<void> write(const schema::record& record, bool is_exception) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.names_of(place_of(document_, record), "field", record.fields,
                                      naming::camel, typescript_words_of_fields()));
        const std::string name = model_.name_of(record.name);
        const std::string fields = model_.fields_of(record);
        write_fields(is_exception ? concat("Fields of {@link ", name, "}.") : record.doc, fields,
                     record, names, false);
        if (has_defaults(record)) BECKON_TRY(write_defaults(record, fields, names));
        std::vector<std::string> first{typescript_string(record.name)};
        if (is_exception) {
            out_ += concat("\n", typescript_doc(0, record.doc), "export class ", name,
                           " extends beckon.DeclaredError<", fields, "> {}\n");
            first.push_back(name);
        }
        bind(is_exception ? "bindException" : "bindRecord", first, names);
        return {};
    }

    void write_fields(const std::string& doc, const std::string& name, const schema::record& record,
                      const std::vector<std::string>& names, bool is_init) {
        out_ += concat("\n", typescript_doc(0, doc), "export interface ", name, " {",
                       names.empty() ? "" : "\n");
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& field = record.fields[i];
            const bool is_optional = is_init && !field.default_value.empty();
            if (!is_init) out_ += typescript_doc(2, field.doc);
            const typescript_type type = model_.type_of(field.type, typescript_place::inside);
            out_ += to_lines(
                2, row({names[i], is_optional ? "?" : "", typescript_annotation(type), ";"}));
        }
        out_ += "}\n";
    }

    /// "name: value,"; a text that is too long for the line goes into the next, unless the name is short.
    static layout property(const std::string& name, const layout& value) {
        constexpr std::size_t short_name = 5;
        const bool is_text = value.text.starts_with('"') || value.text.starts_with('\'');
        if (!is_text || name.size() < short_name) return row({name, ": ", value, ","});
        return row({name, ":", group({nested({line(), value})}), ","});
    }

    /// A function that makes a record of what is not left to the schema.
    result<void> write_defaults(const schema::record& record, const std::string& fields,
                                const std::vector<std::string>& names) {
        const std::string init = model_.init_of(record);
        write_fields(concat("What makes a {@link ", fields, "}."), init, record, names, true);
        const bool is_all =
            std::all_of(record.fields.begin(), record.fields.end(),
                        [](const schema::field& field) { return !field.default_value.empty(); });
        const std::string function = "make" + fields;
        const layout parameter = concat("init: ", init, is_all ? " = {}" : "");
        layout list = bracketed("(", {parameter}, ")");
        list.is = layout::form::row;
        out_ += concat("\n", typescript_doc(0, concat("A {@link ", fields,
                                                      "}; what is left out is as the schema "
                                                      "says.")));
        out_ += to_lines(0, row({group({"export function ", function, list, ": ", fields}), " {"}));
        out_ += "  return {\n";
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& field = record.fields[i];
            if (field.default_value.empty()) continue;
            BECKON_ASSIGN(const schema::literal value, schema::parse_literal(field.default_value));
            const layout expression = typescript_expression(model_, field.type, value);
            out_ += to_lines(4, property(names[i], expression));
        }
        out_ += "    ...init,\n  };\n}\n";
        bindings_ += to_lines(
            0, row({"schema.bindDefaults",
                    bracketed("(", {typescript_string(record.name), function}, ")"), ";"}));
        return {};
    }

    result<void> write(const schema::interface& interface) {
        BECKON_ASSIGN(const typescript_interface written,
                      write_typescript_interface(model_, interface));
        out_ += written.text;
        const std::string at = concat("binary.interfaces[", bound_interfaces_++, "]");
        bind("bindInterface",
             {typescript_string(interface.name), model_.name_of(interface.name), at},
             written.methods);
        return {};
    }

    const typescript_model& model_;
    const schema::document& document_;
    const typescript_options& options_;
    std::size_t bound_interfaces_ = 0;
    std::string out_;
    std::string bindings_;
};

std::string hex_lines(std::span<const std::byte> content) {
    constexpr std::size_t digits = 80;
    const std::string text = to_hex(content);
    std::string out = "`\n";
    for (std::size_t at = 0; at < text.size(); at += digits) {
        out += concat(text.substr(at, digits), "\n");
    }
    return out + "`";
}

/// The schema for the runtime, and each interface for peers that compare digests and ask for its description.
result<std::string> schema_module(const schema::document& document,
                                  const typescript_options& options) {
    std::string out = head_of(document, options);
    out += "\n/** The schema in binary form, in hexadecimal: docs/wire/schema.md. */\n";
    out += concat("export const document = ", hex_lines(schema::encode(document)), ";\n");
    out += "\n/** Digest and description of each interface. */\n";
    out += "export const interfaces: string[][] = [";
    if (!document.interfaces.empty()) out += '\n';
    for (const schema::interface& interface : document.interfaces) {
        BECKON_ASSIGN(const schema::document closure, schema::closure(document, interface.name));
        out +=
            concat("  [\n    \"", to_hex(schema::digest_of(closure)), "\",\n    ",
                   hex_lines(schema::encode(closure, schema::annotations::included)), ",\n  ],\n");
    }
    return out + "];\n";
}

result<void> check_module(const std::string& name) {
    const bool is_fine = !name.empty() && name.front() != '.' &&
                         std::all_of(name.begin(), name.end(), [](char letter) {
                             return (letter >= 'a' && letter <= 'z') ||
                                    (letter >= 'A' && letter <= 'Z') ||
                                    (letter >= '0' && letter <= '9') || letter == '_' ||
                                    letter == '-' || letter == '.';
                         });
    if (is_fine) return {};
    return fail(errc::invalid_argument, "found the module ", quoted(name),
                ", expected letters, digits, '_', '-' and '.'; --namespace gives one");
}

} // namespace

result<std::vector<generated_file>> generate_typescript(const schema::document& document,
                                                        const typescript_options& options) {
    BECKON_TRY(schema::validate(document));
    BECKON_TRY(check_module(options.module));
    BECKON_ASSIGN(const typescript_model model, typescript_model::make(document));
    BECKON_ASSIGN(std::string types, writer(model, options).run());
    BECKON_TRY(model.check_names());
    BECKON_ASSIGN(std::string binary, schema_module(document, options));
    std::vector<generated_file> out;
    out.push_back({options.module + ".ts", std::move(types)});
    out.push_back({options.module + "_schema.ts", std::move(binary)});
    return out;
}

} // namespace beckon::generate
