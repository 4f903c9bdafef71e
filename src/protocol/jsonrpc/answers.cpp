// What the peer answers to our requests.
#include "protocol/jsonrpc/jsonrpc_protocol.hpp"

#include "beckon/protocol/jsonrpc/error.hpp"

namespace beckon::jsonrpc {

namespace {
[[nodiscard]] std::string stray(std::string_view what, const value& id) {
    return concat("peer sent ", what, " for request ", id.to_text(40),
                  ", which does not wait for one");
}
} // namespace

void jsonrpc_protocol::take_result(message&& came, session_events& events) {
    const auto call = calls_.take(came.id);
    if (!call) return events.on_oddity("BKN-JSONRPC-STRAY", stray("a result", came.id));
    auto outcome =
        came.is_plain ? result<value>(std::move(came.outcome)) : understood(came.outcome);
    if (!outcome)
        return events.on_error(*call, std::move(outcome).error().note("reading the result"), false);
    events.on_value_reply(*call, *std::move(outcome));
}

void jsonrpc_protocol::take_failure(message&& came, session_events& events) {
    if (const auto call = calls_.take(came.id))
        return events.on_error(*call, from_object(std::move(came.error)), false);
    if (!came.id.is_null())
        return events.on_oddity("BKN-JSONRPC-STRAY", stray("an error", came.id));
    // The peer could not tell what it was that it could not read.
    const std::int64_t number = came.error.code;
    const error failure = from_object(std::move(came.error));
    events.on_oddity("BKN-JSONRPC-UNATTRIBUTED",
                     concat("peer refused a message: ", failure.to_string()));
    // A text that it could not parse may have been any of ours; one that it took for no request can only be blamed where
    // a single one waits. Its caller would wait in vain.
    const bool unreadable = number == code::parse_error;
    if (!unreadable && !(number == code::invalid_request && calls_.size() == 1)) return;
    for (const std::uint32_t call : calls_.take_all()) events.on_error(call, failure, false);
}

void jsonrpc_protocol::take_bad_answer(const message& came, session_events& events) {
    error failure = fail(errc::protocol_error, "peer sent a broken answer: ", came.wrong);
    if (const auto call = came.has_id ? calls_.take(came.id) : std::nullopt)
        return events.on_error(*call, std::move(failure), false);
    events.on_oddity("BKN-JSONRPC-BROKEN", failure.message());
}

} // namespace beckon::jsonrpc
