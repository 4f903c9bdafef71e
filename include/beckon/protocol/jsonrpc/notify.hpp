// Notifications, and the other side of a conversation from within a handler.
#pragma once

#include <string_view>
#include <utility>

#include "beckon/object/dynamic.hpp"

namespace beckon::jsonrpc {

namespace detail {
void send_notification(const object& target, dynamic_request request);
}

/// Calls a method without an id: nobody answers, and the caller goes on at once. Arguments by position and by name as in
/// `dynamic::call`:
///
///   jsonrpc::notify(server, "textDocument/didClose", "textDocument"_arg = document);
///
/// `target` is a peer's root, or any other object of a peer whose protocol has one-way calls.
///
/// Errors: thrown is invalid_argument, for what is no object at a peer. What happens to a notification nobody tells: one
/// that cannot be written, or that comes to a conversation that has ended, is dropped.
/// Thread-safety: from any thread.
template <typename... Arguments>
void notify(const dynamic& target, std::string_view method, Arguments&&... arguments) {
    detail::send_notification(target.as<object>(),
                              beckon::detail::make_request(operation::call_method, method,
                                                           std::forward<Arguments>(arguments)...));
}

/// What the peer shows whose call this thread serves: to notify it of progress, or to ask it something. Null outside of
/// such a call. May be kept, and keeps the conversation.
///
///   jsonrpc::notify(jsonrpc::caller(), "$/progress", "token"_arg = token, "value"_arg = report);
[[nodiscard]] object caller();

} // namespace beckon::jsonrpc
