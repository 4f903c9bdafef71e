// What the first byte of a MessagePack item says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "beckon/codec/msgpack_reader.hpp"

namespace beckon::msgpack::detail {

/// How an item goes on after its first byte.
struct format {
    item kind = item::unknown;
    /// Bytes before the content: the first one, a length, an extension's type. Of numbers, all.
    std::uint8_t head_bytes = 1;
    std::uint8_t length_bytes = 0; ///< Of a length or count, which follow the first byte.
    std::uint8_t length = 0;       ///< Of those that have it in the first byte.
};

[[nodiscard]] constexpr std::array<format, 256> make_formats() {
    std::array<format, 256> all{};
    for (unsigned i = 0; i < 0x80; ++i) all[i] = {item::integer, 1, 0, 0};
    for (unsigned i = 0; i < 16; ++i) {
        all[0x80 + i] = {item::map, 1, 0, static_cast<std::uint8_t>(i)};
        all[0x90 + i] = {item::array, 1, 0, static_cast<std::uint8_t>(i)};
    }
    for (unsigned i = 0; i < 32; ++i) {
        all[0xa0 + i] = {item::text, 1, 0, static_cast<std::uint8_t>(i)};
        all[0xe0 + i] = {item::integer, 1, 0, 0};
    }
    all[0xc0] = {item::nil, 1, 0, 0};
    all[0xc1] = {item::unknown, 1, 0, 0};
    all[0xc2] = all[0xc3] = {item::boolean, 1, 0, 0};
    for (unsigned i = 0; i < 3; ++i) {
        const auto bytes = static_cast<std::uint8_t>(1u << i);
        const auto head = static_cast<std::uint8_t>(1 + bytes);
        all[0xc4 + i] = {item::byte_string, head, bytes, 0};
        all[0xc7 + i] = {item::extension, static_cast<std::uint8_t>(head + 1), bytes, 0};
        all[0xd9 + i] = {item::text, head, bytes, 0};
    }
    all[0xca] = {item::floating, 5, 0, 0};
    all[0xcb] = {item::floating, 9, 0, 0};
    for (unsigned i = 0; i < 4; ++i) {
        const auto head = static_cast<std::uint8_t>(1 + (1u << i));
        all[0xcc + i] = all[0xd0 + i] = {item::integer, head, 0, 0};
    }
    for (unsigned i = 0; i < 5; ++i)
        all[0xd4 + i] = {item::extension, 2, 0, static_cast<std::uint8_t>(1u << i)};
    for (unsigned i = 0; i < 2; ++i) {
        const auto bytes = static_cast<std::uint8_t>(2u << i);
        const auto head = static_cast<std::uint8_t>(1 + bytes);
        all[0xdc + i] = {item::array, head, bytes, 0};
        all[0xde + i] = {item::map, head, bytes, 0};
    }
    return all;
}

inline constexpr std::array<format, 256> formats = make_formats();

/// A number of so many bytes, most significant first.
template <std::size_t Bytes>
[[nodiscard]] inline std::uint64_t load_big_endian(const std::byte* from) noexcept {
    // Compilers make one load and a swap of it.
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < Bytes; ++i)
        number = number << 8 | std::to_integer<std::uint64_t>(from[i]);
    return number;
}
/// The same for 0, 1, 2, 4 or 8.
[[nodiscard]] inline std::uint64_t load_big_endian(const std::byte* from,
                                                   std::size_t bytes) noexcept {
    switch (bytes) {
    case 1: return load_big_endian<1>(from);
    case 2: return load_big_endian<2>(from);
    case 4: return load_big_endian<4>(from);
    case 8: return load_big_endian<8>(from);
    default: return 0;
    }
}

/// Writes `bytes` bytes of a number, most significant first; gives where they end.
inline std::byte* store_big_endian(std::byte* to, std::uint64_t number, unsigned bytes) noexcept {
    for (unsigned shift = bytes * 8; shift != 0;) {
        shift -= 8;
        *to++ = static_cast<std::byte>(number >> shift & 0xff);
    }
    return to;
}

/// Whether bytes are a timestamp, and the moment where a `datetime` can say it.
enum class timestamp : std::uint8_t { none, beyond, good };
[[nodiscard]] timestamp read_timestamp(byte_view content, datetime& into) noexcept;

} // namespace beckon::msgpack::detail
