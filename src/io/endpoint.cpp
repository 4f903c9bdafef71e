#include "beckon/io/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace beckon::io {

namespace {

int hex_value(char letter) noexcept {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

constexpr std::size_t shown = 200; ///< Bytes of an endpoint that a message repeats.

template <typename... Parts>
error bad_endpoint(std::string_view whole, const Parts&... parts) {
    return fail(errc::parse_error, "endpoint ", quoted(whole, shown), " ", parts...);
}

/// Takes `%XX` apart; `offset` is where `text` begins in `whole`.
result<std::string> decoded(std::string_view whole, std::size_t offset, std::size_t size,
                            std::string_view part) {
    std::string out;
    out.reserve(size);
    const std::string_view text = whole.substr(offset, size);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return bad_endpoint(whole, "has a bad ", part, ": found ", quoted(text.substr(i, 3)),
                                " at byte ", offset + i,
                                ", expected two hexadecimal digits after '%' (write '%25' for a "
                                "percent sign)");
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

void append_encoded(std::string& out, std::string_view text, std::string_view special) {
    constexpr char digits[] = "0123456789ABCDEF";
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20 || byte == 0x7f || letter == '%' ||
            special.find(letter) != std::string_view::npos) {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += letter;
        }
    }
}

bool is_name(std::string_view text) noexcept {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter(c) || c == '-' || c == '_' || c == '.'; });
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& letter : out) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return out;
}

/// Reads "protocol+security+transport".
result<void> read_names(std::string_view whole, std::string_view scheme, endpoint& out) {
    std::vector<std::string> names;
    for (std::size_t start = 0;;) {
        const std::size_t plus = scheme.find('+', start);
        names.push_back(lower_case(scheme.substr(start, plus - start)));
        if (plus == std::string_view::npos) break;
        start = plus + 1;
    }
    if (names.size() > 3) {
        return bad_endpoint(whole, "has ", names.size(),
                            " names before ':', expected at most 3: protocol+security+transport");
    }
    constexpr std::string_view roles[3][3] = {
        {"transport"}, {"protocol", "transport"}, {"protocol", "security", "transport"}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (is_name(names[i])) continue;
        return bad_endpoint(whole, "has a bad ", roles[names.size() - 1][i], " name: found ",
                            quoted(names[i]),
                            ", expected a letter and then letters, digits, '-', '_' or '.'");
    }
    out.transport = std::move(names.back());
    if (names.size() > 1) out.protocol = std::move(names[0]);
    if (names.size() > 2) out.security = std::move(names[1]);
    return {};
}

result<void> read_options(std::string_view whole, std::size_t start, endpoint& out) {
    while (start < whole.size()) {
        const std::size_t end = std::min(whole.find('&', start), whole.size());
        const std::string_view part = whole.substr(start, end - start);
        const std::size_t equals = part.find('=');
        const std::size_t key_size = std::min(equals, part.size());
        BECKON_ASSIGN(std::string key, decoded(whole, start, key_size, "option name"));
        if (key.empty()) {
            return bad_endpoint(whole, "has an option without a name at byte ", start,
                                ", expected key=value");
        }
        if (out.option(key) != nullptr)
            return bad_endpoint(whole, "gives option ", quoted(key), " twice, expected it once");
        std::string value;
        if (equals != std::string_view::npos) {
            BECKON_ASSIGN(value, decoded(whole, start + equals + 1, part.size() - equals - 1,
                                         "option value"));
        }
        out.options.emplace_back(std::move(key), std::move(value));
        start = end + 1;
        if (end + 1 == whole.size())
            return bad_endpoint(whole, "ends in '&', expected another option after it");
    }
    return {};
}

} // namespace

result<endpoint> parse_endpoint(std::string_view text) {
    if (text.size() > max_endpoint_bytes) {
        return fail(errc::limit_exceeded, "endpoint has ", text.size(), " bytes; limit is ",
                    max_endpoint_bytes, " bytes: ", quoted(text));
    }
    endpoint out;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return bad_endpoint(text, "has no transport, expected [protocol+]transport:address, for "
                                  "example tcp://127.0.0.1:7000");
    }
    BECKON_TRY(read_names(text, text.substr(0, colon), out));
    std::size_t start = colon + 1;
    if (text.substr(start, 2) == "//") {
        out.slashes = true;
        start += 2;
    }
    const std::size_t question = std::min(text.find('?', start), text.size());
    BECKON_ASSIGN(out.address, decoded(text, start, question - start, "address"));
    BECKON_TRY(read_options(text, question + 1, out));
    return out;
}

std::string to_string(const endpoint& where) {
    std::string out;
    if (where.protocol != "native" || !where.security.empty()) {
        out += where.protocol;
        out += '+';
    }
    if (!where.security.empty()) {
        out += where.security;
        out += '+';
    }
    out += where.transport;
    out += where.slashes ? "://" : ":";
    if (!where.slashes && where.address.substr(0, 2) == "//") {
        // Else these two would be taken for the slashes that mark an authority.
        out += "%2F";
        append_encoded(out, std::string_view(where.address).substr(1), "?");
    } else {
        append_encoded(out, where.address, "?");
    }
    char separator = '?';
    for (const auto& [key, value] : where.options) {
        out += separator;
        append_encoded(out, key, "=&");
        if (!value.empty()) {
            out += '=';
            append_encoded(out, value, "&");
        }
        separator = '&';
    }
    return out;
}

const std::string* endpoint::option(std::string_view key) const noexcept {
    for (const auto& [name, value] : options) {
        if (name == key) return &value;
    }
    return nullptr;
}

result<std::uint64_t> endpoint::number_option(std::string_view key, std::uint64_t otherwise,
                                              std::uint64_t least, std::uint64_t most) const {
    const std::string* const text = option(key);
    if (text == nullptr) return otherwise;
    std::uint64_t number = 0;
    const char* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, number);
    if (read.ec != std::errc() || read.ptr != end || number < least || number > most) {
        return fail(errc::invalid_argument, "option ", key, " of endpoint ",
                    quoted(to_string(*this), shown), " is ", quoted(*text),
                    ", expected a whole number from ", least, " to ", most);
    }
    return number;
}

result<bool> endpoint::flag_option(std::string_view key, bool otherwise) const {
    const std::string* const text = option(key);
    if (text == nullptr) return otherwise;
    for (const std::string_view yes : {"", "true", "yes", "on", "1"}) {
        if (*text == yes) return true;
    }
    for (const std::string_view no : {"false", "no", "off", "0"}) {
        if (*text == no) return false;
    }
    return fail(errc::invalid_argument, "option ", key, " of endpoint ",
                quoted(to_string(*this), shown), " is ", quoted(*text),
                ", expected true or false, yes or no, on or off, 1 or 0");
}

result<host_address> parse_host_address(const endpoint& where,
                                        std::optional<std::uint16_t> default_port) {
    const std::string whole = to_string(where);
    const std::string_view address = where.address;
    host_address out;
    const std::size_t slash = std::min(address.find('/'), address.size());
    out.path = address.substr(slash);
    const std::string_view authority = address.substr(0, slash);
    std::string_view port;
    bool has_port = false;
    if (!authority.empty() && authority[0] == '[') {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos)
            return bad_endpoint(whole, "has a bad host: expected ']' after the IPv6 address");
        out.host = authority.substr(1, bracket - 1);
        in6_addr unused{};
        const std::string number = out.host.substr(0, out.host.find('%'));
        if (::inet_pton(AF_INET6, number.c_str(), &unused) != 1) {
            return bad_endpoint(whole, "has a bad host: found ", quoted(out.host),
                                ", expected an IPv6 address between brackets");
        }
        const std::string_view rest = authority.substr(bracket + 1);
        if (!rest.empty() && rest[0] != ':') {
            return bad_endpoint(whole, "has a bad port: found ", quoted(rest),
                                " behind the brackets, expected ':' and a port");
        }
        has_port = !rest.empty();
        if (has_port) port = rest.substr(1);
    } else {
        const std::size_t colon = std::min(authority.find(':'), authority.size());
        out.host = authority.substr(0, colon);
        has_port = colon < authority.size();
        if (has_port) port = authority.substr(colon + 1);
        if (port.find(':') != std::string_view::npos) {
            return bad_endpoint(whole, "has a bad host: found ", quoted(authority),
                                " with several colons, expected brackets around an IPv6 address: "
                                "[::1]:7000");
        }
        for (const char letter : out.host) {
            const auto byte = static_cast<unsigned char>(letter);
            if (byte > 0x20 && byte != 0x7f && letter != '@' && letter != '[' && letter != ']')
                continue;
            return bad_endpoint(whole, "has a bad host: found ", quoted(out.host),
                                ", expected a host name or an IP address");
        }
    }
    if (out.host.empty()) {
        out.empty_host = true;
        out.host = "127.0.0.1";
    }
    if (!has_port && default_port) {
        out.port = *default_port;
        return out;
    }
    const char* const end = port.data() + port.size();
    const auto read = std::from_chars(port.data(), end, out.port);
    if (port.empty() || read.ec != std::errc() || read.ptr != end) {
        return bad_endpoint(whole, has_port ? "has a bad port: found " : "has no port: found ",
                            quoted(has_port ? port : authority),
                            ", expected a number from 0 to 65535 after ':'");
    }
    return out;
}

std::string to_string(const host_address& where) {
    if (where.host.find(':') != std::string::npos)
        return concat("[", where.host, "]:", where.port, where.path);
    return concat(where.host, ":", where.port, where.path);
}

bool is_loopback_host(std::string_view host) noexcept {
    if (host == "localhost") return true;
    char text[INET6_ADDRSTRLEN] = {};
    if (host.size() >= sizeof text) return false;
    host.copy(text, host.size());
    in_addr four{};
    if (::inet_pton(AF_INET, text, &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
    in6_addr six{};
    return ::inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

} // namespace beckon::io
