// Errors with the numbers and data that JSON-RPC gives them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "beckon/base/error.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/value/value.hpp"

namespace beckon::jsonrpc {

/// Numbers that mean the same everywhere. Applications choose theirs outside -32768 to -32000.
namespace code {
inline constexpr std::int64_t parse_error = -32700;
inline constexpr std::int64_t invalid_request = -32600;
inline constexpr std::int64_t method_not_found = -32601;
inline constexpr std::int64_t invalid_params = -32602;
inline constexpr std::int64_t internal_error = -32603; ///< The handler threw something.
inline constexpr std::int64_t remote_failure = -32000; ///< None of the others; the data say what.
inline constexpr std::int64_t timed_out = -32001;
inline constexpr std::int64_t not_ready = -32002; ///< Or shutting down, or overloaded.
inline constexpr std::int64_t too_large = -32003;
inline constexpr std::int64_t cancelled = -32004; ///< By the server.
inline constexpr std::int64_t request_failed = -32803;
inline constexpr std::int64_t server_cancelled = -32802;
inline constexpr std::int64_t content_modified = -32801;
inline constexpr std::int64_t request_cancelled = -32800; ///< By the caller.
inline constexpr std::int64_t declared = 1; ///< An exception that the interface declares.
} // namespace code

/// What a handler throws to answer with a number and data of its own.
///
///   throw jsonrpc::response_error(1001, "out of paper", value::map({{"tray", 2}}));
///
/// At the caller the same numbers are read with `code_of` and `data_of`.
class response_error : public remote_error {
public:
    /// Null data are not sent.
    response_error(std::int64_t number, std::string message, value data = {});
};

/// An error that is answered so, for handlers that return errors. Its code is what `number` means to Beckon:
/// unknown_method for -32601, remote_error for what is the application's own.
[[nodiscard]] error make_error(std::int64_t number, std::string message, value data = {});

/// The number of an error that a JSON-RPC peer answered with, or that make_error made.
[[nodiscard]] std::optional<std::int64_t> code_of(const error& failure);
/// What came with it; null where nothing did.
[[nodiscard]] value data_of(const error& failure);

} // namespace beckon::jsonrpc
