#include "beckon/generate/python.hpp"

#include <algorithm>
#include <set>

#include "beckon/base/text.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/schema/canonical.hpp"
#include "beckon/schema/check.hpp"
#include "generate/python_breaks.hpp"
#include "generate/python_layout.hpp"
#include "generate/python_literal.hpp"
#include "generate/python_model.hpp"
#include "generate/python_remcall.hpp"
#include "generate/python_words.hpp"

namespace beckon::generate {

namespace {

using schema::kind;

std::string head_of(const schema::document& document, const python_options& options) {
    return head_lines("# ", document, options.tool, options.source);
}

class writer {
public:
    writer(const python_model& model, const python_options& options)
        : model_(model), document_(model.document()), options_(options) {}

    result<std::string> run() {
        for (const auto& enumeration : document_.enumerations) BECKON_TRY(write(enumeration));
        for (const auto& variant : model_.variants()) write(variant);
        for (const auto& record : document_.records) BECKON_TRY(write(record, false));
        for (const auto& exception : document_.exceptions) BECKON_TRY(write(exception, true));
        for (const auto& interface : document_.interfaces) {
            BECKON_TRY(write(interface, false));
            BECKON_TRY(write(interface, true));
        }
        write_binding();
        if (out_.find("typing.Optional[") != std::string::npos) model_.modules().insert("typing");
        return head() + out_;
    }

private:
    [[nodiscard]] std::string head() const {
        std::string out = head_of(document_, options_);
        out += python_docstring(0, document_.doc);
        out += "\nfrom __future__ import annotations\n\n";
        for (const std::string& module : model_.modules()) out += concat("import ", module, "\n");
        if (!model_.modules().empty()) out += '\n';
        return out + "import beckon\n\nfrom . import _schema\n";
    }

    void begin_class(std::string_view decorator, const std::string& name, std::string_view base) {
        out_ += concat("\n\n", decorator);
        out_ += python_broken(0, "class ", concat(name, base), ":");
        classes_.push_back(python_string(name));
    }

    /// A docstring of a class, with the line behind it.
    void write_class_doc(std::string_view doc) {
        if (!doc.empty()) out_ += python_docstring(4, doc) + '\n';
    }

    result<void> write(const schema::enumeration& enumeration) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.names_of(place_of(document_, enumeration), "value",
                                      enumeration.enumerators, naming::screaming, python_keywords(),
                                      false));
        model_.modules().insert("enum");
        begin_class("", model_.class_of(enumeration.name), "(enum.IntEnum)");
        write_class_doc(enumeration.doc);
        for (std::size_t i = 0; i < names.size(); ++i) {
            out_ += python_comment(4, enumeration.enumerators[i].doc);
            out_ += concat("    ", names[i], " = ", enumeration.enumerators[i].number, "\n");
        }
        if (names.empty()) out_ += "    pass\n";
        bound_types_.push_back(bound(enumeration.name));
        return {};
    }

    [[nodiscard]] std::string bound(const std::string& name) const {
        return concat(python_string(name), ": ", model_.class_of(name));
    }

    void write(const named_variant& variant) {
        model_.modules().insert("typing");
        std::vector<std::string> cases;
        for (std::size_t i = 0; i < variant.type.arguments.size(); ++i) {
            const std::string type =
                model_.annotation(variant.type.arguments[i], python_place::inside, false);
            // In quotes, for what is declared further down.
            cases.push_back(concat("tuple[typing.Literal[",
                                   python_string(variant.type.case_names[i]), "], ",
                                   python_string(type), "]"));
        }
        out_ += is_after_alias_ ? "\n" : "\n\n";
        is_after_alias_ = true;
        classes_.push_back(python_string(variant.name));
        out_ += concat("#: ", to_string(variant.type), "\n");
        if (cases.size() == 1) {
            out_ += python_broken(0, concat(variant.name, " = "), cases.front(), "");
            return;
        }
        out_ += concat(variant.name, " = typing.Union[\n");
        for (const std::string& each : cases) out_ += python_broken(4, "", each, ",");
        out_ += "]\n";
    }

    result<void> write(const schema::record& record, bool is_exception) {
        BECKON_ASSIGN(
            const std::vector<std::string> names,
            model_.names_of(place_of(document_, record), "field", record.fields, naming::snake,
                            is_exception ? python_words_of_exceptions() : python_reserved_words()));
        model_.modules().insert("dataclasses");
        std::string fields;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& field = record.fields[i];
            fields += python_comment(4, field.doc);
            BECKON_ASSIGN(const std::string value, initial(record, names[i], field));
            fields += python_field(
                4, names[i], model_.annotation(field.type, python_place::inside, false), value);
        }
        begin_class(is_exception ? "@dataclasses.dataclass(eq=False)\n"
                                 : "@dataclasses.dataclass\n",
                    model_.class_of(record.name), is_exception ? "(beckon.DeclaredError)" : "");
        write_class_doc(record.doc);
        out_ += fields.empty() ? "    pass\n" : fields;
        bound_types_.push_back(bound(record.name));
        return {};
    }

    static bool is_container(const schema::type& type) {
        return type.kind == kind::list || type.kind == kind::map;
    }

    /// A function before the class: mypy does not see of what type an empty list or dict is that may be None as well.
    std::string typed_factory(const std::string& name, const schema::type& type,
                              const std::string& expression) {
        out_ += "\n\n";
        out_ += python_broken(0, concat("def ", name, "() -> "),
                              model_.annotation(type, python_place::inside, false), ":");
        out_ += python_broken(4, "return ", expression, "");
        return name;
    }

    /// A default value, or nothing.
    result<std::string> initial(const schema::record& record, const std::string& name,
                                const schema::field& field) {
        if (field.default_value.empty()) return std::string{};
        BECKON_ASSIGN(const schema::literal value, schema::parse_literal(field.default_value));
        const std::string expression = python_expression(model_, field.type, value);
        const auto factory = [](std::string_view function) {
            return concat("dataclasses.field(default_factory=", function, ")");
        };
        const bool is_untyped = expression.find("[]") != std::string::npos || expression == "{}";
        if (field.type.kind == kind::optional && is_container(field.type.arguments[0]) &&
            is_untyped) {
            return factory(typed_factory(concat("_", name, "_of_", model_.class_of(record.name)),
                                         field.type, expression));
        }
        if (expression == "{}") return factory("dict");
        if (expression == "[]") return factory("list");
        return expression.starts_with("[") ? factory("lambda: " + expression) : expression;
    }

    result<void> write(const schema::interface& interface, bool coroutines) {
        const schema::place where = place_of(document_, interface);
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.names_of(where, "method", interface.methods, naming::snake,
                                      python_reserved_words()));
        begin_class("",
                    coroutines ? model_.async_class_of(interface.name)
                               : model_.class_of(interface.name),
                    coroutines ? "(beckon.AsyncObject)" : "(beckon.Object)");
        write_class_doc(interface.doc);
        std::vector<std::string> quoted_names;
        for (const std::string& name : names) quoted_names.push_back(python_string(name));
        out_ += python_brackets(4, "_beckon_methods_ = (", quoted_names,
                                names.size() == 1 ? ",)" : ")");
        for (std::size_t i = 0; i < names.size(); ++i) {
            BECKON_TRY(write(place_of(interface, interface.methods[i], where), interface.methods[i],
                             names[i], i, coroutines));
        }
        if (!coroutines) {
            bound_interfaces_.push_back(concat(python_string(interface.name), ": (",
                                               model_.class_of(interface.name), ", ",
                                               model_.async_class_of(interface.name), ")"));
        }
        return {};
    }

    result<void> write(const schema::place& where, const schema::method& method,
                       const std::string& name, std::size_t number, bool coroutines) {
        BECKON_ASSIGN(const std::vector<std::string> names,
                      model_.names_of(where, "parameter", method.parameters, naming::snake,
                                      python_keywords(), false));
        const bool is_stream = method.result.kind == kind::stream;
        const std::string result =
            model_.annotation(method.result, python_place::result, coroutines);
        std::vector<std::string> parameters{"self"};
        std::vector<std::string> arguments{concat(number)};
        std::string doc = method.doc;
        bool is_parameter_told = false;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& parameter = method.parameters[i];
            parameters.push_back(
                concat(names[i], ": ",
                       model_.annotation(parameter.type, python_place::parameter, coroutines)));
            arguments.push_back(names[i]);
            if (!parameter.doc.empty()) {
                if (!doc.empty()) doc += is_parameter_told ? "\n" : "\n\n";
                doc += concat(names[i], ": ", parameter.doc);
                is_parameter_told = true;
            }
        }
        // A coroutine's stream is what an `async def` with `yield` gives, without waiting.
        const bool is_awaited = coroutines && !is_stream;
        out_ += '\n';
        out_ += python_brackets(4, concat(is_awaited ? "async " : "", "def ", name, "("),
                                parameters, concat(") -> ", result, ":"));
        out_ += python_docstring(8, doc);
        const bool is_void = method.result.kind == kind::void_;
        const std::string_view function = is_awaited   ? "await self._beckon_await_("
                                          : coroutines ? "self._beckon_iterate_("
                                          : is_void    ? "self._beckon_void_("
                                                       : "self._beckon_call_(";
        // What a function gives, submit() takes the pending call from: there must be a result where None is declared, too.
        const std::string_view word = is_void && coroutines ? "" : "return ";
        out_ += python_brackets(8, concat(word, function), arguments, ")");
        return {};
    }

    /// A dict or list, an item a line.
    void write_items(std::string_view indent, std::string_view open,
                     const std::vector<std::string>& items, std::string_view close) {
        if (items.empty()) {
            out_ += concat(indent, open, close, "\n");
            return;
        }
        out_ += concat(indent, open, "\n");
        for (const std::string& item : items) {
            // What belongs to a key is broken behind it.
            const std::size_t colon = item.find(": ");
            const std::size_t key = colon == std::string::npos ? 0 : colon + 2;
            out_ += python_broken(indent.size() + 4, item.substr(0, key), item.substr(key), ",");
        }
        out_ += concat(indent, close, "\n");
    }

    void write_binding() {
        out_ += "\n\n_SCHEMA = beckon.bind(\n    _schema.DOCUMENT,\n    _schema.INTERFACES,\n";
        write_items("    ", "{", bound_types_, "},");
        write_items("    ", "{", bound_interfaces_, "},");
        out_ += ")\n\n";
        write_items("", classes_.empty() ? "__all__: list[str] = [" : "__all__ = [", classes_, "]");
    }

    const python_model& model_;
    const schema::document& document_;
    const python_options& options_;
    std::vector<std::string> classes_;
    std::vector<std::string> bound_types_;
    std::vector<std::string> bound_interfaces_;
    bool is_after_alias_ = false;
    std::string out_;
};

std::string quoted_hex(std::span<const std::byte> content) {
    return concat("\"\"\"\n", python_hex_lines(content), "\"\"\"");
}

/// The schema for the runtime, and each interface for peers that ask for its description.
result<std::string> schema_module(const schema::document& document, const python_options& options) {
    std::string out = head_of(document, options);
    out += "\"\"\"The schema in binary form, in hexadecimal: docs/wire/schema.md.\"\"\"\n\n";
    out += concat("DOCUMENT = ", quoted_hex(schema::encode(document)),
                  "\n\nINTERFACES: dict[str, str] = {");
    if (!document.interfaces.empty()) out += '\n';
    std::vector<std::string> names;
    for (const schema::interface& interface : document.interfaces) names.push_back(interface.name);
    for (const std::string& name : names) {
        BECKON_ASSIGN(const schema::document closure, schema::closure(document, name));
        out += concat("    ", python_string(name), ": ",
                      quoted_hex(schema::encode(closure, schema::annotations::included)), ",\n");
    }
    return out + "}\n";
}

/// The package's name, as Python can import it.
result<std::string> package_name(const python_options& options) {
    std::string name = options.package;
    std::replace_if(
        name.begin(), name.end(), [](char letter) { return letter == '-' || letter == '.'; }, '_');
    const auto reserved = python_reserved_words();
    if (!schema::is_name(name) || std::binary_search(reserved.begin(), reserved.end(), name)) {
        return fail(
            errc::invalid_argument, "found the package ", quoted(options.package),
            ", expected a name that Python can import and does not use; --namespace gives one");
    }
    return name;
}

} // namespace

result<std::vector<generated_file>> generate_python(const schema::document& document,
                                                    const python_options& options) {
    BECKON_TRY(schema::validate(document));
    BECKON_ASSIGN(const std::string package, package_name(options));
    BECKON_ASSIGN(const python_model model, python_model::make(document));
    BECKON_ASSIGN(std::string types, writer(model, options).run());
    BECKON_TRY(model.check_names());
    BECKON_ASSIGN(std::string binary, schema_module(document, options));
    std::vector<generated_file> out;
    out.push_back({package + "/__init__.py", std::move(types)});
    out.push_back({package + "/_schema.py", std::move(binary)});
    out.push_back({package + "/py.typed", {}});
    if (!document.interfaces.empty()) {
        BECKON_ASSIGN(const std::string remcall, python_remcall_module(document));
        out.push_back({package + "/_remcall.py", head_of(document, options) + remcall});
    }
    return out;
}

} // namespace beckon::generate
