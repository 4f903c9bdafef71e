// The tags of brine (docs/wire/rpyc.md, section 3.1).
#pragma once

#include <cstdint>

namespace beckon::brine::tag {

inline constexpr std::uint8_t none = 0x00;
inline constexpr std::uint8_t empty_bytes = 0x01;
inline constexpr std::uint8_t empty_tuple = 0x02;
inline constexpr std::uint8_t true_ = 0x03;
inline constexpr std::uint8_t false_ = 0x04;
inline constexpr std::uint8_t not_implemented = 0x05;
inline constexpr std::uint8_t ellipsis = 0x06;
inline constexpr std::uint8_t unassigned = 0x07;
inline constexpr std::uint8_t text = 0x08;    // and a byte string
inline constexpr std::uint8_t bytes_1 = 0x0a; // to bytes_4
inline constexpr std::uint8_t bytes_4 = 0x0d;
inline constexpr std::uint8_t bytes_short = 0x0e; // length of one byte
inline constexpr std::uint8_t bytes_long = 0x0f;  // of four
inline constexpr std::uint8_t tuple_1 = 0x10;     // to tuple_4
inline constexpr std::uint8_t tuple_4 = 0x13;
inline constexpr std::uint8_t tuple_short = 0x14;
inline constexpr std::uint8_t tuple_long = 0x15;
inline constexpr std::uint8_t integer_short = 0x16; // decimal digits
inline constexpr std::uint8_t integer_long = 0x17;
inline constexpr std::uint8_t floating = 0x18;
inline constexpr std::uint8_t slice = 0x19;      // and a tuple of three
inline constexpr std::uint8_t frozen_set = 0x1a; // and a tuple
inline constexpr std::uint8_t complex = 0x1b;
inline constexpr std::uint8_t least_immediate = 0x20; // an integer in the tag
inline constexpr std::uint8_t most_immediate = 0xef;

inline constexpr int immediate_zero = 0x50; // the tag of 0

} // namespace beckon::brine::tag
