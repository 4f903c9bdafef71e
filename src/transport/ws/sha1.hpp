// SHA-1 (FIPS 180-4), which the WebSocket handshake asks for. It proves nothing there, and nothing else uses it.
#pragma once

#include <array>

#include "beckon/base/bytes.hpp"

namespace beckon::transport::ws {

[[nodiscard]] std::array<std::byte, 20> sha1(byte_view input) noexcept;

} // namespace beckon::transport::ws
