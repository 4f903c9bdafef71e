// An item's head as the reader takes it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "beckon/codec/msgpack_reader.hpp"
#include "codec/msgpack_format.hpp"

namespace beckon::msgpack {

struct reader::head {
    item kind = item::end; ///< `end` after a failure.
    std::uint8_t first = 0;
    std::uint8_t size = 0;    ///< Of the head.
    std::uint64_t length = 0; ///< Of text, bytes and extensions; items of arrays; pairs of maps.
    std::size_t at = 0;       ///< Where it begins in the message.
    const std::byte* bytes = nullptr; ///< The same.

    /// REQUIRES: an extension; its type ends the head.
    [[nodiscard]] std::int8_t extension_type() const noexcept {
        return static_cast<std::int8_t>(std::to_integer<std::uint8_t>(bytes[size - 1]));
    }
};

namespace detail {

[[nodiscard]] inline double float_of(const std::byte* head, std::size_t size) noexcept {
    const std::uint64_t bits = load_big_endian(head + 1, size - 1);
    if (size == 9) return std::bit_cast<double>(bits);
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
}

} // namespace detail
} // namespace beckon::msgpack
