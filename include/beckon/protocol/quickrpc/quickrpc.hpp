// quickrpc's protocol, both roles (docs/wire/quickrpc.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/quickrpc/codec.hpp"
#include "beckon/protocol/quickrpc/options.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// One conversation with a quickrpc peer.
///
/// Errors: unsupported, for a security provider with a codec that carries none.
[[nodiscard]] result<std::unique_ptr<protocol>>
make_quickrpc_protocol(quickrpc::options options = {});

namespace quickrpc {

inline constexpr std::string_view option_names[] = {"codec", "delimiter", "standard_codes",
                                                    "max_bad_messages"};

/// What an endpoint says of them: `codec=jrpc`, `terse`, `terse:ref` or `msgpack`; of jrpc `delimiter=nul`, `newline`, `crlf`
/// or the characters themselves; `standard_codes`; `max_bad_messages=10`.
///
/// Errors: invalid_argument, naming the option.
[[nodiscard]] result<options> read_options(const io::endpoint& where);

/// The number that a peer's error came with; nothing where the failure is none of a quickrpc peer's.
[[nodiscard]] std::optional<std::int64_t> code_of(const error& failure);
/// What came with it: mostly text, with a trace where the original was asked. Null where nothing did.
[[nodiscard]] value details_of(const error& failure);

} // namespace quickrpc
} // namespace beckon
