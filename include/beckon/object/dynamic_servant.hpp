// Implementations by method names, without generated code.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "beckon/base/function.hpp"
#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// The arguments of a call, each with the kind that the schema says.
class call_arguments {
public:
    call_arguments(const schema::method& method, value by_position) noexcept
        : method_(&method), values_(std::move(by_position)) {}

    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    /// By position; null beyond the last.
    [[nodiscard]] const value& operator[](std::size_t position) const noexcept {
        return values_[position];
    }
    /// By the parameter's name; null where there is none of it.
    [[nodiscard]] const value& operator[](std::string_view name) const noexcept;
    [[nodiscard]] std::string_view method() const noexcept { return method_->name; }
    /// All of them, as a list.
    [[nodiscard]] const value& list() const noexcept { return values_; }

private:
    const schema::method* method_;
    value values_;
};

/// Serves one method: returns its result (null for void), or throws. `declared_error` makes what to throw with
/// throw_error for a declared exception.
using dynamic_handler = function<value(const call_arguments&)>;
using dynamic_handlers = std::map<std::string, dynamic_handler, std::less<>>;

/// An object whose methods are looked up by name. Those that are not in the map are unknown_method to callers.
///
///   dynamic_handlers handlers;
///   handlers["add"] = [](const call_arguments& given) { return given["a"].as<int>() + given["b"].as<int>(); };
///   server.publish("calculator", make_dynamic_object(calculator, std::move(handlers)).value());
///
/// A result is checked by the schema like an argument; what does not fit fails the call with type_mismatch.
///
/// Errors: unknown_method, for a handler that the interface has no method for.
/// Thread-safety: handlers run as `execution` says; with policy::concurrent one of them on several threads at once.
[[nodiscard]] result<object> make_dynamic_object(const dynamic_interface& interface,
                                                 dynamic_handlers handlers,
                                                 policy execution = policy::session);

/// An object of the interface whose methods are those of another one, called by their names with arguments of the interface's
/// types: so that what object_builder has put together, or a peer of a dynamic protocol gave, can be published by protocols
/// whose bytes need types too, native, remcall and basic-socket-rpc.
///
///   server.publish("calculator", make_typed_object(calculator, built).value());
///
/// Errors: invalid_argument, for no object. That it lacks a method shows when that is called: unknown_method.
/// Lifetime: it holds the other one.
[[nodiscard]] result<object> make_typed_object(const dynamic_interface& interface, object target);

} // namespace beckon
