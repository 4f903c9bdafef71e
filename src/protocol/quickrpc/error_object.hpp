// Errors in quickrpc's messages: from Beckon's, and back.
#pragma once

#include <cstdint>
#include <utility>

#include "beckon/base/error.hpp"
#include "beckon/protocol/quickrpc/codec.hpp"

namespace beckon::quickrpc {

/// Puts code, text and details of a failure into a message. The details are {"type", "fields"} of a declared exception, else
/// text as the original's end with: "ClassName: text" and a line feed.
void put_error(message& into, const error& failure, bool standard_codes);

/// The error that a message tells, whoever wrote it.
[[nodiscard]] error read_error(std::int64_t code, std::string text, value details);

/// Keeps what an error came with.
class peer_error final : public error_detail {
public:
    peer_error(std::int64_t number, value told) noexcept : code(number), details(std::move(told)) {}
    const std::int64_t code;
    const value details;
};

} // namespace beckon::quickrpc
