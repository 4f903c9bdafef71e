// What we send: calls, answers, releases, and the end.
#include <algorithm>

#include "beckon/value/coerce.hpp"
#include "codec/remcall/numbers.hpp"
#include "codec/remcall/values.hpp"
#include "protocol/remcall/failure.hpp"
#include "protocol/remcall/remcall_protocol.hpp"

namespace beckon::remcall {

namespace {
constexpr std::size_t most_held_bytes = 4u << 20;

void put_command(buffer& out, command what) {
    put_number(out, static_cast<std::uint64_t>(what), 1);
}
} // namespace

void remcall_protocol::write_greeting(buffer& out, const greeting&) {
    if (options_.peer == peer_kind::plain) return;
    for (std::size_t i = 0; i < knock_size; ++i) put_command(out, command::noop);
    if (owes_hello()) put_hello(out);
}

void remcall_protocol::write_bye(buffer& out) {
    if (!std::exchange(said_bye_, true)) put_command(out, command::disconnect);
}

void remcall_protocol::let_go() noexcept {
    objects_.set_main({});
    held_.clear();
    held_bytes_ = 0;
}

// --- Calls ---

std::uint32_t remcall_protocol::next_request() {
    do ++last_request_;
    while (asked_.contains(last_request_)); // an old one that was never answered
    return last_request_;
}

/// The method that a call is for, by the schema, which is known with the first call.
result<const method_form*> remcall_protocol::method_for(const call_head& head,
                                                        const dynamic_request& request) {
    if (request.what != operation::call_method) {
        return fail(errc::unsupported, "remcall has only calls of methods; ",
                    to_string(request.what), " is none");
    }
    if (!contract_) {
        if (no_contract_) return *no_contract_;
        if (head.interface == nullptr) {
            return fail(errc::unsupported, "remcall's bytes say nothing of what they are; of ",
                        quoted(request.name),
                        " nobody has said what it takes and gives: call it by an interface");
        }
        BECKON_ASSIGN(auto made, contract::of(*head.interface, options_.plays, options_.label));
        agree(std::move(made));
    }
    if (their_digest_ && options_.check == schema_check::digest &&
        *their_digest_ != contract_->digest())
        return mismatch();
    const std::string_view interface = head.interface != nullptr
                                           ? head.interface->name
                                           : objects_.interface_of_theirs(head.object);
    return contract_->find(interface, request.name);
}

result<void> remcall_protocol::put_call(buffer& out, const call_head& head,
                                        const method_form& method, std::uint32_t request,
                                        const dynamic_request& what) {
    BECKON_ASSIGN(const std::int64_t number, objects_.number_of_theirs(head.object));
    if (head.time_left.count() != 0 && may_use(feature::deadlines)) {
        put_command(out, command::call_with_deadline);
        const std::int64_t left =
            std::chrono::ceil<std::chrono::milliseconds>(head.time_left).count();
        put_number(out, static_cast<std::uint64_t>(std::min<std::int64_t>(left, UINT32_MAX)),
                   deadline_bytes);
    } else {
        put_command(out, command::call_method);
    }
    put_number(out, request, request_bytes);
    put_number(out, method.number, contract_->method_bytes());
    put_number(out, static_cast<std::uint64_t>(number), contract_->object_bytes());

    const schema::document& document = contract_->forms().document();
    const bool by_name = what.named.is(value_kind::map) && !what.named.empty();
    const value* given = &what.arguments;
    value arranged;
    if (by_name || given->size() != method.method->parameters.size()) {
        BECKON_ASSIGN(arranged, coerce_arguments(by_name ? what.named : what.arguments, document,
                                                 *method.method));
        given = &arranged;
    }
    for (std::size_t i = 0; i < method.method->parameters.size(); ++i) {
        const schema::field& parameter = method.method->parameters[i];
        BECKON_TRY(write_value(out, (*given)[i], parameter.type, contract_->forms(), objects_)
                       .note(concat("writing argument ", parameter.name, " of ", method.name())));
    }
    return {};
}

result<void> remcall_protocol::hold(held_call call, std::string_view what) {
    if (peer_ == speaks::plain || (heard_hello_ && said_hello_)) return needs_beckon(what);
    if (held_bytes_ + call.message.size() > most_held_bytes) {
        return fail(errc::overloaded, "calls of ", held_bytes_,
                    " bytes wait already until the peer says whether it is a Beckon; limit is ",
                    most_held_bytes, " bytes");
    }
    held_bytes_ += call.message.size();
    held_.push_back(std::move(call));
    return {};
}

result<void> remcall_protocol::write_schema_question(buffer& out, const call_head& head,
                                                     operation what) {
    if (head.object != 0) {
        return fail(errc::unsupported, "remcall has only calls of methods; ", to_string(what),
                    " of an object is none");
    }
    held_call question;
    question.call_id = head.call_id;
    question.asks_schema = true;
    question.what = what;
    put_command(question.message, command::request_schema);
    if (has_no_schema_there()) return mismatch();
    if (heard_hello_ && !said_hello_) put_hello(out);
    if (!may_use(feature::schemas)) return hold(std::move(question), "the peer's schema");
    out.append(question.message.view());
    schema_questions_.push_back({head.call_id, what});
    return {};
}

result<void> remcall_protocol::write_value_call(buffer& out, const call_head& head,
                                                const dynamic_request& request,
                                                reference_exchange& references) {
    const bool asks_schema =
        request.what == operation::get_attribute && request.name == schema_attribute;
    if (asks_schema || request.what == operation::names || request.what == operation::describe)
        return write_schema_question(out, head, request.what);
    objects_.use(references);
    BECKON_ASSIGN(const method_form* const method, method_for(head, request));
    if (asked_.size() >= options_.max_unanswered) {
        return fail(errc::overloaded, "peer has left ", asked_.size(),
                    " calls without an answer; limit is ", options_.max_unanswered,
                    " (max_unanswered)");
    }
    const bool said_before = said_hello_;
    const std::size_t begin = out.size();
    // The peer has said HELLO before this side knew its own schema.
    const bool compares = owes_hello() && heard_hello_ &&
                          options_.check == schema_check::structure &&
                          *their_digest_ != contract_->digest();
    if (owes_hello()) put_hello(out);
    if (compares) put_command(out, command::request_schema);
    const bool needs = method->takes_extension || method->gives_extension;
    const bool waits = needs && !may_use(feature::values);
    held_call held;
    held.call_id = head.call_id;
    held.request = next_request();
    buffer& into = waits ? held.message : out;
    objects_.begin_message();
    auto written = put_call(into, head, *method, held.request, request);
    const std::uint32_t number = held.request;
    if (written && waits) written = hold(std::move(held), method->name());
    if (!written) {
        objects_.take_back();
        --last_request_;
        said_hello_ = said_before;
        out.truncate(begin);
        return written;
    }
    if (compares) schema_questions_.push_back({0, operation::describe});
    asked_[number] = {head.call_id, method};
    if (head.call_id != 0) asked_by_id_.set(head.call_id, number);
    return {};
}

void remcall_protocol::write_cancel(buffer& out, std::uint32_t call_id) {
    if (const auto waits = std::find_if(held_.begin(), held_.end(),
                                        [&](const auto& each) { return each.call_id == call_id; });
        waits != held_.end())
        return call_dropped(call_id);
    const std::uint32_t* const request = asked_by_id_.find(call_id);
    if (request == nullptr) return;
    if (may_use(feature::cancelling)) {
        put_cancel(out, *request);
    } else {
        asked_[*request].given_up = true;
    }
}

void remcall_protocol::put_cancel(buffer& out, std::uint32_t request) {
    put_command(out, command::cancel);
    put_number(out, request, request_bytes);
}

void remcall_protocol::call_dropped(std::uint32_t call_id) {
    std::erase_if(held_, [&](const held_call& each) {
        if (each.call_id != call_id) return false;
        held_bytes_ -= each.message.size();
        return true;
    });
    std::erase_if(unsure_, [&](const unsure_answer& each) { return each.call_id == call_id; });
    const std::uint32_t* const request = asked_by_id_.find(call_id);
    if (request == nullptr) return;
    asked_.erase(*request);
    asked_by_id_.erase(call_id);
}

// --- Answers ---

result<void> remcall_protocol::write_value_reply(buffer& out, std::uint32_t call_id,
                                                 const value& result,
                                                 reference_exchange& references) {
    const answering& to = open_.at(call_id);
    if (to.method->gives_extension && !may_use(feature::values))
        return needs_beckon(concat("the result of ", to.method->name()));
    objects_.use(references);
    objects_.begin_message();
    const std::size_t begin = out.size();
    put_command(out, command::return_from_method);
    put_number(out, to.request, request_bytes);
    const auto written =
        write_value(out, result, to.method->method->result, contract_->forms(), objects_);
    if (!written) {
        objects_.take_back();
        out.truncate(begin);
        return written;
    }
    const auto listed = open_by_request_.find(to.request);
    if (listed != open_by_request_.end() && listed->second == call_id)
        open_by_request_.erase(listed);
    open_.retire(call_id);
    return {};
}

bool remcall_protocol::tells_failure(std::uint32_t) const {
    const bool may_yet_say = peer_ == speaks::beckon && !(heard_hello_ && said_hello_);
    return may_use(feature::failures) || may_yet_say;
}

void remcall_protocol::put_failed(buffer& out, std::uint32_t request, const error& failure) const {
    put_command(out, command::fail_method);
    put_number(out, request, request_bytes);
    put_failure(out, failure);
}

void remcall_protocol::write_error(buffer& out, std::uint32_t call_id, const error& failure, bool) {
    if (open_.is_retired(call_id)) objects_.take_back(); // the answer was too large
    const std::uint32_t request = open_.at_or_retired(call_id).request;
    const auto listed = open_by_request_.find(request);
    if (listed != open_by_request_.end() && listed->second == call_id)
        open_by_request_.erase(listed);
    open_.remove(call_id);
    if (may_use(feature::failures)) {
        put_failed(out, request, failure);
    } else if (tells_failure(call_id) && untold_.size() < options_.max_unanswered) {
        untold_.push_back({request, failure});
    }
}

void remcall_protocol::refuse_open_calls(buffer& out, const error& why) {
    for (const std::uint32_t number : open_.numbers()) write_error(out, number, why, false);
}

void remcall_protocol::write_release(
    buffer& out, std::span<const std::pair<std::uint32_t, std::uint32_t>> released) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> told;
    for (const auto& [object, count] : released) {
        const std::int64_t number = objects_.release_theirs(object, count);
        if (number != 0) told.emplace_back(number, count);
    }
    if (told.empty() || !may_use(feature::releases)) return;
    put_command(out, command::release_objects);
    put_number(out, told.size(), 4);
    for (const auto& [number, count] : told) {
        put_number(out, static_cast<std::uint64_t>(number), contract_->object_bytes());
        put_number(out, count, 4);
    }
}

} // namespace beckon::remcall
