// The protocol of JSON-RPC 2.0, both roles (docs/wire/json-rpc.md).
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/jsonrpc/options.hpp"
#include "beckon/session/message_security.hpp"
#include "beckon/session/openings.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// One conversation with a JSON-RPC peer. With a provider each message goes behind a header (rpc.secinfo) that proves it.
[[nodiscard]] std::unique_ptr<protocol>
make_jsonrpc_protocol(const jsonrpc::options& options = {},
                      std::unique_ptr<message_security> security = nullptr);

namespace jsonrpc {

inline constexpr std::string_view option_names[] = {"framing", "lenient", "deadlines"};

/// An option that no program gives: by it a listener over HTTP tells the protocol which side it is.
inline constexpr std::string_view serves_over_http = " serves over http";

/// What an endpoint says of them: `framing=newline`, `nul`, `content-length` or `none`; `lenient`; `deadlines=no`.
///
/// Errors: invalid_argument, naming the option.
[[nodiscard]] result<options> read_options(const io::endpoint& where);

/// How a client begins.
[[nodiscard]] openings openings_of(const options& options);

} // namespace jsonrpc
} // namespace beckon
