// quickrpc between a client and a server whose messages end differently, or have a transport that keeps them apart.
#pragma once

#include <memory>

#include "beckon/protocol/quickrpc/codec.hpp"
#include "session/passage.hpp"

namespace beckon::quickrpc {

/// Telegrams go on as they are, each with the end mark of the other side and, where that has messages, in one of its own.
/// Empty ones, which keep connections alive, do not. REQUIRES: both codecs read alike what stands before the end mark.
///
/// Errors: what the codecs say of what they cannot cut or end.
/// Limits: `max_message_bytes`.
[[nodiscard]] std::unique_ptr<passage> make_relay_passage(std::shared_ptr<const codec> client,
                                                          std::shared_ptr<const codec> server,
                                                          const passage_parts& parts);

} // namespace beckon::quickrpc
