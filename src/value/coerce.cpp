#include "beckon/value/coerce.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "beckon/schema/literal.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/detail/array_builder.hpp"
#include "beckon/value/detail/conversion.hpp"
#include "beckon/value/iso8601.hpp"
#include "value/special_key.hpp"

namespace beckon {

using detail::array_builder;
using detail::form;
using detail::special;
using schema::kind;

namespace {

// Fits one value. The stack grows with the depth of the value, which is why there is a limit to it.
class fitter {
public:
    fitter(const schema::document& document, const plain_options& options)
        : document_(document), options_(options),
          depth_left_(std::min(options.max_depth, conversion::max_depth)),
          nodes_left_(options.max_nodes) {}

    conversion& state() { return state_; }

    bool fit(const value& from, const schema::type& type, value& into) {
        if (nodes_left_ == 0) {
            return state_.fail(
                errc::limit_exceeded,
                concat("value has more than ", options_.max_nodes, " nodes (max_nodes)"));
        }
        --nodes_left_;
        if (depth_left_ == 0) {
            return state_.fail(errc::limit_exceeded,
                               concat("value nests more than ",
                                      std::min(options_.max_depth, conversion::max_depth),
                                      " deep (max_depth)"));
        }
        --depth_left_;
        const bool good = fit_kind(from, type, into);
        ++depth_left_;
        return good;
    }

private:
    template <typename T>
    bool through(const value& from, value& into, bool (*read)(const value&, T&, conversion&)) {
        T made{};
        if (!read(from, made, state_)) return false;
        into = made;
        return true;
    }
    template <std::integral T>
    bool integer(const value& from, value& into) {
        T made{};
        if (!converter<T>::read(from, made, state_)) return false;
        into = made;
        return true;
    }
    bool take(result<value>&& made, value& into) {
        if (!made) return state_.fail(made.error().code(), made.error().message());
        into = *std::move(made);
        return true;
    }

    bool fit_kind(const value& from, const schema::type& type, value& into) {
        switch (type.kind) {
        case kind::void_: into = nullptr; return from.is_null() || state_.mismatch("null", from);
        case kind::boolean: return through<bool>(from, into, &detail::read_boolean);
        case kind::int8: return integer<std::int8_t>(from, into);
        case kind::uint8: return integer<std::uint8_t>(from, into);
        case kind::int16: return integer<std::int16_t>(from, into);
        case kind::uint16: return integer<std::uint16_t>(from, into);
        case kind::int32: return integer<std::int32_t>(from, into);
        case kind::uint32: return integer<std::uint32_t>(from, into);
        case kind::int64: return integer<std::int64_t>(from, into);
        case kind::uint64: return integer<std::uint64_t>(from, into);
        case kind::float32: return through<float>(from, into, &detail::read_float);
        case kind::float64: return through<double>(from, into, &detail::read_double);
        case kind::string:
            into = from;
            return from.is(value_kind::string) || state_.mismatch("string", from);
        case kind::bytes: return fit_special(from, into, value_kind::bytes, special::bytes);
        case kind::date: return fit_moment(from, into, value_kind::date, special::date, parse_date);
        case kind::time: return fit_moment(from, into, value_kind::time, special::time, parse_time);
        case kind::datetime:
            return fit_moment(from, into, value_kind::datetime, special::datetime, parse_datetime);
        case kind::duration:
            return fit_moment(from, into, value_kind::duration, special::duration, parse_duration);
        case kind::any: {
            plain_options rest = options_;
            rest.max_depth = depth_left_ + 1;
            rest.max_nodes = nodes_left_;
            return take(from_plain(from, rest), into);
        }
        case kind::optional:
            if (!from.is_null()) return fit_kind(from, type.arguments.at(0), into);
            into = nullptr;
            return true;
        case kind::list: return fit_list(from, type, into);
        case kind::map: return fit_map(from, type, into);
        case kind::tuple: return fit_tuple(from, type, into);
        case kind::variant: return fit_variant(from, type, into);
        case kind::enumeration: return fit_enumeration(from, type, into);
        case kind::record: return fit_record(from, type, into);
        case kind::interface:
            return fit_handle(from, type, into, value_kind::reference, special::reference);
        case kind::stream: return fit_handle(from, type, into, value_kind::stream, special::stream);
        }
        return state_.fail(errc::invalid_argument, "the schema's type is none");
    }

    [[nodiscard]] bool stands_for(const value& from, special wanted) const {
        return from.is(value_kind::map) && detail::special_of(from, options_.prefix) == wanted;
    }

    // What is of the kind already, or a special map that stands for it.
    bool fit_special(const value& from, value& into, value_kind wanted, special word) {
        if (from.is(wanted)) {
            into = from;
            return true;
        }
        if (!stands_for(from, word)) return state_.mismatch(to_string(wanted), from);
        return take(detail::read_special(from, word, options_), into);
    }

    template <typename T>
    bool fit_moment(const value& from, value& into, value_kind wanted, special word,
                    result<T> (*parse)(std::string_view)) {
        if (!from.is(value_kind::string)) return fit_special(from, into, wanted, word);
        auto parsed = parse(from.string());
        if (!parsed) return state_.fail(parsed.error().code(), parsed.error().message());
        into = *parsed;
        return true;
    }

    bool fit_handle(const value& from, const schema::type& type, value& into, value_kind wanted,
                    special word) {
        if (from.is_null() && wanted == value_kind::reference) {
            into = nullptr;
            return true;
        }
        if (from.is(wanted)) {
            into = from;
            return true;
        }
        if (!stands_for(from, word)) {
            return state_.mismatch(wanted == value_kind::reference
                                       ? concat("reference to ", type.name)
                                       : schema::to_string(type),
                                   from);
        }
        return take(detail::read_special(from, word, options_), into);
    }

    bool fit_list(const value& from, const schema::type& type, value& into) {
        if (!from.is_sequence()) return state_.mismatch("list", from);
        const auto items = from.items();
        array_builder builder(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!fit(items[i], type.arguments.at(0), builder.add())) return state_.in_item(i);
        }
        into = builder.finish(form::list);
        return true;
    }

    bool fit_tuple(const value& from, const schema::type& type, value& into) {
        if (!from.is_sequence() || from.size() != type.arguments.size()) {
            return state_.mismatch(concat("tuple of ", type.arguments.size(), " items"), from);
        }
        array_builder builder(from.size());
        for (std::size_t i = 0; i < from.size(); ++i) {
            if (!fit(from[i], type.arguments[i], builder.add())) return state_.in_item(i);
        }
        into = builder.finish(form::tuple);
        return true;
    }

    bool fit_map(const value& from, const schema::type& type, value& into) {
        value made = value::map();
        const auto put = [&](const value& key, const value& mapped) {
            value fit_key;
            value fit_mapped;
            const bool is_number = type.arguments.at(0).kind >= kind::int8 &&
                                   type.arguments.at(0).kind <= kind::uint64;
            const value read_from = is_number ? detail::number_of_key(key) : key;
            if (!fit(read_from, type.arguments.at(0), fit_key)) return state_.in_field("key");
            if (!fit(mapped, type.arguments.at(1), fit_mapped)) return state_.in_entry(key);
            made.insert_or_assign(std::move(fit_key), std::move(fit_mapped));
            return true;
        };
        if (from.is(value_kind::map)) {
            made.reserve(from.size());
            for (const auto& [key, mapped] : from.entries()) {
                if (!put(key, mapped)) return false;
            }
        } else if (from.is_sequence()) {
            made.reserve(from.size());
            for (std::size_t i = 0; i < from.size(); ++i) {
                const value& pair = from[i];
                if (!pair.is_sequence() || pair.size() != 2) {
                    state_.mismatch("pair of key and value", pair);
                    return state_.in_item(i);
                }
                if (!put(pair[0], pair[1])) return false;
            }
        } else {
            return state_.mismatch("map", from);
        }
        into = std::move(made);
        return true;
    }

    bool fit_variant(const value& from, const schema::type& type, value& into) {
        const std::vector<std::string_view> names(type.case_names.begin(), type.case_names.end());
        std::size_t chosen = 0;
        const value* content = nullptr;
        value from_map;
        if (stands_for(from, special::variant)) {
            from_map =
                value::variant(from.at(concat(options_.prefix, "case")).string(), from["value"]);
        }
        if (!detail::read_case(from_map.is_null() ? from : from_map, chosen, content, names,
                               state_)) {
            return false;
        }
        value fit_content;
        if (!fit(*content, type.arguments.at(chosen), fit_content)) {
            return state_.in_field(names[chosen]);
        }
        into = detail::make_case(names[chosen], chosen, std::move(fit_content));
        return true;
    }

    bool fit_enumeration(const value& from, const schema::type& type, value& into) {
        const schema::enumeration* const declared = document_.find_enumeration(type.name);
        if (declared == nullptr) return undeclared("enum", type.name);
        std::vector<std::string_view> names;
        std::vector<std::int64_t> numbers;
        for (const schema::enumerator& each : declared->enumerators) {
            names.push_back(each.name);
            numbers.push_back(each.number);
        }
        std::size_t chosen = 0;
        if (!detail::read_enumerator(from, chosen, type.name, names, numbers, state_)) return false;
        into = value::enumeration(type.name, names[chosen], numbers[chosen]);
        return true;
    }

    bool fit_record(const value& from, const schema::type& type, value& into) {
        const schema::record* declared = document_.find_record(type.name);
        if (declared == nullptr) declared = document_.find_exception(type.name);
        if (declared == nullptr) return undeclared("record", type.name);
        detail::field_source source;
        if (!source.open(from, type.name, state_)) return false;
        array_builder builder(1 + 2 * declared->fields.size());
        builder.add() = type.name;
        for (std::size_t i = 0; i < declared->fields.size(); ++i) {
            const schema::field& field = declared->fields[i];
            builder.add() = field.name;
            value& fit_field = builder.add();
            if (const value* const found = source.find(field.name, i)) {
                if (!fit(*found, field.type, fit_field)) return state_.in_field(field.name);
            } else if (!field.default_value.empty()) {
                if (!take(default_value(document_, field), fit_field)) {
                    return state_.in_field(field.name);
                }
            } else if (field.type.kind != kind::optional) {
                return detail::missing_field(type.name, field.name, state_);
            }
        }
        into = builder.finish(form::record);
        return true;
    }

    bool undeclared(std::string_view what, std::string_view name) {
        return state_.fail(
            errc::invalid_argument,
            concat("the schema names ", what, ' ', quoted(name), ", which it does not declare"));
    }

    const schema::document& document_;
    const plain_options& options_;
    conversion state_;
    std::size_t depth_left_;
    std::size_t nodes_left_;
};

double number_of(const schema::literal& from) {
    const double sign = from.negative ? -1 : 1;
    if (from.form == schema::literal_form::integer) {
        return sign * static_cast<double>(from.magnitude);
    }
    if (from.text == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (from.text == "inf") return std::numeric_limits<double>::infinity();
    if (from.text == "-inf") return -std::numeric_limits<double>::infinity();
    double number = 0;
    std::from_chars(from.text.data(), from.text.data() + from.text.size(), number);
    return number;
}

float narrow_number_of(const schema::literal& from) {
    float number = 0;
    if (from.form == schema::literal_form::number) {
        // Not by way of double, which would round twice.
        std::from_chars(from.text.data(), from.text.data() + from.text.size(), number);
        return number;
    }
    return static_cast<float>(number_of(from));
}

// REQUIRES: the literal fits the type.
value value_of(const schema::document& document, const schema::type& type,
               const schema::literal& from) {
    if (from.form == schema::literal_form::null && type.kind != kind::enumeration) return nullptr;
    const std::uint64_t bits = from.negative ? 0 - from.magnitude : from.magnitude;
    switch (type.kind) {
    case kind::optional: return value_of(document, type.arguments[0], from);
    case kind::boolean: return from.text == "true";
    case kind::float32: return narrow_number_of(from);
    case kind::float64: return number_of(from);
    case kind::string: return from.text;
    case kind::bytes: return byte_view(as_bytes(from.text));
    case kind::duration: return duration(static_cast<std::int64_t>(bits));
    case kind::map: return value::map();
    case kind::list: {
        array_builder builder(from.items.size());
        for (const schema::literal& item : from.items) {
            builder.add() = value_of(document, type.arguments[0], item);
        }
        return builder.finish(form::list);
    }
    case kind::enumeration:
        for (const auto& each : document.find_enumeration(type.name)->enumerators) {
            if (each.name == from.text) {
                return value::enumeration(type.name, each.name, each.number);
            }
        }
        return nullptr;
    default: return from.negative ? value(static_cast<std::int64_t>(bits)) : value(from.magnitude);
    }
}

} // namespace

result<value> coerce(const value& from, const schema::document& document, const schema::type& type,
                     const plain_options& options) {
    fitter fitter(document, options);
    value into;
    if (!fitter.fit(from, type, into)) return fitter.state().take_failure();
    return into;
}

result<value> coerce_arguments(const value& given, const schema::document& document,
                               const schema::method& method, const plain_options& options) {
    const bool by_name = given.is(value_kind::map);
    if (!by_name && !given.is_sequence()) {
        return fail(errc::invalid_argument, "expected arguments as a list or by name, found ",
                    given.type_name());
    }
    const auto& parameters = method.parameters;
    if (by_name) {
        for (const map_entry& entry : given.entries()) {
            const bool known =
                std::any_of(parameters.begin(), parameters.end(), [&](const schema::field& each) {
                    return entry.key == value(each.name);
                });
            if (!known) {
                return fail(errc::invalid_argument, "method ", method.name, " has no parameter ",
                            entry.key.to_text(64));
            }
        }
    } else if (given.size() > parameters.size()) {
        return fail(errc::invalid_argument, "method ", method.name, " takes ", parameters.size(),
                    " arguments, found ", given.size());
    }
    fitter fitter(document, options);
    array_builder builder(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const schema::field& parameter = parameters[i];
        const value* found = nullptr;
        if (by_name) {
            found = given.find(parameter.name);
        } else if (i < given.size()) {
            found = &given[i];
        }
        value& argument = builder.add();
        if (found == nullptr) {
            if (parameter.type.kind == kind::optional) continue;
            return fail(errc::invalid_argument, "method ", method.name, " needs an argument ",
                        parameter.name, " of type ", schema::to_string(parameter.type));
        }
        if (!fitter.fit(*found, parameter.type, argument)) {
            fitter.state().in_field(parameter.name);
            return fitter.state().take_failure();
        }
    }
    return builder.finish(form::list);
}

result<value> default_value(const schema::document& document, const schema::field& field) {
    if (field.default_value.empty()) {
        return fail(errc::invalid_argument, "field ", field.name, " has no default");
    }
    auto literal = schema::parse_literal(field.default_value);
    if (literal) {
        if (const auto fits = schema::fits(document, field.type, *literal); !fits) {
            return fail(errc::invalid_argument, "field ", field.name, ": ", fits.error().message());
        }
        return value_of(document, field.type, *literal);
    }
    return fail(errc::invalid_argument, "field ", field.name, ": ", literal.error().message());
}

} // namespace beckon
