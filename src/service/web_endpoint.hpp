// What ws:, wss: and http: endpoints say of the transport that they run over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "beckon/io/endpoint.hpp"

namespace beckon {

/// Whether it is inside TLS: "wss", "https".
[[nodiscard]] inline bool is_web_over_tls(const io::endpoint& where) noexcept {
    return where.transport == "wss" || where.transport == "https";
}

[[nodiscard]] inline bool is_http(const io::endpoint& where) noexcept {
    return where.transport == "http" || where.transport == "https";
}

/// Whether a protocol can do with a server that only answers, where there is no other.
[[nodiscard]] inline result<void> check_answers(const io::endpoint& where,
                                                std::string_view protocol) {
    if (!is_http(where) || protocol == "jsonrpc") return {};
    return fail(errc::unsupported, "protocol ", protocol,
                " needs to be heard at any time, and over ", where.transport,
                " a server only answers; jsonrpc can use it, and ws carries all");
}

/// Whether a transport runs over another one, so that its endpoints take the other's options too.
[[nodiscard]] inline bool runs_over(std::string_view transport, std::string_view other) noexcept {
    const bool secure = transport == "wss" || transport == "https";
    if (other == "tls") return secure;
    return other == "tcp" &&
           (secure || transport == "tls" || transport == "ws" || transport == "http");
}

/// Where the transport below is: without the path, with the usual port where none is given.
[[nodiscard]] inline result<io::endpoint> below_web(const io::endpoint& where) {
    const bool secure = is_web_over_tls(where);
    BECKON_ASSIGN(io::host_address at,
                  io::parse_host_address(where, secure ? std::uint16_t(443) : std::uint16_t(80)));
    at.path.clear();
    io::endpoint below = where;
    below.transport = secure ? "tls" : "tcp";
    below.address = io::to_string(at);
    return below;
}

} // namespace beckon
