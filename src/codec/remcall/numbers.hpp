// remcall's integers: big-endian, of whatever width.
#pragma once

#include <cstddef>
#include <cstdint>

#include "beckon/base/bytes.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon::remcall {

/// Appends the `width` lowest bytes, the highest of them first.
inline void put_number(buffer& out, std::uint64_t number, std::size_t width) {
    std::byte* const at = out.grow(width);
    for (std::size_t i = 0; i < width; ++i)
        at[i] = static_cast<std::byte>(number >> (8 * (width - 1 - i)));
}

/// REQUIRES: `from` has so many bytes.
[[nodiscard]] inline std::uint64_t number_at(byte_view from, std::size_t at,
                                             std::size_t width) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < width; ++i)
        number = number << 8 | std::to_integer<std::uint64_t>(from[at + i]);
    return number;
}

/// The same as two's complement.
[[nodiscard]] inline std::int64_t signed_at(byte_view from, std::size_t at,
                                            std::size_t width) noexcept {
    const std::uint64_t number = number_at(from, at, width);
    const unsigned unused = static_cast<unsigned>(64 - 8 * width);
    return static_cast<std::int64_t>(number << unused) >> unused;
}

/// Whether a number fits so many bytes of two's complement.
[[nodiscard]] inline bool fits_signed(std::int64_t number, std::size_t width) noexcept {
    const unsigned unused = static_cast<unsigned>(64 - 8 * width);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << unused) >> unused ==
           number;
}

} // namespace beckon::remcall
