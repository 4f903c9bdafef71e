#include "transport/http/body.hpp"

#include <algorithm>
#include <charconv>

namespace beckon::transport::http {

namespace {

constexpr std::size_t most_line_bytes = 256; ///< Of a chunk's size, with what may stand behind it.

[[nodiscard]] result<body_plan> plan_of(const head& message) {
    const std::size_t lengths = message.count("content-length");
    const std::size_t codings = message.count("transfer-encoding");
    if (lengths != 0 && codings != 0) {
        return fail(errc::protocol_error, "peer's HTTP message has both Content-Length and "
                                          "Transfer-Encoding; expected one of them");
    }
    if (lengths > 1 || codings > 1) {
        return fail(errc::protocol_error, "peer's HTTP message has ", lengths + codings,
                    lengths > 1 ? " fields Content-Length" : " fields Transfer-Encoding",
                    "; expected one");
    }
    if (codings == 1) {
        const std::string_view coding = *message.find("transfer-encoding");
        if (message.minor == 0) {
            return fail(errc::protocol_error,
                        "peer's message of HTTP/1.0 has Transfer-Encoding, which 1.1 brought");
        }
        if (!beckon::http::same_in_any_case(coding, "chunked")) {
            return fail(errc::unsupported, "peer's HTTP message is coded as ", quoted(coding),
                        "; expected chunked");
        }
        return body_plan{body_kind::chunked, 0};
    }
    if (lengths == 0) return body_plan{};
    const std::string_view text = *message.find("content-length");
    std::uint64_t size = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, size);
    if (text.empty() || text.front() == '-' || read.ptr != end || read.ec != std::errc()) {
        return fail(errc::protocol_error, "peer's Content-Length is ", quoted(text),
                    "; expected a number of bytes");
    }
    return body_plan{body_kind::sized, size};
}

} // namespace

result<body_plan> plan_of_request(const head& request) { return plan_of(request); }

result<body_plan> plan_of_response(const head& response) {
    BECKON_ASSIGN(body_plan plan, plan_of(response));
    if (response.status < 200 || response.status == 204 || response.status == 304)
        return body_plan{};
    if (plan.kind == body_kind::none) plan.kind = body_kind::to_the_end;
    return plan;
}

error body_reader::too_long(std::uint64_t size) const {
    return fail(errc::limit_exceeded, "peer sent an HTTP body of ",
                plan_.kind == body_kind::sized ? "" : "at least ", size, " bytes; limit is ",
                most_bytes_, " bytes (max_message_bytes)");
}

result<void> body_reader::begin(const body_plan& plan, std::size_t most_bytes) {
    plan_ = plan;
    most_bytes_ = most_bytes;
    content_.free();
    line_.clear();
    trailer_bytes_ = 0;
    left_ = plan.size;
    next_ = awaits::size_line;
    if (plan.kind == body_kind::sized && plan.size > most_bytes) return too_long(plan.size);
    done_ = plan.kind == body_kind::none || (plan.kind == body_kind::sized && plan.size == 0);
    return {};
}

bool body_reader::end_of_input() noexcept {
    if (plan_.kind == body_kind::to_the_end) done_ = true;
    return done_;
}

result<void> body_reader::take(byte_view& came) {
    while (!done_ && !came.empty()) {
        const bool in_chunks = plan_.kind == body_kind::chunked;
        if (plan_.kind == body_kind::to_the_end || !in_chunks || next_ == awaits::content) {
            std::size_t part = came.size();
            if (plan_.kind != body_kind::to_the_end)
                part = static_cast<std::size_t>(std::min<std::uint64_t>(part, left_));
            if (part > most_bytes_ - content_.size()) return too_long(content_.size() + part);
            content_.append(came.first(part));
            came = came.subspan(part);
            if (plan_.kind == body_kind::to_the_end) continue;
            left_ -= part;
            if (left_ != 0) continue;
            done_ = !in_chunks;
            next_ = awaits::end_of_chunk;
            continue;
        }
        const char letter = static_cast<char>(came.front());
        came = came.subspan(1);
        line_ += letter;
        if (line_.size() > most_line_bytes && next_ != awaits::trailer) {
            return fail(errc::protocol_error, "peer's chunk begins with more than ",
                        most_line_bytes, " bytes; expected its size");
        }
        if (next_ == awaits::trailer && ++trailer_bytes_ > beckon::http::most_head_bytes) {
            return fail(errc::limit_exceeded, "peer's chunks end with more than ",
                        beckon::http::most_head_bytes, " bytes of fields");
        }
        if (letter != '\n') continue;
        if (!line_.ends_with("\r\n") || line_.find('\r') != line_.size() - 2)
            return fail(errc::protocol_error,
                        "peer's chunks have a line that does not end in CR LF");
        const std::string line = line_.substr(0, line_.size() - 2);
        line_.clear();
        BECKON_TRY(take_line(line));
    }
    return {};
}

result<void> body_reader::take_line(std::string_view line) {
    if (next_ == awaits::trailer) {
        done_ = line.empty();
        return {};
    }
    if (next_ == awaits::end_of_chunk) {
        next_ = awaits::size_line;
        if (line.empty()) return {};
        return fail(errc::protocol_error, "peer's chunk is longer than it says");
    }
    const std::string_view digits = line.substr(0, line.find(';'));
    std::uint64_t size = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, size, 16);
    if (digits.empty() || digits.front() == '-' || read.ptr != end || read.ec != std::errc()) {
        return fail(errc::protocol_error, "peer's chunk begins with ", quoted(line),
                    "; expected its size in hexadecimal digits");
    }
    if (size > most_bytes_ - content_.size())
        return too_long(content_.size() + std::min<std::uint64_t>(size, most_bytes_));
    left_ = size;
    next_ = size == 0 ? awaits::trailer : awaits::content;
    return {};
}

} // namespace beckon::transport::http
