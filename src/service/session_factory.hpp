// What connecting and listening have in common: the protocols by name.
#pragma once

#include <memory>

#include "beckon/io/endpoint.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// The protocol that an endpoint names. Errors: unsupported, with the names there are.
[[nodiscard]] result<std::unique_ptr<protocol>> make_protocol(const io::endpoint& where);

} // namespace beckon
