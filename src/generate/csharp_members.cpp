// Names of members in C#: none like its class, none twice.
#include "beckon/base/text.hpp"
#include "generate/csharp_model.hpp"

namespace beckon::generate {

namespace {

using names = std::vector<std::string>;

result<names> escaped(result<names> found) {
    if (!found) return found;
    for (std::string& name : *found) name = csharp_escaped(std::move(name));
    return found;
}

} // namespace

/// The names of a list of members, in its order, of the declaration or method at `around`.
template <typename Members>
result<names> csharp_model::names_of(const schema::place& around, std::string_view word,
                                     const Members& members, naming style,
                                     std::span<const std::string_view> reserved,
                                     const std::unordered_set<std::string>* also_reserved) const {
    return escaped(member_names(name_scope(schema::describe(*document_, around), style, reserved,
                                           also_reserved, clashes_.get()),
                                word, members, around));
}

result<names> csharp_model::value_names(const schema::enumeration& enumeration) const {
    return names_of(place_of(*document_, enumeration), "value", enumeration.enumerators, style_,
                    {});
}

result<names> csharp_model::field_names(const schema::record& record, bool is_exception) const {
    const std::unordered_set<std::string> taken{class_of(record.name)};
    return names_of(place_of(*document_, record), "field", record.fields, style_,
                    is_exception ? csharp_words_of_exceptions() : csharp_words_of_members(),
                    &taken);
}

result<names> csharp_model::case_names(const named_variant& variant) const {
    const std::unordered_set<std::string> taken{variant.name, "Value", "Wire"};
    name_scope scope(to_string(variant.type), style_, csharp_words_of_members(), &taken,
                     clashes_.get());
    names out;
    // All of them stand where the type does.
    for (const std::string& name : variant.type.case_names) {
        BECKON_ASSIGN(std::string made, scope.add("case", name, variant.at));
        out.push_back(std::move(made));
    }
    return escaped(std::move(out));
}

result<names> csharp_model::method_names(const schema::interface& interface) const {
    const std::string& base = class_of(interface.name);
    const std::unordered_set<std::string> taken{"I" + base, base + "Servant",
                                                base + "AsyncServant"};
    const schema::place around = place_of(*document_, interface);
    name_scope scope(schema::describe(*document_, around), style_, csharp_words_of_members(),
                     &taken, clashes_.get());
    names out;
    for (const schema::method& method : interface.methods) {
        const schema::place at = place_of(interface, method, around);
        BECKON_ASSIGN(std::string name, scope.add("method", method.name, at));
        BECKON_TRY(scope.add_as("the task of method", method.name, name + "Async", at));
        out.push_back(csharp_escaped(std::move(name)));
    }
    return out;
}

result<names> csharp_model::parameter_names(const schema::interface& interface,
                                            const schema::method& method) const {
    return names_of(place_of(interface, method, place_of(*document_, interface)), "parameter",
                    method.parameters, parameter_style_, csharp_words_of_parameters());
}

} // namespace beckon::generate
