// The side that is called: what comes. Each message has one answer, in its order.
#include <algorithm>

#include "beckon/codec/basic/payload.hpp"
#include "protocol/basic/basic_protocol.hpp"
#include "protocol/basic/failure.hpp"
#include "protocol/basic/numbers.hpp"

namespace beckon::basic {

namespace {
constexpr std::size_t most_waiting_bytes = 16u << 20;
} // namespace

protocol_traits server_protocol::traits() const noexcept { return common_traits(); }

/// An answer of the protocol's own, in its turn.
template <typename Write>
result<verdict> server_protocol::answer_now(session_events& events, const Write& write) {
    if (open_.empty()) {
        write(events.begin_answer());
        events.end_answer();
        return verdict::go_on;
    }
    open_command made;
    made.is = open_command::kind::own;
    made.done = true;
    write(made.answer);
    kept_bytes_ += made.answer.size();
    open_.push_back(std::move(made));
    if (kept_bytes_ <= most_waiting_bytes && open_.size() <= limits_.max_calls_in_flight * 16)
        return verdict::go_on;
    return fail(errc::limit_exceeded, "peer has ", open_.size(), " messages with answers of ",
                kept_bytes_, " bytes behind a command that still runs");
}

result<verdict> server_protocol::refuse_now(session_events& events, const error& why) {
    return answer_now(events, [&](buffer& out) { write_exception(out, why); });
}

error server_protocol::out_of_step(error why, session_events&) { return why; }

result<verdict> server_protocol::take(std::uint8_t type, byte_view payload, byte_view rest,
                                      session_events& events) {
    switch (static_cast<message_type>(type)) {
    case message_type::init: return take_init(payload, rest, events);
    case message_type::command: return take_command(payload, rest, events);
    default: return refuse_now(events, protocol_failure(concat("Unexpected msg_type: ", type)));
    }
}

result<verdict> server_protocol::take_init(byte_view payload, byte_view rest,
                                           session_events& events) {
    constexpr std::size_t parts = std::size(version);
    if (payload.size() < parts) {
        return fail(errc::invalid_argument,
                    "Cannot deserialize version, insufficient bytes: ", payload.size(),
                    ". Expected ", parts);
    }
    const auto major = std::to_integer<unsigned>(payload[0]);
    if (established_ && !options_.raw)
        return refuse_now(events, protocol_failure("Initialization already occurred"));
    if (major != version[0]) {
        return refuse_now(events, protocol_failure(concat("Incorrect major version: ", major,
                                                          ". Expected ", version[0])));
    }
    if (options_.raw) {
        dynamic_request request;
        request.name = "#init";
        for (std::size_t i = 0; i < parts; ++i)
            request.arguments.push_back(value(std::to_integer<unsigned>(payload[i])));
        open_command made;
        made.is = open_command::kind::init;
        return ask(std::move(made), std::move(request), payload.size(), rest, events);
    }
    dynamic_request request;
    request.name = concat(options_.admission, ".enter");
    const intrusive_ptr<object_core> desk = events.serving(request.name);
    if (desk && desk->interface() != nullptr && desk->interface()->name == "admission") {
        request.arguments.push_back(value(0)); // who finds no place asks again
        open_command made;
        made.is = open_command::kind::place;
        return ask(std::move(made), std::move(request), payload.size(), rest, events);
    }
    established_ = true;
    return answer_now(events, [](buffer& out) { write_init(out, true); });
}

void server_protocol::write_init(buffer& out, bool is_in) {
    const std::size_t begin = out.size();
    begin_message(out, static_cast<std::uint8_t>(message_type::init));
    put_number(out, is_in ? 1 : 0, 1);
    static_cast<void>(end_message(out, begin));
}

result<verdict> server_protocol::take_command(byte_view payload, byte_view rest,
                                              session_events& events) {
    if (!established_ && !options_.raw)
        return refuse_now(events, protocol_failure("Need to initialize connection first"));
    if (payload.size() < 2)
        return refuse_now(events, protocol_failure("Insufficient bytes in command."));
    const auto number = static_cast<std::uint16_t>(std::to_integer<unsigned>(payload[0]) |
                                                   std::to_integer<unsigned>(payload[1]) << 8);
    const byte_view arguments = payload.subspan(2);
    open_command made;
    dynamic_request request;
    const intrusive_ptr<object_core> target =
        options_.raw ? intrusive_ptr<object_core>() : events.serving({});
    if (target && target->interface() != nullptr) {
        made.table = tables_.of(*target->interface());
        const auto place = made.table->find_number(number);
        if (!place) {
            return refuse_now(events,
                              protocol_failure(concat("Unknown command with id: ", number)));
        }
        made.command = static_cast<std::uint32_t>(*place);
        if (made.table->refusal(*place)) {
            return refuse_now(events, protocol_failure(concat("Unknown command with id: ", number,
                                                              " (", made.table->method(*place).name,
                                                              " cannot be carried: ",
                                                              *made.table->refusal(*place), ')')));
        }
        auto read = made.table->read_arguments(*place, arguments, limits_);
        if (!read) return refuse_now(events, read.error());
        request.name = made.table->method(*place).name;
        request.arguments = std::move(read).value();
    } else {
        made.command = number;
        request.name = raw_name(number);
        if (options_.in_place) {
            const auto came = make_counted<received>(arguments);
            request.arguments = value::list({value(intrusive_ptr<referent>(came))});
            const verdict next =
                ask(std::move(made), std::move(request), payload.size(), rest, events);
            if (came->use_count() > 1) came->keep_own(); // the call waits for its turn
            return next;
        }
        request.arguments = value::list({value(arguments)});
    }
    return ask(std::move(made), std::move(request), payload.size(), rest, events);
}

verdict server_protocol::ask(open_command what, dynamic_request request, std::size_t payload_bytes,
                             byte_view rest, session_events& events) {
    call_head head;
    head.call_id = first_open_ + static_cast<std::uint32_t>(open_.size());
    head.wire_bytes = static_cast<std::uint32_t>(payload_bytes + head_bytes);
    open_.push_back(std::move(what));
    const verdict next = events.on_value_call(head, std::move(request), rest);
    return next == verdict::go_on && is_over_ ? verdict::stop : next;
}

server_protocol::open_command* server_protocol::find(std::uint32_t call_id) noexcept {
    const std::uint32_t index = call_id - first_open_;
    if (index >= open_.size() || open_[index].done) return nullptr;
    return &open_[index];
}

result<void> server_protocol::write_outcome(buffer& out, const open_command& of,
                                            const value& outcome) {
    const std::size_t begin = out.size();
    if (of.is == open_command::kind::init) {
        if (!outcome.is(value_kind::boolean)) {
            return fail(errc::type_mismatch, "whether a client is let in is ", outcome.type_name(),
                        "; expected bool");
        }
        write_init(out, outcome.boolean());
        return {};
    }
    if (of.is == open_command::kind::place) {
        established_ = true;
        write_init(out, true);
        return {};
    }
    begin_message(out, static_cast<std::uint8_t>(message_type::command));
    if (of.table) {
        BECKON_TRY(of.table->write_result(out, of.command, outcome));
    } else if (outcome.is(value_kind::bytes)) {
        out.append(outcome.bytes());
    } else if (auto* const unwritten_one = payload_in<unwritten>(outcome)) {
        BECKON_TRY(unwritten_one->write(out));
    } else if (!outcome.is_null()) {
        return fail(errc::type_mismatch, "the result of ",
                    raw_name(static_cast<std::uint16_t>(of.command)), " is ", outcome.type_name(),
                    "; an object without an interface gives bytes");
    }
    return end_message(out, begin);
}

/// Its answer stands in `out` from `begin` on: it goes, or waits for its turn.
void server_protocol::send_or_keep(buffer& out, open_command& answered, std::size_t begin) {
    answered.done = true;
    if (&answered == &open_.front()) {
        is_over_ = is_over_ || answered.is_last;
        open_.pop_front();
        ++first_open_;
        return;
    }
    answered.answer.append(out.view().subspan(begin));
    out.truncate(begin);
    kept_bytes_ += answered.answer.size();
}

result<void> server_protocol::write_value_reply(buffer& out, std::uint32_t call_id,
                                                const value& result, reference_exchange&) {
    open_command* const answered = find(call_id);
    if (answered == nullptr) return {};
    const std::size_t begin = out.size();
    if (auto written = write_outcome(out, *answered, result); !written) {
        out.truncate(begin);
        return written;
    }
    if (out.size() - begin > limits_.max_message_bytes) {
        const std::size_t size = out.size() - begin;
        out.truncate(begin);
        return fail(errc::limit_exceeded, "result of ", size, " bytes; limit is ",
                    limits_.max_message_bytes, " bytes (max_message_bytes)");
    }
    if (answered != &open_.front() && kept_bytes_ + out.size() - begin > most_waiting_bytes) {
        out.truncate(begin);
        return fail(errc::overloaded, "answers of ", kept_bytes_,
                    " bytes wait already behind a command that still runs");
    }
    send_or_keep(out, *answered, begin);
    return {};
}

void server_protocol::write_exception(buffer& out, const error& failure) {
    const std::size_t begin = out.size();
    begin_message(out, static_cast<std::uint8_t>(message_type::exception));
    put_failure(out, failure);
    static_cast<void>(end_message(out, begin));
}

void server_protocol::write_error(buffer& out, std::uint32_t call_id, const error& failure, bool) {
    open_command* const answered = find(call_id);
    if (answered == nullptr) return;
    const std::size_t begin = out.size();
    if (failure.code() == errc::unknown_method && answered->is == open_command::kind::command &&
        !answered->table) {
        // A server of commands has no more to say than the original.
        const std::string why =
            options_.raw ? std::string()
                         : concat(" (what is published has no interface, and no method ",
                                  raw_name(static_cast<std::uint16_t>(answered->command)), ')');
        write_exception(
            out, protocol_failure(concat("Unknown command with id: ", answered->command, why)));
    } else if (shuts_down_ && failure.code() == errc::overloaded) {
        write_exception(out, shutdown_failure());
        told_end_ = true;
    } else if (answered->is == open_command::kind::place && failure.code() == errc::overloaded) {
        write_init(out, false);
    } else {
        write_exception(out, failure);
    }
    // As the original: who cannot be asked whether to let somebody in lets nobody in.
    if (answered->is == open_command::kind::init && failure.type_name() != "ProtocolError")
        answered->is_last = true;
    send_or_keep(out, *answered, begin);
}

bool server_protocol::answered(buffer& out) {
    while (!is_over_ && !open_.empty() && open_.front().done) {
        kept_bytes_ -= open_.front().answer.size();
        out.append(open_.front().answer.view());
        is_over_ = open_.front().is_last;
        open_.pop_front();
        ++first_open_;
    }
    if (!is_over_ && shuts_down_ && !told_end_ && open_.empty()) {
        write_exception(out, shutdown_failure());
        told_end_ = true;
    }
    return !is_over_;
}

void server_protocol::refuse_open_calls(buffer& out, const error& why) {
    for (std::size_t i = 0; i < open_.size(); ++i) {
        if (!open_[i].done) write_exception(open_[i].answer, why);
        out.append(open_[i].answer.view());
    }
    first_open_ += static_cast<std::uint32_t>(open_.size());
    open_.clear();
}

/// Who runs may end first; who waits is told when nothing runs any more.
void server_protocol::write_go_away(buffer& out, const error& reason) {
    if (told_end_) return;
    const bool broken = reason.code() != errc::disconnected && reason.code() != errc::cancelled &&
                        reason.code() != errc::overloaded;
    if (broken) {
        // A short INIT is a ValueError at the original, too.
        write_exception(out, reason.code() == errc::invalid_argument
                                 ? reason
                                 : protocol_failure(reason.message()));
        told_end_ = true;
        return;
    }
    shuts_down_ = true;
    if (!open_.empty()) return;
    write_exception(out, shutdown_failure());
    told_end_ = true;
}

void server_protocol::write_bye(buffer& out) {
    if (!shuts_down_ || told_end_) return;
    write_exception(out, shutdown_failure());
    told_end_ = true;
}

} // namespace beckon::basic
