// What the tests of objects without a schema ask of objects.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "beckon/object/containers.hpp"
#include "beckon/object/operate.hpp"

namespace beckon::operation_test {

inline object lent(value content) { return object(lend_container(std::move(content))); }

inline result<value> perform(const object& on, operation what, std::string name = {},
                             value arguments = value::list(), value named = value::map()) {
    return operate_and_wait(
        on, dynamic_request{what, std::move(name), std::move(arguments), std::move(named)});
}

/// The result of a method, or its error's type and message in a text.
inline value call(const object& on, std::string method, value arguments = value::list(),
                  value named = value::map()) {
    auto outcome = perform(on, operation::call_method, std::move(method), std::move(arguments),
                           std::move(named));
    if (outcome) return *outcome;
    const error& failure = outcome.error();
    return value(failure.code() == errc::remote_error
                     ? concat(failure.type_name(), ": ", failure.message())
                     : failure.to_string());
}

inline std::string repr(const object& of) {
    auto outcome = perform(of, operation::to_repr);
    return outcome ? std::string(outcome->string()) : outcome.error().to_string();
}

inline object as_object(const value& from) { return from.as<object>(); }

/// Everything that iterating gives.
inline value listed(const object& from) {
    const object over = as_object(call(from, "__iter__"));
    value all = value::list();
    for (;;) {
        const auto batch = perform(over, operation::next_items, {}, value::list({3}));
        if (!batch) return value(batch.error().to_string());
        if (batch->empty()) return all;
        if (all.size() > 1000) return value("it does not end");
        for (const value& each : *batch) all.push_back(each);
    }
}

} // namespace beckon::operation_test
