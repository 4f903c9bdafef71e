#include "generate/csharp_wire.hpp"

#include "beckon/base/text.hpp"
#include "beckon/schema/canonical.hpp"
#include "generate/csharp_layout.hpp"

namespace beckon::generate {

namespace {

using schema::kind;

class writer {
public:
    writer(const csharp_model& model, const csharp_options& options)
        : model_(model), document_(model.document()), options_(options) {}

    result<std::string> run() {
        lines_.add("using System.Collections.Generic;");
        lines_.add("using System.Threading;");
        lines_.add("using System.Threading.Tasks;");
        lines_.add("");
        lines_.open(concat("namespace ", model_.name_space()));
        lines_.add("/// <summary>How the types travel. Programs have no need of it.</summary>");
        lines_.open("internal static class Wire");
        write_composed();
        for (const auto& enumeration : document_.enumerations) BECKON_TRY(write(enumeration));
        for (const auto& variant : model_.variants()) BECKON_TRY(write(variant));
        for (const auto& record : document_.records) BECKON_TRY(write(record, false));
        for (const auto& exception : document_.exceptions) BECKON_TRY(write(exception, true));
        for (const auto& interface : document_.interfaces) {
            BECKON_TRY(write_proxy(interface));
            BECKON_TRY(write_interface(interface));
        }
        lines_.close();
        lines_.close();
        return head_lines("// ", document_, options_.tool, options_.source) + lines_.text();
    }

private:
    [[nodiscard]] std::string spelt(const schema::type& type) const {
        return model_.type_of(type, csharp_place::anywhere);
    }
    [[nodiscard]] std::string spelt(const std::string& name) const {
        return concat("global::", model_.name_space(), ".", name);
    }

    void write_composed() {
        if (model_.composed().empty()) return;
        lines_.space();
        lines_.open("private static class Composed");
        std::size_t number = 0;
        for (const schema::type& type : model_.composed()) {
            lines_.add(concat("// ", to_string(type)));
            lines_.add(
                concat("public static readonly Beckon.Codec<", spelt(type), "> T", ++number, " ="));
            lines_.add(concat("    ", model_.composed_codec_of(type), ";"));
        }
        lines_.close();
    }

    void open_codec(const std::string& name, const std::string& base) {
        lines_.space();
        lines_.open(concat("internal sealed class ", name, " : ", base));
        lines_.add(concat("public static readonly ", name, " Instance = new ", name, "();"));
        lines_.space();
    }

    result<void> write(const schema::enumeration& enumeration) {
        BECKON_ASSIGN(const std::vector<std::string> names, model_.value_names(enumeration));
        const std::string& name = model_.class_of(enumeration.name);
        open_codec(name + "Codec", concat("Beckon.EnumCodec<", spelt(name), ">"));
        lines_.open(
            concat("private ", name, "Codec() : base(", csharp_string(enumeration.name), ")"));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::enumerator& value = enumeration.enumerators[i];
            lines_.add(concat("Add(", spelt(name), ".", names[i], ", ", value.number, ", ",
                              csharp_string(value.name), ");"));
        }
        lines_.close();
        lines_.close();
        return {};
    }

    result<void> write(const named_variant& variant) {
        BECKON_ASSIGN(const std::vector<std::string> names, model_.case_names(variant));
        const std::string type = spelt(variant.name);
        open_codec(variant.name + "Codec", concat("Beckon.VariantCodec<", type, ">"));
        lines_.open(concat("protected override Beckon.Case<", type, ">[] MakeCases() => new[]"));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::type& held = variant.type.arguments[i];
            const std::string made = concat(type, ".", names[i]);
            lines_.add(concat("Beckon.Case.Of<", type, ", ", made, ", ", spelt(held), ">("));
            lines_.add(concat("    ", csharp_string(variant.type.case_names[i]), ", ",
                              model_.codec_of(held), ", each => each.Value, value => new ", made,
                              "(value)),"));
        }
        lines_.close(";");
        lines_.close();
        return {};
    }

    result<void> write(const schema::record& record, bool is_exception) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.field_names(record, is_exception));
        const std::string& name = model_.class_of(record.name);
        const std::string type = spelt(name);
        open_codec(name + "Codec",
                   concat("Beckon.", is_exception ? "Exception" : "Record", "Codec<", type, ">"));
        lines_.add(
            concat("private ", name, "Codec() : base(", csharp_string(record.name), ") { }"));
        lines_.space();
        lines_.open(concat("protected override Beckon.Field<", type,
                           ">[] MakeFields() => new Beckon.Field<", type, ">[]"));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& field = record.fields[i];
            lines_.add(concat("Beckon.Field.Of("));
            lines_.add(concat("    ", csharp_string(field.name), ", ", model_.codec_of(field.type),
                              ", each => each.", names[i], ","));
            lines_.add(concat("    (ref ", type, " each, ", spelt(field.type), " value) => each.",
                              names[i], " = value", field.default_value.empty() ? "" : ", true",
                              "),"));
        }
        lines_.close(";");
        lines_.close();
        return {};
    }

    result<void> write_proxy(const schema::interface& interface) {
        BECKON_ASSIGN(const std::vector<std::string> names, model_.method_names(interface));
        const std::string& base = model_.class_of(interface.name);
        const std::string type = spelt("I" + base);
        lines_.space();
        lines_.open(concat("internal sealed class ", base, "Proxy : Beckon.Proxy, ", type));
        for (std::size_t i = 0; i < names.size(); ++i) {
            BECKON_TRY(write_calls(interface, i, concat(type, ".", names[i])));
        }
        lines_.close();
        return {};
    }

    result<void> write_calls(const schema::interface& interface, std::size_t number,
                             const std::string& name) {
        const schema::method& method = interface.methods[number];
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.parameter_names(interface, method));
        std::string waiting;
        std::string asynchronous;
        std::string put;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& parameter = method.parameters[i];
            const std::string type = spelt(parameter.type);
            const bool is_stream = parameter.type.kind == kind::stream;
            const std::string comma = i == 0 ? "" : ", ";
            waiting += concat(
                comma,
                is_stream ? concat("IEnumerable<", spelt(parameter.type.arguments[0]), ">") : type,
                " ", names[i]);
            asynchronous += concat(comma, type, " ", names[i]);
            const std::string head = concat(".Put(", csharp_string(parameter.name), ", ",
                                            model_.codec_of(parameter.type), ", ");
            put += concat(head, names[i], ")");
        }
        const bool is_void = method.result.kind == kind::void_;
        const bool is_stream = method.result.kind == kind::stream;
        const std::string result = spelt(method.result);
        const std::string start = concat("(", number, ", ", model_.codec_of(method.result),
                                         ", arguments => ", names.empty() ? "{ }" : "arguments");
        lines_.space();
        lines_.add(concat(is_stream ? concat("IEnumerable<", spelt(method.result.arguments[0]), ">")
                                    : result,
                          " ", name, "(", waiting, ")", is_void ? "" : " =>"));
        if (is_void) {
            lines_.open_brace();
            lines_.add(concat("Call", start, put, ");"));
            lines_.close();
        } else {
            lines_.add(concat("    Call", start, put, ");"));
        }
        lines_.space();
        lines_.add(concat(is_void ? "Task" : concat("Task<", result, ">"), " ", async(name), "(",
                          asynchronous, asynchronous.empty() ? "" : ", ",
                          "CancellationToken cancellation) =>"));
        lines_.add(concat("    CallAsync", start, put, ", cancellation);"));
        return {};
    }

    /// "Shop.@class" and "Async" is "Shop.classAsync".
    static std::string async(std::string name) {
        const std::size_t mark = name.rfind(".@");
        if (mark != std::string::npos) name.erase(mark + 1, 1);
        return name + "Async";
    }

    result<void> write_interface(const schema::interface& interface) {
        BECKON_ASSIGN(const std::vector<std::string> names, model_.method_names(interface));
        BECKON_ASSIGN(const schema::document closure, schema::closure(document_, interface.name));
        const std::string& base = model_.class_of(interface.name);
        open_codec(base + "Interface", "Beckon.InterfaceInfo");
        lines_.add("private const string SchemaDigest =");
        lines_.add(concat("    ", csharp_string(to_hex(schema::digest_of(closure))), ";"));
        lines_.space();
        lines_.add("// docs/wire/schema.md, with annotations");
        lines_.add("private const string SchemaDescription =");
        const std::string content = to_hex(schema::encode(closure, schema::annotations::included));
        constexpr std::size_t digits = 100;
        for (std::size_t at = 0; at < content.size(); at += digits) {
            const bool is_last = at + digits >= content.size();
            lines_.add(
                concat("    ", csharp_string(content.substr(at, digits)), is_last ? ";" : " +"));
        }
        lines_.space();
        lines_.add(concat("private ", base, "Interface() : base(", csharp_string(interface.name),
                          ", SchemaDigest, SchemaDescription) { }"));
        lines_.space();
        lines_.add(concat("protected override Beckon.Proxy MakeProxy() => new ", base, "Proxy();"));
        write_exceptions();
        lines_.space();
        lines_.open("protected override Beckon.Method[] MakeMethods() => new Beckon.Method[]");
        for (std::size_t i = 0; i < names.size(); ++i) {
            BECKON_TRY(write_reading(interface, interface.methods[i], names[i]));
        }
        lines_.close(";");
        lines_.close();
        return {};
    }

    void write_exceptions() {
        if (document_.exceptions.empty()) return;
        lines_.space();
        std::string list;
        for (const schema::record& exception : document_.exceptions) {
            list +=
                concat(list.empty() ? "" : ", ", model_.class_of(exception.name), "Codec.Instance");
        }
        lines_.add(
            concat("protected override object[] Exceptions => new object[] { ", list, " };"));
    }

    result<void> write_reading(const schema::interface& interface, const schema::method& method,
                               const std::string& name) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.parameter_names(interface, method));
        lines_.add(concat("new Beckon.Method(", csharp_string(method.name), ", source =>"));
        lines_.open_brace();
        std::string arguments;
        for (std::size_t i = 0; i < names.size(); ++i) {
            lines_.add(concat("var ", names[i], " = ", model_.codec_of(method.parameters[i].type),
                              ".Read(source);"));
            arguments += concat(names[i], ", ");
        }
        const bool is_void = method.result.kind == kind::void_;
        const std::string type = spelt("I" + model_.class_of(interface.name));
        lines_.add(concat("return Beckon.Invocation.Of<", type, is_void ? "" : ", ",
                          is_void ? "" : spelt(method.result), ">("));
        const std::string_view bare = name;
        lines_.add(concat("    ", is_void ? "" : concat(model_.codec_of(method.result), ", "),
                          "(target, cancellation) => target.",
                          bare.starts_with('@') ? bare.substr(1) : bare, "Async(", arguments,
                          "cancellation));"));
        lines_.close(method.oneway ? ", true)," : "),");
        return {};
    }

    const csharp_model& model_;
    const schema::document& document_;
    const csharp_options& options_;
    csharp_lines lines_;
};

} // namespace

result<std::string> csharp_wire(const csharp_model& model, const csharp_options& options) {
    return writer(model, options).run();
}

} // namespace beckon::generate
