// What we send: calls as orders for the stream.
#include <algorithm>
#include <array>
#include <random>

#include "protocol/pyrpc/call_options.hpp"
#include "protocol/pyrpc/caller_protocol.hpp"

namespace beckon::pyrpc {

namespace {

constexpr std::string_view polling_prefix = "nb_";
/// The session ends a call at its deadline. Were the stream's limit the same, now one and now the other would be first.
constexpr nanoseconds behind_the_session = std::chrono::seconds(1);

} // namespace

value random_id() {
    std::random_device source;
    std::array<std::byte, 16> number{};
    for (std::byte& each : number) each = static_cast<std::byte>(source() & 0xff);
    number[6] = (number[6] & std::byte{0x0f}) | std::byte{0x40};
    number[8] = (number[8] & std::byte{0x3f}) | std::byte{0x80};
    return pickle::uuid(number);
}

result<void> caller_protocol::prepare(open_call& made, const call_head& head,
                                      const dynamic_request& request) const {
    made.call_id = head.oneway ? 0 : head.call_id;
    made.what = request.what;
    made.arguments = request.arguments;
    made.named = request.named.is(value_kind::map) ? request.named : value::map();
    std::string_view method = request.name;
    if (request.what == operation::names || request.what == operation::describe) {
        method = "__dir__";
    } else if (request.what != operation::call_method) {
        return fail(errc::unsupported, "pyrpc has only calls of methods; ", to_string(request.what),
                    " is none");
    } else if (method.starts_with(polling_prefix)) {
        method.remove_prefix(polling_prefix.size());
        made.polls = true;
    }
    made.method =
        head.published.empty() ? std::string(method) : concat(head.published, '.', method);
    BECKON_ASSIGN(made.times, take_call_options(made.named, made.polls, options_));
    nanoseconds& whole = made.times.call_timeout;
    made.ends_by_deadline = head.time_left.count() != 0 && head.time_left < whole;
    if (made.ends_by_deadline) whole = std::min(whole, head.time_left + behind_the_session);
    return {};
}

result<void> caller_protocol::write_value_call(buffer& out, const call_head& head,
                                               const dynamic_request& request,
                                               reference_exchange& references) {
    auto made = std::make_unique<open_call>();
    BECKON_TRY(prepare(*made, head, request));
    open_call& of = *made;
    const std::uint32_t number = ++last_number_;
    open_[number] = std::move(made);
    result<void> written;
    for (std::size_t i = 0; i < of.arguments.size() && written; ++i) {
        if (!of.arguments[i].is(value_kind::stream)) continue;
        written = streams_.add(of.arguments[i], number, i, references);
        if (written) ++of.streams;
    }
    if (written && of.streams == 0) written = begin(out, number, of);
    if (!written) {
        streams_.drop(number);
        open_.erase(number);
        return written;
    }
    if (of.call_id != 0) numbers_.set(of.call_id, number);
    return {};
}

/// All arguments are there.
result<void> caller_protocol::begin(buffer& out, std::uint32_t number, open_call& of) {
    of.at = open_call::stage::calling;
    std::vector<value> arguments(of.arguments.items().begin(), of.arguments.items().end());
    value given = value::tuple(std::move(arguments));
    of.arguments = value();
    const nanoseconds whole = of.times.call_timeout;
    if (!of.polls) {
        return put_exchange(out, number, of, value::tuple({of.method, std::move(given), of.named}),
                            {}, whole);
    }
    of.id = outside_.new_id ? outside_.new_id() : random_id();
    const job_time kept_for =
        job_time(whole) + std::max(job_time(10), 2 * job_time(of.times.nb_fetch_tick));
    const value put = value::map({{"id", of.id},
                                  {"due_time", (outside_.now() + kept_for).count()},
                                  {"predicate", "put"},
                                  {"status", 0},
                                  {"method_name", of.method},
                                  {"args", std::move(given)},
                                  {"kwargs", of.named},
                                  {"ret", nullptr},
                                  {"exc", nullptr}});
    of.put_at = outside_.now();
    return put_exchange(out, number, of, put, {}, of.of_one_exchange());
}

result<void> caller_protocol::put_exchange(buffer& out, std::uint32_t number, const open_call& of,
                                           const value& content, nanoseconds delay,
                                           nanoseconds within) const {
    const std::size_t before = out.size();
    const order what{.kind = order_kind::exchange,
                     .number = number,
                     .delay = delay,
                     .connect = std::min(of.times.socket_connect_timeout, within),
                     .send = std::min(of.times.socket_send_timeout, within),
                     .reply = within};
    const std::size_t record = begin_order(out, what);
    const std::size_t frame = begin_frame(out);
    if (auto written = pickle::write(out, content); !written) {
        out.truncate(before);
        error why = std::move(written).error();
        for (const std::string_view part : {"[1]", "[2]", "[\"args\"]", "[\"kwargs\"]"}) {
            if (why.message().starts_with(part)) return of_part(std::move(why), part);
        }
        return why;
    }
    end_frame(out, frame);
    end_record(out, record);
    return {};
}

void caller_protocol::put_bounce(buffer& out, std::uint32_t number) const {
    end_record(out, begin_order(out, {.kind = order_kind::bounce, .number = number}));
}

result<void> caller_protocol::write_value_stream_item(buffer&, std::uint32_t stream,
                                                      const value& item, reference_exchange&) {
    return streams_.take(stream, item, limits_.max_nodes);
}

void caller_protocol::write_stream_end(buffer& out, std::uint32_t stream, const error* failure) {
    auto ended = streams_.end(stream);
    if (!ended) return;
    open_call& of = *open_.at(ended->message);
    --of.streams;
    if (failure != nullptr && !of.failure) of.failure.emplace(*failure);
    of.arguments.replace(ended->place, std::move(ended->items));
    if (of.streams != 0 || of.at != open_call::stage::collecting) return;
    if (!of.failure) {
        if (auto written = begin(out, ended->message, of); !written)
            of.failure.emplace(std::move(written).error());
    }
    // Only while input is taken can the session be told.
    if (of.failure) put_bounce(out, ended->message);
}

/// The session keeps a place for the answer of a call that it has given up: it gets one.
void caller_protocol::write_cancel(buffer& out, std::uint32_t call_id) {
    const std::uint32_t* const number = numbers_.find(call_id);
    if (number == nullptr) return;
    open_.at(*number)->at = open_call::stage::given_up;
    streams_.drop(*number);
    end_record(out, begin_order(out, {.kind = order_kind::cancel, .number = *number}));
    put_bounce(out, *number);
}

result<void> caller_protocol::write_value_reply(buffer&, std::uint32_t, const value&,
                                                reference_exchange&) {
    return fail(errc::unsupported, "a client of pyrpc cannot be called");
}

} // namespace beckon::pyrpc
