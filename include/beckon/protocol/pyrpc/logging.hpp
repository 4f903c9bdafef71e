// Logs of calls, as pyrpc's users have them: functions of one text.
#pragma once

#include <functional>
#include <string_view>

#include "beckon/object/object.hpp"

namespace beckon::pyrpc {

/// Null: nobody is told. Called from whatever thread has the outcome, without locks; must not throw.
struct log_functions {
    std::function<void(std::string_view line)> of_calls{};
    std::function<void(std::string_view text)> of_exceptions{};
};

/// An object that does what `callee` does, and has each call of a method told once its outcome is there: of a server what
/// get_call_logging_func and get_exception_logging_func are for.
///
///   server.publish("demo", pyrpc::logged(make_ref<Demo>(demo), {.of_calls = print, .of_exceptions = print}));
///
/// A line is "echo(args=(1,), kwargs={}) -> 1": of the call at most 60 characters, of both at most 120.
[[nodiscard]] object logged(const object& callee, log_functions told);

} // namespace beckon::pyrpc
