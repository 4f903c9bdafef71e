// How a JSON-RPC conversation is held.
#pragma once

#include <cstdint>
#include <string_view>

namespace beckon::jsonrpc {

/// How messages are told apart in a stream of bytes.
enum class framing_kind : std::uint8_t {
    newline,        ///< A line each.
    nul,            ///< A zero byte after each.
    content_length, ///< A header block with the length before each, as language servers do.
    none,           ///< One JSON text after the other: the text itself says where it ends.
};

/// "content-length", as in an endpoint.
[[nodiscard]] constexpr std::string_view to_string(framing_kind kind) noexcept {
    switch (kind) {
    case framing_kind::newline: return "newline";
    case framing_kind::nul: return "nul";
    case framing_kind::content_length: return "content-length";
    case framing_kind::none: return "none";
    }
    return "unknown";
}

struct options {
    framing_kind framing = framing_kind::newline;
    /// Takes answers as JSON-RPC 1.0 wrote them: without "jsonrpc", and with a null error beside a result.
    bool lenient = false;
    /// Whether requests tell how long their callers wait, in a member "$deadline_ms". JSON-RPC has peers ignore members
    /// that they do not know; a few refuse them.
    bool deadlines = true;
    /// Of a server whose transport takes answers alone (http): it cannot call its peer.
    bool only_answers = false;
};

} // namespace beckon::jsonrpc
