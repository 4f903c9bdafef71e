#include "transport/ws/handshake.hpp"

#include <algorithm>

#include "beckon/value/base64.hpp"
#include "transport/ws/sha1.hpp"

namespace beckon::transport::ws {

namespace {

constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t key_bytes = 16;

/// `more`: further lines of the head.
template <typename... Parts>
[[nodiscard]] answer refuse(unsigned status, errc code, std::string_view more,
                            const Parts&... parts) {
    answer out;
    out.refusal = fail(code, parts...);
    out.text = http::response_text(status, more, out.refusal->message(), true);
    return out;
}

[[nodiscard]] bool is_key(std::string_view text) {
    const auto decoded = base64_decode(text);
    return decoded && decoded->size() == key_bytes;
}

/// The first of `known` that the peer's lists hold; as in `known`.
[[nodiscard]] std::string choose(const http::head& request, const std::vector<std::string>& known) {
    for (const std::string& each : known) {
        for (const http::field& field : request.fields) {
            if (!http::same_in_any_case(field.name, "sec-websocket-protocol")) continue;
            const auto offered = http::split_list(field.content);
            if (std::find(offered.begin(), offered.end(), each) != offered.end()) return each;
        }
    }
    return {};
}

[[nodiscard]] std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& each : names) out += concat(out.empty() ? "" : ", ", each);
    return out;
}

} // namespace

std::string accept_for(std::string_view key) {
    return base64_encode(sha1(as_bytes(concat(key, guid))));
}

answer answer_to(const error& unreadable) {
    return refuse(http::status_for(unreadable), unreadable.code(), "", unreadable.message());
}

answer answer_to(const http::head& request, const server_rules& rules) {
    constexpr std::string_view upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    if (request.method != "GET") {
        return refuse(405, errc::protocol_error, "Allow: GET\r\n", "peer sent ", request.method,
                      "; expected GET, which opens a WebSocket");
    }
    if (request.minor != 1)
        return refuse(400, errc::protocol_error, "", "peer sent HTTP/1.0; expected HTTP/1.1");
    const std::size_t lengths = request.count("content-length");
    if (request.find("transfer-encoding") != nullptr || lengths > 1 ||
        (lengths == 1 && *request.find("content-length") != "0"))
        return refuse(400, errc::protocol_error, "", "peer's request has a body; expected none");
    if (request.path != rules.path) {
        return refuse(404, errc::not_found, "", "peer asked for ", quoted(request.path),
                      "; there is a WebSocket at ", rules.path, " only");
    }
    if (!request.lists("upgrade", "websocket") || !request.lists("connection", "upgrade")) {
        return refuse(426, errc::protocol_error, concat(upgrade, "Connection: Upgrade\r\n"),
                      "peer asked for a page; there is a WebSocket here, which is opened by "
                      "Upgrade: websocket and Connection: Upgrade");
    }
    const std::string_view* const version = request.find("sec-websocket-version");
    if (version == nullptr || *version != "13" || request.count("sec-websocket-version") != 1) {
        return refuse(426, errc::protocol_error, upgrade, "peer speaks version ",
                      version == nullptr ? "none" : quoted(*version), " of WebSocket; expected 13");
    }
    const std::string_view* const key = request.find("sec-websocket-key");
    if (key == nullptr || request.count("sec-websocket-key") != 1 || !is_key(*key)) {
        return refuse(400, errc::protocol_error, "", "peer's Sec-WebSocket-Key is ",
                      key == nullptr ? "missing" : quoted(*key), "; expected ", key_bytes,
                      " bytes in Base64");
    }
    if (!rules.origins.allows(request)) {
        return refuse(403, errc::access_denied, "", "peer is a page of ",
                      quoted(*request.find("origin")), ", whose pages may not come in (origins)");
    }
    answer out;
    out.subprotocol = choose(request, rules.subprotocols);
    if (out.subprotocol.empty() && rules.must_agree &&
        request.find("sec-websocket-protocol") != nullptr) {
        return refuse(400, errc::protocol_error, "", "peer offers the sub-protocols ",
                      quoted(*request.find("sec-websocket-protocol")), "; expected one of ",
                      joined(rules.subprotocols), " (subprotocol)");
    }
    out.text = concat("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Accept: ",
                      accept_for(*key), "\r\n");
    if (!out.subprotocol.empty())
        out.text += concat("Sec-WebSocket-Protocol: ", out.subprotocol, "\r\n");
    out.text += "\r\n";
    return out;
}

std::string request_text(const client_rules& rules, std::string_view key) {
    std::string out = concat("GET ", rules.target, " HTTP/1.1\r\nHost: ", rules.host,
                             "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ",
                             key, "\r\n");
    if (!rules.subprotocols.empty())
        out += concat("Sec-WebSocket-Protocol: ", joined(rules.subprotocols), "\r\n");
    return out + "\r\n";
}

result<std::string> check_response(const http::head& response, const client_rules& rules,
                                   std::string_view key) {
    if (response.status != 101) {
        const errc code = response.status == 401 || response.status == 403 ? errc::access_denied
                          : response.status == 404                         ? errc::not_found
                                                                           : errc::protocol_error;
        return fail(code, "server answered ", response.status, " ", quoted(response.reason),
                    " to the WebSocket handshake at ", quoted(rules.target), "; expected 101");
    }
    if (!response.lists("upgrade", "websocket") || !response.lists("connection", "upgrade")) {
        return fail(errc::protocol_error,
                    "server switched to something else than WebSocket; expected Upgrade: "
                    "websocket and Connection: Upgrade");
    }
    const std::string_view* const accept = response.find("sec-websocket-accept");
    if (accept == nullptr || response.count("sec-websocket-accept") != 1 ||
        *accept != accept_for(key)) {
        return fail(errc::protocol_error, "server's Sec-WebSocket-Accept is ",
                    accept == nullptr ? "missing" : quoted(*accept),
                    "; expected the answer to this connection's key");
    }
    if (const std::string_view* const extension = response.find("sec-websocket-extensions")) {
        return fail(errc::protocol_error, "server uses the extension ", quoted(*extension),
                    ", which was not offered");
    }
    const std::string_view* const chosen = response.find("sec-websocket-protocol");
    if (chosen == nullptr) {
        if (!rules.must_agree) return std::string();
        return fail(errc::protocol_error, "server agreed on no sub-protocol; expected one of ",
                    joined(rules.subprotocols), " (subprotocol)");
    }
    const auto& offered = rules.subprotocols;
    if (response.count("sec-websocket-protocol") != 1 ||
        std::find(offered.begin(), offered.end(), *chosen) == offered.end()) {
        return fail(errc::protocol_error, "server chose the sub-protocol ", quoted(*chosen),
                    ", which was not offered");
    }
    return std::string(*chosen);
}

} // namespace beckon::transport::ws
