#include "protocol/rpyc/rpyc_protocol.hpp"

#include "beckon/codec/brine.hpp"
#include "io/looks_like_tls.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/exception_dump.hpp"

namespace beckon {

result<std::unique_ptr<protocol>> make_rpyc_protocol(rpyc::options options) {
    BECKON_ASSIGN(rpyc::access_policy access, rpyc::access_policy::make(options.access));
    return std::unique_ptr<protocol>(
        std::make_unique<rpyc::rpyc_protocol>(std::move(options), std::move(access)));
}

} // namespace beckon

namespace beckon::rpyc {

rpyc_protocol::rpyc_protocol(options chosen, access_policy access)
    : options_(std::move(chosen)),
      access_(std::move(access)), layout_{options_.dialect, options_.bind_threads},
      identities_(holdings_), holdings_(options_.max_held_bytes) {}

std::size_t rpyc_protocol::message_size(byte_view input) const noexcept {
    return frame_size(input);
}

std::string rpyc_protocol::type_name(std::uint32_t object) const {
    return std::string(identities_.name_of(object));
}

result<consumed> rpyc_protocol::consume(byte_view input, session_events& events) {
    if (!frames_) {
        frames_.emplace(events.limits());
        most_bytes_ = events.limits().max_message_bytes;
    }
    identities_.use(events.references());
    std::size_t at = 0;
    while (at < input.size()) {
        result<frame> taken = frames_->take(input.subspan(at));
        if (!taken && !settled_)
            taken.error().note(io::looks_like_tls(input)
                                   ? "reading its first frame: it speaks TLS, so say rpyc+tls://"
                                   : "reading its first frame: is it a peer of rpyc");
        BECKON_ASSIGN(const frame next, std::move(taken));
        if (next.bytes == 0) break;
        at += next.bytes;
        if (next.message.empty()) continue;
        BECKON_ASSIGN(const verdict then, take_message(next.message, input.subspan(at), events));
        if (then != verdict::go_on) return consumed{at, then};
        identities_.use(events.references());
    }
    return consumed{at, verdict::go_on};
}

/// The first message of the peer tells which dialect it speaks; it never changes.
result<void> rpyc_protocol::settle_dialect(byte_view message) {
    const std::optional<dialect> found = dialect_of(message, layout_.bind_threads);
    if (!found) return {}; // read_envelope says what is wrong
    settled_ = true;
    if (*found == layout_.dialect) return {};
    if (spoken_) {
        return fail(errc::schema_mismatch, "peer speaks the dialect of RPyC ",
                    *found == dialect::v5 ? "4.1 to 5.3" : "6", "; we began with that of RPyC ",
                    *found == dialect::v5 ? "6" : "4.1 to 5.3");
    }
    layout_.dialect = *found;
    return {};
}

result<verdict> rpyc_protocol::take_message(byte_view message, byte_view rest,
                                            session_events& events) {
    if (!settled_) BECKON_TRY(settle_dialect(message));
    BECKON_ASSIGN(envelope head, read_envelope(message, layout_, events.limits()));
    if (head.kind == message_kind::request) return take_request(head, message, rest, events);
    const std::size_t before = message.size() - (head.body.offset() + head.body.left());
    return take_answer(head, message.subspan(before), events);
}

result<verdict> rpyc_protocol::take_answer(envelope& answer, byte_view brine,
                                           session_events& events) {
    if (answer.number && pings_.find(*answer.number) != nullptr) {
        BECKON_TRY(take_pong(answer, brine, events));
        return verdict::go_on;
    }
    // Nobody waits for what answers our own requests, one-way calls (number 0), or none of ours; yet its references count.
    const bool awaited = answer.number && *answer.number >= 0 && *answer.number < own_numbers_ &&
                         *answer.number % operator_numbers_ != 0;
    const bool was_operator = awaited && *answer.number >= operator_numbers_;
    if (answer.kind == message_kind::exception) {
        BECKON_ASSIGN(peer_exception raised, read_exception(answer.body));
        if (awaited) {
            events.on_error(static_cast<std::uint32_t>(*answer.number), std::move(raised.failure),
                            false);
        }
        return verdict::go_on;
    }
    result<value> came = unbox(answer.body, brine, identities_);
    if (!came) {
        // More than we take fails the one call: the frame says where the next message begins.
        if (came.error().code() != errc::limit_exceeded) return std::move(came).error();
        if (awaited) {
            events.on_error(static_cast<std::uint32_t>(*answer.number), std::move(came).error(),
                            false);
        }
        return verdict::go_on;
    }
    value outcome = std::move(came).value();
    if (was_operator && brine::is_not_implemented(outcome)) outcome = value();
    if (awaited)
        events.on_value_reply(static_cast<std::uint32_t>(*answer.number), std::move(outcome));
    return verdict::go_on;
}

/// A ping comes back with the number that it was sent with.
result<void> rpyc_protocol::take_pong(envelope& answer, byte_view brine, session_events& events) {
    const std::uint64_t sent = *pings_.find(*answer.number);
    pings_.erase(*answer.number);
    if (answer.kind == message_kind::exception) {
        BECKON_ASSIGN(peer_exception raised, read_exception(answer.body));
        events.on_ping_failed(sent, std::move(raised.failure));
        return {};
    }
    BECKON_ASSIGN(const value back, unbox(answer.body, brine, identities_));
    if (back.is_int64() && back.int64() == static_cast<std::int64_t>(sent)) {
        events.on_pong(sent);
    } else {
        events.on_ping_failed(sent, fail(errc::protocol_error, "peer answered a ping with ",
                                         back.to_text(40), "; expected ", sent));
    }
    return {};
}

} // namespace beckon::rpyc
