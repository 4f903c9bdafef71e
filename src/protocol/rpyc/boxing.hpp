// Values as RPyC passes them: by value, as a tuple of such, or as a reference (docs/wire/rpyc.md, section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/brine_reader.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"
#include "protocol/rpyc/identity.hpp"

namespace beckon::rpyc {

/// What a boxed value is. References are named as the receiver sees them.
enum class label : std::uint8_t {
    value = 1,
    tuple = 2,      ///< Of boxed values, at least one of them a reference.
    local_ref = 3,  ///< An object of the receiver's.
    remote_ref = 4, ///< An object of the sender's.
};

/// How deep tuples that hold references may nest. Each is two tuples in brine, and the message around them is some more:
/// so our own reader takes all that we write.
inline constexpr std::size_t most_boxed_depth = 60;

/// Appends a value: what has a form in brine goes by value, tuples and variants that hold something else item by item,
/// references and everything else as an object.
///
/// Errors: unsupported, invalid_argument, limit_exceeded, each with the path: "[1][0]: string of 3 bytes is not utf-8
/// at byte 0"; and those of `lend`. `out` is then as it was.
/// Limits: `most_boxed_depth`, and those of brine::write; `most_bytes` of `out` in all, looked at after each item, so that
/// a peer cannot ask for more than is sent to it.
[[nodiscard]] result<void> box(buffer& out, const value& from, identity_exchange& lends,
                               std::size_t most_bytes = std::numeric_limits<std::size_t>::max());

// The parts, for requests that are put together without a value of all arguments.

/// The head of a boxed value; what the label says is to follow.
void put_label(buffer& out, label what);
/// The head of a tuple; its `count` boxed items are to follow.
void put_boxed_tuple(buffer& out, std::size_t count);
/// A reference.
void put_reference(buffer& out, const lent_reference& lent);

/// Reads a boxed value where the reader of `brine` stands. After an error the reader is of no use.
///
/// Errors: protocol_error, for what is no boxed value; limit_exceeded; those of `come_home` and `borrow`.
/// Limits: as brine::reader. Memory is never taken for what was only announced.
[[nodiscard]] result<value> unbox(brine::reader& in, byte_view brine, identity_exchange& finds);

} // namespace beckon::rpyc
