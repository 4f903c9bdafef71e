// Requests and notifications of the peer: what they ask of which object.
#include "beckon/value/convert.hpp"
#include "protocol/msgpackrpc/msgpackrpc_protocol.hpp"

namespace beckon::msgpackrpc {

/// The object in "$ref/3.increment", which leaves "increment"; 0 where none is named.
result<std::uint32_t> msgpackrpc_protocol::split_object(std::string_view& method) const {
    if (!is_of_lent(method)) return 0u;
    const auto found = split_lent(method);
    if (!found) {
        return fail(errc::unknown_object, "peer called ", quoted(method),
                    "; expected the number of an object and a method, as in \"$ref/1.name\"");
    }
    method = found->method;
    return found->object;
}

result<dynamic_request> msgpackrpc_protocol::read_arguments(message& came) {
    msgpack::reader& in = came.body;
    value given = in.get_value();
    if (in.failed())
        return in.take_failure().note(concat("reading the parameters of ", quoted(came.method)));
    if (given.is_null()) given = value::list(); // as some write that there are none
    if (!given.is(value_kind::list) && !given.is(value_kind::map)) { // a handle
        return fail(errc::invalid_argument, "parameters of ", quoted(came.method), " are ",
                    given.type_name(), "; expected an array");
    }
    const bool by_name = given.is(value_kind::map);
    if (by_name) {
        for (const map_entry& each : given.entries()) {
            if (each.key.is(value_kind::string)) continue;
            return fail(errc::invalid_argument, "parameters of ", quoted(came.method),
                        " are named by ", each.key.type_name(), "; expected strings");
        }
    }
    return dynamic_request{.name = std::string(came.method),
                           .arguments = by_name ? value::list() : std::move(given),
                           .named = by_name ? std::move(given) : value(),
                           .takes_either_text = true};
}

result<verdict> msgpackrpc_protocol::take_request(message& came, std::size_t size, byte_view rest,
                                                  session_events& events) {
    call_head head;
    head.wire_bytes = static_cast<std::uint32_t>(size);
    head.oneway = came.kind == message_kind::notification;
    if (head.oneway && take_own_notification(came, size, events)) return verdict::go_on;
    if (head.oneway && !identities_.types().handles.empty() && came.method == "nvim_error_event")
        tell_error_event(came, events);
    if (!head.oneway) head.call_id = open_.add(came.id);
    const auto refuse = [&](error failure) {
        events.on_bad_call(head, std::move(failure));
        return verdict::go_on;
    };
    if (came.wrong) return refuse(std::move(*came.wrong));
    const result<std::uint32_t> object = split_object(came.method);
    if (!object) return refuse(object.error());
    head.object = *object;
    result<dynamic_request> request = read_arguments(came);
    if (!request) return refuse(std::move(request).error());
    return events.on_value_call(head, std::move(*request), rest);
}

/// Neovim's way to say that a notification of ours has failed.
void msgpackrpc_protocol::tell_error_event(const message& came, session_events& events) {
    message copy = came;
    const auto parameters = read_arguments(copy);
    if (!parameters) return;
    const error failure = read_error(parameters->arguments, identities_.types().errors);
    events.on_oddity("BKN-MSGPACK-NVIM",
                     concat("a notification failed at the peer: ", failure.to_string()));
}

/// Those that peers tell each other beside the calls of their programs. Whether it was one of them.
bool msgpackrpc_protocol::take_own_notification(message& came, std::size_t size,
                                                session_events& events) {
    if (!came.method.starts_with('$') || is_of_lent(came.method)) return false;
    msgpack::reader again = came.body;
    auto parameters = read_arguments(came);
    if (!parameters && came.method == "$item" && again.get_array() == 2) {
        // Without one of its items a stream is worthless, and who waits for it shall know why.
        const std::uint64_t stream = again.get_unsigned();
        if (!again.failed() && stream <= UINT32_MAX) {
            events.on_stream_end(static_cast<std::uint32_t>(stream), parameters.error());
            return true;
        }
    }
    const value given = parameters ? std::move(parameters->arguments) : value();
    const auto cancelled = given.is(value_kind::list) && given.size() == 1
                               ? given[0].get<std::uint32_t>()
                               : fail(errc::type_mismatch, "no number");
    if (parameters && take_notice(came.method, given, static_cast<std::uint32_t>(size), events)) {
        // dealt with
    } else if (came.method == "$cancel" && cancelled) {
        std::uint32_t call = 0; // of several with one number any
        open_.for_each([&](std::uint32_t ours, std::uint32_t theirs) {
            if (theirs == *cancelled) call = ours;
        });
        if (call != 0) events.on_cancel(call);
    } else {
        events.on_oddity("BKN-MSGPACK-NOTICE",
                         parameters
                             ? concat("peer sent the notification ", quoted(came.method), " with ",
                                      given.size(), " parameters that mean nothing")
                             : parameters.error().to_string());
    }
    return true;
}

} // namespace beckon::msgpackrpc
