// The error member of a response: from Beckon's errors, and back.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "beckon/base/error.hpp"
#include "beckon/value/value.hpp"

namespace beckon::jsonrpc {

struct error_object {
    std::int64_t code = 0;
    std::string message{};
    value data{}; ///< Null: none.
};

/// `asked_to_end`: the caller has cancelled the request.
[[nodiscard]] error_object to_object(const error& failure, bool asked_to_end);

/// The error that a peer's answer means.
[[nodiscard]] error from_object(error_object answered);

/// "Method not found" for -32601; empty where the specification gives a number no words.
[[nodiscard]] std::string_view words_of(std::int64_t code) noexcept;

/// Keeps the number and data of an error with it.
class object_detail final : public error_detail {
public:
    object_detail(std::int64_t number, value content) noexcept
        : code(number), data(std::move(content)) {}
    const std::int64_t code;
    const value data;
};

} // namespace beckon::jsonrpc
