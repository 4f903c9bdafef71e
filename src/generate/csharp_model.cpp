#include "generate/csharp_model.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"

namespace beckon::generate {

using schema::kind;

namespace {

/// Whether C# has a null for it only as `T?`.
bool is_value_type(const schema::type& type) {
    return type.kind < kind::string || type.kind == kind::date || type.kind == kind::time ||
           type.kind == kind::datetime || type.kind == kind::duration || type.kind == kind::tuple ||
           type.kind == kind::enumeration;
}

std::string_view basic_type(kind which) {
    switch (which) {
    case kind::void_: return "void";
    case kind::boolean: return "bool";
    case kind::int8: return "sbyte";
    case kind::uint8: return "byte";
    case kind::int16: return "short";
    case kind::uint16: return "ushort";
    case kind::int32: return "int";
    case kind::uint32: return "uint";
    case kind::int64: return "long";
    case kind::uint64: return "ulong";
    case kind::float32: return "float";
    case kind::float64: return "double";
    case kind::string: return "string";
    case kind::bytes: return "byte[]";
    case kind::date: return "Beckon.Date";
    case kind::time: return "Beckon.TimeOfDay";
    case kind::datetime: return "Beckon.Timestamp";
    case kind::duration: return "Beckon.Duration";
    default: return "object";
    }
}

std::string_view basic_codec(kind which) {
    switch (which) {
    case kind::void_: return "Void";
    case kind::boolean: return "Bool";
    case kind::int8: return "Int8";
    case kind::uint8: return "UInt8";
    case kind::int16: return "Int16";
    case kind::uint16: return "UInt16";
    case kind::int32: return "Int32";
    case kind::uint32: return "UInt32";
    case kind::int64: return "Int64";
    case kind::uint64: return "UInt64";
    case kind::float32: return "Float32";
    case kind::float64: return "Float64";
    case kind::string: return "String";
    case kind::bytes: return "Bytes";
    case kind::date: return "Date";
    case kind::time: return "Time";
    case kind::datetime: return "DateTime";
    case kind::duration: return "Duration";
    default: return "Any";
    }
}

bool is_number(const schema::type& type) {
    return type.kind >= kind::int8 && type.kind <= kind::float64;
}

/// Elements of a tuple beside each other; those behind them are a tuple of their own.
constexpr std::size_t elements_beside = 7;

} // namespace

csharp_model::csharp_model(const schema::document& document, const csharp_options& options)
    : document_(&document),
      style_(options.naming == csharp_naming::csharp ? naming::pascal : naming::as_is),
      parameter_style_(options.naming == csharp_naming::csharp ? naming::camel
                                                               : naming::lower_first) {}

result<csharp_model> csharp_model::make(const schema::document& document,
                                        const csharp_options& options) {
    csharp_model out(document, options);
    BECKON_TRY(out.name_namespace(options));
    BECKON_TRY(out.name_types());
    const auto adjust = [](std::string& name, const schema::type& type) {
        if (type.case_names.size() == 1) name += "Only";
    };
    out.variants_.collect(document, {naming::pascal, "Or", "OrOther", "", adjust}, out.classes_);
    for_each_type(document,
                  [&out](const schema::type& type, const schema::place&) { out.collect(type); });
    return out;
}

result<void> csharp_model::name_namespace(const csharp_options& options) {
    std::string given = options.csharp_namespace;
    if (given.empty()) given = document_->cpp_namespace;
    const bool is_given = !options.csharp_namespace.empty();
    if (given.empty()) given = convert(options.file_stem, naming::pascal);
    std::string rest = given;
    while (true) {
        const std::size_t dot = rest.find('.');
        std::string part = rest.substr(0, dot);
        std::replace(part.begin(), part.end(), '-', '_');
        if (!is_given) part = convert(part, naming::pascal);
        if (!schema::is_name(part) || part == "Beckon" || part == "System") {
            return fail(errc::invalid_argument, "found the namespace ", quoted(given),
                        ", expected names that C# can use and the runtime does not; --namespace "
                        "gives one");
        }
        namespace_ += concat(namespace_.empty() ? "" : ".", csharp_escaped(part));
        if (dot == std::string::npos) return {};
        rest.erase(0, dot + 1);
    }
}

result<void> csharp_model::name_types() {
    name_scope scope("schema", style_, csharp_words_of_types(), nullptr, clashes_.get());
    const auto add = [&](std::string_view word, const auto& declared,
                         std::string converted) -> result<std::string> {
        BECKON_ASSIGN(std::string made, scope.add_as(word, declared.name, std::move(converted),
                                                     place_of(*document_, declared)));
        classes_.insert(made);
        return csharp_escaped(made);
    };
    for (const auto& enumeration : document_->enumerations) {
        BECKON_ASSIGN(bases_[enumeration.name],
                      add("enum", enumeration, convert(enumeration.name, style_)));
    }
    for (const auto& record : document_->records) {
        BECKON_ASSIGN(bases_[record.name], add("record", record, convert(record.name, style_)));
    }
    for (const auto& exception : document_->exceptions) {
        BECKON_ASSIGN(bases_[exception.name],
                      add("exception", exception, convert(exception.name, style_)));
    }
    for (const auto& interface : document_->interfaces) {
        const std::string base = convert(interface.name, style_);
        bases_[interface.name] = base;
        BECKON_TRY(add("interface", interface, "I" + base));
        BECKON_TRY(add("the servant of interface", interface, base + "Servant"));
        BECKON_TRY(add("the asynchronous servant of interface", interface, base + "AsyncServant"));
    }
    return {};
}

void csharp_model::collect(const schema::type& type) {
    for (const schema::type& argument : type.arguments) collect(argument);
    const bool is_composed =
        type.kind == kind::interface || (!type.arguments.empty() && type.kind != kind::variant);
    if (!is_composed) return;
    if (composed_places_.emplace(to_string(type), composed_.size()).second) {
        composed_.push_back(type);
    }
}

std::string csharp_model::qualified(const std::string& name, csharp_place place) const {
    return place == csharp_place::anywhere ? concat("global::", namespace_, ".", name) : name;
}

std::string csharp_model::tuple_type(const schema::type& type, std::size_t from,
                                     csharp_place place) const {
    std::string out = "System.ValueTuple<";
    for (std::size_t i = from; i < type.arguments.size(); ++i) {
        if (i > from) out += ", ";
        if (i == from + elements_beside) return out + tuple_type(type, i, place) + '>';
        const schema::type& each = type.arguments[i];
        out += each.kind == kind::tuple ? tuple_type(each, 0, place) : type_of(each, place);
    }
    return out + '>';
}

std::string csharp_model::element(std::size_t at) {
    std::string out;
    for (; at >= elements_beside; at -= elements_beside) out += ".Rest";
    return concat(out, ".Item", at + 1);
}

std::string csharp_model::type_of(const schema::type& type, csharp_place place) const {
    const csharp_place inside = place == csharp_place::waiting ? csharp_place::here : place;
    // mcs reads neither `(long, double)?` nor `Task<List<(int, long)>>` nor `List<(List<int>, long)>`.
    const auto inner = [&](std::size_t at) {
        const schema::type& argument = type.arguments[at];
        return argument.kind == kind::tuple ? tuple_type(argument, 0, inside)
                                            : type_of(argument, inside);
    };
    switch (type.kind) {
    case kind::optional: {
        // What is nothing twice over is null all the same.
        const std::string held = inner(0);
        return is_value_type(type.arguments[0]) ? held + '?' : held;
    }
    case kind::list: return concat("List<", inner(0), ">");
    case kind::map: return concat("Dictionary<", inner(0), ", ", inner(1), ">");
    case kind::tuple: {
        const std::size_t count = type.arguments.size();
        if (count == 1 || count > elements_beside || place == csharp_place::anywhere) {
            return tuple_type(type, 0, inside);
        }
        std::string out = "(";
        for (std::size_t i = 0; i < count; ++i) out += concat(i == 0 ? "" : ", ", inner(i));
        // It may still become the argument of a Task.
        const bool is_plain = out.find_first_of("<?") == std::string::npos;
        return is_plain ? out + ')' : tuple_type(type, 0, inside);
    }
    case kind::variant: return qualified(variants_.name_of(type), place);
    case kind::stream:
        return concat(place == csharp_place::waiting ? "IEnumerable<" : "Beckon.Stream<", inner(0),
                      ">");
    case kind::enumeration:
    case kind::record: return qualified(class_of(type.name), place);
    case kind::interface: return qualified("I" + class_of(type.name), place);
    default: return std::string(basic_type(type.kind));
    }
}

std::string csharp_model::codec_of(const schema::type& type) const {
    switch (type.kind) {
    case kind::variant: return variants_.name_of(type) + "Codec.Instance";
    case kind::enumeration:
    case kind::record: return class_of(type.name) + "Codec.Instance";
    default: break;
    }
    const auto found = composed_places_.find(to_string(type));
    if (found != composed_places_.end()) return concat("Composed.T", found->second + 1);
    return concat("Beckon.Codecs.", basic_codec(type.kind));
}

std::string csharp_model::composed_codec_of(const schema::type& type) const {
    const auto inner = [&](std::size_t at) { return codec_of(type.arguments[at]); };
    switch (type.kind) {
    case kind::optional:
        return concat("Beckon.Codecs.",
                      is_value_type(type.arguments[0]) ? "Optional(" : "Nullable(", inner(0), ")");
    case kind::list:
        return concat("Beckon.Codecs.", is_number(type.arguments[0]) ? "Numbers(" : "List(",
                      inner(0), ")");
    case kind::map: return concat("Beckon.Codecs.Map(", inner(0), ", ", inner(1), ")");
    case kind::stream: return concat("Beckon.Codecs.Stream(", inner(0), ")");
    case kind::interface:
        return concat("Beckon.Codecs.Reference<", type_of(type, csharp_place::anywhere), ">(",
                      class_of(type.name), "Interface.Instance)");
    default: return tuple_codec(type);
    }
}

std::string csharp_model::tuple_codec(const schema::type& type) const {
    const std::string tuple = type_of(type, csharp_place::anywhere);
    std::string out = concat("Beckon.Codecs.Tuple<", tuple, ">(");
    for (std::size_t i = 0; i < type.arguments.size(); ++i) {
        out += concat(i == 0 ? "" : ",", "\n                Beckon.Field.Element(",
                      codec_of(type.arguments[i]), ", each => each", element(i), ", (ref ", tuple,
                      " each, ", type_of(type.arguments[i], csharp_place::anywhere),
                      " value) => each", element(i), " = value)");
    }
    return out + ')';
}

} // namespace beckon::generate
