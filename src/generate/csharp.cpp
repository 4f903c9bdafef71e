#include "beckon/generate/csharp.hpp"

#include <algorithm>
#include <set>

#include "beckon/base/text.hpp"
#include "beckon/schema/check.hpp"
#include "generate/csharp_layout.hpp"
#include "generate/csharp_literal.hpp"
#include "generate/csharp_model.hpp"
#include "generate/csharp_wire.hpp"

namespace beckon::generate {

namespace {

using schema::kind;

/// Writes the types that programs use.
class writer {
public:
    writer(const csharp_model& model, const csharp_options& options)
        : model_(model), document_(model.document()), options_(options) {}

    result<std::string> run() {
        lines_.open(concat("namespace ", model_.name_space()));
        for (const auto& enumeration : document_.enumerations) BECKON_TRY(write(enumeration));
        for (const auto& variant : model_.variants()) BECKON_TRY(write(variant));
        for (const auto& record : document_.records) BECKON_TRY(write(record, false));
        for (const auto& exception : document_.exceptions) BECKON_TRY(write(exception, true));
        for (const auto& interface : document_.interfaces) BECKON_TRY(write(interface));
        lines_.close();
        return head() + lines_.text();
    }

private:
    [[nodiscard]] std::string head() const {
        std::string out = head_lines("// ", document_, options_.tool, options_.source);
        csharp_lines doc;
        if (!document_.doc.empty()) {
            std::string_view rest = document_.doc;
            doc.add("//");
            while (!rest.empty()) {
                const std::string_view line = rest.substr(0, rest.find('\n'));
                doc.add(concat("//", line.empty() ? "" : " ", line));
                rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            }
        }
        out += doc.text();
        return out + "#pragma warning disable 1573, 1591 // what the IDL does not document\n"
                     "using System.Collections.Generic;\n"
                     "using System.Threading;\n"
                     "using System.Threading.Tasks;\n\n";
    }

    void generated_by(const std::string& codec) {
        lines_.add(concat("[Beckon.Generated(typeof(Wire.", codec, "))]"));
    }

    result<void> write(const schema::enumeration& enumeration) {
        BECKON_ASSIGN(const std::vector<std::string> names, model_.value_names(enumeration));
        const std::string& name = model_.class_of(enumeration.name);
        lines_.space();
        lines_.doc(enumeration.doc);
        generated_by(name + "Codec");
        lines_.open(concat("public enum ", name));
        for (std::size_t i = 0; i < names.size(); ++i) {
            lines_.doc(enumeration.enumerators[i].doc);
            lines_.add(concat(names[i], " = ", enumeration.enumerators[i].number, ","));
        }
        lines_.close();
        return {};
    }

    result<void> write(const named_variant& variant) {
        BECKON_ASSIGN(const std::vector<std::string> names, model_.case_names(variant));
        lines_.space();
        lines_.doc(to_string(variant.type));
        generated_by(variant.name + "Codec");
        lines_.open(concat("public abstract class ", variant.name, " : Beckon.Variant"));
        lines_.add(concat("private ", variant.name, "() { }"));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string type =
                model_.type_of(variant.type.arguments[i], csharp_place::anywhere);
            lines_.space();
            lines_.open(concat("public sealed class ", names[i], " : ", variant.name));
            lines_.add(concat("public ", names[i], "(", type, " value) { Value = value; }"));
            lines_.add(concat("public ", type, " Value { get; }"));
            lines_.close();
        }
        lines_.close();
        return {};
    }

    result<void> write(const schema::record& record, bool is_exception) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.field_names(record, is_exception));
        const std::string& name = model_.class_of(record.name);
        lines_.space();
        lines_.doc(record.doc);
        generated_by(name + "Codec");
        lines_.open(concat("public class ", name, " : Beckon.",
                           is_exception ? "DeclaredException" : "Record"));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& field = record.fields[i];
            std::string initial = csharp_zero(model_, field.type);
            if (!field.default_value.empty()) {
                BECKON_ASSIGN(const schema::literal value,
                              schema::parse_literal(field.default_value));
                initial = csharp_expression(model_, field.type, value);
            }
            lines_.doc(field.doc);
            lines_.add(concat("public ", model_.type_of(field.type, csharp_place::here), " ",
                              names[i], " { get; set; }", initial.empty() ? "" : " = ", initial,
                              initial.empty() ? "" : ";"));
        }
        lines_.close();
        return {};
    }

    /// A method in all its forms.
    struct forms {
        std::string name;
        std::string waiting;      ///< "string name"
        std::string asynchronous; ///< The same with streams that are awaited.
        std::string arguments;
        std::string streamed; ///< Arguments of the other kind.
        std::string result;
        std::string task;
        bool gives_stream = false;
    };

    result<forms> forms_of(const schema::interface& interface, const schema::method& method,
                           const std::string& name) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.parameter_names(interface, method));
        forms out;
        out.name = name;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::type& type = method.parameters[i].type;
            const std::string_view comma = i == 0 ? "" : ", ";
            out.waiting +=
                concat(comma, model_.type_of(type, csharp_place::waiting), " ", names[i]);
            out.asynchronous +=
                concat(comma, model_.type_of(type, csharp_place::here), " ", names[i]);
            out.arguments += concat(comma, names[i]);
            const bool is_stream = type.kind == kind::stream;
            out.streamed +=
                concat(comma, is_stream ? "Beckon.Stream.Of(" : "", names[i], is_stream ? ")" : "");
        }
        out.result = model_.type_of(method.result, csharp_place::waiting);
        const std::string awaited = model_.type_of(method.result, csharp_place::here);
        out.task = method.result.kind == kind::void_ ? "Task" : concat("Task<", awaited, ">");
        out.gives_stream = method.result.kind == kind::stream;
        return out;
    }

    static std::string with_cancellation(std::string_view parameters, std::string_view rest) {
        return concat(parameters, parameters.empty() ? "" : ", ", "CancellationToken cancellation",
                      rest);
    }

    static std::string async_name(const forms& method) {
        const std::string_view name = method.name;
        return concat(name.starts_with('@') ? name.substr(1) : name, "Async");
    }

    result<void> write(const schema::interface& interface) {
        BECKON_ASSIGN(const std::vector<std::string> names, model_.method_names(interface));
        std::vector<forms> methods;
        for (std::size_t i = 0; i < names.size(); ++i) {
            BECKON_ASSIGN(forms made, forms_of(interface, interface.methods[i], names[i]));
            methods.push_back(std::move(made));
        }
        const std::string& base = model_.class_of(interface.name);
        lines_.space();
        lines_.doc(interface.doc);
        generated_by(base + "Interface");
        lines_.open(concat("public interface I", base, " : Beckon.IObject"));
        for (std::size_t i = 0; i < methods.size(); ++i) {
            BECKON_TRY(write_declarations(interface, interface.methods[i], methods[i]));
        }
        lines_.close();
        write_servant(base, methods);
        write_async_servant(base, methods);
        return {};
    }

    result<void> write_declarations(const schema::interface& interface,
                                    const schema::method& method, const forms& made) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.parameter_names(interface, method));
        const auto doc = [&] {
            lines_.doc(method.doc);
            for (std::size_t i = 0; i < names.size(); ++i) {
                const std::string_view name = names[i];
                lines_.doc(
                    method.parameters[i].doc,
                    concat("param name=\"", name.starts_with('@') ? name.substr(1) : name, "\""));
            }
        };
        lines_.space();
        doc();
        lines_.add(concat(made.result, " ", made.name, "(", made.waiting, ");"));
        doc();
        lines_.add(concat(made.task, " ", async_name(made), "(",
                          with_cancellation(made.asynchronous, " = default(CancellationToken)"),
                          ");"));
        return {};
    }

    void write_servant(const std::string& base, const std::vector<forms>& methods) {
        lines_.space();
        lines_.doc(concat("Derive from it to implement I", base, " by methods that wait."));
        lines_.open(concat("public abstract class ", base, "Servant : Beckon.Servant, I", base));
        for (const forms& each : methods) {
            lines_.space();
            lines_.add(
                concat("public abstract ", each.result, " ", each.name, "(", each.waiting, ");"));
            const std::string call = concat("this.", each.name, "(", each.arguments, ")");
            lines_.add(
                concat(each.task, " I", base, ".", async_name(each), "(",
                       with_cancellation(each.asynchronous, ""), ") => Beckon.Handlers.Run(() => ",
                       each.gives_stream ? concat("Beckon.Stream.Of(", call, ")") : call, ");"));
        }
        lines_.close();
    }

    void write_async_servant(const std::string& base, const std::vector<forms>& methods) {
        lines_.space();
        lines_.doc(concat("Derive from it to implement I", base, " by tasks."));
        lines_.open(
            concat("public abstract class ", base, "AsyncServant : Beckon.Servant, I", base));
        for (const forms& each : methods) {
            const std::string name = async_name(each);
            lines_.space();
            lines_.add(concat("public abstract ", each.task, " ", name, "(",
                              with_cancellation(each.asynchronous, ""), ");"));
            const std::string call =
                concat("Beckon.Handlers.Wait(this.", name, "(", each.streamed,
                       each.streamed.empty() ? "" : ", ", "CancellationToken.None))");
            const std::string head =
                concat(each.result, " I", base, ".", each.name, "(", each.waiting, ")");
            lines_.add(each.result == "void" ? concat(head, " { ", call, "; }")
                                             : concat(head, " => ", call, ";"));
        }
        lines_.close();
    }

    const csharp_model& model_;
    const schema::document& document_;
    const csharp_options& options_;
    csharp_lines lines_;
};

} // namespace

result<std::vector<generated_file>> generate_csharp(const schema::document& document,
                                                    const csharp_options& options) {
    BECKON_TRY(schema::validate(document));
    BECKON_ASSIGN(const csharp_model model, csharp_model::make(document, options));
    BECKON_ASSIGN(std::string types, writer(model, options).run());
    BECKON_TRY(model.check_names());
    BECKON_ASSIGN(std::string wire, csharp_wire(model, options));
    const std::string stem = convert(options.file_stem, naming::pascal);
    std::vector<generated_file> out;
    out.push_back({stem + ".cs", std::move(types)});
    out.push_back({stem + ".Wire.cs", std::move(wire)});
    return out;
}

} // namespace beckon::generate
