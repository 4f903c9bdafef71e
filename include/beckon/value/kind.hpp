// The kinds of a dynamic value, and how values are laid out in memory.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beckon {

// GCC's -Wshadow takes scoped enumerators for rivals of the types `bytes` and `duration`.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"

/// What a `value` holds.
enum class value_kind : std::uint8_t {
    null,
    boolean,
    integer,  ///< Of any size.
    floating, ///< float64, or float32 where the sender said so.
    complex,
    string, ///< UTF-8.
    bytes,
    list,
    tuple,
    set,
    frozen_set,
    map, ///< Any key; keeps the order of insertion.
    slice,
    date,
    time,
    datetime,
    duration,
    enumeration, ///< Type name, enumerator name, number.
    record,      ///< Type name and named fields in order.
    variant,     ///< Case name and value.
    exception,
    reference, ///< An object, here or at a peer.
    stream,
    extension, ///< A number and bytes whose meaning is the protocol's (MessagePack).
};

/// "integer", "frozen set", "null" ...
[[nodiscard]] std::string_view to_string(value_kind kind) noexcept;

namespace detail {

// How a value keeps its content. Everything from `first_counted` on points to counted memory.
enum class form : std::uint8_t {
    null,
    boolean,
    int64,
    uint64, // only above the range of int64, so that equal integers have equal forms
    float64,
    float32,
    date,
    time,
    datetime,
    duration,
    small_string,
    small_bytes,
    string, // first_counted; text_node
    bytes,
    big_integer, // text_node: magnitude, most significant byte first; sign in the second header byte
    list,        // array_node from here on
    tuple,
    set,
    frozen_set,
    map,
    slice,
    complex,
    enumeration,
    record,
    variant,
    exception,
    extension,
    reference, // referent from here on
    stream,
};
#pragma GCC diagnostic pop

inline constexpr form first_counted = form::string;
inline constexpr form first_array = form::list;
inline constexpr form first_referent = form::reference;

inline constexpr std::array<value_kind, 29> kind_of_form{
    value_kind::null,     value_kind::boolean,   value_kind::integer,     value_kind::integer,
    value_kind::floating, value_kind::floating,  value_kind::date,        value_kind::time,
    value_kind::datetime, value_kind::duration,  value_kind::string,      value_kind::bytes,
    value_kind::string,   value_kind::bytes,     value_kind::integer,     value_kind::list,
    value_kind::tuple,    value_kind::set,       value_kind::frozen_set,  value_kind::map,
    value_kind::slice,    value_kind::complex,   value_kind::enumeration, value_kind::record,
    value_kind::variant,  value_kind::exception, value_kind::extension,   value_kind::reference,
    value_kind::stream,
};

// Memory of long strings and bytes.
struct text_node {
    std::atomic<std::uint32_t> references{1};
    std::uint32_t origin = 0; // see array_node; or `adopted_text`
    std::size_t size = 0;
    const char* text = nullptr;
};

inline constexpr std::uint32_t adopted_text =
    0xffff'ffff; // text is in a string or vector of the node's own

struct key_index;

// Memory of everything that consists of values: `size` of them follow the node.
struct array_node {
    std::atomic<std::uint32_t> references{1};
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;
    std::uint32_t origin =
        0; // in units of 8 bytes from the start of its chunk, 0 where it is in none
    union {
        key_index* index = nullptr; // of larger maps and sets
        array_node* next_dying;     // while a tree of them is being freed
    };
};

// The first header byte is the form, the second a length or flag, on either byte order.
inline constexpr bool little_endian = std::endian::native == std::endian::little;
inline constexpr unsigned form_shift = little_endian ? 0 : 56;
inline constexpr unsigned note_shift = little_endian ? 8 : 48;
inline constexpr unsigned days_shift = little_endian ? 32 : 0;
inline constexpr std::size_t small_text_at = 2;
inline constexpr std::size_t max_small_text = 14;

} // namespace detail
} // namespace beckon
