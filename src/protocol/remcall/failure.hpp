// Failures as FAIL_METHOD tells them (docs/wire/remcall.md, section 15.3).
#pragma once

#include <cstdint>
#include <string>

#include "beckon/base/error.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon::remcall {

/// Appends kind, type, message and details.
void put_failure(buffer& out, const error& failure);

/// The failure that a message tells: its kind's code, or the code that an internal one is called by; `details` become the
/// trace. What a handler threw is a remote_error with its type's name.
[[nodiscard]] error read_failure(std::uint8_t kind, std::string type, std::string message,
                                 std::string details);

} // namespace beckon::remcall
