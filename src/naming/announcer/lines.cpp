#include "naming/announcer/lines.hpp"

#include <algorithm>

#include "beckon/codec/terse.hpp"

namespace beckon::naming::announcer {

namespace {

result<bytes> make_line(std::string_view method, std::string_view argument, const value& content) {
    buffer out;
    BECKON_TRY(terse::write_call(out, method, value::map({{std::string(argument), content}}), 0)
                   .note(concat("writing ", argument)));
    if (out.size() > max_line_bytes) {
        return fail(errc::limit_exceeded, argument, " makes a line of ", out.size(),
                    " bytes; limit is ", max_line_bytes, " bytes");
    }
    const byte_view line = out.view();
    return bytes(line.begin(), line.end());
}

[[nodiscard]] std::string text_of(const value& of) {
    return of.is(value_kind::string) ? std::string(of.string()) : of.to_text(max_line_bytes);
}

} // namespace

result<bytes> seek_line(const value& filter) { return make_line("seek", "filter", filter); }

result<bytes> advertise_line(const value& description) {
    return make_line("advertise", "description", description);
}

heard read_datagram(byte_view content) {
    limits allowed;
    allowed.max_nodes = 256; // of a line that is about as long as its datagram
    heard out;
    std::string_view rest = as_text(content);
    for (std::size_t i = 0; i < max_lines; ++i) {
        const std::size_t end = rest.find('\n');
        // A line without its end was cut, or is nobody's.
        if (end == std::string_view::npos) break;
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (line.size() > max_line_bytes || terse::is_blank(line)) continue;
        const auto read = terse::read(line, allowed, 16);
        if (!read || read->kind != terse::line::what::call) continue;
        const auto argument = [&](std::string_view name) {
            return read->params.contains(name) ? read->params[name] : value("");
        };
        if (read->method == "seek") out.filters.push_back(argument("filter"));
        if (read->method == "advertise") out.descriptions.push_back(argument("description"));
    }
    return out;
}

bool fits(const value& filter, const value& description) {
    if (filter == description) return true;
    if (!filter.is(value_kind::string)) return false;
    return text_of(description).find(filter.string()) != std::string::npos;
}

bool allowance::take(time_point now) noexcept {
    left_ = std::min(most_, left_ + most_ * std::chrono::duration<double>(now - since_).count());
    since_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
}

} // namespace beckon::naming::announcer
