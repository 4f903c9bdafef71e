// Calls of the peer, and its answers to ours.
#include "beckon/object/object_core.hpp"
#include "codec/remcall/numbers.hpp"
#include "codec/remcall/values.hpp"
#include "protocol/remcall/failure.hpp"
#include "protocol/remcall/remcall_protocol.hpp"

namespace beckon::remcall {

result<value> remcall_protocol::read_arguments(const method_form& method, byte_view message,
                                               std::size_t at) {
    value_reader from(message, at, contract_->forms(), limits_, objects_);
    std::vector<value> arguments;
    arguments.reserve(method.method->parameters.size());
    for (const schema::field& each : method.method->parameters) {
        auto read = from.read(each.type);
        if (!read) {
            // What does not fit is the caller's fault.
            const errc code = read.error().code() == errc::schema_mismatch ? errc::invalid_argument
                                                                           : read.error().code();
            return fail(code, "argument ", each.name, " of ", method.name(), ' ',
                        read.error().message());
        }
        arguments.push_back(std::move(*read));
    }
    return value::list(std::move(arguments));
}

/// The original looks for a method of that name in whatever object it finds.
result<void> remcall_protocol::check_target(const object_numbers::lent_object& target,
                                            const method_form& method) const {
    if (target.object == nullptr) return {}; // nothing is published, which the session says
    const std::string_view known = target.object->interface_name();
    if (known.empty() || known == method.interface->name) return {};
    return fail(errc::unknown_method, "peer called ", method.name(), " of an object of ", known);
}

result<verdict> remcall_protocol::take_call(byte_view message, byte_view rest, bool has_deadline,
                                            session_events& events) {
    std::size_t at = 1;
    call_head head;
    head.wire_bytes = static_cast<std::uint32_t>(message.size());
    if (has_deadline) {
        // 0 is over already; the session's 0 is none.
        head.time_left = std::max<nanoseconds>(
            nanoseconds(1),
            std::chrono::milliseconds(static_cast<std::int64_t>(number_at(message, at, 4))));
        at += deadline_bytes;
    }
    const auto request = static_cast<std::uint32_t>(number_at(message, at, request_bytes));
    at += request_bytes;
    const method_form& method = *contract_->find(number_at(message, at, method_bytes()));
    at += method_bytes();
    const std::int64_t number = signed_at(message, at, contract_->object_bytes());
    at += contract_->object_bytes();

    head.call_id = open_.add({request, &method});
    open_by_request_[request] = head.call_id;
    const auto refuse = [&](error failure) {
        events.on_bad_call(head, std::move(failure));
        return verdict::go_on;
    };
    // All of them are read whatever becomes of the call: the peer counts its objects among them as sent.
    result<value> arguments = read_arguments(method, message, at);
    const auto target = objects_.find_ours(number);
    if (!target) return refuse(target.error());
    if (auto fits = check_target(*target, method); !fits) return refuse(std::move(fits).error());
    if (!arguments) return refuse(std::move(arguments).error());
    head.object = target->id;
    dynamic_request asked_for;
    asked_for.name =
        target->id == 0 ? concat(main_prefix_, method.method->name) : method.method->name;
    asked_for.arguments = std::move(*arguments);
    return events.on_value_call(head, std::move(asked_for), rest);
}

void remcall_protocol::take_result(byte_view message, session_events& events) {
    const auto request = static_cast<std::uint32_t>(number_at(message, request_at, request_bytes));
    const auto found = asked_.find(request);
    const asked made = found->second;
    asked_.erase(found);
    asked_by_id_.erase(made.call_id);
    value_reader from(message, answer_head, contract_->forms(), limits_, objects_);
    auto read = from.read(made.method->method->result);
    if (made.call_id == 0) return; // what it holds is let go of
    if (!read) {
        read = fail(read.error().code(), "result of ", made.method->name(), ' ',
                    read.error().message());
    }
    deliver(made.call_id, std::move(read), events);
}

void remcall_protocol::take_failure(byte_view message, session_events& events) {
    const auto request = static_cast<std::uint32_t>(number_at(message, request_at, request_bytes));
    const auto told = static_cast<std::uint8_t>(message[answer_head]);
    value_reader from(message, answer_head + 1, own_forms(), limits_, objects_);
    std::string texts[3];
    for (std::string& each : texts) {
        const auto read = from.read(failure_fields()[0].type);
        each = read ? std::string(read->string()) : "?";
    }
    error failure =
        read_failure(told, std::move(texts[0]), std::move(texts[1]), std::move(texts[2]));
    const auto found = asked_.find(request);
    if (found == asked_.end()) {
        return events.on_oddity("BKN-REMCALL-STRAY",
                                concat("peer failed request ", request,
                                       ", which this side has not made: ", failure.to_string()));
    }
    const asked made = found->second;
    asked_.erase(found);
    asked_by_id_.erase(made.call_id);
    if (made.call_id != 0) events.on_error(made.call_id, std::move(failure), false);
}

void remcall_protocol::take_releases(byte_view message, session_events& events) {
    const std::size_t width = contract_->object_bytes();
    for (std::size_t at = answer_head; at < message.size(); at += width + 4) {
        const std::int64_t number = signed_at(message, at, width);
        auto count = static_cast<std::uint32_t>(number_at(message, at + width, 4));
        if (options_.plays == role::server && number == main_number) continue; // never released
        const std::uint32_t asked_for = count;
        const std::uint32_t id = objects_.released_by_peer(number, count);
        if (id == 0 || count != asked_for) {
            events.on_oddity("BKN-RELEASE-EXCESS",
                             concat("peer released object ", number, ' ', asked_for,
                                    " times; it holds it ", id == 0 ? 0 : count, " times"));
        }
        if (id != 0 && count != 0) events.on_release(id, count);
    }
}

void remcall_protocol::take_cancel(byte_view message, session_events& events) {
    const auto request = static_cast<std::uint32_t>(number_at(message, request_at, request_bytes));
    const auto found = open_by_request_.find(request);
    if (found != open_by_request_.end()) events.on_cancel(found->second);
}

} // namespace beckon::remcall
