// Calls of the peer: what they ask of which object, and whether they are answered.
#include "protocol/quickrpc/error_object.hpp"
#include "protocol/quickrpc/quickrpc_protocol.hpp"

namespace beckon::quickrpc {

bool quickrpc_protocol::is_answered(const message& call) const {
    if (options_.rules != nullptr) {
        switch (options_.rules->answers(call.method)) {
        case message_rules::answered::always: return true;
        case message_rules::answered::not_at_all: return false;
        case message_rules::answered::when_asked: break;
        }
    }
    return is_id(call.id);
}

verdict quickrpc_protocol::take_call(received&& came, byte_view rest, session_events& events) {
    message& call = came.content;
    const auto wire_bytes = static_cast<std::uint32_t>(came.bytes);
    if (rules_.handles != nullptr && !is_id(call.id) && !is_of_lent(call.method) &&
        take_notice(call.method, call.params, wire_bytes, events))
        return verdict::go_on;

    call_head head;
    head.wire_bytes = wire_bytes;
    head.oneway = !is_answered(call);
    if (!came.header.empty()) head.metadata = &came.header;
    if (!came.user.empty()) head.caller = events.caller_named(came.user);
    const bool is_one_too_many = !came.user.empty() && head.caller == nullptr;
    if (!head.oneway) head.call_id = open_.add({std::move(call.id)});
    if (is_one_too_many) {
        events.on_bad_call(head,
                           fail(errc::limit_exceeded,
                                "this conversation has had messages of too many users already"));
        return verdict::go_on;
    }
    dynamic_request request;
    request.name = std::move(call.method);
    if (rules_.handles != nullptr && is_of_lent(request.name)) {
        const auto found = split_lent(request.name);
        if (!found) {
            events.on_bad_call(head, fail(errc::unknown_method, "peer called ",
                                          quoted(request.name), "; expected __ref/NUMBER.METHOD"));
            return verdict::go_on;
        }
        head.object = found->object;
        request.name = std::string(found->method);
    }
    if (call.params.is(value_kind::map)) {
        request.named = std::move(call.params);
    } else if (call.params.is(value_kind::list)) {
        request.arguments = std::move(call.params);
    } else {
        request.arguments = value::list({std::move(call.params)});
    }
    return events.on_value_call(head, std::move(request), rest);
}

error quickrpc_protocol::failure_from(const value& told) {
    const value& code = told["code"];
    const value& text = told["message"];
    return read_error(code.is_int64() ? code.int64() : 0,
                      text.is(value_kind::string) ? std::string(text.string()) : told.to_text(200),
                      told["data"]);
}

} // namespace beckon::quickrpc
