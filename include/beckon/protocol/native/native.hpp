// The native protocol: Beckon's own wire (docs/wire/native.md).
#pragma once

#include <memory>
#include <string_view>

#include "beckon/session/protocol.hpp"

namespace beckon {

/// The eight bytes that a native conversation begins with, in both directions.
inline constexpr unsigned char native_magic[8] = {0x89, 'B', 'K', 'N', 0x0d, 0x0a, 0x1a, 0x0a};

/// How a peer begins: see openings.
inline constexpr std::string_view native_first_bytes[] = {"89 'BKN' 0d 0a 1a 0a"};

[[nodiscard]] std::unique_ptr<protocol> make_native_protocol();

} // namespace beckon
