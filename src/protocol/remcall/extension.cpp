// What two Beckons say to each other besides remcall (docs/wire/remcall.md, section 15).
#include <algorithm>

#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "beckon/schema/remcall/document.hpp"
#include "codec/remcall/numbers.hpp"
#include "protocol/remcall/failure.hpp"
#include "protocol/remcall/remcall_protocol.hpp"

namespace beckon::remcall {

namespace {
constexpr std::string_view fetching = "the peer's schema";
} // namespace

// --- Who the peer is ---

void remcall_protocol::note_first_bytes(command what, session_events& events) {
    if (peer_ != speaks::unknown) return;
    if (what == command::noop) {
        if (++noops_ == knock_size) knocked(events);
        return;
    }
    peer_ = speaks::plain;
    refuse_held(events);
}

void remcall_protocol::knocked(session_events& events) {
    peer_ = speaks::beckon;
    if (!owes_hello()) return;
    put_hello(events.begin_answer());
    events.end_answer();
}

/// A caller that does not know the schema yet says HELLO when it does; a server that has none, with the digest of none, so
/// that its peer hears why nothing can be called.
bool remcall_protocol::owes_hello() const noexcept {
    const bool will_never = options_.plays == role::server && no_contract_;
    return peer_ == speaks::beckon && !said_hello_ && (contract_ != nullptr || will_never);
}

void remcall_protocol::put_hello(buffer& out) {
    put_number(out, static_cast<std::uint64_t>(command::hello), 1);
    put_number(out, hello_version, 2);
    put_number(out, feature::all, 4);
    // Who has no schema, and wants the peer's, takes it as it is.
    out.append(contract_ ? contract_->digest() : their_digest_.value_or(digest{}));
    said_hello_ = true;
}

result<void> remcall_protocol::take_hello(byte_view message, session_events& events) {
    const auto version = static_cast<std::uint16_t>(number_at(message, 1, 2));
    if (version == 0) return fail(errc::protocol_error, "peer said HELLO in version 0");
    if (heard_hello_) {
        events.on_oddity("BKN-REMCALL-HELLO", "peer said HELLO twice");
        return {};
    }
    heard_hello_ = true;
    features_ = feature::all & static_cast<std::uint32_t>(number_at(message, 3, 4));
    digest theirs{};
    std::copy(message.end() - static_cast<std::ptrdiff_t>(theirs.size()), message.end(),
              theirs.begin());
    their_digest_ = theirs;
    if (owes_hello()) {
        put_hello(events.begin_answer());
        events.end_answer();
    }
    BECKON_TRY(compare_digests(events));
    if (!untold_.empty() && may_use(feature::failures)) {
        buffer& out = events.begin_answer();
        for (const untold_failure& each : untold_) put_failed(out, each.request, each.failure);
        events.end_answer();
    }
    untold_.clear();
    for (const auto& [request, each] : asked_) {
        if (!each.given_up || !may_use(feature::cancelling)) continue;
        put_cancel(events.begin_answer(), request);
        events.end_answer();
    }
    send_held(events);
    return {};
}

// --- Schemas ---

bool remcall_protocol::has_no_schema_there() const noexcept {
    return options_.plays == role::client && their_digest_ && *their_digest_ == digest{};
}

error remcall_protocol::mismatch() const {
    if (has_no_schema_there()) {
        return fail(errc::schema_mismatch, "peer publishes no object with an interface that "
                                           "remcall can carry, and so has no schema");
    }
    return fail(errc::schema_mismatch, "peer's schema has digest ", to_hex(*their_digest_),
                "; ours has ", to_hex(contract_->digest()),
                " (check=structure disregards labels and the order of methods)");
}

result<void> remcall_protocol::compare_digests(session_events& events) {
    if (!contract_ || options_.check == schema_check::none || *their_digest_ == contract_->digest())
        return {};
    const bool can_ask = options_.plays == role::server || *their_digest_ != digest{};
    if (options_.check != schema_check::structure || !may_use(feature::schemas) || !can_ask)
        return end_by_mismatch(mismatch(), events);
    put_number(events.begin_answer(), static_cast<std::uint64_t>(command::request_schema), 1);
    events.end_answer();
    schema_questions_.push_back({0, operation::describe});
    return {};
}

error remcall_protocol::end_by_mismatch(error why, session_events& events) {
    write_bye(events.begin_answer());
    events.end_answer();
    fail_calls(why, events);
    return why;
}

void remcall_protocol::fail_calls(const error& why, session_events& events) {
    std::vector<std::uint32_t> waiting;
    for (const auto& [request, each] : asked_) {
        if (each.call_id != 0) waiting.push_back(each.call_id);
    }
    for (const unsure_answer& each : unsure_) waiting.push_back(each.call_id);
    asked_.clear();
    asked_by_id_.clear();
    unsure_.clear();
    for (const std::uint32_t each : waiting) events.on_error(each, why, false);
}

bool remcall_protocol::is_comparing() const noexcept {
    return std::any_of(schema_questions_.begin(), schema_questions_.end(),
                       [](const schema_question& each) { return each.call_id == 0; });
}

void remcall_protocol::deliver(std::uint32_t call_id, result<value> read, session_events& events) {
    if (is_comparing()) return static_cast<void>(unsure_.push_back({call_id, std::move(read)}));
    if (read) return events.on_value_reply(call_id, std::move(*read));
    events.on_error(call_id, std::move(read).error(), false);
}

error remcall_protocol::ended_while_comparing() const {
    return fail(errc::schema_mismatch, "peer ended the conversation; its schema has digest ",
                to_hex(*their_digest_), ", ours has ", to_hex(contract_->digest()),
                " (check=structure has to be said on both sides)");
}

void remcall_protocol::answer_with_schema(session_events& events) {
    if (!contract_) {
        return events.on_oddity("BKN-REMCALL-SCHEMA",
                                "peer asks for a schema that is not known yet");
    }
    buffer& out = events.begin_answer();
    put_number(out, static_cast<std::uint64_t>(command::send_schema), 1);
    out.append(contract_->encoded());
    events.end_answer();
}

result<void> remcall_protocol::take_schema(byte_view message, session_events& events) {
    const byte_view encoded = message.subspan(1);
    if (schema_questions_.empty()) return compare_schema(encoded, events);
    const schema_question asked_for = schema_questions_.front();
    schema_questions_.pop_front();
    if (asked_for.call_id == 0) return compare_schema(encoded, events);
    auto told = told_schema(asked_for.what, encoded);
    if (told) {
        events.on_value_reply(asked_for.call_id, std::move(*told));
    } else {
        events.on_error(asked_for.call_id, std::move(told).error(), false);
    }
    return {};
}

result<void> remcall_protocol::compare_schema(byte_view encoded, session_events& events) {
    if (!contract_ || options_.check == schema_check::none) return {};
    const auto theirs = schema::remcall::read(encoded, {.max_bytes = options_.max_schema_bytes});
    if (!theirs) {
        return fail(errc::protocol_error,
                    "peer sent what is no schema: ", theirs.error().message());
    }
    const auto differs = contract_->difference(theirs->document);
    if (!differs) {
        for (unsure_answer& each : std::exchange(unsure_, {}))
            deliver(each.call_id, std::move(each.read), events);
        return {};
    }
    return end_by_mismatch(fail(errc::schema_mismatch, "peer's schema, with digest ",
                                to_hex(theirs->digest), ", is not ours, with ",
                                to_hex(contract_->digest()), ": ", *differs),
                           events);
}

/// The methods of the main object: their names, or each with its line in the schema. Or the schema itself.
result<value> remcall_protocol::told_schema(operation what, byte_view encoded) const {
    BECKON_ASSIGN(const auto theirs,
                  schema::remcall::read(encoded, {.max_bytes = options_.max_schema_bytes}));
    if (what == operation::get_attribute) return value(bytes(encoded.begin(), encoded.end()));
    BECKON_ASSIGN(const schema::document document, schema::remcall::to_document(theirs.document));
    const schema::interface* const main = document.find_interface(schema::remcall::main_name);
    if (main == nullptr) return fail(errc::internal, "a schema without Main was read");
    value told = value::list();
    for (const schema::method& each : main->methods) {
        if (what == operation::names) {
            told.push_back(value(each.name));
            continue;
        }
        std::string line = "(";
        for (const schema::field& parameter : each.parameters) {
            if (&parameter != &each.parameters.front()) line += ", ";
            line += concat(schema::to_string(parameter.type), ' ', parameter.name);
        }
        line += ')';
        if (each.result.kind != schema::kind::void_)
            line += concat(": ", schema::to_string(each.result));
        told.push_back(value::tuple({value(each.name), value(line)}));
    }
    return told;
}

// --- What waits until it is known who the peer is ---

error remcall_protocol::needs_beckon(std::string_view what) {
    return fail(errc::unsupported, "remcall itself cannot carry ", what,
                ", and the peer has not said that it is a Beckon");
}

std::string remcall_protocol::what_is_held(const held_call& call) const {
    const auto known = asked_.find(call.request);
    return std::string(call.asks_schema || known == asked_.end() ? fetching
                                                                 : known->second.method->name());
}

std::string remcall_protocol::why_held(std::uint32_t call_id) const {
    const auto waits = std::find_if(held_.begin(), held_.end(),
                                    [&](const auto& each) { return each.call_id == call_id; });
    if (waits == held_.end()) return {};
    return concat(
        "waiting for the peer to say HELLO, as a Beckon does: the call was not sent, since "
        "remcall itself cannot carry ",
        what_is_held(*waits));
}

void remcall_protocol::send_held(session_events& events) {
    std::vector<held_call> all = std::exchange(held_, {});
    held_bytes_ = 0;
    for (held_call& each : all) {
        if (each.asks_schema && has_no_schema_there()) { // it would not answer
            events.on_error(each.call_id, mismatch(), false);
            continue;
        }
        if (!said_hello_ && each.asks_schema) {
            put_hello(events.begin_answer());
            events.end_answer();
        }
        if (!may_use(each.asks_schema ? feature::schemas : feature::values)) {
            held_.push_back(std::move(each));
            continue;
        }
        events.begin_answer().append(each.message.view());
        events.end_answer();
        if (each.asks_schema) schema_questions_.push_back({each.call_id, each.what});
    }
    if (said_hello_) refuse_held(events);
}

void remcall_protocol::refuse_held(session_events& events) {
    const std::vector<held_call> all = std::exchange(held_, {});
    held_bytes_ = 0;
    for (const held_call& each : all) {
        const std::string what = what_is_held(each);
        if (const auto known = asked_.find(each.request);
            !each.asks_schema && known != asked_.end()) {
            asked_by_id_.erase(each.call_id);
            asked_.erase(known);
        }
        if (each.call_id != 0) events.on_error(each.call_id, needs_beckon(what), false);
    }
}

} // namespace beckon::remcall
