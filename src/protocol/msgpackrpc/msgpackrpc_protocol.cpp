#include "protocol/msgpackrpc/msgpackrpc_protocol.hpp"

#include <algorithm>

namespace beckon {

std::unique_ptr<protocol> make_msgpackrpc_protocol(msgpackrpc::options options) {
    return std::make_unique<msgpackrpc::msgpackrpc_protocol>(options);
}

} // namespace beckon

namespace beckon::msgpackrpc {

msgpackrpc_protocol::msgpackrpc_protocol(options chosen)
    : peer_notices("$", "BKN-MSGPACK-NOTICE"), options_(chosen), identities_(chosen.references) {
    reading_.bad_text =
        chosen.bad_text_as_bytes ? msgpack::bad_text::as_bytes : msgpack::bad_text::refuse;
    reading_.handles = &identities_;
}

/// The session's limits, which it tells with the first input.
void msgpackrpc_protocol::settle(session_events& events) {
    const limits& chosen = events.limits();
    most_bytes_ = chosen.max_message_bytes;
    // The default of all protocols is less than what this one's peers are used to.
    constexpr std::size_t usual_depth = 64;
    static_assert(limits{}.max_depth == usual_depth);
    reading_.max_depth =
        chosen.max_depth == usual_depth ? msgpack::default_depth : chosen.max_depth;
    reading_.max_nodes = chosen.max_nodes;
    reading_.min_decoded_bytes = chosen.min_decoded_bytes;
    reading_.decoded_bytes_factor = chosen.decoded_bytes_factor;
    settled_ = true;
}

std::size_t msgpackrpc_protocol::message_size(byte_view input) const noexcept {
    if (input.empty()) return 0;
    const result<bool> whole = scan_.look(input, most_bytes_);
    if (!whole) return 1; // so that it is asked to take it, and says what is wrong
    return *whole ? scan_.size() : std::max(scan_.size(), input.size() + 1);
}

std::string msgpackrpc_protocol::type_name(std::uint32_t object) const {
    return std::string(identities_.type_name(object));
}

result<consumed> msgpackrpc_protocol::consume(byte_view input, session_events& events) {
    if (!settled_) settle(events);
    std::size_t at = 0;
    while (at < input.size()) {
        const result<bool> whole = scan_.look(input.subspan(at), most_bytes_);
        if (!whole) {
            const bool is_junk = whole.error().code() == errc::parse_error;
            return fail(
                is_junk ? errc::protocol_error : whole.error().code(),
                "peer sent what is no message of MessagePack-RPC: ", whole.error().message());
        }
        if (!*whole) break;
        const byte_view message = input.subspan(at, scan_.size());
        at += message.size();
        scan_.reset(); // handlers may let another thread go on with the rest
        identities_.use(events.references());
        BECKON_ASSIGN(const verdict then, take_message(message, input.subspan(at), events));
        if (then != verdict::go_on) return consumed{at, then};
    }
    return consumed{at, verdict::go_on};
}

result<verdict> msgpackrpc_protocol::take_message(byte_view whole, byte_view rest,
                                                  session_events& events) {
    message came(whole, reading_);
    BECKON_TRY(read_message(came));
    if (came.kind != message_kind::response) return take_request(came, whole.size(), rest, events);
    BECKON_TRY(take_response(came, events));
    return verdict::go_on;
}

result<void> msgpackrpc_protocol::take_response(message& came, session_events& events) {
    api_question asked;
    bool was_question = false;
    if (api_question* const found = questions_.find(came.id)) {
        asked = std::move(*found);
        was_question = questions_.erase(came.id);
    }
    msgpack::reader& in = came.body;
    if (was_question && asked.what == about_api::handles) {
        learn_handles(in);
        return {};
    }
    if (in.peek() != msgpack::item::nil) {
        const value object = in.get_value();
        in.skip();
        if (in.failed()) {
            events.on_error(came.id, in.take_failure().note("reading the peer's error"), false);
        } else {
            error failure = read_error(object, identities_.types().errors);
            if (was_question && asked.what != about_api::types) {
                failure = fail(errc::unsupported, "peer tells nothing of what it has; it answered ",
                               api_info_function, " with ", failure.to_string());
            }
            events.on_error(came.id, std::move(failure), false);
        }
        return {};
    }
    in.get_nil();
    result<value> outcome = in.get_value();
    if (in.failed()) outcome = in.take_failure().note("reading the result");
    if (outcome && was_question) outcome = answer_about_api(asked, std::move(*outcome));
    if (outcome) {
        events.on_value_reply(came.id, std::move(*outcome));
    } else {
        events.on_error(came.id, std::move(outcome).error(), false);
    }
    return {};
}

/// What is no answer of Neovim's tells nothing, and nobody has asked for more.
void msgpackrpc_protocol::learn_handles(msgpack::reader& answer) {
    const bool was_refused = answer.peek() != msgpack::item::nil;
    answer.skip();
    if (was_refused) return;
    const value told = answer.get_value();
    if (answer.failed()) return;
    if (const auto metadata = metadata_in(told)) identities_.learn(types_in(*metadata));
}

result<value> msgpackrpc_protocol::answer_about_api(const api_question& asked, value answer) {
    const auto metadata = metadata_in(answer);
    if (metadata) identities_.learn(types_in(*metadata));
    if (asked.what == about_api::types) return answer; // to the program, whatever it is
    if (!metadata) return metadata.error();
    return asked.what == about_api::names ? function_names(*metadata, asked.prefix)
                                          : function_signatures(*metadata, asked.prefix);
}

} // namespace beckon::msgpackrpc
