#include "generate/python_model.hpp"

#include "beckon/base/text.hpp"
#include "generate/python_words.hpp"

namespace beckon::generate {

using schema::kind;

python_model::python_model(const schema::document& document)
    : document_(&document), types_("schema", naming::as_is, python_reserved_words()) {}

result<python_model> python_model::make(const schema::document& document) {
    python_model out(document);
    BECKON_TRY(out.name_types());
    for (const auto* records : {&document.records, &document.exceptions}) {
        for (const schema::record& record : *records) {
            for (const schema::field& field : record.fields) out.collect_variants(field.type);
        }
    }
    for (const schema::interface& interface : document.interfaces) {
        for (const schema::method& method : interface.methods) {
            for (const schema::field& parameter : method.parameters) {
                out.collect_variants(parameter.type);
            }
            out.collect_variants(method.result);
        }
    }
    return out;
}

result<void> python_model::name_types() {
    const auto add = [this](std::string_view word, const std::string& name) -> result<void> {
        BECKON_ASSIGN(std::string python, types_.add(word, name));
        classes_.insert(std::move(python));
        return {};
    };
    for (const auto& enumeration : document_->enumerations) {
        BECKON_TRY(add("enum", enumeration.name));
    }
    for (const auto& record : document_->records) BECKON_TRY(add("record", record.name));
    for (const auto& exception : document_->exceptions) {
        BECKON_TRY(add("exception", exception.name));
    }
    for (const auto& interface : document_->interfaces) {
        BECKON_TRY(add("interface", interface.name));
    }
    for (const auto& interface : document_->interfaces) {
        BECKON_TRY(add("the coroutines of an interface,", "Async" + interface.name));
    }
    return {};
}

std::string python_model::async_class_of(std::string_view name) const {
    return types_.of(concat("Async", name));
}

void python_model::collect_variants(const schema::type& type) {
    for (const schema::type& argument : type.arguments) collect_variants(argument);
    if (type.kind != kind::variant) return;
    const std::string text = to_string(type);
    if (variant_of_.contains(text)) return;
    variant_of_.emplace(text, variants_.size());
    variants_.push_back({variant_name(type), type});
}

/// "NumberOrText" for variant<number: int64, text: string>; numbered where that is taken.
std::string python_model::variant_name(const schema::type& type) {
    constexpr std::size_t longest = 48;
    std::string name;
    for (const std::string& case_name : type.case_names) {
        if (name.size() + case_name.size() > longest) {
            name += "OrOther";
            break;
        }
        name += concat(name.empty() ? "" : "Or", convert(case_name, naming::pascal));
    }
    if (type.case_names.size() == 1) name += "Only";
    std::string numbered = name;
    for (unsigned i = 2; !classes_.insert(numbered).second; ++i) numbered = concat(name, i);
    return numbered;
}

std::string python_model::annotation(const schema::type& type, python_place place,
                                     bool coroutines) const {
    const auto inner = [&](std::size_t at) {
        return annotation(type.arguments[at], python_place::inside, coroutines);
    };
    const auto from = [this](std::string_view module, std::string_view name) {
        modules_.emplace(module);
        return concat(module, ".", name);
    };
    switch (type.kind) {
    case kind::void_: return "None";
    case kind::boolean: return "bool";
    case kind::float32:
    case kind::float64: return "float";
    case kind::string: return "str";
    case kind::bytes: return "bytes";
    case kind::date: return from("datetime", "date");
    case kind::time: return "beckon.TimeOfDay";
    case kind::datetime: return "beckon.DateTime";
    case kind::duration: return "beckon.Duration";
    case kind::any: return from("typing", "Any");
    case kind::optional: {
        const std::string held = inner(0);
        return held.ends_with("None") || held == "typing.Any" ? held : held + " | None";
    }
    case kind::list: return concat("list[", inner(0), "]");
    case kind::map: return concat("dict[", inner(0), ", ", inner(1), "]");
    case kind::tuple: {
        std::string out = "tuple[";
        for (std::size_t i = 0; i < type.arguments.size(); ++i) {
            out += concat(i == 0 ? "" : ", ", inner(i));
        }
        return out + ']';
    }
    case kind::variant: return variants_[variant_of_.at(to_string(type))].name;
    case kind::stream: {
        const std::string_view what = place == python_place::result ? "Iterator" : "Iterable";
        return concat(from("typing", coroutines ? "Async" : ""), what, "[", inner(0), "]");
    }
    case kind::enumeration:
    case kind::record: return class_of(type.name);
    case kind::interface: {
        std::string name = coroutines ? async_class_of(type.name) : class_of(type.name);
        return place == python_place::result ? name : name + " | None";
    }
    default: return "int";
    }
}

} // namespace beckon::generate
