#include "protocol/pyrpc/caller_protocol.hpp"

#include <algorithm>
#include <utility>

#include "protocol/pyrpc/call_options.hpp"
#include "protocol/pyrpc/exception.hpp"

namespace beckon {

std::unique_ptr<protocol> make_pyrpc_caller(pyrpc::caller_options options) {
    return std::make_unique<pyrpc::caller_protocol>(options);
}

} // namespace beckon

namespace beckon::pyrpc {

namespace {

/// What an object has, for its users: no docstrings are told.
[[nodiscard]] value described(const value& names) {
    value made = value::list();
    if (!names.is_sequence()) return made;
    for (const value& each : names) {
        if (each.is(value_kind::string) && !each.string().starts_with('_'))
            made.push_back(value::tuple({each, nullptr}));
    }
    return made;
}

} // namespace

caller_protocol::caller_protocol(caller_options chosen, outside_world outside)
    : options_(chosen), outside_(std::move(outside)) {}
caller_protocol::~caller_protocol() = default;

protocol_traits caller_protocol::traits() const noexcept {
    return {.dynamic = true,
            .greets = false,
            .has_pings = false,
            .has_credit = false,
            .tells_parents = false,
            .addresses_by_name = true,
            .initial_stream_items = collected_streams::initial_items,
            .max_message_bytes = default_message_bytes,
            .default_timeout = std::chrono::hours(24)};
}

std::size_t caller_protocol::message_size(byte_view input) const noexcept {
    if (input.empty()) return 0;
    const auto size = size_at(input);
    return size ? size_bytes + *size : size_bytes;
}

result<consumed> caller_protocol::consume(byte_view input, session_events& events) {
    limits_ = events.limits();
    most_bytes_ = limits_.max_message_bytes;
    std::size_t at = 0;
    while (at < input.size()) {
        const byte_view rest = input.subspan(at);
        const auto size = size_at(rest);
        if (!size || rest.size() - size_bytes < *size) break;
        const byte_view record = rest.subspan(size_bytes, *size);
        at += size_bytes + *size;
        if (record.size() < outcome_bytes)
            return fail(errc::internal, "stream of pyrpc gave ", record.size(), " bytes");
        take(outcome_at(record), record.subspan(outcome_bytes), events);
    }
    return consumed{at, verdict::go_on};
}

void caller_protocol::take(const outcome& came, byte_view content, session_events& events) {
    const auto known = open_.find(came.number);
    if (known == open_.end()) return;
    open_call& of = *known->second;
    using stage = open_call::stage;
    if (came.kind == outcome_kind::bounced) {
        if (of.failure) return settle(came.number, std::move(*of.failure), events);
        if (of.at == stage::given_up)
            settle(came.number, fail(errc::cancelled, "call was given up"), events);
        return;
    }
    if (of.at == stage::given_up) return; // what bounces settles it
    if (of.polls) return take_poll(came.number, came, content, events);
    settle(came.number, read_reply(of, came, content), events);
}

namespace {

/// The last question is put when the time is over, and has so long for its answer.
constexpr nanoseconds for_the_last_answer = std::chrono::milliseconds(100);

/// Result and exception; nothing where it is no pair.
[[nodiscard]] std::optional<std::pair<value, value>> pair_in(const value& reply) {
    const auto items = iterated(reply);
    if (!items || items->size() != 2) return {};
    return std::pair{(*items)[0], (*items)[1]};
}

} // namespace

result<value> caller_protocol::read_reply(const open_call& of, const outcome& came,
                                          byte_view content) const {
    if (came.kind != outcome_kind::reply || content.empty()) return failure_of(of, came, content);
    pickle::read_options options = reading(limits_);
    options.is_reply = true;
    BECKON_ASSIGN(const value reply, pickle::read(content, options));
    if (of.polls && reply.is_null()) return value();
    auto parts = pair_in(reply);
    if (!parts) {
        return fail(errc::protocol_error, "peer sent a reply that is ", shape_of(reply),
                    "; expected a pair of result and exception");
    }
    if (parts->second.is(value_kind::exception)) return to_error(parts->second);
    if (!parts->second.is_null()) {
        return fail(errc::protocol_error, "peer sent ", parts->second.type_name(),
                    " as an exception");
    }
    if (of.what == operation::describe) return described(parts->first);
    return std::move(parts->first);
}

error caller_protocol::failure_of(const open_call& of, const outcome& came,
                                  byte_view content) const {
    const auto argument = [&](std::string_view step) {
        return concat(step, " Client.", of.method, "()");
    };
    const bool ends_by_fetch = of.polls && of.times.nb_fetch_timeout <= of.times.call_timeout;
    const nanoseconds whole = of.polls ? of.of_one_exchange() : of.times.call_timeout;
    const auto late = [&](std::string_view what, nanoseconds limit, std::string_view name) {
        return concat("peer ", what, " within ", seconds_text(limit), " (", name, ')');
    };
    const std::string_view limit = ends_by_fetch ? "nb_fetch_timeout" : "call_timeout";
    const bool late_reply =
        came.kind == outcome_kind::no_header || came.kind == outcome_kind::no_body;
    if (late_reply && of.ends_by_deadline) // as the session says it, which had no turn in time
        return fail(errc::timeout, "deadline passed before ", of.method, " replied");
    switch (came.kind) {
    case outcome_kind::no_connection:
        return client_error(errc::disconnected, "NoSocket", argument("connect"),
                            std::string(as_text(content)));
    case outcome_kind::unsent:
        return client_error(errc::timeout, "Timeout", "send",
                            late("took no whole request",
                                 std::min(of.times.socket_send_timeout, whole),
                                 "socket_send_timeout"));
    case outcome_kind::no_header:
        return client_error(errc::timeout, "Timeout", argument("read_header"),
                            late("did not answer", whole, limit));
    case outcome_kind::no_body:
        return client_error(errc::timeout, "Timeout", "read_body",
                            concat(late("did not send its whole answer", whole, limit), ": ",
                                   content.size(), " bytes came"));
    case outcome_kind::closed:
        return client_error(errc::disconnected, "Timeout", argument("read_header"),
                            std::string(as_text(content)));
    case outcome_kind::closed_inside:
        return client_error(errc::disconnected, "Timeout", "read_body",
                            std::string(as_text(content)));
    case outcome_kind::too_large:
        return fail(errc::limit_exceeded, "peer announced a reply of ", length_at(content),
                    " bytes; limit is ", most_bytes_, " bytes (max_message_bytes)");
    default:
        return client_error(errc::protocol_error, "ProtocolError", argument("read_header"),
                            "peer sent an empty reply");
    }
}

/// A reply to the beginning of a call that is asked for by and by, or to such a question.
void caller_protocol::take_poll(std::uint32_t number, const outcome& came, byte_view content,
                                session_events& events) {
    open_call& of = *open_.at(number);
    const bool begins = of.at == open_call::stage::calling;
    const bool answered = came.kind == outcome_kind::reply;
    bool is_pending = !answered && !begins; // a question that failed is asked again
    if (answered) {
        const auto reply = pickle::read(content, {.max_nodes = 1});
        is_pending = reply && reply->is_null();
    }
    if (!is_pending) return settle(number, read_reply(of, came, content), events);
    if (begins) {
        of.at = open_call::stage::polling;
        // By the wall's clock, which may have been set meanwhile.
        const auto taken = std::chrono::duration_cast<nanoseconds>(
            std::clamp(outside_.now() - of.put_at, job_time(0), job_time(of.of_one_exchange())));
        of.due = deadline_after(came.at, of.times.call_timeout - taken);
    }
    if (came.at >= of.due) {
        return settle(number,
                      client_error(errc::timeout, "Timeout", "nb",
                                   concat("peer had no result within ",
                                          seconds_text(of.times.call_timeout), " (call_timeout)")),
                      events);
    }
    nanoseconds delay = begins ? nanoseconds(0) : of.times.nb_fetch_tick;
    const nanoseconds left = of.due - came.at;
    delay = std::min(delay, left);
    const nanoseconds within =
        std::min(of.times.nb_fetch_timeout, std::max(left - delay, for_the_last_answer));
    const value get = value::map({{"id", of.id}, {"predicate", "get"}});
    static_cast<void>(put_exchange(events.begin_answer(), number, of, get, delay, within));
    events.end_answer();
}

void caller_protocol::settle(std::uint32_t number, result<value> outcome, session_events& events) {
    const open_call of = std::move(*open_.at(number));
    open_.erase(number);
    streams_.drop(number);
    if (of.call_id == 0) {
        if (!outcome) {
            events.on_oddity("BKN-PYRPC-ONEWAY", concat("one-way call of ", of.method,
                                                        " failed: ", outcome.error().to_string()));
        }
        return;
    }
    numbers_.erase(of.call_id);
    if (outcome) {
        events.on_value_reply(of.call_id, std::move(*outcome));
    } else {
        events.on_error(of.call_id, std::move(outcome).error(), false);
    }
}

} // namespace beckon::pyrpc
