// The operations of dynamic.hpp that may take more than one request, and the choice between an object and a plain value.
#include "beckon/object/dynamic_plan.hpp"
#include "object/nature_name.hpp"
#include "object/value_operations.hpp"

namespace beckon::detail {

namespace {

using python::builtin;

[[nodiscard]] bool is_object(const value& of) noexcept { return of.is(value_kind::reference); }

/// Whether the object has not got what was asked for, rather than failed at it.
[[nodiscard]] bool is_lacking(const error& failure) noexcept {
    return failure.code() == errc::unknown_method || python::is_a(failure, "AttributeError");
}
/// The same for operations that a peer's protocol, or an object, may not have at all.
[[nodiscard]] bool is_unable(const error& failure) noexcept {
    return is_lacking(failure) || failure.code() == errc::unsupported;
}
/// Null is what stands for Python's NotImplemented.
[[nodiscard]] bool declined(const result<value>& outcome) noexcept {
    return outcome ? outcome->is_null() : is_unable(outcome.error());
}

template <typename Then>
[[nodiscard]] plan ask_method(const value& target, std::string_view name, const value& argument,
                              Then then) {
    dynamic_request request{.what = operation::call_method, .name = std::string(name)};
    request.arguments.push_back(argument);
    return plan_step{object_of(target), std::move(request), std::move(then)};
}

[[nodiscard]] error unsupported_operands(const value& left, std::string_view sign,
                                         const value& right) {
    return python_failure(builtin::type_error,
                          concat("operator ", sign, " has no meaning for ", type_name_of(left),
                                 " and ", type_name_of(right)));
}

[[nodiscard]] plan ask_reflected(const value& left, const binary_operator& how,
                                 const value& right) {
    if (!is_object(right)) return unsupported_operands(left, how.sign, right);
    return ask_method(right, how.reflected, left,
                      [left, how, right](result<value> outcome) -> plan {
                          if (declined(outcome)) return unsupported_operands(left, how.sign, right);
                          return outcome;
                      });
}

/// What a comparison gave, as a truth. Objects that compare item by item give objects.
[[nodiscard]] plan truth_of_outcome(result<value> outcome) {
    if (!outcome || outcome->is(value_kind::boolean)) return outcome;
    return ask_truth(*outcome);
}

/// Neither side knows: the same object is equal to itself, and nothing is more or less than anything.
[[nodiscard]] plan compare_identities(const value& left, comparison how, const value& right) {
    if (how == comparison::equal) return value(left == right);
    if (how == comparison::not_equal) return value(!(left == right));
    return python_failure(builtin::type_error,
                          concat("operator ", sign_of(how), " does not order ", type_name_of(left),
                                 " and ", type_name_of(right)));
}

[[nodiscard]] dynamic_request compare_request(comparison how, const value& with) {
    dynamic_request request{.what = operation::compare, .name = std::string(method_of(how))};
    request.arguments.push_back(with);
    return request;
}

[[nodiscard]] plan compare_reflected(const value& left, comparison how, const value& right) {
    if (!is_object(right)) return compare_identities(left, how, right);
    return plan_step{object_of(right), compare_request(reflected(how), left),
                     [left, how, right](result<value> outcome) -> plan {
                         if (declined(outcome)) return compare_identities(left, how, right);
                         return truth_of_outcome(std::move(outcome));
                     }};
}

} // namespace

object object_of(const value& from) {
    if (!is_object(from)) return {};
    return object(intrusive_ptr<object_core>(static_cast<object_core*>(from.object())));
}

std::string type_name_of(const value& of) {
    if (!is_object(of)) return of.type_name();
    auto& core = static_cast<object_core&>(*of.object());
    if (!core.is_local()) {
        auto& remote = static_cast<remote_object&>(core);
        std::string told = remote.session().type_name(remote);
        if (!told.empty()) return told;
    }
    if (!core.interface_name().empty()) return std::string(core.interface_name());
    if (!core.is_local()) return "object";
    return std::string(name_of(static_cast<const servant&>(core).what()));
}

plan ask(const value& target, dynamic_request request, value* changeable) {
    if (is_object(target)) return plan_step{object_of(target), std::move(request), {}};
    return operate_on_value(target, std::move(request), changeable);
}

plan ask_whether(const value& target, dynamic_request request) {
    if (!is_object(target))
        return truth_of_outcome(operate_on_value(target, std::move(request), nullptr));
    const bool of_objects =
        request.what == operation::is_instance && is_object(request.arguments[0]);
    if (!of_objects) return plan_step{object_of(target), std::move(request), &truth_of_outcome};
    // The class itself knows most, where its side lets it be asked; the operation knows little more than an object's own class.
    const value instance = request.arguments[0];
    return ask_method(
        target, "__instancecheck__", instance,
        [target, request = std::move(request)](result<value> outcome) mutable -> plan {
            const bool refused = !outcome && (is_unable(outcome.error()) ||
                                              outcome.error().code() == errc::access_denied);
            if (!refused) return truth_of_outcome(std::move(outcome));
            return plan_step{object_of(target), std::move(request), &truth_of_outcome};
        });
}

plan ask_has(const value& target, std::string_view attribute) {
    dynamic_request request{.what = operation::get_attribute, .name = std::string(attribute)};
    const auto answer = [](result<value> outcome) -> plan {
        if (!outcome && !is_lacking(outcome.error())) return outcome;
        return value(outcome.has_value());
    };
    if (!is_object(target)) return answer(operate_on_value(target, std::move(request), nullptr));
    return plan_step{object_of(target), std::move(request), answer};
}

plan ask_truth(const value& target) {
    if (!is_object(target)) return value(truth_of_value(target));
    const object asked = object_of(target);
    return plan_step{asked,
                     {.what = operation::call_method, .name = "__bool__"},
                     [asked](result<value> outcome) -> plan {
                         if (outcome) return value(truth_of_value(*outcome));
                         if (!is_unable(outcome.error())) return outcome;
                         return plan_step{asked,
                                          {.what = operation::call_method, .name = "__len__"},
                                          [](result<value> length) -> plan {
                                              if (length) return value(truth_of_value(*length));
                                              // What has neither is true, as long as it is there.
                                              if (is_unable(length.error())) return value(true);
                                              return length;
                                          }};
                     }};
}

plan ask_compare(const value& left, comparison how, const value& right) {
    if (!is_object(left)) {
        return is_object(right) ? compare_reflected(left, how, right)
                                : plan(compare_values(left, how, right));
    }
    return plan_step{object_of(left), compare_request(how, right),
                     [left, how, right](result<value> outcome) -> plan {
                         if (declined(outcome)) return compare_reflected(left, how, right);
                         return truth_of_outcome(std::move(outcome));
                     }};
}

plan ask_binary(const value& left, const binary_operator& how, const value& right) {
    if (!is_object(left)) {
        if (is_object(right)) return ask_reflected(left, how, right);
        result<value> outcome = combine(left, how, right);
        if (outcome && outcome->is_null()) return unsupported_operands(left, how.sign, right);
        return outcome;
    }
    return ask_method(left, how.forward, right, [left, how, right](result<value> outcome) -> plan {
        if (declined(outcome)) return ask_reflected(left, how, right);
        return outcome;
    });
}

plan ask_in_place(const value& left, const binary_operator& how, const value& right) {
    if (!is_object(left)) return ask_binary(left, how, right);
    return ask_method(left, how.in_place, right, [left, how, right](result<value> outcome) -> plan {
        if (declined(outcome)) return ask_binary(left, how, right);
        return outcome;
    });
}

} // namespace beckon::detail
