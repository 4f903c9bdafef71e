// What skeletons and forwarders share: taking typed arguments off a call that came, and putting a typed result on its
// reply.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

#include "beckon/codec/native/codec.hpp"
#include "beckon/object/argument_values.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/value/convert.hpp"

namespace beckon::detail {

// Apart from the templates, since they run seldom and look alike for every method.
void reject_method(incoming_call& call, std::string_view interface, std::size_t methods);
bool reject_arguments(incoming_call& call, error failure, std::string_view method);

/// Reads a call's arguments; false where they cannot be read and the call is rejected.
template <typename Method, typename... Arguments>
bool read_arguments(incoming_call& call, std::tuple<Arguments...>& into) {
    return std::apply(
        [&call](Arguments&... each) {
            if (native::reader* const in = call.arguments) {
                (native::read(*in, each), ...);
                return !in->failed() || reject_arguments(call, in->take_failure(), Method::name);
            }
            argument_values from(*call.values, Method::parameter_names);
            if (call.request != nullptr && call.request->takes_either_text) from.take_either_text();
            (from.take(each), ...);
            return from.ok() || reject_arguments(call, std::move(from).failure(), Method::name);
        },
        into);
}

/// Replies with a converted result, or fails the call where there is no value for what the handler gave. REQUIRES: the
/// reply is locked.
void send_value(reply_sink& reply, result<value> converted);
/// Replies with a result, or with none for a method that gives nothing. REQUIRES: the reply is locked.
template <typename T>
void send_result(reply_sink& reply, const T& outcome) {
    if (native::writer* const out = reply.begin_reply()) {
        native::write(*out, outcome);
        reply.end_reply();
    } else {
        send_value(reply, try_to_value(outcome));
    }
}
void send_result(reply_sink& reply);

} // namespace beckon::detail
