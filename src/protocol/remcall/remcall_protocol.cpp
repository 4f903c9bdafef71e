#include "protocol/remcall/remcall_protocol.hpp"

#include <algorithm>

#include "beckon/object/object_core.hpp"
#include "beckon/schema/remcall/document.hpp"
#include "codec/remcall/numbers.hpp"

namespace beckon {

std::unique_ptr<protocol> make_remcall_protocol(remcall::options options) {
    return std::make_unique<remcall::remcall_protocol>(std::move(options));
}

} // namespace beckon

namespace beckon::remcall {

remcall_protocol::remcall_protocol(options chosen)
    : options_(std::move(chosen)), objects_(options_.plays),
      last_request_(options_.first_request - 1) {
    if (options_.peer == peer_kind::plain) peer_ = speaks::plain;
    if (options_.peer == peer_kind::beckon) {
        peer_ = speaks::beckon;
        features_ = feature::all; // until it says which of them it has
    }
    if (!options_.schema) return;
    auto made = contract::of(options_.schema);
    made ? agree(std::move(*made)) : static_cast<void>(no_contract_.emplace(made.error()));
}

protocol_traits remcall_protocol::traits() const noexcept {
    protocol_traits mine;
    mine.dynamic = true;
    mine.greets = false;
    mine.has_pings = false;
    mine.has_credit = false;
    mine.tells_parents = false;
    mine.tells_types = false;
    mine.starts_at_once = true;
    mine.passes_root = options_.plays == role::client;
    mine.addresses_by_name = true;
    mine.wants_acknowledgement = true; // the original writes each field by itself
    mine.max_message_bytes = default_message_bytes;
    return mine;
}

void remcall_protocol::agree(std::shared_ptr<const contract> on) {
    contract_ = std::move(on);
    no_contract_.reset();
    objects_.set_width(contract_->object_bytes(), contract_->main_name());
}

/// What the session tells with the first input.
void remcall_protocol::settle(session_events& events) {
    settled_ = true;
    limits_ = events.limits();
    scan_.set_limits({limits_.max_message_bytes, limits_.max_depth, limits_.max_nodes},
                     std::min(options_.max_schema_bytes, limits_.max_message_bytes));
    if (options_.plays == role::server) find_main(events);
}

/// The root; where its interface is not called Main, the object published under that name, if there is one.
void remcall_protocol::find_main(session_events& events) {
    constexpr std::string_view main = schema::remcall::main_name;
    intrusive_ptr<object_core> found = events.serving({});
    if (!found || found->interface_name() != main) {
        const auto by_name = events.serving(concat(main, '.'));
        if (by_name && by_name->interface_name() == main) {
            found = by_name;
            main_prefix_ = concat(main, '.');
        }
    }
    if (!found || found->interface() == nullptr) {
        no_contract_.emplace(fail(errc::unsupported,
                                  "this side publishes no object with an interface, "
                                  "which a server of remcall needs"));
        return;
    }
    if (!contract_) {
        auto made = contract::of(*found->interface(), role::server, options_.label);
        if (!made) return static_cast<void>(no_contract_.emplace(std::move(made).error()));
        agree(std::move(*made));
    }
    objects_.set_main(std::move(found));
}

// --- Where messages end ---

result<void> remcall_protocol::may_send(command what) const {
    switch (what) {
    case command::call_method:
    case command::return_from_method:
    case command::noop:
    case command::disconnect:
    case command::acknowledge_disconnect:
    case command::request_schema:
    case command::send_schema: return {};
    case command::hello:
        if (peer_ == speaks::beckon) return {};
        break;
    case command::fail_method:
    case command::release_objects:
    case command::cancel:
    case command::call_with_deadline:
        if (peer_ != speaks::beckon) break;
        if (heard_hello_ || options_.peer == peer_kind::beckon) return {};
        return fail(errc::protocol_error, "peer sent command 0x",
                    to_hex({reinterpret_cast<const std::byte*>(&what), 1}), " before its HELLO");
    default:
        return fail(errc::protocol_error, "peer sent command 0x",
                    to_hex({reinterpret_cast<const std::byte*>(&what), 1}),
                    ", which remcall does not have");
    }
    return fail(errc::protocol_error, "peer sent command 0x",
                to_hex({reinterpret_cast<const std::byte*>(&what), 1}),
                ", which is Beckon's, and did not begin as a Beckon does");
}

result<std::span<const schema::field>> remcall_protocol::parameters_of(std::uint64_t method) const {
    const method_form* const found = contract_->find(method);
    if (found == nullptr) {
        return fail(errc::protocol_error, "peer called method number ", method,
                    "; the schema has those below ", contract_->size());
    }
    if (found->takes_extension && !may_use(feature::values)) {
        return fail(errc::protocol_error, "peer called ", found->name(),
                    ", whose arguments only Beckons that have said so can send");
    }
    return std::span<const schema::field>(found->method->parameters);
}

result<const schema::type*> remcall_protocol::result_of(std::uint32_t request) const {
    const auto found = asked_.find(request);
    if (found != asked_.end()) return &found->second.method->method->result;
    return fail(errc::protocol_error, "peer answered request ", request,
                ", which this side has not made");
}

std::size_t remcall_protocol::message_size(byte_view input) const noexcept {
    if (input.empty() || !settled_) return 0;
    const result<bool> whole = scan_.look(input, *this);
    if (!whole) return 1; // so that it is asked to take it, and says what is wrong
    return *whole ? scan_.size() : std::max(scan_.size(), input.size() + 1);
}

result<consumed> remcall_protocol::consume(byte_view input, session_events& events) {
    if (!settled_) settle(events);
    std::size_t at = 0;
    while (at < input.size()) {
        if (!contract_ && options_.plays == role::server && no_contract_ &&
            static_cast<command>(input[at]) == command::call_method)
            return *no_contract_;
        BECKON_ASSIGN(const bool whole, scan_.look(input.subspan(at), *this));
        if (!whole) break;
        const byte_view message = input.subspan(at, scan_.size());
        at += message.size();
        scan_.reset(); // handlers may let another thread go on with the rest
        objects_.use(events.references());
        BECKON_ASSIGN(const verdict then, take(message, input.subspan(at), events));
        if (then != verdict::go_on) return consumed{at, then};
    }
    return consumed{at, verdict::go_on};
}

result<verdict> remcall_protocol::take(byte_view message, byte_view rest, session_events& events) {
    const auto what = static_cast<command>(message[0]);
    note_first_bytes(what, events);
    switch (what) {
    case command::call_method: return take_call(message, rest, false, events);
    case command::call_with_deadline: return take_call(message, rest, true, events);
    case command::return_from_method: take_result(message, events); break;
    case command::fail_method: take_failure(message, events); break;
    case command::release_objects: take_releases(message, events); break;
    case command::cancel: take_cancel(message, events); break;
    case command::hello: BECKON_TRY(take_hello(message, events)); break;
    case command::request_schema: answer_with_schema(events); break;
    case command::send_schema: BECKON_TRY(take_schema(message, events)); break;
    case command::noop: break;
    case command::disconnect:
        put_number(events.begin_answer(),
                   static_cast<std::uint64_t>(command::acknowledge_disconnect), 1);
        events.end_answer();
        if (is_comparing() && their_digest_ && contract_) {
            error why = ended_while_comparing();
            fail_calls(why, events);
            return why;
        }
        [[fallthrough]];
    case command::acknowledge_disconnect: events.on_bye(); return verdict::stop;
    }
    return verdict::go_on;
}

} // namespace beckon::remcall
