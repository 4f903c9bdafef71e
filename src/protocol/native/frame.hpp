// The frame of the native protocol: 16 bytes of header, optional extras, content, padding to 8 (docs/wire/native.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beckon::native {

enum class frame_type : std::uint8_t {
    hello = 1,
    call = 2,
    reply = 3,
    error = 4,
    cancel = 5,
    release = 6,
    stream_item = 7,
    stream_end = 8,
    stream_credit = 9,
    stream_stop = 10,
    ping = 11,
    pong = 12,
    go_away = 13,
    bye = 14,
    acknowledge = 15, ///< Reserved for sessions that outlive a connection.
};

/// The name of a type for messages; "frame type 77" has no name and gives "unknown".
[[nodiscard]] std::string_view name_of(frame_type type) noexcept;

namespace flags {
inline constexpr std::uint8_t deadline = 1; ///< uint32 milliseconds left follow the header.
inline constexpr std::uint8_t parent = 2;   ///< uint32 number of the call that caused this one.
inline constexpr std::uint8_t promise = 4;  ///< uint32 number that the result shall have.
inline constexpr std::uint8_t metadata = 8; ///< A block of text pairs.
inline constexpr std::uint8_t oneway = 16;  ///< No reply.
inline constexpr std::uint8_t untaken = 1;  ///< In an error: the arguments were not read.
} // namespace flags

/// The header as it lies on the wire, little-endian.
struct frame_header {
    std::uint32_t size = 0; ///< Of the frame without its padding: at least 16.
    frame_type type{};
    std::uint8_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t call = 0;   ///< Or stream.
    std::uint32_t object = 0; ///< Or count.
};
static_assert(sizeof(frame_header) == 16);

[[nodiscard]] constexpr std::size_t padded(std::size_t size) noexcept {
    return (size + 7) & ~std::size_t{7};
}

/// A peer that has not said who it is may not make us gather more than this.
inline constexpr std::size_t max_hello_bytes = 64u << 10;

inline constexpr std::uint16_t oldest_version = 1;
inline constexpr std::uint16_t newest_version = 1;

/// Feature bits of the hello. Both ends must set a bit for it to count.
namespace features {
inline constexpr std::uint64_t resume =
    1; ///< Reserved: numbered frames, sessions that outlive a connection.
inline constexpr std::uint64_t migrate = 2; ///< Reserved: moving to a faster transport.
} // namespace features

} // namespace beckon::native
