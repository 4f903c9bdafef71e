// Failures as EXCEPTION messages: a class's name and a text.
#pragma once

#include "beckon/base/error.hpp"
#include "beckon/codec/basic/cursor.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"

namespace beckon::basic {

/// What the original raises where the rules of the protocol are broken, and when its server ends.
inline constexpr std::string_view shutdown_name = "ServerShutdown";
[[nodiscard]] error protocol_failure(std::string text);
[[nodiscard]] error shutdown_failure();

/// The name by which clients know the class of a failure. None that an original client would end by.
[[nodiscard]] std::string class_name(const error& failure);
/// Appends the message, without the head.
void put_failure(buffer& out, const error& failure);
/// What an EXCEPTION's payload tells. Its type is the class's name, with "builtins." before it where C++ programs catch it
/// as a type of python_errors.hpp.
[[nodiscard]] result<exception_parts> read_failure(cursor from);

} // namespace beckon::basic
