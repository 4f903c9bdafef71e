// What the peer asks for: methods of our objects, and the notifications that the protocol itself takes.
#include "protocol/jsonrpc/jsonrpc_protocol.hpp"

#include "beckon/protocol/jsonrpc/error.hpp"

namespace beckon::jsonrpc {

verdict jsonrpc_protocol::take_request(message&& came, byte_view rest, session_events& events) {
    const bool is_notification = came.kind == message_kind::notification;
    if (is_notification && take_notification(came, events)) return verdict::go_on;
    call_head head;
    head.oneway = is_notification;
    head.wire_bytes = arrived_.bytes_each;
    head.caller = arrived_.caller;
    head.time_left = came.time_left;
    if (!came.metadata.empty()) head.metadata = &came.metadata;
    if (!is_notification) head.call_id = open_.add({std::move(came.id), arrived_.batch, false});

    // Without the empty containers that it would begin with: they cost memory.
    dynamic_request request{.name = std::move(came.method), .arguments = value(), .named = value()};
    if (is_of_lent(request.name)) {
        const auto found = split_lent(request.name);
        if (!found) {
            events.on_bad_call(head, fail(errc::unknown_method, "peer called ",
                                          quoted(request.name), "; expected $ref/NUMBER.METHOD"));
            return verdict::go_on;
        }
        head.object = found->object;
        request.name = std::string(found->method);
    }
    if (!came.params.is_null()) {
        auto params =
            came.is_plain ? result<value>(std::move(came.params)) : understood(came.params);
        if (!params) {
            events.on_bad_call(head, std::move(params).error().note("reading params"));
            return verdict::go_on;
        }
        // A map that stands for something else, as {"$bytes": ...} does, is no arguments by name.
        if (params->is(value_kind::list)) {
            request.arguments = *std::move(params);
        } else if (params->is(value_kind::map)) {
            request.named = *std::move(params);
        } else {
            request.named = std::move(came.params);
        }
    }
    if (request.arguments.is_null()) request.arguments = value::list();
    return events.on_value_call(head, std::move(request), rest);
}

/// Whether the protocol has dealt with it.
bool jsonrpc_protocol::take_notification(const message& came, session_events& events) {
    if (came.method.empty() || came.method.front() != '$') return false;
    if (came.method == "$/cancelRequest") {
        take_cancellation(came.params, events);
        return true;
    }
    return take_notice(came.method, came.params, arrived_.bytes_each, events);
}

/// What names no request, or one that is answered already, is no mistake: the two may have crossed.
void jsonrpc_protocol::take_cancellation(const value& params, session_events& events) {
    const value* const id = params.is(value_kind::map) ? params.find("id") : nullptr;
    if (id == nullptr || id->is_null()) return;
    std::vector<std::uint32_t> found; // told after: an answer changes what is open
    open_.for_each([&](std::uint32_t number, open_request& each) {
        if (each.asked_to_end || each.id != *id) return;
        each.asked_to_end = true;
        found.push_back(number);
    });
    for (const std::uint32_t number : found) events.on_cancel(number);
}

error jsonrpc_protocol::failure_from(const value& told) {
    const value& code = told["code"];
    const value& text = told["message"];
    return from_object(
        {code.is_int64() ? code.int64() : code::internal_error,
         text.is(value_kind::string) ? std::string(text.string()) : told.to_text(200),
         told["data"]});
}

void jsonrpc_protocol::refuse_request(const message& came, session_events& events) {
    buffer& out = events.begin_answer();
    put_refusal(
        out, came.id, arrived_.batch,
        {code::invalid_request, concat(words_of(code::invalid_request), ": ", came.wrong), {}});
    events.end_answer();
}

} // namespace beckon::jsonrpc
