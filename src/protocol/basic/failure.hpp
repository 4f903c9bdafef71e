// Failures as EXCEPTION messages: a class's name and a text.
#pragma once

#include "beckon/base/error.hpp"
#include "beckon/codec/basic/cursor.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon::basic {

/// What the original raises where the rules of the protocol are broken, and when its server ends.
[[nodiscard]] error protocol_failure(std::string text);
[[nodiscard]] error shutdown_failure();

/// The name by which clients know the class of a failure. None that an original client would end by.
[[nodiscard]] std::string class_name(const error& failure);
/// Appends the message, without the head.
void put_failure(buffer& out, const error& failure);
/// The failure that an EXCEPTION's payload tells: a remote_error, whose type_name is the class's name.
[[nodiscard]] result<error> read_failure(cursor from);

} // namespace beckon::basic
