// The three messages of MessagePack-RPC: [0, id, method, params], [1, id, error, result], [2, method, params].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/codec/msgpack_reader.hpp"

namespace beckon::msgpackrpc {

enum class message_kind : std::uint8_t { request = 0, response = 1, notification = 2 };

/// A message, its head read. Lives no longer than the bytes it was read from.
struct message {
    message(byte_view whole, const msgpack::read_options& options) noexcept
        : body(whole, options) {}

    message_kind kind = message_kind::request;
    std::uint32_t id = 0;      ///< Not of notifications.
    std::string_view method{}; ///< Not of responses.
    /// Of a request that is none, though its id is known: what the answer says. The rest of it means nothing.
    std::optional<error> wrong{};
    /// Stands at the parameters, or at a response's error.
    msgpack::reader body;
};

/// Reads the head of the message whose first byte the body stands at; it is one whole MessagePack value.
///
/// Errors: protocol_error, for what can be answered to nobody: the conversation is to be closed.
[[nodiscard]] result<void> read_message(message& into);

// The heads of messages; what they miss is to follow.
void put_request(buffer& out, std::uint32_t id, std::string_view prefix, std::string_view method,
                 bool old_spec);
void put_notification(buffer& out, std::string_view prefix, std::string_view method, bool old_spec);
/// Error and result are to follow.
void put_response(buffer& out, std::uint32_t id);

} // namespace beckon::msgpackrpc
