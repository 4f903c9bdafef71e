#include "protocol/quickrpc/quickrpc_protocol.hpp"

#include "object/guarded.hpp"
#include "protocol/quickrpc/error_object.hpp"
#include "protocol/quickrpc/guarded_codec.hpp"
#include "session/guarded_security.hpp"

namespace beckon {

result<std::unique_ptr<protocol>> make_quickrpc_protocol(quickrpc::options options) {
    if (!options.codec) {
        BECKON_ASSIGN(options.codec, quickrpc::make_jrpc_codec());
    }
    if (options.security != nullptr && !options.codec->carries_security()) {
        return fail(errc::unsupported, "security is not supported by codec ",
                    options.codec->name());
    }
    options.codec = std::make_shared<quickrpc::guarded_codec>(std::move(options.codec));
    if (options.security != nullptr)
        options.security = std::make_shared<guarded_security>(std::move(options.security));
    return guarded([&]() -> result<std::unique_ptr<protocol>> {
        return std::make_unique<quickrpc::quickrpc_protocol>(std::move(options));
    });
}

} // namespace beckon

namespace beckon::quickrpc {

namespace {
constexpr std::size_t size_bytes = 4; ///< Before each of the transport's messages.
} // namespace

quickrpc_protocol::quickrpc_protocol(options chosen)
    : peer_notices("__", "BKN-QUICKRPC-PARAMS"), options_(std::move(chosen)),
      input_(*options_.codec, options_.security.get()),
      output_(*options_.codec, options_.security.get()) {
    if (options_.security != nullptr && options_.codec->is_text()) options_.security->needs_text();
    if (options_.codec->carries_references()) rules_.handles = &handles_;
}

protocol_traits quickrpc_protocol::traits() const noexcept {
    return {.dynamic = true,
            .greets = false,
            .has_pings = false,
            .has_credit = false,
            .tells_parents = false,
            .addresses_by_name = true,
            .names_arguments = true,
            .initial_stream_items = 16,
            .wants_acknowledgement = true,
            .answers_after_end = true,
            .keeps_messages = true,
            .max_message_bytes = 64u << 20};
}

/// A transport with messages of its own: each holds whole messages of ours.
void quickrpc_protocol::use_messages(bool) { keeps_messages_ = true; }

void quickrpc_protocol::prepare(session_events& events) {
    handles_.use(events.references());
    if (std::exchange(prepared_, true)) return;
    rules_.limits = events.limits();
    most_bytes_ = rules_.limits.max_message_bytes;
    // Who has set no limit gets the codecs' own.
    if (rules_.limits.max_depth != limits{}.max_depth) rules_.max_depth = rules_.limits.max_depth;
}

std::size_t quickrpc_protocol::message_size(byte_view input) const noexcept {
    if (!keeps_messages_) {
        const std::size_t size = input_.size(input);
        // What is too long is offered, to be refused.
        return size > input.size() && size > most_bytes_ ? 0 : size;
    }
    if (left_of_transport_message_ != 0) return left_of_transport_message_;
    if (input.size() < size_bytes) return 0;
    std::size_t size = 0;
    for (std::size_t i = 0; i < size_bytes; ++i)
        size |= std::to_integer<std::size_t>(input[i]) << (8 * i);
    return size <= most_bytes_ ? size_bytes + size : 0;
}

/// Bytes of the next message of the transport's with the size before it; 0 where it is not all there.
result<std::size_t> quickrpc_protocol::begin_transport_message(byte_view input) {
    if (input.size() < size_bytes) return std::size_t{0};
    std::size_t size = 0;
    for (std::size_t i = 0; i < size_bytes; ++i)
        size |= std::to_integer<std::size_t>(input[i]) << (8 * i);
    if (size > most_bytes_) {
        return fail(errc::limit_exceeded, "peer sent a message of ", size, " bytes; limit is ",
                    most_bytes_, " bytes (max_message_bytes)");
    }
    if (input.size() - size_bytes < size) return std::size_t{0};
    left_of_transport_message_ = size;
    return size_bytes;
}

result<consumed> quickrpc_protocol::consume_some(byte_view input, session_events& events,
                                                 bool is_last) {
    prepare(events);
    std::size_t at = 0;
    while (at < input.size()) {
        byte_view left = input.subspan(at);
        if (keeps_messages_) {
            if (left_of_transport_message_ == 0) {
                BECKON_ASSIGN(const std::size_t head, begin_transport_message(left));
                if (head == 0) break;
                at += head;
                if (left_of_transport_message_ == 0) continue;
                left = input.subspan(at);
            }
            left = left.first(left_of_transport_message_);
        }
        auto step = input_.take(left, rules_, most_bytes_, is_last || keeps_messages_);
        if (!step) {
            error failure = std::move(step).error();
            if (failure.code() != errc::limit_exceeded)
                return fail(errc::protocol_error,
                            "peer sent what is no message: ", failure.message());
            return failure;
        }
        at += step->bytes;
        if (keeps_messages_) left_of_transport_message_ -= step->bytes;
        if (step->came) {
            BECKON_ASSIGN(const verdict then,
                          take_message(std::move(*step->came), input.subspan(at), events));
            if (then != verdict::go_on) return consumed{at, then};
            handles_.use(events.references());
        } else if (keeps_messages_) {
            // What stays is no whole message, and never will be.
            at += std::exchange(left_of_transport_message_, 0);
        } else {
            break;
        }
    }
    return consumed{at, verdict::go_on};
}

result<verdict> quickrpc_protocol::take_message(received&& came, byte_view rest,
                                                session_events& events) {
    switch (came.content.kind) {
    case message_kind::call: return take_call(std::move(came), rest, events);
    case message_kind::reply: return take_answer(std::move(came), rest, events);
    case message_kind::failure:
        if (came.is_unproven) return take_refusal(std::move(came), rest, events);
        return take_answer(std::move(came), rest, events);
    case message_kind::bad: return take_bad(std::move(came), rest, events);
    }
    return verdict::go_on;
}

/// What is no call, for a program that has rules of its own.
verdict quickrpc_protocol::tell(std::string_view what, value content, const received& came,
                                byte_view rest, session_events& events) {
    call_head head;
    head.oneway = true;
    head.wire_bytes = static_cast<std::uint32_t>(came.bytes);
    dynamic_request request;
    request.name = std::string(what);
    request.arguments = std::move(content);
    return events.on_value_call(head, std::move(request), rest);
}

/// The conversation goes on, up to a limit: one junk message must not end it.
result<verdict> quickrpc_protocol::take_bad(received&& came, byte_view rest,
                                            session_events& events) {
    const error why = came.content.wrong
                          ? *came.content.wrong
                          : fail(errc::protocol_error, "peer sent a message that says nothing");
    if (is_id(came.content.id) || came.is_unreadable) {
        // What could not be read comes from somebody who perhaps cannot read ours, and is never itself a refusal in the
        // clear: so two sides with different keys do not go on refusing each other's refusals.
        const protection how = came.is_unreadable ? protection::never
                               : came.is_refused  ? protection::where_it_can
                                                  : protection::always;
        if (put_failure(events.begin_answer(), std::move(came.content.id), why, how)) {
            events.end_answer();
        } else {
            events.drop_answer();
        }
    }
    if (options_.max_bad_messages != 0 && ++bad_messages_ >= options_.max_bad_messages) {
        return fail(errc::limit_exceeded, "peer sent ", bad_messages_,
                    " messages that could not be read; limit is ", options_.max_bad_messages,
                    " (max_bad_messages); the last: ", why.message());
    }
    if (options_.rules != nullptr) {
        return tell(message_rules::bad_message,
                    value::list({static_cast<std::int64_t>(why.code()), why.message()}), came, rest,
                    events);
    }
    events.on_oddity("BKN-QUICKRPC-BAD", why.to_string());
    return verdict::go_on;
}

/// What a peer answers before it has proven who it is may fail calls, and do nothing else.
verdict quickrpc_protocol::take_refusal(received&& came, byte_view rest, session_events& events) {
    const error refusal =
        fail(errc::access_denied,
             "peer, which has not proven who it is, refused a message: ", came.content.text);
    if (!is_id(came.content.id)) {
        for (const std::uint32_t call : calls_.take_all()) events.on_error(call, refusal, false);
    } else if (const auto call = calls_.take(came.content.id)) {
        events.on_error(*call, refusal, false);
    }
    if (options_.rules != nullptr) {
        return tell(message_rules::bad_message,
                    value::list({static_cast<std::int64_t>(refusal.code()), refusal.message()}),
                    came, rest, events);
    }
    events.on_oddity("BKN-QUICKRPC-BAD", refusal.to_string());
    return verdict::go_on;
}

verdict quickrpc_protocol::take_answer(received&& came, byte_view rest, session_events& events) {
    message& said = came.content;
    const bool is_result = said.kind == message_kind::reply;
    const auto call = calls_.take(said.id);
    if (call && is_result) {
        events.on_value_reply(*call, std::move(said.outcome));
    } else if (call) {
        events.on_error(*call, read_error(said.code, std::move(said.text), std::move(said.details)),
                        false);
    } else if (options_.rules != nullptr) {
        value content = value::list({std::move(said.id), std::move(said.outcome)});
        if (!is_result) content.push_back(value(std::move(said.text)));
        return tell(message_rules::stray_answer, std::move(content), came, rest, events);
    } else {
        // As others say that they could not read a message, and cannot tell which.
        const bool of_none = !is_result && said.id.is_null();
        events.on_oddity("BKN-QUICKRPC-STRAY",
                         concat("peer sent ", is_result ? "a result" : "an error", " for call ",
                                said.id.to_text(40), ", which does not wait for one",
                                of_none ? concat(": ", said.text) : std::string()));
    }
    return verdict::go_on;
}

} // namespace beckon::quickrpc
