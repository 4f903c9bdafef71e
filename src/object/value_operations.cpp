#include "object/value_operations.hpp"

#include <array>

namespace beckon::detail {

namespace {

using python::builtin;

[[nodiscard]] error lacks(const value& on, std::string_view attribute) {
    return python_failure(builtin::attribute_error,
                          concat(on.type_name(), " has no attribute ", quoted(attribute)));
}

[[nodiscard]] result<value> get_attribute(const value& on, std::string_view name) {
    switch (on.kind()) {
    case value_kind::record:
        if (const value* const field = on.find(name)) return *field;
        break;
    case value_kind::complex:
        if (name == "real") return value(on.complex_parts().first);
        if (name == "imag") return value(on.complex_parts().second);
        break;
    case value_kind::slice:
        if (name == "start") return on.bounds()[0];
        if (name == "stop") return on.bounds()[1];
        if (name == "step") return on.bounds()[2];
        break;
    case value_kind::enumeration:
        if (name == "name") return value(on.name());
        if (name == "value") return value(on.number());
        break;
    case value_kind::exception: {
        const exception_parts parts = on.exception();
        if (name == "args") return parts.arguments;
        if (const value* const field = parts.fields.find(name)) return *field;
        break;
    }
    default: break;
    }
    return lacks(on, name);
}

[[nodiscard]] value names_of(const value& of) {
    value names = value::list();
    const auto add = [&](std::initializer_list<const char*> all) {
        for (const char* const each : all) names.push_back(value(each));
    };
    switch (of.kind()) {
    case value_kind::record:
        for (const record_field& each : of.fields()) names.push_back(each.name);
        break;
    case value_kind::complex: add({"real", "imag"}); break;
    case value_kind::slice: add({"start", "stop", "step"}); break;
    case value_kind::enumeration: add({"name", "value"}); break;
    case value_kind::exception: {
        const exception_parts parts = of.exception();
        add({"args"});
        for (const map_entry& each : parts.fields.entries()) names.push_back(each.key);
        break;
    }
    default: break;
    }
    return names;
}

constexpr std::array binary_operators{
    &operators::add,    &operators::subtract,     &operators::multiply,   &operators::divide,
    &operators::modulo, &operators::floor_divide, &operators::power,      &operators::bit_and,
    &operators::bit_or, &operators::bit_xor,      &operators::shift_left, &operators::shift_right,
};

constexpr std::array comparisons{comparison::equal,   comparison::not_equal,
                                 comparison::less,    comparison::less_equal,
                                 comparison::greater, comparison::greater_equal};

[[nodiscard]] error unchangeable(const value& on) {
    return python_failure(builtin::type_error,
                          concat(on.type_name(), " came by value and can be changed only in the "
                                                 "variable that holds it"));
}

[[nodiscard]] result<value> as_value(result<std::size_t> count) {
    if (!count) return std::move(count).error();
    return value(*count);
}

/// The methods that Python spells with two underscores; nothing else of a plain value can be called.
[[nodiscard]] result<value> call_method(const value& on, const dynamic_request& request,
                                        value* changeable) {
    const std::string_view name = request.name;
    const value& arguments = request.arguments;
    const auto takes = [&](std::size_t count) {
        return arguments.size() == count && request.named.empty();
    };
    if (name == "__len__" && takes(0)) return as_value(count_of(on));
    if (name == "__bool__" && takes(0)) return value(truth_of_value(on));
    if (name == "__neg__" && takes(0)) return negate(on);
    if (name == "__invert__" && takes(0)) return invert(on);
    if (name == "__abs__" && takes(0)) return absolute(on);
    if (name == "__pos__" && takes(0)) {
        if (is_number(on)) return on;
        return python_failure(builtin::type_error,
                              concat("operator + has no meaning for ", on.type_name()));
    }
    if (name == "__getitem__" && takes(1)) return get_item(on, arguments[0]);
    if (name == "__contains__" && takes(1)) return contains_item(on, arguments[0]);
    const bool sets = name == "__setitem__" && takes(2);
    if (sets || (name == "__delitem__" && takes(1))) {
        if (changeable == nullptr) return unchangeable(on);
        return sets ? set_item(*changeable, arguments[0], arguments[1])
                    : erase_item(*changeable, arguments[0]);
    }
    if (takes(1)) {
        for (const comparison how : comparisons) {
            if (method_of(how) == name) return compare_values(on, how, arguments[0]);
        }
        for (const binary_operator* const how : binary_operators) {
            if (how->forward == name) return combine(on, *how, arguments[0]);
            if (how->reflected == name) return combine(arguments[0], *how, on);
        }
    }
    return lacks(on, name);
}

[[nodiscard]] std::string text_of(const value& of, bool for_programmers) {
    if (!for_programmers && of.is(value_kind::string)) return std::string(of.string());
    return of.to_text(std::size_t{1} << 30);
}

} // namespace

error python_failure(builtin type, std::string_view message) {
    return python::to_error({.type = std::string(python::type_name(type)),
                             .text = std::string(message),
                             .arguments = value::tuple({value(message)})});
}

result<value> operate_on_value(const value& on, dynamic_request request, value* changeable) {
    switch (request.what) {
    case operation::root: return on;
    case operation::call_method: return call_method(on, request, changeable);
    case operation::get_attribute: return get_attribute(on, request.name);
    case operation::set_attribute: {
        if (!on.is(value_kind::record)) return lacks(on, request.name);
        if (changeable == nullptr) return unchangeable(on);
        changeable->insert_or_assign(value(request.name), request.arguments[0]);
        return value();
    }
    case operation::compare: {
        for (const comparison how : comparisons) {
            if (method_of(how) == request.name)
                return compare_values(on, how, request.arguments[0]);
        }
        return lacks(on, request.name);
    }
    case operation::to_text: return value(text_of(on, false));
    case operation::to_repr: return value(text_of(on, true));
    case operation::hash: return hash_of_value(on);
    case operation::names: return names_of(on);
    case operation::describe: return value::list();
    case operation::call:
        return python_failure(builtin::type_error, concat(on.type_name(), " cannot be called"));
    case operation::delete_attribute: return lacks(on, request.name);
    case operation::next_items:
    case operation::leave_context:
    case operation::is_instance: break;
    }
    return python_failure(
        builtin::type_error,
        concat(on.type_name(), " is a plain value and knows no ", to_string(request.what)));
}

} // namespace beckon::detail
