// Endpoints of basic-socket-rpc, from what its users give.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/base/text.hpp"
#include "beckon/io/endpoint.hpp"
#include "service/session_factory.hpp"

namespace beckon::basic {

[[nodiscard]] inline std::string endpoint_of(const std::string& host, std::uint16_t port) {
    const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
    return concat(protocol_name, "+tcp://", bare_v6 ? "[" : "", host, bare_v6 ? "]" : "", ':',
                  port);
}

/// Errors: invalid_argument, for an endpoint of another protocol; what an endpoint's text fails with.
[[nodiscard]] inline result<io::endpoint> read_endpoint(const std::string& text,
                                                        std::string_view who) {
    BECKON_ASSIGN(io::endpoint where, io::parse_endpoint(text));
    if (where.protocol == protocol_name) return where;
    return fail(errc::invalid_argument, who, " of basic-socket-rpc was given ", quoted(text),
                "; expected ", protocol_name, "+tcp://HOST:PORT or the like");
}

} // namespace beckon::basic
