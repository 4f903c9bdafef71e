#include "beckon/generate/cpp.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "beckon/base/text.hpp"
#include "beckon/schema/check.hpp"
#include "generate/cpp_layout.hpp"
#include "generate/cpp_literal.hpp"
#include "generate/cpp_model.hpp"
#include "generate/cpp_words.hpp"
#include "generate/members.hpp"

namespace beckon::generate {

namespace {

using schema::kind;

/// What the registration macros take at most.
constexpr std::size_t max_members = 256;

class writer {
public:
    writer(const cpp_model& model, const cpp_options& options)
        : model_(model), document_(model.document()), options_(options) {}

    result<std::string> run() {
        for (const auto& enumeration : document_.enumerations) BECKON_TRY(write(enumeration));
        for (const auto& definition : model_.definitions()) {
            position_ = static_cast<std::size_t>(&definition - model_.definitions().data());
            if (definition.record != nullptr) {
                BECKON_TRY(write("record", *definition.record));
            } else {
                BECKON_TRY(write(*definition.variant));
            }
        }
        position_ = model_.definitions().size();
        definitions_ += late_;
        for (const auto& exception : document_.exceptions) {
            BECKON_TRY(write("exception", exception));
        }
        for (const auto& interface : document_.interfaces) BECKON_TRY(write(interface));
        BECKON_ASSIGN(const std::string space, namespace_name());
        // What must be included is known when all is written.
        std::string out = head();
        if (!space.empty()) out += concat("namespace ", space, " {\n\n");
        out += forward_declarations();
        out += definitions_;
        out += registrations_;
        if (!space.empty()) out += concat("\n} // namespace ", space, "\n");
        return out;
    }

private:
    result<std::string> namespace_name() const {
        std::string_view rest = options_.cpp_namespace;
        if (rest.empty()) rest = document_.cpp_namespace;
        // Inside a namespace of these names, ours would not be found.
        const std::unordered_set<std::string> ours{"std", "beckon"};
        std::string out;
        while (!rest.empty()) {
            const std::size_t end = rest.find_first_of(".:");
            const std::string_view part = rest.substr(0, end);
            if (!schema::is_name(part)) {
                return fail(errc::invalid_argument, "found the namespace ",
                            quoted(options_.cpp_namespace),
                            ", expected names with dots or '::' "
                            "between them");
            }
            // A scope each: a namespace may be called like the one around it.
            name_scope scope("namespace", naming::as_is, cpp_reserved_words(), &ours);
            BECKON_ASSIGN(const std::string name, scope.add("namespace", part));
            out += concat(out.empty() ? "" : "::", name);
            if (end == std::string_view::npos) break;
            rest.remove_prefix(rest.substr(end, 2) == "::" ? end + 2 : end + 1);
        }
        return out;
    }

    [[nodiscard]] std::string head() const {
        // Projects that include the header have styles of their own, and format what they find.
        std::string out = "// clang-format off\n";
        out += head_lines("// ", document_, options_.tool, options_.source);
        if (!document_.doc.empty()) out += concat("//\n", cpp_comment(document_.doc, "//"));
        out += "#pragma once\n\n";
        for (const std::string& header : includes_) out += concat("#include <", header, ">\n");
        if (!includes_.empty()) out += '\n';
        return out + concat("#include <", options_.include, ">\n\n");
    }

    [[nodiscard]] std::string forward_declarations() const {
        std::string out;
        for (const std::string& name : model_.forward_structs())
            out += concat("struct ", name, ";\n");
        for (const auto& interface : document_.interfaces) {
            out += concat("struct ", interface.name, ";\n");
        }
        if (!out.empty()) out += '\n';
        return out;
    }

    result<void> check_count(const std::string& where, std::string_view what, std::size_t count) {
        if (count <= max_members) return {};
        return fail(errc::unsupported, where, " has ", count, " ", what,
                    "; the registration macros take at most ", max_members);
    }

    std::string use(const schema::type& type) {
        note_includes(type);
        return model_.cpp_type(type);
    }

    void note_includes(const schema::type& type) {
        switch (type.kind) {
        case kind::string: includes_.insert("string"); break;
        case kind::optional: includes_.insert("optional"); break;
        case kind::list: includes_.insert("vector"); break;
        case kind::map: includes_.insert("map"); break;
        case kind::tuple: includes_.insert("tuple"); break;
        case kind::variant: includes_.insert("variant"); break;
        default:
            if (type.kind >= kind::int8 && type.kind <= kind::uint64) includes_.insert("cstdint");
        }
        for (const schema::type& argument : type.arguments) note_includes(argument);
    }

    void note_includes_of(std::string_view expression) {
        if (expression.find("std::chrono::") != std::string_view::npos) includes_.insert("chrono");
        if (expression.find("std::numeric_limits") != std::string_view::npos) {
            includes_.insert("limits");
        }
    }

    void register_line(std::string_view macro, std::string_view type,
                       const std::vector<std::string>& items) {
        std::vector<std::string> all{std::string(type)};
        all.insert(all.end(), items.begin(), items.end());
        registrations_ += fill(concat(macro, "("), all, ")", 4) + '\n';
    }

    static std::vector<std::string> registered(const std::vector<cpp_name>& names) {
        std::vector<std::string> out;
        for (const cpp_name& name : names) out.push_back(name.registered());
        return out;
    }

    result<void> write(const schema::enumeration& enumeration) {
        const std::string where = concat("enum ", enumeration.name);
        BECKON_TRY(check_count(where, "values", enumeration.enumerators.size()));
        BECKON_ASSIGN(const std::vector<cpp_name> names,
                      model_.names_of(place_of(document_, enumeration), "value",
                                      enumeration.enumerators, false));
        includes_.insert("cstdint");
        std::vector<std::string> items;
        bool documented = false;
        std::int64_t expected = 0;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::enumerator& value = enumeration.enumerators[i];
            items.push_back(names[i].cpp);
            if (value.number != expected) items.back() += concat(" = ", value.number);
            expected = std::int64_t{value.number} + 1;
            documented = documented || !value.doc.empty();
        }
        definitions_ += cpp_comment(enumeration.doc, "///");
        const std::string head = concat("enum class ", enumeration.name, " : std::int32_t {");
        std::string line = head + ' ';
        for (const std::string& item : items)
            line += item + (&item == &items.back() ? " };" : ", ");
        if (items.empty()) {
            definitions_ += head + "};\n\n";
        } else if (!documented && line.size() <= 100) {
            definitions_ += line + "\n\n";
        } else {
            definitions_ += head + '\n';
            for (std::size_t i = 0; i < items.size(); ++i) {
                definitions_ += cpp_comment(enumeration.enumerators[i].doc, "    ///");
                definitions_ += concat("    ", items[i], ",\n");
            }
            definitions_ += "};\n\n";
        }
        register_line("BECKON_ENUM", enumeration.name, registered(names));
        return {};
    }

    /// Whether a type holds, if only in a list of lists, what is not defined yet. Such members are neither initialised nor
    /// compared in the struct: both would need it. A struct itself is complete there.
    [[nodiscard]] bool is_open(const schema::type& type) const {
        return model_.settled(type) > position_;
    }

    /// " = 3", or the parts of a list, which may need several lines.
    struct initialiser {
        std::string head;
        std::vector<std::string> items{};
        std::string tail{};
    };

    result<initialiser> initial(const schema::field& field) {
        if (field.default_value.empty()) {
            if (is_open(field.type)) return initialiser{};
            return initialiser{cpp_zero(model_, field.type)};
        }
        BECKON_ASSIGN(const schema::literal value, schema::parse_literal(field.default_value));
        if (is_open(field.type) && cpp_is_empty(field.type, value)) return initialiser{};
        const std::string expression = cpp_expression(model_, field.type, value);
        note_includes_of(expression);
        const std::string type = model_.cpp_type(field.type);
        if (expression == type + "{}") return initialiser{"{}"};
        if (field.type.kind != kind::list) return initialiser{" = " + expression};
        initialiser out{concat(" = ", type, "{"), {}, "}"};
        for (const schema::literal& item : value.items) {
            out.items.push_back(cpp_expression(model_, field.type.arguments[0], item));
        }
        return out;
    }

    static std::string member(const std::string& type, const std::string& name,
                              const initialiser& value) {
        const std::string head = concat("    ", type, " ", name, value.head);
        if (!value.items.empty() && head.size() <= 100) {
            return fill(head, value.items, concat(value.tail, ";"), 8) + '\n';
        }
        std::string whole = value.head;
        for (const std::string& item : value.items) {
            if (&item != &value.items.front()) whole += ", ";
            whole += item;
        }
        return cpp_field(type, name, whole + value.tail);
    }

    /// As `= default` would have it, where that comes too early.
    void write_comparison(const std::string& type, const std::vector<cpp_name>& names) {
        late_ += concat("inline bool ", type, "::operator==(const ", type, "& other) const {\n");
        std::string each;
        for (const cpp_name& name : names) {
            each += concat(each.empty() ? "    return this->" : " &&\n           this->", name.cpp,
                           " == other.", name.cpp);
        }
        late_ += each + ";\n}\n\n";
    }

    result<void> write(std::string_view word, const schema::record& record) {
        const std::string where = concat(word, " ", record.name);
        BECKON_TRY(check_count(where, "fields", record.fields.size()));
        BECKON_ASSIGN(const std::vector<cpp_name> names,
                      model_.names_of(place_of(document_, record), "field", record.fields));
        definitions_ += cpp_comment(record.doc, "///") + concat("struct ", record.name, " {\n");
        std::vector<std::string> defaulted;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& field = record.fields[i];
            BECKON_ASSIGN(const initialiser value, initial(field));
            definitions_ += cpp_comment(field.doc, "    ///");
            definitions_ += member(use(field.type), names[i].cpp, value);
            if (!field.default_value.empty()) defaulted.push_back(names[i].cpp);
        }
        const bool is_late = std::ranges::any_of(
            record.fields, [this](const schema::field& field) { return is_open(field.type); });
        definitions_ += concat(names.empty() ? "" : "\n", "    bool operator==(const ", record.name,
                               is_late ? "&) const;\n};\n\n" : "&) const = default;\n};\n\n");
        if (is_late) write_comparison(record.name, names);
        register_line(word == "exception" ? "BECKON_EXCEPTION" : "BECKON_RECORD", record.name,
                      registered(names));
        if (!defaulted.empty()) register_line("BECKON_DEFAULTS", record.name, defaulted);
        return {};
    }

    result<void> write(const named_variant& variant) {
        BECKON_TRY(check_count(to_string(variant.type), "cases", variant.type.arguments.size()));
        std::vector<std::string> types;
        for (const schema::type& argument : variant.type.arguments) types.push_back(use(argument));
        includes_.insert("variant");
        definitions_ += concat("/// ", to_string(variant.type), "\n");
        std::string head = concat("struct ", variant.name, " : std::variant<");
        std::size_t width = head.size() + 3;
        for (const std::string& each : types) width += each.size() + 2;
        if (width > 102) head = concat("struct ", variant.name, "\n    : std::variant<");
        definitions_ += fill(head, types, "> {", 4) + '\n';
        definitions_ += "    using variant::variant;\n};\n\n";
        // A case whose name is a macro would be registered as what the macro stands for.
        std::vector<std::string> cases;
        const auto reserved = cpp_reserved_words();
        for (const std::string& name : variant.type.case_names) {
            const bool is_word = std::binary_search(reserved.begin(), reserved.end(), name);
            cases.push_back(cpp_name{name, is_word ? name + '_' : name}.registered());
        }
        register_line("BECKON_VARIANT", variant.name, cases);
        return {};
    }

    result<void> write(const schema::interface& interface) {
        const schema::place where = place_of(document_, interface);
        BECKON_TRY(
            check_count(schema::describe(document_, where), "methods", interface.methods.size()));
        BECKON_ASSIGN(const std::vector<cpp_name> names,
                      model_.names_of(where, "method", interface.methods));
        definitions_ += cpp_comment(interface.doc, "///") + concat("struct ", interface.name, " {");
        if (!interface.methods.empty()) definitions_ += '\n';
        std::vector<std::string> registered_methods;
        std::vector<std::string> oneway;
        std::vector<std::string> idempotent;
        std::vector<std::string> commands;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::method& method = interface.methods[i];
            BECKON_ASSIGN(std::string registration,
                          write(place_of(interface, method, where), method, names[i]));
            registered_methods.push_back(std::move(registration));
            if (method.oneway) oneway.push_back(names[i].cpp);
            if (method.idempotent) idempotent.push_back(names[i].cpp);
            if (method.command)
                commands.push_back(concat('(', names[i].cpp, ", ", *method.command, ')'));
        }
        definitions_ += "};\n\n";
        register_line("BECKON_INTERFACE", interface.name, registered_methods);
        if (!oneway.empty()) register_line("BECKON_ONEWAY", interface.name, oneway);
        if (!idempotent.empty()) register_line("BECKON_IDEMPOTENT", interface.name, idempotent);
        if (!commands.empty()) register_line("BECKON_COMMANDS", interface.name, commands);
        const std::vector<std::string> raised = model_.raised_by(interface);
        if (!raised.empty()) register_line("BECKON_RAISES", interface.name, raised);
        return {};
    }

    /// Declares the method; what the registration says of it.
    result<std::string> write(const schema::place& where, const schema::method& method,
                              const cpp_name& name) {
        // The method's own name takes one place.
        BECKON_TRY(check_count(schema::describe(document_, where), "parameters and a name",
                               method.parameters.size() + 1));
        BECKON_ASSIGN(const std::vector<cpp_name> names,
                      model_.names_of(where, "parameter", method.parameters));
        definitions_ += cpp_comment(method.doc, "    ///");
        std::vector<std::string> parameters;
        std::string registration = concat("(", name.registered());
        for (std::size_t i = 0; i < names.size(); ++i) {
            const schema::field& parameter = method.parameters[i];
            if (!parameter.doc.empty()) {
                definitions_ += cpp_comment(concat(parameter.name, ": ", parameter.doc), "    ///");
            }
            parameters.push_back(concat(use(parameter.type), " ", names[i].cpp));
            registration += concat(", ", names[i].registered());
        }
        const std::string head = concat("    ", use(method.result), " ");
        std::string line = fill(concat(head, name.cpp, "("), parameters, ");", 8);
        const bool is_left_behind = line.find("(\n") != std::string::npos;
        if (head.size() + name.cpp.size() >= 100 || is_left_behind) {
            definitions_ += head.substr(0, head.size() - 1) + '\n';
            line = fill(concat("    ", name.cpp, "("), parameters, ");", 8);
        }
        definitions_ += line + '\n';
        return registration + ')';
    }

    const cpp_model& model_;
    const schema::document& document_;
    const cpp_options& options_;
    std::set<std::string> includes_;
    std::size_t position_ = 0; ///< Of the struct that is written, in the model's definitions.
    std::string definitions_;
    std::string late_; ///< What needs all structs.
    std::string registrations_;
};

} // namespace

result<std::vector<generated_file>> generate_cpp(const schema::document& document,
                                                 const cpp_options& options) {
    BECKON_TRY(schema::validate(document));
    BECKON_ASSIGN(const cpp_model model, cpp_model::make(document));
    BECKON_ASSIGN(std::string content, writer(model, options).run());
    BECKON_TRY(model.check_names());
    std::vector<generated_file> out;
    out.push_back({options.file_stem + ".hpp", std::move(content)});
    return out;
}

} // namespace beckon::generate
