// MessagePack and values.
//
//   value                         MessagePack               read back as
//   null, boolean                 nil, bool                 the same
//   integer from -2^63 to 2^64-1  int, the shortest form    integer; of any form
//   float32, float64              float 32, float 64        the same
//   string, enumeration           str; an enumerator's name string
//   bytes                         bin                       bytes
//   list, tuple, set, frozen set  array                     list
//   variant                       array [index, content]    list; [name, content] where the index is not known
//   map                           map, keys of any kind     map; of equal keys the last one wins
//   record                        map by field names        map
//   datetime                      timestamp (extension -1)  datetime
//   date, time, duration          str, in ISO 8601          string
//   extension                     ext, types -128 to 127    extension
//   reference, stream             what the session says     likewise
//
// Integers beyond 64 bits, complex numbers, slices and exceptions are refused by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"

namespace beckon::msgpack {

/// Nesting of arrays and maps that is read and written, unless options say otherwise.
inline constexpr std::size_t default_depth = 256;

/// The extension of points in time; other types below 0 are reserved, those from 0 on the program's own.
inline constexpr std::int64_t timestamp_type = -1;

/// What a session knows about references and streams in MessagePack.
class handle_forms {
public:
    /// Appends what stands for a reference or a stream, one whole MessagePack value.
    [[nodiscard]] virtual result<void> write(buffer& out, const value& handle) = 0;
    /// Replaces an extension or a map that stands for one; leaves every other value as it is.
    [[nodiscard]] virtual result<void> read(value& form) = 0;

protected:
    ~handle_forms() = default;
};

/// What becomes of text that is not UTF-8.
enum class bad_text : std::uint8_t {
    refuse,
    as_bytes, ///< It is delivered as bytes.
};

struct read_options {
    std::size_t max_depth = default_depth;
    std::size_t max_nodes = 1'000'000;        ///< Values, those of maps' keys among them.
    std::size_t min_decoded_bytes = 1u << 20; ///< Memory for values that is always allowed.
    std::size_t decoded_bytes_factor = 64;    ///< Memory for values per byte of MessagePack.
    msgpack::bad_text bad_text = bad_text::refuse;
    handle_forms* handles = nullptr; ///< Without them their extensions and maps stay what they are.
};

/// Reads one value, and nothing that is cut short. Timestamps beyond the range of `datetime` stay extensions.
///
/// Errors: parse_error, "msgpack: found 0xc1 at byte 5; expected a value"; limit_exceeded, which names the limit.
/// Limits: `options`. Memory is never taken for what was only announced. Does not recurse.
/// Lifetime: nothing is kept. `used` becomes the number of bytes read; without it, bytes after the value are an error.
[[nodiscard]] result<value> read(byte_view in, const read_options& options = {},
                                 std::size_t* used = nullptr);

struct write_options {
    std::size_t max_depth = default_depth; ///< Deeper values would be refused by most readers.
    /// For readers that were made before MessagePack told text from bytes: both are written as text was then.
    bool compat_old_spec = false;
    handle_forms* handles = nullptr; ///< Without them references and streams are refused.
};

/// Appends a value in the shortest form.
///
/// Errors: unsupported, for what has no form; invalid_argument, for strings that are not UTF-8 and timestamps that
/// are none; limit_exceeded; each with the path: "[1].name: complex has no form in msgpack". `out` is then as it was.
/// Limits: `options.max_depth`. Does not recurse.
[[nodiscard]] result<void> write(buffer& out, const value& from, const write_options& options = {});

// Single items, for messages that are put together without a value.

inline void put_nil(buffer& out) { *out.grow(1) = std::byte{0xc0}; }
inline void put_boolean(buffer& out, bool flag) { *out.grow(1) = std::byte(flag ? 0xc3 : 0xc2); }
void put_integer(buffer& out, std::int64_t number);
void put_unsigned(buffer& out, std::uint64_t number);
void put_float64(buffer& out, double number);
void put_float32(buffer& out, float number);
/// The head of an array; its `count` items are to follow. REQUIRES: count < 2^32.
void put_array(buffer& out, std::size_t count);
/// The head of a map; `count` pairs of key and value are to follow. REQUIRES: count < 2^32.
void put_map(buffer& out, std::size_t count);
/// Text as it is, not checked. REQUIRES: text.size() < 2^32.
void put_text(buffer& out, std::string_view text, bool compat_old_spec = false);
/// Its head; so many bytes are to follow. REQUIRES: size < 2^32.
void put_text_head(buffer& out, std::size_t size, bool compat_old_spec = false);
/// REQUIRES: content.size() < 2^32.
void put_bytes(buffer& out, byte_view content, bool compat_old_spec = false);
/// REQUIRES: content.size() < 2^32.
void put_extension(buffer& out, std::int8_t type, byte_view content);
void put_timestamp(buffer& out, datetime moment);

} // namespace beckon::msgpack
