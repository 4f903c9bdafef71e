#include "generate/cpp_model.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "generate/cpp_order.hpp"
#include "generate/cpp_words.hpp"

namespace beckon::generate {

using schema::kind;

std::string cpp_name::registered() const {
    return wire == cpp ? cpp : concat("(", cpp, ", \"", wire, "\")");
}

result<cpp_model> cpp_model::make(const schema::document& document) {
    cpp_model out(document);
    BECKON_TRY(out.name_types());
    out.collect_variants();
    BECKON_TRY(out.order());
    return out;
}

result<void> cpp_model::name_types() {
    const auto reserved = cpp_reserved_words();
    const auto add = [&](std::string_view word, const std::string& name) -> result<void> {
        const bool taken = std::binary_search(reserved.begin(), reserved.end(), name) ||
                           name == "std" || name == "beckon";
        if (taken) {
            return fail(errc::invalid_argument, word, " '", name,
                        "' has a name that C++ reserves, and a type is registered under its C++ "
                        "name; expected another name");
        }
        type_names_.insert(name);
        return {};
    };
    for (const auto& enumeration : document_->enumerations)
        BECKON_TRY(add("enum", enumeration.name));
    for (const auto& record : document_->records) BECKON_TRY(add("record", record.name));
    for (const auto& exception : document_->exceptions) {
        BECKON_TRY(add("exception", exception.name));
    }
    for (const auto& interface : document_->interfaces) {
        BECKON_TRY(add("interface", interface.name));
    }
    return {};
}

void cpp_model::collect_variants() {
    for (const auto* records : {&document_->records, &document_->exceptions}) {
        for (const schema::record& record : *records) {
            for (const schema::field& field : record.fields) collect_variants(field.type);
        }
    }
    for (const schema::interface& interface : document_->interfaces) {
        for (const schema::method& method : interface.methods) {
            for (const schema::field& parameter : method.parameters) {
                collect_variants(parameter.type);
            }
            collect_variants(method.result);
        }
    }
}

void cpp_model::collect_variants(const schema::type& type) {
    for (const schema::type& argument : type.arguments) collect_variants(argument);
    if (type.kind != kind::variant) return;
    const std::string text = to_string(type);
    if (variant_of_.contains(text)) return;
    variant_of_.emplace(text, variants_.size());
    variants_.push_back({variant_name(type), type});
}

/// "number_or_text" for variant<number: int64, text: string>; numbered where that is taken.
std::string cpp_model::variant_name(const schema::type& type) {
    constexpr std::size_t longest = 48;
    std::string name;
    for (const std::string& case_name : type.case_names) {
        if (name.size() + case_name.size() > longest) {
            name += "_or_other";
            break;
        }
        name += concat(name.empty() ? "" : "_or_", case_name);
    }
    const auto reserved = cpp_reserved_words();
    if (std::binary_search(reserved.begin(), reserved.end(), name)) name += "_only";
    std::string numbered = name;
    for (unsigned i = 2; !type_names_.insert(numbered).second; ++i) {
        numbered = concat(name, "_", i);
    }
    return numbered;
}

result<void> cpp_model::order() {
    BECKON_ASSIGN(const definition_order found,
                  order_definitions(*document_, variants_, variant_of_));
    const std::size_t records = document_->records.size();
    for (const std::size_t node : found.order) {
        if (node < records) {
            definitions_.push_back({&document_->records[node], nullptr});
        } else {
            definitions_.push_back({nullptr, &variants_[node - records]});
        }
    }
    for (const std::size_t node : found.forward) {
        forward_structs_.push_back(node < records ? document_->records[node].name
                                                  : variants_[node - records].name);
    }
    return {};
}

std::string cpp_model::cpp_type(const schema::type& type) const {
    const auto composed = [&](std::string_view name) {
        std::string out = concat(name, "<");
        for (const schema::type& argument : type.arguments) {
            if (out.back() != '<') out += ", ";
            out += cpp_type(argument);
        }
        return out + '>';
    };
    switch (type.kind) {
    case kind::void_: return "void";
    case kind::boolean: return "bool";
    case kind::int8: return "std::int8_t";
    case kind::uint8: return "std::uint8_t";
    case kind::int16: return "std::int16_t";
    case kind::uint16: return "std::uint16_t";
    case kind::int32: return "std::int32_t";
    case kind::uint32: return "std::uint32_t";
    case kind::int64: return "std::int64_t";
    case kind::uint64: return "std::uint64_t";
    case kind::float32: return "float";
    case kind::float64: return "double";
    case kind::string: return "std::string";
    case kind::date: return "beckon::date";
    case kind::time: return "beckon::time_of_day";
    case kind::datetime: return "beckon::datetime";
    case kind::bytes: return "beckon::bytes";
    case kind::duration: return "beckon::duration";
    case kind::any: return "beckon::value";
    case kind::optional: return composed("std::optional");
    case kind::list: return composed("std::vector");
    case kind::map: return composed("std::map");
    case kind::tuple: return composed("std::tuple");
    case kind::variant: return variants_[variant_of_.at(to_string(type))].name;
    case kind::stream: return composed("beckon::stream");
    case kind::enumeration:
    case kind::record: return type.name;
    case kind::interface: return concat("beckon::ref<", type.name, ">");
    }
    return {};
}

result<std::vector<cpp_name>> cpp_model::names_in(const std::string& where, std::string_view word,
                                                  const std::vector<std::string>& wire,
                                                  bool beside_types) const {
    // A member called like a type would change what the type's name means in the members after it.
    name_scope scope(where, naming::as_is, cpp_reserved_words(),
                     beside_types ? &type_names_ : nullptr);
    std::vector<cpp_name> out;
    for (const std::string& name : wire) {
        BECKON_ASSIGN(std::string cpp, scope.add(word, name));
        out.push_back({name, std::move(cpp)});
    }
    return out;
}

std::vector<std::string> cpp_model::raised_by(const schema::interface& interface) const {
    std::unordered_set<std::string_view> named;
    bool any = false;
    for (const schema::method& method : interface.methods) {
        any = any || (method.raises.empty() && !method.oneway);
        named.insert(method.raises.begin(), method.raises.end());
    }
    std::vector<std::string> out;
    for (const schema::record& exception : document_->exceptions) {
        if (any || named.contains(exception.name)) out.push_back(exception.name);
    }
    return out;
}

} // namespace beckon::generate
