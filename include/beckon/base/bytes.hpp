// Byte strings and views of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace beckon {

/// A byte string, as `bytes` in the IDL.
using bytes = std::vector<std::byte>;
using byte_view = std::span<const std::byte>;

[[nodiscard]] inline byte_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(byte_view view) noexcept {
    return {reinterpret_cast<const char*>(view.data()), view.size()};
}
[[nodiscard]] inline bytes to_bytes(std::string_view text) {
    const byte_view view = as_bytes(text);
    return {view.begin(), view.end()};
}

} // namespace beckon
