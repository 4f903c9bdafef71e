#include "protocol/pyrpc/callee_protocol.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "beckon/base/sha256.hpp"
#include "beckon/base/utf8.hpp"
#include "beckon/object/named_error.hpp"
#include "beckon/object/python_errors.hpp"
#include "protocol/pyrpc/exception.hpp"

namespace beckon {

std::unique_ptr<protocol> make_pyrpc_callee(pyrpc::callee_options options) {
    return std::make_unique<pyrpc::callee_protocol>(std::move(options));
}

} // namespace beckon

namespace beckon::pyrpc {

namespace {

[[nodiscard]] value pair(value result, value exception) {
    return value::tuple({std::move(result), std::move(exception)});
}

/// How long a caller may be late by its clock and still find its outcome.
constexpr std::chrono::seconds least_age(10);
/// However late a caller's clock says.
constexpr std::chrono::seconds greatest_age(86'400 + 10);

/// What a job is called whose caller gave it this id: equal for equal ids of one user.
[[nodiscard]] result<std::string> job_id(const value& id, const job_owner& owner) {
    buffer key;
    BECKON_TRY(pickle::write(key, id).note("reading the id of a call"));
    key.append(as_bytes(owner.key));
    return concat("nb-", to_hex(sha256(key.view())));
}

/// From now on. `due` is seconds since 1970, by the caller's clock.
[[nodiscard]] nanoseconds age_until(std::optional<double> due) {
    using seconds = std::chrono::duration<double>;
    const seconds left = seconds(due.value_or(0)) - wall_now();
    // Not a number, too: then no comparison holds.
    if (!due || !(left < greatest_age)) return greatest_age;
    if (!(left > least_age)) return least_age;
    return std::chrono::duration_cast<nanoseconds>(left);
}

[[nodiscard]] value exception_of(std::string_view type, std::string_view argument,
                                 std::string_view told = {}) {
    exception_parts parts;
    parts.type = type;
    parts.text = argument;
    parts.arguments = value::tuple({argument});
    parts.trace = told;
    return value::exception(std::move(parts));
}

[[nodiscard]] std::string as_utf8(std::string_view text) {
    std::string made(text);
    for (std::size_t bad = utf8_error_offset(made); bad != made.size();
         bad = utf8_error_offset(made))
        made[bad] = '?';
    return made;
}

/// What has no form in pickle is what Python calls a TypeError. Of a result, the first of the pair that was to be written.
[[nodiscard]] error as_python(error failure) {
    failure = of_part(std::move(failure), "[0]");
    if (failure.code() == errc::unsupported) failure.set_type_name("builtins.TypeError");
    return failure;
}

/// An exception always goes: without what has no form in pickle, if need be.
void write_exception(buffer& out, const value& exception) {
    if (pickle::write(out, pair({}, exception))) return;
    const exception_parts full = exception.exception();
    value bare = exception_of(full.type, as_utf8(full.text), as_utf8(full.trace));
    if (pickle::write(out, pair({}, std::move(bare)))) return;
    static_cast<void>(
        pickle::write(out, pair({}, exception_of("builtins.Exception", as_utf8(full.text)))));
}

} // namespace

protocol_traits callee_protocol::traits() const noexcept {
    return {.dynamic = true,
            .greets = false,
            .has_pings = false,
            .has_credit = false,
            .tells_parents = false,
            .lasts = false,
            .addresses_by_name = true,
            .initial_stream_items = collected_streams::initial_items,
            .max_message_bytes = default_message_bytes,
            .default_timeout = std::chrono::hours(24)};
}

std::size_t callee_protocol::message_size(byte_view input) const noexcept {
    if (input.empty()) return 0;
    if (taken_) return input.size();
    if (input.size() < header_bytes) return header_bytes;
    const std::size_t length = length_at(input);
    return length > most_bytes_ ? header_bytes : header_bytes + length;
}

result<consumed> callee_protocol::consume(byte_view input, session_events& events) {
    most_bytes_ = events.limits().max_message_bytes;
    most_items_ = events.limits().max_nodes;
    if (taken_) return consumed{input.size(), verdict::go_on};
    if (input.size() < header_bytes) return consumed{};
    const std::size_t length = length_at(input);
    if (length > most_bytes_) {
        taken_ = true;
        answer_error(
            events, exception_of("builtins.ValueError",
                                 concat("peer announced a request of ", length, " bytes; limit is ",
                                        most_bytes_, " bytes (max_message_bytes)")));
        return consumed{input.size(), verdict::go_on};
    }
    const std::size_t whole = header_bytes + length;
    if (input.size() < whole) return consumed{};
    taken_ = true;
    return consumed{input.size(),
                    take(input.subspan(header_bytes, length), input.subspan(whole), events)};
}

/// Who ends in the middle of a request is told so: it may only have ended its side.
result<consumed> callee_protocol::consume_last(byte_view input, session_events& events) {
    BECKON_ASSIGN(const consumed used, consume(input, events));
    if (taken_ || used.next != verdict::go_on || input.empty()) return used;
    taken_ = true;
    refuse(events,
           {"read_error", concat("peer ended its output ", input.size(), " bytes into a request")});
    return consumed{input.size(), verdict::go_on};
}

verdict callee_protocol::take(byte_view pickled, byte_view rest, session_events& events) {
    if (pickled.empty()) {
        refuse(events, {"read_error", "peer sent an empty request"});
        return verdict::go_on;
    }
    auto read = pickle::read(pickled, reading(events.limits()));
    if (!read) {
        answer_error(events, exception_of("builtins.ValueError", read.error().message()));
        return verdict::go_on;
    }
    request asked;
    if (const auto wrong = read_request(std::move(*read), options_.jobs != nullptr, asked)) {
        refuse(events, *wrong);
        return verdict::go_on;
    }
    if (asked.what == request::kind_of_request::get) {
        answer_get(asked.id, events);
        return verdict::go_on;
    }
    if (asked.what == request::kind_of_request::put) {
        take_put(std::move(asked), events);
        return verdict::go_on;
    }
    if (asked.call.name == "connected" && asked.call.arguments.empty() &&
        asked.call.named.empty()) {
        answer(events, value(true));
        return verdict::go_on;
    }
    return run(std::move(asked), pickled.size(), rest, events);
}

verdict callee_protocol::run(request&& asked, std::size_t size, byte_view rest,
                             session_events& events) {
    call_head head;
    head.call_id = only_call;
    head.wire_bytes = static_cast<std::uint32_t>(size + header_bytes);
    is_open_ = true;
    // What Python's programs ask an object for what it has.
    if (asked.call.name == "__dir__") asked.call.what = operation::names;
    return events.on_value_call(head, std::move(asked.call), rest);
}

// --- Calls whose callers come back for the outcome ---

void callee_protocol::take_put(request&& asked, session_events& events) {
    const caller_identity& caller = events.caller();
    auto id = job_id(asked.id, job_owner(&caller));
    const auto begun = id ? options_.jobs->start({.method = std::move(asked.call.name),
                                                  .arguments = std::move(asked.call.arguments),
                                                  .named = std::move(asked.call.named),
                                                  .caller = &caller,
                                                  .id = *id,
                                                  .forget_after = age_until(asked.due_time),
                                                  .waits_for_store = false})
                          : result<std::string>(id.error());
    if (begun) return answer_nothing(events);
    answer_error(events, to_exception(begun.error(), options_.retype_exceptions));
}

/// An outcome stays until its time is over: it can be asked for again.
void callee_protocol::answer_get(const value& id, session_events& events) {
    const job_owner owner(&events.caller());
    const auto job = job_id(id, owner);
    const auto found = job ? options_.jobs->find(*job, owner) : result<job_status>(job.error());
    if (!found)
        return answer_error(events, to_exception(key_error(id), options_.retype_exceptions));
    if (!is_over(found->stage)) return answer_nothing(events);
    const auto outcome = options_.jobs->fetch(*job, owner, true);
    if (!outcome)
        return answer_error(events, to_exception(outcome.error(), options_.retype_exceptions));
    answer(events, *outcome);
}

/// None: wait, or come back.
void callee_protocol::answer_nothing(session_events& events) {
    static_cast<void>(put_reply(events.begin_answer(), value()));
    events.end_answer();
}

// --- Replies ---

void callee_protocol::answer(session_events& events, const value& result) {
    const auto written = put_reply(events.begin_answer(), pair(result, {}));
    if (written) return events.end_answer();
    events.drop_answer();
    answer_error(events, to_exception(as_python(written.error()), options_.retype_exceptions));
}

void callee_protocol::answer_error(session_events& events, const value& exception) {
    static_cast<void>(put_reply(events.begin_answer(), exception));
    events.end_answer();
}

/// As pyrpc's own server tells it, with what was wrong as the traceback.
void callee_protocol::refuse(session_events& events, const bad_request& why) {
    const bool has_type = why.type.find('.') != std::string::npos;
    answer_error(events, has_type ? exception_of(why.type, why.text)
                                  : exception_of("builtins.Exception", why.type, why.text));
}

result<void> callee_protocol::put_reply(buffer& out, const value& reply) {
    const std::size_t record = begin_answer(out);
    const std::size_t frame = begin_frame(out);
    if (reply.is(value_kind::exception)) {
        write_exception(out, reply);
    } else if (auto written = pickle::write(out, reply); !written) {
        out.truncate(record);
        return written;
    }
    end_frame(out, frame);
    end_record(out, record);
    is_open_ = false;
    return {};
}

result<void> callee_protocol::write_value_reply(buffer& out, std::uint32_t, const value& result,
                                                reference_exchange& references) {
    if (result.is(value_kind::stream)) return streams_.add(result, only_call, 0, references);
    auto written = put_reply(out, pair(result, {}));
    if (written) return written;
    return as_python(std::move(written).error());
}

result<void> callee_protocol::write_value_stream_item(buffer&, std::uint32_t stream,
                                                      const value& item, reference_exchange&) {
    return streams_.take(stream, item, most_items_);
}

void callee_protocol::write_stream_end(buffer& out, std::uint32_t stream, const error* failure) {
    auto ended = streams_.end(stream);
    if (!ended || !is_open_) return;
    if (failure != nullptr) return write_error(out, only_call, *failure, false);
    if (const auto written = put_reply(out, pair(std::move(ended->items), {})); !written)
        write_error(out, only_call, written.error(), false);
}

void callee_protocol::write_error(buffer& out, std::uint32_t, const error& failure, bool) {
    static_cast<void>(put_reply(out, to_exception(failure, options_.retype_exceptions)));
}

void callee_protocol::refuse_open_calls(buffer& out, const error& why) {
    if (is_open_) write_error(out, only_call, why, false);
}

result<void> callee_protocol::write_value_call(buffer&, const call_head&,
                                               const dynamic_request& request,
                                               reference_exchange&) {
    return fail(errc::unsupported,
                "a peer of pyrpc only calls and cannot be called: ", request.name);
}

} // namespace beckon::pyrpc
