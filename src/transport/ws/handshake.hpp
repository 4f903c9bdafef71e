// WebSocket's handshake (RFC 6455, section 4) as texts: what each side says, and what it makes of the other's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "codec/http_head.hpp"

namespace beckon::transport::ws {

/// What a server answers a key with: Base64 of a SHA-1.
[[nodiscard]] std::string accept_for(std::string_view key);

/// What a listener takes.
struct server_rules {
    std::string path = "/";
    std::vector<std::string> subprotocols{}; ///< The preferred one first; none: no matter.
    bool must_agree = false; ///< Clients that offer sub-protocols must offer one of ours.
    http::origin_policy origins{};
};

struct answer {
    std::string text;             ///< The whole response.
    std::optional<error> refusal; ///< Why it is none that opens a WebSocket.
    std::string subprotocol;      ///< Agreed on; may be empty.
};

[[nodiscard]] answer answer_to(const http::head& request, const server_rules& rules);
/// To a request that could not be read.
[[nodiscard]] answer answer_to(const error& unreadable);

/// What a client asks for.
struct client_rules {
    std::string host;   ///< With its port where that is not the usual one.
    std::string target; ///< "/path?query"
    std::vector<std::string> subprotocols{};
    bool must_agree = false; ///< The server must choose one.
};

[[nodiscard]] std::string request_text(const client_rules& rules, std::string_view key);
/// The sub-protocol that was agreed on; may be empty.
///
/// Errors: access_denied for 401 and 403, not_found for 404, else protocol_error, with the status.
[[nodiscard]] result<std::string> check_response(const http::head& response,
                                                 const client_rules& rules, std::string_view key);

} // namespace beckon::transport::ws
