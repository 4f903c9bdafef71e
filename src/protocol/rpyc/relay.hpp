// RPyC between a client and a server of different dialects: frames are cut, and what stands before each message's body is
// written anew (docs/wire/rpyc.md, sections 1, 2 and 4).
#pragma once

#include <memory>
#include <optional>

#include "beckon/protocol/rpyc/options.hpp"
#include "session/passage.hpp"

namespace beckon::rpyc {

struct relay_options {
    bool bind_threads = false;        ///< On both sides.
    std::optional<dialect> client{};  ///< Nothing: its first message tells.
    std::optional<dialect> server{};  ///< Nothing: found out.
    std::optional<dialect> assumed{}; ///< What the server was found to speak before.
};

/// Between sides of the same dialect bytes pass as they are, and so do those of what is no RPyC.
///
/// A server whose dialect is not known is first spoken to in the assumed one, else in the client's own. If it hangs up or
/// answers in the other one before it has answered anything, it is called again and spoken to in that. Until then what the
/// client said is kept: its first message, and of further ones 64 KiB.
///
/// Limits: `max_message_bytes`, where frames are cut: of a frame as sent and as inflated.
[[nodiscard]] std::unique_ptr<passage> make_relay_passage(const relay_options& chosen,
                                                          const limits& allowed);

} // namespace beckon::rpyc
