#include "transport/ws/sha1.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace beckon::transport::ws {

namespace {

constexpr std::size_t block_bytes = 64;

// Steps and constants: FIPS 180-4, sections 4.1.1, 4.2.1, 5.3.1 and 6.1.2.
void compress(std::uint32_t (&state)[5], const std::byte* block) noexcept {
    std::uint32_t w[80];
    for (std::size_t i = 0; i < 16; ++i) {
        w[i] = 0;
        for (std::size_t k = 0; k < 4; ++k)
            w[i] = w[i] << 8 | std::to_integer<std::uint32_t>(block[4 * i + k]);
    }
    for (std::size_t i = 16; i < 80; ++i)
        w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < 80; ++i) {
        std::uint32_t mixed = 0;
        if (i < 20) {
            mixed = ((b & c) ^ (~b & d)) + 0x5a827999;
        } else if (i < 40) {
            mixed = (b ^ c ^ d) + 0x6ed9eba1;
        } else if (i < 60) {
            mixed = ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
        } else {
            mixed = (b ^ c ^ d) + 0xca62c1d6;
        }
        const std::uint32_t next = std::rotl(a, 5) + mixed + e + w[i];
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    }
    const std::uint32_t sums[5] = {a, b, c, d, e};
    for (std::size_t i = 0; i < 5; ++i) state[i] += sums[i];
}

} // namespace

std::array<std::byte, 20> sha1(byte_view input) noexcept {
    std::uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const std::uint64_t bits = std::uint64_t(input.size()) * 8;
    while (input.size() >= block_bytes) {
        compress(state, input.data());
        input = input.subspan(block_bytes);
    }
    std::byte last[2 * block_bytes] = {};
    if (!input.empty()) std::memcpy(last, input.data(), input.size());
    last[input.size()] = std::byte{0x80};
    const std::size_t size = input.size() + 9 <= block_bytes ? block_bytes : 2 * block_bytes;
    for (std::size_t i = 0; i < 8; ++i)
        last[size - 1 - i] = static_cast<std::byte>(bits >> (8 * i));
    for (std::size_t at = 0; at < size; at += block_bytes) compress(state, last + at);
    std::array<std::byte, 20> out;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::byte>(state[i / 4] >> (24 - 8 * (i % 4)));
    return out;
}

} // namespace beckon::transport::ws
