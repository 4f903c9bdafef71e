#include "session/peer_notices.hpp"

#include <charconv>

#include "beckon/base/text.hpp"

namespace beckon {

namespace {

/// A number of the session's; 0 where it is none.
[[nodiscard]] std::uint32_t number_in(const value& given) noexcept {
    return given.is_int64() && given.int64() >= 1 && given.int64() <= most_number
               ? static_cast<std::uint32_t>(given.int64())
               : 0;
}
/// How many: more than anybody can use is as many as that.
[[nodiscard]] std::uint32_t count_in(const value& given) noexcept {
    if (!given.is(value_kind::integer) || given.is_negative()) return 0;
    return given.is_int64() && given.int64() <= most_number
               ? static_cast<std::uint32_t>(given.int64())
               : static_cast<std::uint32_t>(most_number);
}
constexpr std::string_view lent_prefix = "ref/";

} // namespace

bool peer_notices::is_of_lent(std::string_view name) const noexcept {
    return name.starts_with(mark_) && name.substr(mark_.size()).starts_with(lent_prefix);
}

std::optional<peer_notices::lent_method>
peer_notices::split_lent(std::string_view name) const noexcept {
    name.remove_prefix(mark_.size() + lent_prefix.size());
    std::uint32_t object = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data(), end, object);
    if (read.ec != std::errc() || read.ptr == end || *read.ptr != '.' || object == 0 ||
        object > most_number)
        return std::nullopt;
    return lent_method{
        object, std::string_view(read.ptr + 1, static_cast<std::size_t>(end - read.ptr - 1))};
}

bool peer_notices::take_notice(std::string_view method, const value& params,
                               std::uint32_t wire_bytes, session_events& events) {
    if (!method.starts_with(mark_)) return false;
    const std::string_view name = method.substr(mark_.size());
    if (name == "release" || name == "credit") {
        take_pair(name == "release", method, params, events);
    } else if (name == "item") {
        take_item(params, wire_bytes, events);
    } else if (name == "end") {
        take_end(params, events);
    } else {
        return false;
    }
    return true;
}

void peer_notices::tell_broken(std::string_view method, const value& params,
                               std::string_view expected, session_events& events) const {
    events.on_oddity(oddity_, concat("peer sent ", method, " with ", params.to_text(100),
                                     "; expected ", expected));
}

/// [object, count] and [stream, items]; no items: no more are wanted.
void peer_notices::take_pair(bool releases, std::string_view method, const value& params,
                             session_events& events) {
    const bool is_pair = params.is(value_kind::list) && params.size() == 2;
    const std::uint32_t first = is_pair ? number_in(params[0]) : 0;
    const std::uint32_t second = is_pair ? count_in(params[1]) : 0;
    const bool stops = !releases && is_pair && params[1] == value(0);
    if (first == 0 || (second == 0 && !stops)) {
        return tell_broken(method, params, releases ? "[object, count]" : "[stream, items]",
                           events);
    }
    if (releases) {
        events.on_release(first, second);
    } else if (stops) {
        events.on_stream_stop(first);
    } else {
        events.on_stream_credit(first, second);
    }
}

void peer_notices::take_item(const value& params, std::uint32_t wire_bytes,
                             session_events& events) {
    const bool is_pair = params.is(value_kind::list) && params.size() == 2;
    const std::uint32_t stream = is_pair ? number_in(params[0]) : 0;
    if (stream == 0) return tell_broken(concat(mark_, "item"), params, "[stream, item]", events);
    auto item = item_from(params[1]);
    if (item) return events.on_value_stream_item(stream, *std::move(item), wire_bytes);
    // Without one of its items a stream is worthless: its reader gets the error, and its producer is told to stop.
    write_stop(events.begin_answer(), stream);
    events.end_answer();
    events.on_stream_end(stream, std::move(item).error().note("reading a stream's item"));
}

void peer_notices::take_end(const value& params, session_events& events) {
    const bool has_stream =
        params.is(value_kind::list) && (params.size() == 1 || params.size() == 2);
    const std::uint32_t stream = has_stream ? number_in(params[0]) : 0;
    if (stream == 0) {
        return tell_broken(concat(mark_, "end"), params, "[stream] or [stream, error]", events);
    }
    if (params.size() == 1 || params[1].is_null())
        return events.on_stream_end(stream, std::nullopt);
    events.on_stream_end(stream, failure_from(params[1]));
}

} // namespace beckon
