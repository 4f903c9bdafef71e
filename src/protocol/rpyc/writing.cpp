// What we send: requests, answers, releases.
#include "beckon/codec/brine.hpp"
#include "beckon/object/peer.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/exception_dump.hpp"
#include "protocol/rpyc/rpyc_protocol.hpp"

namespace beckon::rpyc {

namespace {

/// RPyC 5 and 6 take frames of any length; what the peer's program takes is its own business.
constexpr std::size_t most_message_bytes = 0xffff'ffff;

[[nodiscard]] handler handler_of(operation what) noexcept {
    switch (what) {
    case operation::root: return handler::get_root;
    case operation::call_method: return handler::call_attr;
    case operation::call: return handler::call;
    case operation::get_attribute: return handler::get_attr;
    case operation::set_attribute: return handler::set_attr;
    case operation::delete_attribute: return handler::del_attr;
    case operation::compare: return handler::cmp;
    case operation::to_text: return handler::str;
    case operation::to_repr: return handler::repr;
    case operation::hash: return handler::hash;
    case operation::names: return handler::dir;
    case operation::describe: return handler::inspect;
    case operation::next_items: return handler::buffiter;
    case operation::leave_context: return handler::ctxexit;
    case operation::is_instance: return handler::instance_check;
    }
    return handler::ping;
}

[[nodiscard]] bool answers_with_tuple(handler asked) noexcept {
    return asked == handler::dir || asked == handler::inspect || asked == handler::buffiter;
}

/// Whether an object that was asked for its methods could not tell, as one of another peer's that has gone; not where there
/// is no such object. RPyC asks while it reads a message, and one of its versions keeps a lock for good where that fails.
[[nodiscard]] bool is_untold(const error& failure) noexcept {
    switch (failure.code()) {
    case errc::unknown_object:
    case errc::type_mismatch:
    case errc::invalid_argument:
    case errc::protocol_error: return false;
    default: return true;
    }
}

/// The head of a tuple of plain values.
void put_plain_tuple(buffer& out, std::size_t count) {
    put_label(out, label::value);
    brine::put_tuple(out, count);
}

/// A list as a tuple, which goes by value.
[[nodiscard]] value as_tuple(const value& list) {
    return value::tuple(std::vector<value>(list.begin(), list.end()));
}

/// Named arguments as RPyC wants them: pairs.
[[nodiscard]] value pairs_of(const value& named) {
    if (named.empty()) return value::tuple({});
    std::vector<value> pairs;
    pairs.reserve(named.size());
    for (const map_entry& each : named.entries())
        pairs.push_back(value::tuple({each.key, each.mapped}));
    return value::tuple(std::move(pairs));
}

} // namespace

void rpyc_protocol::begin_request(buffer& out, std::int64_t number, handler what,
                                  thread_binding threads) {
    spoken_ = true;
    put_request(out, layout_, number, what, threads);
}

result<void> rpyc_protocol::write_value_call(buffer& out, const call_head& head,
                                             const dynamic_request& request,
                                             reference_exchange& references) {
    identities_.use(references);
    byte_view target;
    if (request.what != operation::root) {
        target = identities_.identity_of(head.object);
        if (target.empty()) {
            return fail(errc::unsupported, "object #", head.object,
                        " of the peer has no identity; its root must be asked for first");
        }
    }
    const std::size_t start = begin_frame(out);
    // What a handler asks of its caller goes to the thread that waits there.
    thread_binding threads = new_chain();
    if (head.has_parent) {
        const thread_binding& served = open_.at(head.parent).threads;
        threads = {served.target, served.sender};
    }
    const bool is_operator = request.what == operation::compare || request.name.starts_with("__");
    const bool asks_for_class = request.what == operation::is_instance &&
                                request.arguments.size() != 0 &&
                                request.arguments[0].is(value_kind::reference);
    if (asks_for_class && identities_.is_class_of(head.object, request.arguments[0].object())) {
        // A peer says no to that, and leaves it to the asker to know; what it is pinged with it gives back.
        begin_request(out, head.call_id, handler::ping, threads);
        put_plain_tuple(out, 1);
        brine::put_boolean(out, true);
        return finish_frame(out, start, options_.compress, most_message_bytes);
    }
    begin_request(out, (is_operator ? operator_numbers_ : 0) + head.call_id,
                  handler_of(request.what), threads);
    BECKON_TRY(write_arguments(out, target, request));
    if (asks_for_class) note_asked(request.arguments[0].object());
    return finish_frame(out, start, options_.compress, most_message_bytes);
}

result<void> rpyc_protocol::write_arguments(buffer& out, byte_view target,
                                            const dynamic_request& request) {
    if (request.what == operation::root) return box(out, value::tuple(), identities_);
    if (request.what == operation::describe) {
        put_plain_tuple(out, 1);
        out.append(target);
        return {};
    }
    const value& given = request.arguments;
    const auto put_target = [&](std::size_t further) {
        put_boxed_tuple(out, 1 + further);
        put_reference(out, {false, target});
    };
    const auto first = [&]() -> const value& {
        static const value& none = *new const value; // threads of a runtime may outlive statics
        return given.size() != 0 ? given.items()[0] : none;
    };
    switch (request.what) {
    case operation::call_method:
    case operation::call: {
        const bool by_name = request.what == operation::call_method;
        put_target(by_name ? 3 : 2);
        if (by_name) BECKON_TRY(box(out, value(request.name), identities_));
        BECKON_TRY(box(out, as_tuple(given), identities_));
        return box(out, pairs_of(request.named), identities_);
    }
    case operation::get_attribute:
    case operation::delete_attribute:
        put_target(1);
        return box(out, value(request.name), identities_);
    case operation::set_attribute:
        put_target(2);
        BECKON_TRY(box(out, value(request.name), identities_));
        return box(out, first(), identities_);
    case operation::compare:
        put_target(2);
        BECKON_TRY(box(out, first(), identities_));
        return box(out, value(request.name), identities_);
    case operation::next_items:
    case operation::leave_context: put_target(1); return box(out, first(), identities_);
    case operation::is_instance: {
        if (!first().is(value_kind::reference)) {
            return fail(errc::invalid_argument, "only objects are instances; found ",
                        first().type_name());
        }
        put_target(1);
        return identities_.put_identity(out, first().object());
    }
    case operation::to_text:
    case operation::to_repr:
    case operation::hash:
    case operation::names: put_target(0); return {};
    case operation::root:
    case operation::describe: break;
    }
    return fail(errc::internal, "operation ", to_string(request.what), " has no arguments");
}

void rpyc_protocol::note_asked(referent* object) {
    constexpr std::size_t most_noted = 256;
    const byte_view identity =
        identities_.identity_of(static_cast<const remote_object*>(object)->id());
    if (asked_.size() < most_noted) asked_.emplace(as_text(identity));
}

void rpyc_protocol::begin_answer(buffer& out, const open_request& to, message_kind kind) {
    spoken_ = true;
    put_envelope(out, layout_, kind, as_bytes(to.sequence), {to.threads.target, to.threads.sender});
}

result<void> rpyc_protocol::write_value_reply(buffer& out, std::uint32_t call_id,
                                              const value& result, reference_exchange& references) {
    identities_.use(references);
    const open_request& to = open_.at(call_id);
    const std::size_t start = begin_frame(out);
    const std::size_t most = out.size() + most_bytes_;
    begin_answer(out, to, message_kind::reply);
    if (answers_with_tuple(to.asked) && result.is_sequence()) {
        BECKON_TRY(box(out, as_tuple(result), identities_, most));
    } else if (to.asked == handler::cmp && result.is_null()) {
        BECKON_TRY(box(out, brine::not_implemented(), identities_, most));
    } else {
        BECKON_TRY(box(out, result, identities_, most));
    }
    BECKON_TRY(finish_frame(out, start, options_.compress, most_bytes_));
    open_.retire(call_id);
    return {};
}

void rpyc_protocol::write_error(buffer& out, std::uint32_t call_id, const error& failure, bool) {
    const std::size_t start = begin_frame(out);
    const open_request& to = open_.at_or_retired(call_id);
    if (to.asked == handler::inspect && is_untold(failure)) {
        begin_answer(out, to, message_kind::reply);
        put_plain_tuple(out, 0);
        static_cast<void>(finish_frame(out, start, false, most_message_bytes));
        return open_.remove(call_id);
    }
    begin_answer(out, to, message_kind::exception);
    const bool is_access = to.asked == handler::get_attr || to.asked == handler::set_attr ||
                           to.asked == handler::del_attr;
    if (is_access && failure.code() == errc::access_denied && failure.type_name().empty()) {
        // The one exception that Python expects of an attribute that it may not have.
        error refused = failure;
        refused.set_type_name("builtins.AttributeError");
        put_exception(out, refused, options_.exceptions);
    } else {
        put_exception(out, failure, options_.exceptions);
    }
    if (!finish_frame(out, start, options_.compress, most_message_bytes)) out.truncate(start);
    open_.remove(call_id);
}

void rpyc_protocol::write_release(
    buffer& out, std::span<const std::pair<std::uint32_t, std::uint32_t>> released) {
    for (const auto& [object, count] : released) {
        const byte_view target = identities_.identity_of(object);
        if (target.empty()) continue;
        const std::size_t start = begin_frame(out);
        begin_request(out, next_own_number(), handler::del, new_chain());
        put_boxed_tuple(out, 2);
        put_reference(out, {false, target});
        put_label(out, label::value);
        brine::put_integer(out, count);
        static_cast<void>(finish_frame(out, start, false, most_message_bytes));
        identities_.released(object, count);
    }
}

void rpyc_protocol::write_ping(buffer& out, std::uint64_t number) {
    const std::int64_t request = next_own_number();
    const std::size_t start = begin_frame(out);
    begin_request(out, request, handler::ping, new_chain());
    put_plain_tuple(out, 1);
    brine::put_integer(out, static_cast<std::int64_t>(number));
    static_cast<void>(finish_frame(out, start, false, most_message_bytes));
    pings_.set(request, number);
}

void rpyc_protocol::write_bye(buffer& out) {
    const std::size_t start = begin_frame(out);
    begin_request(out, next_own_number(), handler::close, new_chain());
    put_plain_tuple(out, 0);
    static_cast<void>(finish_frame(out, start, false, most_message_bytes));
}

} // namespace beckon::rpyc
