#include "generate/cpp_model.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "generate/cpp_order.hpp"
#include "generate/cpp_words.hpp"

namespace beckon::generate {

using schema::kind;

namespace {

bool is_taken(std::string_view name) {
    const auto reserved = cpp_reserved_words();
    return std::binary_search(reserved.begin(), reserved.end(), name) || name == "std" ||
           name == "beckon";
}

/// Whether the struct that registers a type has a member of that name, where the type's own would mean something else.
bool is_registered_as(std::string_view word, std::string_view name) {
    constexpr std::string_view all[] = {"category", "name", "registered_type"};
    constexpr std::string_view of_records[] = {"apply", "cpp_field_names", "field_names", "size"};
    constexpr std::string_view of_enums[] = {"names", "size", "values"};
    constexpr std::string_view of_interfaces[] = {"methods"};
    const auto holds = [name](std::span<const std::string_view> names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (holds(all)) return true;
    if (word == "enum") return holds(of_enums);
    return holds(word == "interface" ? std::span<const std::string_view>(of_interfaces)
                                     : of_records);
}

} // namespace

std::string cpp_name::registered() const {
    return wire == cpp ? cpp : concat("(", cpp, ", \"", wire, "\")");
}

result<cpp_model> cpp_model::make(const schema::document& document) {
    cpp_model out(document);
    out.name_types();
    out.collect_variants();
    BECKON_TRY(out.order());
    return out;
}

void cpp_model::name_types() {
    const auto add = [&](std::string_view word, const std::string& name, const schema::place& at) {
        if (is_taken(name) || is_registered_as(word, name)) {
            clashes_->add(concat(word, " '", name,
                                 "' has a name that C++ reserves, and a type is registered under "
                                 "its C++ name; expected another name"),
                          at);
        }
        type_names_.insert(name);
    };
    for (const auto& enumeration : document_->enumerations)
        add("enum", enumeration.name, place_of(*document_, enumeration));
    for (const auto& record : document_->records)
        add("record", record.name, place_of(*document_, record));
    for (const auto& exception : document_->exceptions)
        add("exception", exception.name, place_of(*document_, exception));
    for (const auto& interface : document_->interfaces)
        add("interface", interface.name, place_of(*document_, interface));
}

/// "number_or_text" for variant<number: int64, text: string>; numbered where that is taken.
void cpp_model::collect_variants() {
    const auto adjust = [](std::string& name, const schema::type& type) {
        // A case alone may be called like a word of C++, a function of C or what registers the type.
        if (type.case_names.size() == 1) name += "_only";
    };
    variants_.collect(*document_, {naming::as_is, "_or_", "_or_other", "_", adjust}, type_names_);
}

result<void> cpp_model::order() {
    BECKON_ASSIGN(const definition_order found,
                  order_definitions(*document_, variants_.all(), variants_.places()));
    const std::size_t records = document_->records.size();
    for (const std::size_t node : found.order) {
        if (node < records) {
            definitions_.push_back({&document_->records[node], nullptr});
        } else {
            definitions_.push_back({nullptr, &variants_.all()[node - records]});
        }
        settled_.emplace(node < records ? document_->records[node].name
                                        : variants_.all()[node - records].name,
                         found.settled[node]);
    }
    for (const std::size_t node : found.forward) {
        forward_structs_.push_back(node < records ? document_->records[node].name
                                                  : variants_.all()[node - records].name);
    }
    return {};
}

std::size_t cpp_model::settled(const schema::type& type) const {
    std::size_t out = 0;
    if (type.kind == kind::record || type.kind == kind::variant) {
        const auto found = settled_.find(cpp_type(type));
        if (found != settled_.end()) out = found->second;
    }
    for (const schema::type& argument : type.arguments) out = std::max(out, settled(argument));
    return out;
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
    case kind::variant: return variants_.name_of(type);
    case kind::stream: return composed("beckon::stream");
    case kind::enumeration:
    case kind::record: return type.name;
    case kind::interface: return concat("beckon::ref<", type.name, ">");
    }
    return {};
}

name_scope cpp_model::scope_of(const schema::place& around, bool beside_types) const {
    return {schema::describe(*document_, around), naming::as_is, cpp_reserved_words(),
            beside_types ? &type_names_ : nullptr, clashes_.get()};
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
