#include "service/detection/candidate.hpp"

#include <string_view>
#include <utility>

#include "beckon/base/assert.hpp"
#include "beckon/base/text.hpp"

namespace beckon::detection {

namespace {

// RFC 8446, section 5.1: a handshake record, of a version that begins with 3.
constexpr std::string_view tls_hello = "16 03 ..";
// RFC 9112, section 3.2: a request names a path, as a proxy's the whole address, or everything there is.
constexpr std::string_view methods[] = {"GET",     "POST",  "HEAD",   "PUT",
                                        "OPTIONS", "PATCH", "DELETE", "TRACE"};
constexpr std::string_view targets[] = {"'/'", "48|68 54|74 54|74 50|70 '://'",
                                        "48|68 54|74 54|74 50|70 53|73 '://'"};
constexpr std::string_view other_requests[] = {"'OPTIONS *'", "'PRI * HTTP/2'"};

/// REQUIRES: it is a constant of ours.
[[nodiscard]] first_bytes known(std::string_view pattern) {
    auto made = first_bytes::parse(pattern);
    BECKON_ASSERT(made.has_value(), "a pattern of first bytes is none");
    return std::move(made).value();
}

void add_requests(std::string_view method, std::vector<first_bytes>& into) {
    for (const std::string_view target : targets)
        into.push_back(known(concat("'", method, " ' ", target)));
}

/// Whether the same bytes may be meant for both.
[[nodiscard]] bool share_a_beginning(const candidate& one, const candidate& other) {
    for (const first_bytes& mine : one.begins) {
        for (const first_bytes& its : other.begins) {
            if (mine.meets(its) && !mine.refines(its) && !its.refines(mine)) return true;
        }
    }
    return false;
}

[[nodiscard]] bool begins_like(std::string_view text, std::string_view other) {
    return text.starts_with(other) || other.starts_with(text);
}

[[nodiscard]] bool is_layer(const candidate& of) noexcept {
    return of.what != layer::protocol && of.what != layer::messages;
}

/// Nothing where they can be told apart.
[[nodiscard]] std::string why_not(const candidate& one, const candidate& other) {
    if (one.what == layer::messages && other.what == layer::messages)
        return "both speak in text messages";
    const bool web = is_layer(one) && is_layer(other);
    if (web && one.what != other.what)
        return {}; // the head of a request says which, and TLS begins otherwise
    if (one.what == layer::web_socket && other.what == layer::web_socket)
        return one.path == other.path ? concat("both are asked for by the path ", quoted(one.path))
                                      : "";
    if (one.what == layer::http && other.what == layer::http)
        return "one connection may ask for the paths of both";
    if (!share_a_beginning(one, other)) return {};
    if (one.delimiter.empty() || other.delimiter.empty())
        return "their conversations may begin with the same bytes";
    if (!begins_like(one.delimiter, other.delimiter)) return {};
    return "messages of both are JSON with the same delimiter";
}

} // namespace

result<candidate> of_protocol(std::string name, const openings& begins) {
    candidate made{.name = std::move(name), .begins = {}, .delimiter = begins.delimiter};
    if (begins.first_bytes.empty()) {
        return fail(errc::unsupported, made.name,
                    " cannot share its address: its conversations may begin with anything");
    }
    for (const std::string_view each : begins.first_bytes) made.begins.push_back(known(each));
    return made;
}

candidate of_tls(std::string name) {
    return {.what = layer::tls, .name = std::move(name), .begins = {known(tls_hello)}};
}

std::vector<first_bytes> web_requests() {
    std::vector<first_bytes> made;
    for (const std::string_view each : methods) add_requests(each, made);
    for (const std::string_view each : other_requests) made.push_back(known(each));
    return made;
}

candidate of_http(std::string name) {
    return {.what = layer::http, .name = std::move(name), .begins = web_requests()};
}

candidate of_messages(std::string name) {
    return {.what = layer::messages, .name = std::move(name), .begins = {}};
}

candidate of_web_socket(std::string name, std::string path) {
    candidate made{
        .what = layer::web_socket, .name = std::move(name), .begins = {}, .path = std::move(path)};
    add_requests("GET", made.begins);
    return made;
}

result<void> check_apart(std::span<const candidate> all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            const std::string why = why_not(all[i], all[j]);
            if (why.empty()) continue;
            return fail(errc::address_in_use, all[i].name, " and ", all[j].name,
                        " cannot be told apart at one address: ", why);
        }
    }
    return {};
}

} // namespace beckon::detection
