#include "generate/python_model.hpp"

#include "beckon/base/text.hpp"
#include "generate/python_words.hpp"

namespace beckon::generate {

using schema::kind;

python_model::python_model(const schema::document& document)
    : document_(&document),
      types_("schema", naming::as_is, python_reserved_words(), nullptr, clashes_.get()) {}

result<python_model> python_model::make(const schema::document& document) {
    python_model out(document);
    BECKON_TRY(out.name_types());
    out.collect_variants();
    return out;
}

namespace {

/// Names stay, but for those that mean something to Python where they stand in a class or a module: two underscores at the
/// beginning become one, and what begins as the runtime's own attributes do gets one behind it.
std::string class_name(std::string_view name) {
    while (name.starts_with("__")) name.remove_prefix(1);
    return concat(name, name.starts_with("_beckon") ? "_" : "");
}

} // namespace

result<void> python_model::name_types() {
    const auto add = [this](std::string_view word, const std::string& name,
                            const schema::place& at) -> result<void> {
        BECKON_ASSIGN(std::string python, types_.add_as(word, name, class_name(name), at));
        classes_.insert(std::move(python));
        return {};
    };
    for (const auto& enumeration : document_->enumerations) {
        BECKON_TRY(add("enum", enumeration.name, place_of(*document_, enumeration)));
    }
    for (const auto& record : document_->records)
        BECKON_TRY(add("record", record.name, place_of(*document_, record)));
    for (const auto& exception : document_->exceptions) {
        BECKON_TRY(add("exception", exception.name, place_of(*document_, exception)));
    }
    for (const auto& interface : document_->interfaces) {
        BECKON_TRY(add("interface", interface.name, place_of(*document_, interface)));
    }
    for (const auto& interface : document_->interfaces) {
        BECKON_TRY(add("the coroutines of an interface,", "Async" + interface.name,
                       place_of(*document_, interface)));
    }
    return {};
}

std::string python_model::async_class_of(std::string_view name) const {
    return types_.of(concat("Async", name));
}

/// "NumberOrText" for variant<number: int64, text: string>; numbered where that is taken.
void python_model::collect_variants() {
    const auto adjust = [](std::string& name, const schema::type& type) {
        if (type.case_names.size() == 1) name += "Only";
    };
    variants_.collect(*document_, {naming::pascal, "Or", "OrOther", "", adjust}, classes_);
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
    case kind::variant: return variants_.name_of(type);
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
