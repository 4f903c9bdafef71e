// Kinds of frames, and what both directions do with their contents.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace beckon::transport::ws {

namespace opcode {
inline constexpr std::uint8_t continuation = 0;
inline constexpr std::uint8_t text = 1;
inline constexpr std::uint8_t binary = 2;
inline constexpr std::uint8_t close = 8;
inline constexpr std::uint8_t ping = 9;
inline constexpr std::uint8_t pong = 10;
} // namespace opcode

[[nodiscard]] constexpr bool is_control(std::uint8_t code) noexcept { return code >= 8; }

/// Masks or unmasks; `at` says how much of the frame stands before.
inline void apply_mask(std::span<std::byte> content, const std::uint8_t (&key)[4],
                       std::size_t at = 0) noexcept {
    std::uint8_t twice[8];
    for (std::size_t i = 0; i < sizeof twice; ++i) twice[i] = key[(at + i) % 4];
    std::uint64_t pattern = 0;
    std::memcpy(&pattern, twice, sizeof pattern);
    std::size_t done = 0;
    for (; done + sizeof pattern <= content.size(); done += sizeof pattern) {
        std::uint64_t part = 0;
        std::memcpy(&part, content.data() + done, sizeof part);
        part ^= pattern;
        std::memcpy(content.data() + done, &part, sizeof part);
    }
    for (; done < content.size(); ++done) content[done] ^= static_cast<std::byte>(twice[done % 8]);
}

/// As io::byte_stream::keep_messages has it.
inline void write_size(std::size_t size, std::byte (&out)[4]) noexcept {
    for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::byte>(size >> (8 * i));
}

} // namespace beckon::transport::ws
