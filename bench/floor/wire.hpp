#pragma once

#include <cstddef>
#include <cstdint>

namespace bench::floor {

/// What the floor's calls look like: the least that a call with a number and a method needs. Host
/// byte order; both ends are one machine.
struct frame_header {
    std::uint32_t payload_bytes;
    std::uint32_t call;
    std::uint64_t method;
};
static_assert(sizeof(frame_header) == 16);

constexpr std::uint64_t method_echo = 1;
constexpr std::uint64_t method_reply = 2;

constexpr std::size_t max_payload_bytes = 16u << 20;
constexpr std::size_t read_bytes = 64u << 10; ///< What one recv may take.

} // namespace bench::floor
