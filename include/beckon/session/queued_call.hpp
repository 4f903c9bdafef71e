// A call that could not start when it came: its message copied, its place kept.
#pragma once

#include "beckon/codec/buffer.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

struct queued_call {
    call_head head;
    std::size_t arguments_at = 0; ///< Offset of the first argument in the message.
    buffer message;
    std::optional<dynamic_request> request; ///< In place of a message, in dynamic protocols.
    beckon::metadata metadata;
    time_point came{};
    intrusive_ptr<servant>
        target; ///< Stays whatever the peer releases; null while it is the result of another call.
    std::uint64_t unread = 0; ///< Its number among unread_calls.
    bool has_turn = false;    ///< Holds the turn of a serial object.
    bool answered = false;    ///< Was cancelled while it waited for that turn.
};

} // namespace beckon
