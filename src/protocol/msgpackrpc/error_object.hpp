// Failures as the second half of a response: what we send, and what the many kinds of peers send.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "beckon/base/error.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/protocol/msgpackrpc/options.hpp"
#include "beckon/value/value.hpp"

namespace beckon::msgpackrpc {

/// Names that a peer gives to the numbers in its errors: Neovim's "Exception" and "Validation".
using error_types = std::map<std::int64_t, std::string>;

/// Appends the error object of a failure.
void put_error(buffer& out, const error& failure, error_shape shape, bool old_spec);

/// The failure that an error object tells, whatever its shape. Codes that this toolkit, Neovim and rpclib tell are
/// found in the text; every other failure is a remote_error.
[[nodiscard]] error read_error(const value& object, const error_types& types);

} // namespace beckon::msgpackrpc
