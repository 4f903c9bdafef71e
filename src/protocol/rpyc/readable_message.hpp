// A message as a tree of values: what telling it and saying it in other words have in common.
#pragma once

#include <cstdint>
#include <vector>

#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/value/value.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/message.hpp"
#include "session/teller.hpp"

namespace beckon::rpyc {

struct open_message {
    layout laid_out{};
    message_kind kind = message_kind::request;
    thread_binding threads{};
    value sequence{};
    value body{};
};

/// Errors: protocol_error, limit_exceeded.
[[nodiscard]] result<open_message> open(byte_view message, bool bind_threads,
                                        const limits& allowed);
/// The message that says so. Errors: those of brine.
[[nodiscard]] result<void> put(buffer& out, const open_message& from);

[[nodiscard]] constexpr std::int64_t number_of(label what) noexcept {
    return static_cast<std::int64_t>(what);
}
/// Whether a value is (label, something) with that label.
[[nodiscard]] bool is_labelled(const value& boxed, std::int64_t label) noexcept;
/// The arguments of a request, boxed each by itself: they come as one boxed tuple of either form.
[[nodiscard]] std::vector<value> boxed_arguments(const value& boxed);
/// The number of the handler that a request is for; 0: of none.
[[nodiscard]] std::int64_t handler_in(const open_message& request) noexcept;
/// Whether a value is (name, type, object).
[[nodiscard]] bool is_id_pack(const value& candidate) noexcept;
/// The brine of an identity: what it is known by.
[[nodiscard]] bytes key_of(const value& id_pack);

/// A frame of the client's with the identities and numbers of another server's run.
///
/// Errors: those of the frame, and of brine.
[[nodiscard]] result<bytes> renamed(byte_view message, bool bind_threads, const limits& allowed,
                                    const other_names& names);

} // namespace beckon::rpyc
