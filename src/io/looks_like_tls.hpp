// Telling that a peer speaks TLS where plain bytes were expected, so that messages can say so.
#pragma once

#include "beckon/base/bytes.hpp"

namespace beckon::io {

/// Whether bytes begin as a TLS hello or alert does. Nothing else that Beckon speaks does.
[[nodiscard]] inline bool looks_like_tls(byte_view first) noexcept {
    constexpr std::byte alert{0x15};
    constexpr std::byte hello{0x16};
    return first.size() >= 2 && (first[0] == alert || first[0] == hello) &&
           first[1] == std::byte{3};
}

} // namespace beckon::io
