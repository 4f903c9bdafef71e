#include "codec/http_head.hpp"

#include <algorithm>

namespace beckon::http {

namespace {

[[nodiscard]] char lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

[[nodiscard]] bool is_digit(char letter) noexcept { return letter >= '0' && letter <= '9'; }

[[nodiscard]] bool is_token_letter(char letter) noexcept {
    const char small = lower(letter);
    return is_digit(letter) || (small >= 'a' && small <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
}

[[nodiscard]] bool is_visible(char letter) noexcept { return letter > ' ' && letter <= '~'; }

/// What may stand in a field's content; bytes beyond ASCII are let through.
[[nodiscard]] bool is_content(char letter) noexcept {
    const auto byte = static_cast<unsigned char>(letter);
    return letter == '\t' || (byte >= 0x20 && byte != 0x7f);
}

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

template <typename... Parts>
[[nodiscard]] error bad(std::size_t line, const Parts&... parts) {
    return fail(errc::protocol_error, "peer's HTTP head, line ", line + 1, ": ", parts...);
}

/// "HTTP/1.1"
result<void> read_version(std::string_view text, head& out) {
    if (text.size() == 8 && text.starts_with("HTTP/1.") && (text[7] == '0' || text[7] == '1')) {
        out.minor = text[7] == '1' ? 1 : 0;
        return {};
    }
    if (text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
        is_digit(text[7]))
        return fail(errc::unsupported, "peer speaks ", text, "; expected HTTP/1.1 or HTTP/1.0");
    return bad(0, "found ", quoted(text), ", expected a version as HTTP/1.1");
}

result<void> read_request_line(std::string_view line, head& out) {
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos)
        return bad(0, "found ", quoted(line), ", expected METHOD TARGET HTTP/1.1");
    out.method = line.substr(0, first);
    out.target = line.substr(first + 1, second - first - 1);
    if (!is_token(out.method)) return bad(0, "method is ", quoted(out.method), ", expected a word");
    if (out.target.empty() || !std::all_of(out.target.begin(), out.target.end(), is_visible))
        return bad(0, "target is ", quoted(out.target), ", expected visible ASCII");
    return read_version(line.substr(second + 1), out);
}

result<void> read_status_line(std::string_view line, head& out) {
    const std::size_t first = std::min(line.find(' '), line.size());
    BECKON_TRY(read_version(line.substr(0, first), out));
    const std::string_view rest = line.substr(std::min(first + 1, line.size()));
    const bool has_status = rest.size() >= 3 && rest[0] >= '1' && is_digit(rest[0]) &&
                            is_digit(rest[1]) && is_digit(rest[2]) &&
                            (rest.size() == 3 || rest[3] == ' ');
    if (!has_status || !std::all_of(rest.begin(), rest.end(), is_content))
        return bad(0, "found ", quoted(line), ", expected HTTP/1.1 STATUS REASON");
    for (const char digit : rest.substr(0, 3))
        out.status = out.status * 10 + static_cast<unsigned>(digit - '0');
    out.reason = rest.substr(std::min<std::size_t>(4, rest.size()));
    return {};
}

result<void> read_field(std::string_view line, std::size_t number, head& out) {
    if (line.front() == ' ' || line.front() == '\t')
        return bad(number, "begins with a blank: continued lines are not taken");
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(name))
        return bad(number, "found ", quoted(line), ", expected NAME: CONTENT");
    const std::string_view content = trimmed(line.substr(colon + 1));
    if (!std::all_of(content.begin(), content.end(), is_content))
        return bad(number, "content of ", quoted(name), " has a control character");
    if (out.fields.size() == most_fields) {
        return fail(errc::limit_exceeded, "peer's HTTP head has more than ", most_fields,
                    " fields; limit is ", most_fields);
    }
    out.fields.push_back({name, content});
    return {};
}

using line_reader = result<void> (*)(std::string_view line, head& out);

result<std::optional<head>> read_head(byte_view input, line_reader read_first) {
    const std::string_view text = as_text(input);
    head out;
    std::size_t at = 0;
    for (std::size_t number = 0;; ++number) {
        const std::size_t end = text.find('\n', at);
        if (std::min(end, text.size()) >= most_head_bytes) {
            return fail(errc::limit_exceeded, "peer's HTTP head has more than ", most_head_bytes,
                        " bytes; limit is ", most_head_bytes, " bytes");
        }
        if (end == std::string_view::npos) {
            // No line of HTTP begins like this: it need not end to be refused.
            if (at < text.size() && number == 0 && !is_token_letter(text[at]))
                return bad(0, "begins with ", quoted(text.substr(at, 4)),
                           "; peer may not speak HTTP");
            return std::optional<head>();
        }
        if (end == at || text[end - 1] != '\r') return bad(number, "ends in LF without CR");
        const std::string_view line = text.substr(at, end - at - 1);
        at = end + 1;
        if (line.find('\r') != std::string_view::npos) return bad(number, "has a CR in it");
        if (number == 0) {
            BECKON_TRY(read_first(line, out));
        } else if (!line.empty()) {
            BECKON_TRY(read_field(line, number, out));
        } else {
            out.bytes = at;
            return std::optional<head>(std::move(out));
        }
    }
}

[[nodiscard]] std::string_view host_of(std::string_view authority) noexcept {
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        return end == std::string_view::npos ? authority : authority.substr(0, end + 1);
    }
    return authority.substr(0, authority.find(':'));
}

/// Whether nobody else could make a name mean this machine: it is no name, or one that means it everywhere.
[[nodiscard]] bool is_address_or_localhost(std::string_view host) noexcept {
    if (host.starts_with('[') || same_in_any_case(host, "localhost")) return true;
    return !host.empty() && is_digit(host.back()) &&
           std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

} // namespace

bool same_in_any_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_letter);
}

std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view part = trimmed(text.substr(0, comma));
        if (!part.empty()) parts.push_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

const std::string_view* head::find(std::string_view name) const noexcept {
    for (const field& each : fields) {
        if (same_in_any_case(each.name, name)) return &each.content;
    }
    return nullptr;
}

std::size_t head::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(),
                      [&](const field& each) { return same_in_any_case(each.name, name); }));
}

bool head::lists(std::string_view name, std::string_view token) const noexcept {
    for (const field& each : fields) {
        if (!same_in_any_case(each.name, name)) continue;
        for (const std::string_view part : split_list(each.content)) {
            if (same_in_any_case(part, token)) return true;
        }
    }
    return false;
}

namespace {

/// Takes a request's target apart (RFC 9112, section 3.2): a path, or the URL that a client of a proxy gives, which says
/// better than Host whom it is for.
result<void> read_target(head& request) {
    const std::string_view* const host = request.find("host");
    if (host != nullptr) request.authority = *host;
    std::string_view rest = request.target;
    const std::size_t scheme = rest.find("://");
    if (!rest.starts_with('/') && scheme < rest.find_first_of("/?")) {
        if (!same_in_any_case(rest.substr(0, scheme), "http") &&
            !same_in_any_case(rest.substr(0, scheme), "https"))
            return bad(0, "target is ", quoted(rest), ", expected a path or an http URL");
        rest.remove_prefix(scheme + 3);
        const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
        request.authority = rest.substr(0, end);
        if (end == 0 || request.authority.find('@') != std::string_view::npos)
            return bad(0, "target is ", quoted(request.target), ", expected a URL with a host");
        rest.remove_prefix(end);
        if (rest.empty() || rest.front() == '?') rest = "/";
    }
    request.path = rest.substr(0, rest.find('?'));
    return {};
}

} // namespace

result<std::optional<head>> read_request_head(byte_view input) {
    constexpr std::string_view line_end = "\r\n";
    if (line_end.starts_with(as_text(input))) return std::optional<head>();
    const std::size_t skipped = as_text(input).starts_with(line_end) ? line_end.size() : 0;
    BECKON_ASSIGN(std::optional<head> read, read_head(input.subspan(skipped), &read_request_line));
    if (!read) return read;
    const std::size_t hosts = read->count("host");
    if (hosts != 1 && (read->minor == 1 || hosts != 0)) {
        return fail(errc::protocol_error, "peer's HTTP head has ", hosts,
                    " fields Host; expected one");
    }
    BECKON_TRY(read_target(*read));
    read->bytes += skipped;
    return read;
}

result<std::optional<head>> read_response_head(byte_view input) {
    return read_head(input, &read_status_line);
}

unsigned status_for(const error& failure) noexcept {
    if (failure.code() == errc::limit_exceeded) return 431;
    return failure.code() == errc::unsupported ? 505 : 400;
}

std::string_view reason_phrase(unsigned status) noexcept {
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 426: return "Upgrade Required";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
    }
}

std::string response_text(unsigned status, std::string_view more, std::string_view text,
                          bool close) {
    std::string out = concat("HTTP/1.1 ", status, " ", reason_phrase(status), "\r\n", more);
    if (!text.empty()) out += "Content-Type: text/plain; charset=utf-8\r\n";
    if (status != 204)
        out += concat("Content-Length: ", text.empty() ? 0 : text.size() + 1, "\r\n");
    if (close) out += "Connection: close\r\n";
    out += "\r\n";
    if (!text.empty()) out += concat(text, "\n");
    return out;
}

std::string target_of(std::string_view path) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out = path.starts_with('/') ? "" : "/";
    for (const char letter : path) {
        if (is_visible(letter) &&
            std::string_view("\"<>\\^`{|}#").find(letter) == std::string_view::npos) {
            out += letter;
            continue;
        }
        const auto byte = static_cast<unsigned char>(letter);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

origin_policy origin_policy::from(const std::string* option, std::string_view own_host) {
    origin_policy made;
    made.own_host = own_host;
    if (option != nullptr) {
        for (const std::string_view each : split_list(*option)) made.allowed.emplace_back(each);
    }
    return made;
}

bool origin_policy::lists(std::string_view origin) const noexcept {
    return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& each) {
        return each == "*" || same_in_any_case(each, origin);
    });
}

bool origin_policy::allows(const head& request) const noexcept {
    const std::string_view* const origin = request.find("origin");
    if (origin == nullptr) return true;
    if (request.count("origin") != 1) return false;
    if (lists(*origin)) return true;
    const std::size_t scheme = origin->find("://");
    if (request.authority.empty() || scheme == std::string_view::npos) return false;
    if (!same_in_any_case(origin->substr(scheme + 3), request.authority)) return false;
    const std::string_view name = host_of(request.authority);
    return is_address_or_localhost(name) || same_in_any_case(name, own_host);
}

} // namespace beckon::http
