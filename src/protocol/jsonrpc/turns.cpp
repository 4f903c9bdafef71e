// Conversations in which each message of the client has exactly one answer, in its order: over HTTP.
#include "protocol/jsonrpc/jsonrpc_protocol.hpp"

namespace beckon::jsonrpc {

result<void> jsonrpc_protocol::may_call(std::string_view name) const {
    if (turns_ != turns::answers) return {};
    return fail(errc::unsupported, "peer is an HTTP client, which cannot be called (", name,
                "); over WebSocket it could be");
}

/// An empty message: there is nothing to say to what came.
void jsonrpc_protocol::answer_nothing(session_events& events) {
    buffer& out = events.begin_answer();
    static_cast<void>(framing_->finish(out, framing_->begin(out)));
    events.end_answer();
}

/// What the server says to the request whose turn it is. Whatever that is, its caller does not wait any longer.
void jsonrpc_protocol::take_answer(std::string_view text, std::size_t bytes,
                                   session_events& events) {
    const std::uint32_t call = asked_.empty() ? 0 : asked_.front();
    if (!asked_.empty()) asked_.pop_front();
    error missing =
        fail(errc::protocol_error, "server answered ", text.empty() ? "nothing" : quoted(text, 200),
             "; expected the answer to this request");
    if (!text.empty()) {
        arrived_.bytes_each = static_cast<std::uint32_t>(bytes);
        if (content came; read_content(text, reading_, came)) {
            std::vector<message> all = std::move(came.batch);
            if (!came.is_batch) all.push_back(std::move(came.single));
            for (message& each : all) {
                switch (each.kind) {
                case message_kind::result: take_result(std::move(each), events); break;
                case message_kind::failure:
                    if (each.id.is_null()) each.id = value(calls_.id_of(call));
                    take_failure(std::move(each), events);
                    break;
                case message_kind::bad_response: take_bad_answer(each, events); break;
                default: break; // a request, for which it is not the server's turn
                }
            }
        }
    }
    const std::uint64_t id = call != 0 ? calls_.id_of(call) : 0;
    if (id == 0) return;
    static_cast<void>(calls_.take(value(id)));
    events.on_error(call, std::move(missing), false);
}

} // namespace beckon::jsonrpc
