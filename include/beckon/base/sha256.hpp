// SHA-256 (FIPS 180-4), for schema digests. Not for secrets: it makes no promise about timing.
#pragma once

#include <array>
#include <cstddef>

#include "beckon/base/bytes.hpp"

namespace beckon {

using digest = std::array<std::byte, 32>;

[[nodiscard]] digest sha256(byte_view input) noexcept;

} // namespace beckon
