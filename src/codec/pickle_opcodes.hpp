// The opcodes of pickles that carry plain data, and those that other pickles have.
#pragma once

#include <cstdint>

namespace beckon::pickle::op {

inline constexpr std::uint8_t mark = '(';
inline constexpr std::uint8_t stop = '.';
inline constexpr std::uint8_t pop = '0';
inline constexpr std::uint8_t pop_mark = '1';
inline constexpr std::uint8_t none = 'N';
inline constexpr std::uint8_t integer_line = 'I';
inline constexpr std::uint8_t long_line = 'L';
inline constexpr std::uint8_t integer_4 = 'J';
inline constexpr std::uint8_t integer_1 = 'K';
inline constexpr std::uint8_t integer_2 = 'M';
inline constexpr std::uint8_t float_line = 'F';
inline constexpr std::uint8_t float_8 = 'G';
inline constexpr std::uint8_t text_line = 'V';
inline constexpr std::uint8_t text_4 = 'X';
inline constexpr std::uint8_t string_line = 'S'; // Python 2's str
inline constexpr std::uint8_t string_4 = 'T';
inline constexpr std::uint8_t string_1 = 'U';
inline constexpr std::uint8_t bytes_4 = 'B';
inline constexpr std::uint8_t bytes_1 = 'C';
inline constexpr std::uint8_t empty_list = ']';
inline constexpr std::uint8_t list = 'l';
inline constexpr std::uint8_t append = 'a';
inline constexpr std::uint8_t appends = 'e';
inline constexpr std::uint8_t empty_tuple = ')';
inline constexpr std::uint8_t tuple = 't';
inline constexpr std::uint8_t empty_dict = '}';
inline constexpr std::uint8_t dict = 'd';
inline constexpr std::uint8_t set_item = 's';
inline constexpr std::uint8_t set_items = 'u';
inline constexpr std::uint8_t global = 'c';
inline constexpr std::uint8_t reduce = 'R';
inline constexpr std::uint8_t build = 'b';
inline constexpr std::uint8_t put_line = 'p';
inline constexpr std::uint8_t put_1 = 'q';
inline constexpr std::uint8_t put_4 = 'r';
inline constexpr std::uint8_t get_line = 'g';
inline constexpr std::uint8_t get_1 = 'h';
inline constexpr std::uint8_t get_4 = 'j';

inline constexpr std::uint8_t protocol = 0x80;
inline constexpr std::uint8_t new_object = 0x81;
inline constexpr std::uint8_t tuple_1 = 0x85; // tuple_2 and tuple_3 follow
inline constexpr std::uint8_t tuple_3 = 0x87;
inline constexpr std::uint8_t true_ = 0x88;
inline constexpr std::uint8_t false_ = 0x89;
inline constexpr std::uint8_t long_1 = 0x8a;
inline constexpr std::uint8_t long_4 = 0x8b;
inline constexpr std::uint8_t text_1 = 0x8c;
inline constexpr std::uint8_t text_8 = 0x8d;
inline constexpr std::uint8_t bytes_8 = 0x8e;
inline constexpr std::uint8_t empty_set = 0x8f;
inline constexpr std::uint8_t add_items = 0x90;
inline constexpr std::uint8_t frozen_set = 0x91;
inline constexpr std::uint8_t stack_global = 0x93;
inline constexpr std::uint8_t memoize = 0x94;
inline constexpr std::uint8_t frame = 0x95;
inline constexpr std::uint8_t byte_array_8 = 0x96;

inline constexpr std::uint8_t newest_protocol = 5;

/// Real opcodes that call, copy or refer to what is outside: no plain data needs them.
[[nodiscard]] constexpr bool is_forbidden(std::uint8_t code) noexcept {
    switch (code) {
    case 'P':  // PERSID
    case 'Q':  // BINPERSID
    case '2':  // DUP
    case 'i':  // INST
    case 'o':  // OBJ
    case 0x82: // EXT1
    case 0x83: // EXT2
    case 0x84: // EXT4
    case 0x92: // NEWOBJ_EX
    case 0x97: // NEXT_BUFFER
    case 0x98: // READONLY_BUFFER
        return true;
    default: return false;
    }
}

} // namespace beckon::pickle::op
