// The side that calls: INIT until the server lets it in, then commands, whose answers come in their order.
#include <algorithm>

#include "beckon/object/python_errors.hpp"
#include "protocol/basic/basic_protocol.hpp"
#include "protocol/basic/failure.hpp"
#include "protocol/basic/numbers.hpp"

namespace beckon::basic {

protocol_traits client_protocol::traits() const noexcept {
    protocol_traits mine = common_traits();
    mine.greets = true;
    return mine;
}

void client_protocol::write_greeting(buffer& out, const greeting&) {
    const std::size_t begin = out.size();
    begin_message(out, static_cast<std::uint8_t>(message_type::init));
    for (const std::uint64_t each : version) put_number(out, each, 1);
    static_cast<void>(end_message(out, begin));
    greeted_ = true;
}

result<void> client_protocol::write_raw(buffer& out, std::uint16_t number,
                                        const dynamic_request& request, asked& made) {
    const value& given = request.arguments;
    if (auto* const all = given.size() == 1 ? payload_in<question>(given[0]) : nullptr) {
        put_number(out, number, 2);
        made.reader = intrusive_ptr<question>(all);
        return all->write(out);
    }
    if (given.size() > 1 || (given.size() == 1 && !given[0].is(value_kind::bytes))) {
        return fail(errc::type_mismatch, "the arguments of ", raw_name(number),
                    " are the bytes of all of them; found ",
                    given.size() == 1 ? given[0].type_name() : concat(given.size(), " arguments"));
    }
    put_number(out, number, 2);
    if (!given.empty()) out.append(given[0].bytes());
    return {};
}

result<void> client_protocol::write_value_call(buffer& out, const call_head& head,
                                               const dynamic_request& request,
                                               reference_exchange&) {
    if (request.what != operation::call_method) {
        return fail(errc::unsupported, "basic-socket-rpc has commands and nothing else; asked for ",
                    to_string(request.what));
    }
    const std::size_t begin = out.size();
    asked made;
    made.call_id = head.call_id;
    begin_message(out, static_cast<std::uint8_t>(message_type::command));
    result<void> written;
    if (const auto raw = raw_number(request.name)) {
        written = write_raw(out, *raw, request, made);
    } else if (head.interface == nullptr) {
        written =
            fail(errc::unsupported, "basic-socket-rpc has numbers for commands; of ",
                 quoted(request.name),
                 " nobody has said which one it is, nor what its arguments are: call it by an "
                 "interface, or as \"#\" and its number with the bytes of its arguments");
    } else {
        made.table = tables_.of(*head.interface);
        const auto place = made.table->find(request.name);
        if (!place) {
            written = fail(errc::unknown_method, "interface ", head.interface->name,
                           " has no method ", quoted(request.name));
        } else if (made.table->number(*place) > UINT16_MAX) {
            written = fail(errc::unsupported, made.table->describe(*place),
                           " has no number of 16 bits in basic-socket-rpc");
        } else if (made.table->refusal(*place)) {
            written = fail(errc::unsupported, "basic-socket-rpc cannot carry ",
                           made.table->describe(*place), ": ", *made.table->refusal(*place));
        } else {
            made.command = static_cast<std::uint32_t>(*place);
            put_number(out, made.table->number(*place), 2);
            written = made.table->write_arguments(out, *place, request.arguments, request.named);
        }
    }
    if (written) written = end_message(out, begin);
    if (!written) {
        out.truncate(begin);
        return written;
    }
    if (head.call_id != 0) unsent_.set(head.call_id, std::move(made));
    return {};
}

void client_protocol::call_sent(std::uint32_t call_id) {
    asked* const made = unsent_.find(call_id);
    asked_.push_back(made != nullptr ? std::move(*made) : asked());
    unsent_.erase(call_id);
}

error client_protocol::out_of_step(error why, session_events& events) {
    if (!asked_.empty()) {
        const asked first = std::move(asked_.front());
        asked_.pop_front();
        if (first.call_id != 0) events.on_error(first.call_id, why, false);
    }
    return why;
}

result<verdict> client_protocol::take(std::uint8_t type, byte_view payload, byte_view,
                                      session_events& events) {
    constexpr auto number = [](message_type of) { return static_cast<std::uint8_t>(of); };
    if (!let_in_) {
        BECKON_TRY(take_admission(type, payload, events));
    } else if (type == number(message_type::exception)) {
        BECKON_TRY(take_exception(payload, events));
    } else if (type == number(message_type::command)) {
        if (asked_.empty()) {
            return fail(errc::protocol_error, "server sent a result of ", payload.size(),
                        " bytes that nobody waits for");
        }
        take_result(payload, events);
    } else {
        return out_of_step(fail(errc::protocol_error, "server answered with a message of type ",
                                type, "; expected a result (1) or an exception (4)"),
                           events);
    }
    return verdict::go_on;
}

/// The answer to INIT.
result<void> client_protocol::take_admission(std::uint8_t type, byte_view payload,
                                             session_events& events) {
    if (type == static_cast<std::uint8_t>(message_type::exception)) {
        auto told = read_failure(cursor(payload));
        if (!told) return fail(errc::protocol_error, told.error().message());
        return python::to_error(std::move(*told)).note("asking the server to be let in");
    }
    if (type != static_cast<std::uint8_t>(message_type::init) || !greeted_) {
        return fail(errc::protocol_error, "server sent a message of type ", type,
                    "; expected its answer to INIT (0)");
    }
    if (payload.size() != 1) {
        return fail(errc::protocol_error, "server answered INIT with ", payload.size(),
                    " bytes; expected 1");
    }
    greeted_ = false;
    if (payload[0] != std::byte{0}) {
        let_in_ = true;
        greeting theirs;
        theirs.limits.max_message_bytes = static_cast<std::uint32_t>(
            std::min<std::size_t>(limits_.max_message_bytes, UINT32_MAX));
        theirs.limits.max_call_bytes = theirs.limits.max_message_bytes;
        return events.on_greeting(theirs);
    }
    // As the original: it asks as long as there is time for one more answer.
    const auto asks = static_cast<std::int64_t>(++refusals_);
    if (options_.retry * asks >= options_.wait) {
        return fail(errc::timeout, "server has let nobody in for ",
                    std::chrono::duration_cast<std::chrono::milliseconds>(options_.wait).count(),
                    " ms (wait), asked ", asks, asks == 1 ? " time" : " times");
    }
    events.on_greeting_delayed(options_.retry);
    return {};
}

result<void> client_protocol::take_exception(byte_view payload, session_events& events) {
    auto told = read_failure(cursor(payload));
    if (!told) {
        return out_of_step(fail(errc::protocol_error,
                                "server sent an exception that is none: ", told.error().message()),
                           events);
    }
    const bool is_end = told->type == shutdown_name;
    if (is_end) events.on_go_away(fail(errc::overloaded, told->text));
    if (asked_.empty()) {
        if (!is_end) {
            events.on_oddity("BKN-BASIC-STRAY",
                             concat("server sent an exception that answers nothing: ", told->type,
                                    ": ", told->text));
        }
        return {};
    }
    const asked first = std::move(asked_.front());
    asked_.pop_front();
    if (first.call_id != 0)
        events.on_error(first.call_id, python::to_error(std::move(*told)), false);
    return {};
}

void client_protocol::take_result(byte_view payload, session_events& events) {
    const asked first = std::move(asked_.front());
    asked_.pop_front();
    if (first.call_id == 0) return;
    if (first.reader) {
        if (auto read = first.reader->read(payload); !read)
            return events.on_error(first.call_id, read.error(), false);
        return events.on_value_reply(first.call_id, value());
    }
    if (!first.table) return events.on_value_reply(first.call_id, value(payload));
    auto read = first.table->read_result(first.command, payload, limits_);
    if (!read) return events.on_error(first.call_id, std::move(read).error(), false);
    events.on_value_reply(first.call_id, std::move(read).value());
}

} // namespace beckon::basic
