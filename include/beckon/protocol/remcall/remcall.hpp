// The protocol remcall, both roles (docs/wire/remcall.md; docs/guide/remcall.md).
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/remcall/options.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// One conversation with a peer of remcall.
///
/// The main object of a server is the root; where its interface is not called Main, the object published as "Main", if there
/// is one. A client's schema is that of the interface by which it makes its first call, unless the options have one.
[[nodiscard]] std::unique_ptr<protocol> make_remcall_protocol(remcall::options options = {});

namespace remcall {

inline constexpr std::string_view option_names[] = {"role",  "peer",       "check",
                                                    "label", "unanswered", "first_request"};

/// An attribute of a conversation's root: the peer's binary schema, as bytes. Who is no Beckon cannot be asked for it.
inline constexpr std::string_view schema_attribute = "__schema__";

/// How a client begins: with a call, or with what a Beckon knocks by. See openings.
inline constexpr std::string_view first_bytes[] = {"05", "07"};

/// What an endpoint says of them: `role=server`, `client`, without which who accepts is the server; `peer=plain`, `beckon`;
/// `check=digest`, `structure`, `none`; `label=TEXT`; `unanswered=COUNT`; `first_request=NUMBER`.
///
/// Errors: invalid_argument, naming the option.
[[nodiscard]] result<options> read_options(const io::endpoint& where, role plays);

} // namespace remcall
} // namespace beckon
