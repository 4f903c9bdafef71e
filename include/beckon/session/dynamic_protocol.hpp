// What all protocols are whose calls and replies go as values: the native protocol's messages do not concern them.
#pragma once

#include "beckon/session/protocol.hpp"

namespace beckon {

/// A session asks a protocol for none of the messages that its traits say it has not; what is empty here a protocol
/// overrides that has it.
class dynamic_protocol : public protocol {
public:
    result<void> write_value_call(buffer& out, const call_head& head,
                                  const dynamic_request& request,
                                  reference_exchange& references) override = 0;
    result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                   reference_exchange& references) override = 0;
    /// They have no message that says why all ends: who waits is told in the answer.
    void refuse_open_calls(buffer& out, const error& why) override = 0;

    void write_greeting(buffer&, const greeting&) override {}
    void begin_call(native::writer&, const call_head&) final {}
    void begin_reply(native::writer&, std::uint32_t) final {}
    void begin_stream_item(native::writer&, std::uint32_t) final {}
    void finish(native::writer&) final {}
    /// Without a message for it the peer's late answer is dropped.
    void write_cancel(buffer&, std::uint32_t) override {}
    void write_stream_end(buffer&, std::uint32_t, const error*) override {}
    void write_stream_credit(buffer&, std::uint32_t, std::uint32_t) override {}
    void write_stream_stop(buffer&, std::uint32_t) override {}
    void write_ping(buffer&, std::uint64_t) override {}
    void write_pong(buffer&, std::uint64_t) override {}
    void write_go_away(buffer&, const error&) override {}
    void write_bye(buffer&) override {}
};

} // namespace beckon
