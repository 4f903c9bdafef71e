// JSON-RPC between a client and a server that frame their messages differently (docs/wire/json-rpc.md, section 4).
#pragma once

#include <memory>
#include <optional>

#include "beckon/protocol/jsonrpc/options.hpp"
#include "session/passage.hpp"

namespace beckon::jsonrpc {

/// Nothing stands for messages that the transport keeps apart.
using told_framing = std::optional<framing_kind>;

/// Each message goes on as it is, but for line breaks between its parts where lines are messages: they become blanks.
///
/// Errors: protocol_error, for text that the other framing cannot hold, besides those of the framings.
/// Limits: `max_message_bytes`.
[[nodiscard]] std::unique_ptr<passage> make_relay_passage(told_framing client, told_framing server,
                                                          const limits& allowed);

} // namespace beckon::jsonrpc
