// The protocol MessagePack-RPC, both roles.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/msgpackrpc/options.hpp"
#include "beckon/session/protocol.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// One conversation with a peer of MessagePack-RPC.
[[nodiscard]] std::unique_ptr<protocol> make_msgpackrpc_protocol(msgpackrpc::options options = {});

namespace msgpackrpc {

inline constexpr std::string_view option_names[] = {"errors", "compat_old_spec",
                                                    "bad_text_as_bytes", "references", "peer"};

/// How a client begins, with a request or a notification: see openings.
inline constexpr std::string_view first_bytes[] = {"94 00", "93 02", "dc 00 04 00", "dc 00 03 02"};

/// What an endpoint says of them: `errors=beckon`, `text`, `neovim` or `map`; `compat_old_spec`; `bad_text_as_bytes`;
/// `references`; `peer=beckon`.
///
/// Errors: invalid_argument, naming the option.
[[nodiscard]] result<options> read_options(const io::endpoint& where);

/// The error object as the peer sent it, whatever its shape; nothing where the failure is none of a peer's.
[[nodiscard]] std::optional<value> error_object(const error& failure);

} // namespace msgpackrpc
} // namespace beckon
