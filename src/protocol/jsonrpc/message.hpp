// What a JSON text says to a JSON-RPC peer (docs/wire/json-rpc.md, section 1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/object/call.hpp"
#include "beckon/value/value.hpp"
#include "protocol/jsonrpc/error_object.hpp"

namespace beckon::jsonrpc {

enum class message_kind : std::uint8_t {
    request,
    notification,
    result,
    failure,
    bad_request,  ///< To be answered: `wrong` says with what.
    bad_response, ///< An answer that is none; it may still tell which call it was for.
};

struct message {
    message_kind kind = message_kind::bad_request;
    bool has_id = false;
    /// Whether a message without "method", "result" and "error" names a call: it may have been meant as its answer.
    bool says_nothing = false;
    value id{}; ///< Null where there is none, or none that is legal.
    std::string method{};
    value params{}; ///< A list or a map; null: there are none.
    nanoseconds time_left{0};
    beckon::metadata metadata{};
    value outcome{};      ///< The result.
    error_object error{}; ///< What went wrong at the peer.
    std::string wrong{};  ///< What is the matter with a bad one.
    bool is_plain =
        false; ///< Nothing in params or result stands for anything else: no key begins with '$'.
};

struct text_rules {
    json::parse_options json{};
    bool lenient = false;
    std::size_t most_in_batch = 16'384;
};

/// What one text holds.
struct content {
    message single{};             ///< Where it is no batch.
    std::vector<message> batch{}; ///< Its elements, never empty in a batch.
    bool is_batch = false;
};

/// Reads a text to its end before anything in it counts: a broken one says nothing at all.
///
/// Errors: parse_error and limit_exceeded, for what is answered with one error -32700; protocol_error, for a batch that
/// is answered with one error -32600: an empty one, or one too long.
/// REQUIRES: `into` is as it was made.
[[nodiscard]] result<void> read_content(std::string_view text, const text_rules& rules,
                                        content& into);

} // namespace beckon::jsonrpc
