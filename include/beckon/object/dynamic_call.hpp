// Calls by the names of their methods, for programs that know an interface only at run time.
#pragma once

#include <string_view>

#include "beckon/codec/native/value_codec.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/object.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// Calls a method of an object, here or elsewhere, whose interface is known: a typed reference, the result of
/// another such call, or what dynamic_interface::bind was told of. Objects of dynamic protocols need no interface.
///
/// `arguments` is a list by position or a map by names; optional parameters may be left out. What fits which type
/// stands in codec/native/dynamic.hpp. The result has the kinds of the schema: null for void, records as records,
/// references and streams as such; objects in it know their interfaces and can be called on.
///
///   value five = call_dynamic(calculator, "add", value::list({2, 3})).get();
///
/// Errors: unsupported, where the interface is not known; unknown_method; invalid_argument for missing, surplus or
/// unknown arguments; type_mismatch for what does not fit; and whatever calls fail with. A declared exception is
/// errc::declared, with its name in error::type_name and its fields in exception_fields.
/// Cancellation: dropping the future cancels the call.
/// Thread-safety: from any thread.
[[nodiscard]] future<value> call_dynamic(const object& target, std::string_view method,
                                         value arguments = value::list(),
                                         const call_options& options = {});

/// The same, waiting for the result.
[[nodiscard]] result<value> call_dynamic_and_wait(const object& target, std::string_view method,
                                                  value arguments = value::list(),
                                                  const call_options& options = {});

/// The object that a call of call_dynamic will give: calls on it travel at once, so that a chain costs one round
/// trip. They fail as the call did, should it fail.
///
/// Errors: the call's own, where it has failed already; type_mismatch, where its result is no object.
[[nodiscard]] result<object> promised_object(const future<value>& call);

/// The declared exception of an error as a record of its fields, or null where it is none.
[[nodiscard]] value declared_fields(const error& failure);

/// An error that reaches the caller as a declared exception, for implementations without generated code.
[[nodiscard]] error declared_error(std::string_view type, value fields);

} // namespace beckon
