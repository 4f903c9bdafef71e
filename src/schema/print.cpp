#include "beckon/schema/print.hpp"

#include "beckon/base/text.hpp"
#include "schema/comments.hpp"
#include "schema/text_literal.hpp"

namespace beckon::schema {

namespace {

class printer {
public:
    explicit printer(const print_options& options) : options_(options) {}

    std::string run(const document& document) {
        print_header(document);
        for (const enumeration& enumeration : document.enumerations) print_one(enumeration);
        for (const record& record : document.records) print_fields("record ", record);
        for (const record& exception : document.exceptions) print_fields("exception ", exception);
        for (const interface& interface : document.interfaces) print_one(interface);
        return std::move(out_);
    }

private:
    void print_header(const document& document) {
        print_doc(document.doc, "");
        if (!options_.header) return;
        const std::size_t before = out_.size();
        if (!document.label.empty()) {
            separate();
            out_ += "label ";
            append_escaped(out_, document.label, escape_style::text);
            out_ += ";\n";
        }
        if (!document.cpp_namespace.empty()) {
            if (out_.size() == before) separate();
            out_ += concat("namespace ", document.cpp_namespace, ";\n");
        }
        if (document.method_ref_bytes != 2 || document.object_ref_bytes != 4) {
            if (out_.size() == before) separate();
            out_ +=
                concat("widths ", document.method_ref_bytes, " ", document.object_ref_bytes, ";\n");
        }
    }

    /// An empty line before all but the first.
    void separate() {
        if (!out_.empty()) out_ += '\n';
    }

    void print_doc(const std::string& doc, std::string_view indent) {
        if (!options_.docs || doc.empty()) return;
        std::string_view rest = doc;
        while (true) {
            const std::size_t end = rest.find('\n');
            const std::string_view line = rest.substr(0, end);
            out_ += concat(indent, line.empty() ? "///" : "/// ", line, "\n");
            if (end == std::string_view::npos) return;
            rest.remove_prefix(end + 1);
        }
    }

    void open(std::string_view keyword, const std::string& name, const std::string& doc) {
        separate();
        print_doc(doc, "");
        out_ += concat(keyword, name, " {\n");
    }

    void print_one(const enumeration& enumeration) {
        open("enum ", enumeration.name, enumeration.doc);
        std::int64_t expected = 0;
        for (const enumerator& enumerator : enumeration.enumerators) {
            print_doc(enumerator.doc, "  ");
            out_ += concat("  ", enumerator.name);
            if (enumerator.number != expected) out_ += concat(" = ", enumerator.number);
            out_ += ",\n";
            expected = std::int64_t{enumerator.number} + 1;
        }
        out_ += "}\n";
    }

    void print_fields(std::string_view keyword, const record& record) {
        open(keyword, record.name, record.doc);
        for (const field& field : record.fields) {
            print_doc(field.doc, "  ");
            out_ += concat("  ", to_string(field.type), " ", field.name);
            if (!field.default_value.empty()) out_ += concat(" = ", field.default_value);
            out_ += ";\n";
        }
        out_ += "}\n";
    }

    void print_one(const interface& interface) {
        open("interface ", interface.name, interface.doc);
        for (const method& method : interface.methods) {
            print_doc(method.doc, "  ");
            out_ +=
                concat("  ", method.oneway ? "oneway " : "", method.idempotent ? "idempotent " : "",
                       to_string(method.result), " ", method.name, "(");
            print_parameters(method);
            out_ += ')';
            for (std::size_t i = 0; i < method.raises.size(); ++i) {
                out_ += concat(i == 0 ? " raises " : ", ", method.raises[i]);
            }
            if (method.command) out_ += concat(" = ", *method.command);
            out_ += ";\n";
        }
        out_ += "}\n";
    }

    void print_parameters(const method& method) {
        bool documented = false;
        for (const field& parameter : method.parameters) {
            documented = documented || (options_.docs && !parameter.doc.empty());
        }
        for (std::size_t i = 0; i < method.parameters.size(); ++i) {
            const field& parameter = method.parameters[i];
            if (documented) {
                // A line for each, so that each can have its comment before it.
                out_ += i == 0 ? "\n" : ",\n";
                print_doc(parameter.doc, "      ");
                out_ += "      ";
            } else if (i > 0) {
                out_ += ", ";
            }
            out_ += concat(to_string(parameter.type), " ", parameter.name);
        }
    }

    const print_options& options_;
    std::string out_;
};

} // namespace

std::string print(const document& document, const print_options& options) {
    return printer(options).run(document);
}

} // namespace beckon::schema
