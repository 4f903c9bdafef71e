#include "protocol/pyrpc/message.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace beckon::pyrpc {

namespace {

constexpr std::string_view type_error = "builtins.TypeError";

[[nodiscard]] bad_request not_understood(std::string text) {
    return {"protocol_error", std::move(text)};
}

/// Method, arguments and keywords, as Python would pass them.
[[nodiscard]] std::optional<bad_request> read_call(const value& method, const value& arguments,
                                                   const value& keywords, dynamic_request& into) {
    if (!method.is(value_kind::string)) {
        return bad_request{std::string(type_error), concat("attribute name must be string, not ",
                                                           quoted(method.type_name()))};
    }
    into.name = method.string();
    auto given = iterated(arguments);
    if (!given) {
        return bad_request{std::string(type_error),
                           concat(into.name, "() argument after * must be an iterable, not ",
                                  arguments.type_name())};
    }
    if (!keywords.is(value_kind::map)) {
        return bad_request{std::string(type_error),
                           concat(into.name, "() argument after ** must be a mapping, not ",
                                  keywords.type_name())};
    }
    for (const map_entry& each : keywords.entries()) {
        if (!each.key.is(value_kind::string))
            return bad_request{std::string(type_error), "keywords must be strings"};
    }
    into.arguments = value::list(std::move(*given));
    into.named = keywords;
    return {};
}

[[nodiscard]] std::optional<bad_request> read_job(const value& from, request& into) {
    const value* const id = from.find("id");
    if (id == nullptr) return not_understood("a request without an id");
    into.id = *id;
    const value* const predicate = from.find("predicate");
    if (predicate == nullptr) return not_understood("a request with an id and no predicate");
    if (!predicate->is(value_kind::string) || predicate->string() != "put") {
        into.what = request::kind_of_request::get;
        return {};
    }
    into.what = request::kind_of_request::put;
    if (const value& due = from["due_time"]; due.is(value_kind::floating)) {
        into.due_time = due.float64();
    } else if (due.is_int64()) {
        into.due_time = static_cast<double>(due.int64());
    }
    return read_call(from["method_name"], from["args"], from["kwargs"], into.call);
}

/// Text as its characters.
[[nodiscard]] std::vector<value> characters(std::string_view text) {
    std::vector<value> made;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = at + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
        made.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return made;
}

} // namespace

job_time wall_now() noexcept {
    return std::chrono::duration_cast<job_time>(
        std::chrono::system_clock::now().time_since_epoch());
}

std::size_t length_at(byte_view frame) noexcept {
    std::size_t length = 0;
    for (std::size_t i = 0; i < header_bytes; ++i)
        length = length << 8 | std::to_integer<std::size_t>(frame[i]);
    return length;
}

std::size_t begin_frame(buffer& out) {
    static_cast<void>(out.grow(header_bytes));
    return out.size() - header_bytes;
}

void end_frame(buffer& out, std::size_t begins_at) noexcept {
    const std::size_t length = out.size() - begins_at - header_bytes;
    std::byte* const to = out.data() + begins_at;
    for (std::size_t i = 0; i < header_bytes; ++i)
        to[i] = static_cast<std::byte>(length >> (8 * (header_bytes - 1 - i)) & 0xff);
}

pickle::read_options reading(const limits& allowed) {
    pickle::read_options options;
    // The default of all protocols is less than what this one's peers are used to.
    constexpr std::size_t usual_depth = 64;
    static_assert(limits{}.max_depth == usual_depth);
    if (allowed.max_depth != usual_depth) options.max_depth = allowed.max_depth;
    options.max_nodes = allowed.max_nodes;
    options.max_content_bytes = allowed.max_message_bytes;
    options.min_decoded_bytes = allowed.min_decoded_bytes;
    options.decoded_bytes_factor = allowed.decoded_bytes_factor;
    return options;
}

error of_part(error failure, std::string_view part) {
    std::string_view text = failure.message();
    if (!text.starts_with(part)) return failure;
    text.remove_prefix(part.size());
    if (constexpr std::string_view between = ": "; text.starts_with(between))
        text.remove_prefix(between.size());
    return error(failure.code(), std::string(text));
}

std::string shape_of(const value& what) {
    const auto parts = iterated(what);
    if (!parts) return std::string(what.type_name());
    return concat(what.type_name(), " of ", parts->size(), parts->size() == 1 ? " item" : " items");
}

std::optional<std::vector<value>> iterated(const value& from) {
    if (from.is_sequence()) return std::vector<value>(from.items().begin(), from.items().end());
    if (from.is(value_kind::string)) return characters(from.string());
    std::vector<value> made;
    if (from.is(value_kind::map)) {
        for (const map_entry& each : from.entries()) made.push_back(each.key);
    } else if (from.is(value_kind::bytes)) {
        for (const std::byte each : from.bytes()) made.emplace_back(std::to_integer<int>(each));
    } else {
        return {};
    }
    return made;
}

std::optional<bad_request> read_request(value from, bool takes_jobs, request& into) {
    if (takes_jobs && from.is(value_kind::map)) return read_job(from, into);
    if (takes_jobs && !from.is(value_kind::tuple))
        return not_understood(concat("a request that is ", from.type_name(), "; expected a tuple"));
    const auto parts = iterated(from);
    if (!parts || parts->size() != 3) {
        const bool is_job = from.is(value_kind::map) && from.contains("predicate");
        return not_understood(
            is_job ? std::string("a call that is to be asked for, which this server does not take "
                                 "(nonblocking)")
                   : concat("a request that is ", shape_of(from), "; expected a tuple of 3"));
    }
    return read_call((*parts)[0], (*parts)[1], (*parts)[2], into.call);
}

} // namespace beckon::pyrpc
