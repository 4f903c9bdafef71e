// The first byte of a dynamic value on the native wire (docs/wire/native.md, "Any"). The numbers never change.
#pragma once

#include <cstdint>

namespace beckon::native {

enum class value_tag : std::uint8_t {
    null = 0x00,
    no = 0x01,
    yes = 0x02,
    int8 = 0x03,
    int16 = 0x04,
    int32 = 0x05,
    int64 = 0x06,
    uint64 = 0x07,
    big_integer = 0x08,
    float32 = 0x09,
    float64 = 0x0a,
    complex = 0x0b,
    string = 0x0c,
    bytes = 0x0d,
    date = 0x0e,
    time = 0x0f,
    datetime = 0x10,
    duration = 0x11,
    reference = 0x12,
    stream = 0x13,
    // Consist of values.
    list = 0x20,
    tuple = 0x21,
    set = 0x22,
    frozen_set = 0x23,
    map = 0x24,
    slice = 0x25,
    enumeration = 0x26,
    record = 0x27,
    variant = 0x28,
    exception = 0x29,
    extension = 0x2a,
    // Lists of one kind of number.
    int8_list = 0x30,
    int16_list = 0x31,
    int32_list = 0x32,
    int64_list = 0x33,
    float32_list = 0x34,
    float64_list = 0x35,
};

// Tags that hold their value, or its length, themselves.
inline constexpr unsigned short_string_tag = 0x80; // + length
inline constexpr unsigned max_short_string = 63;
inline constexpr unsigned small_integer_tag = 0xe0; // + the integer, from -32 to 31
inline constexpr unsigned first_small_integer_tag = 0xc0;

} // namespace beckon::native
