// The native protocol as a state machine: bytes in, session events out, and back.
#pragma once

#include "beckon/protocol/native/native.hpp"
#include "protocol/native/frame.hpp"

namespace beckon::native {

class native_protocol final : public protocol {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "native"; }

    result<consumed> consume(byte_view input, session_events& events) override;
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override;

    void write_greeting(buffer& out, const greeting& mine) override;
    void begin_call(writer& out, const call_head& head) override;
    void begin_reply(writer& out, std::uint32_t call_id) override;
    void begin_stream_item(writer& out, std::uint32_t stream) override;
    void finish(writer& out) override;
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override;
    void write_cancel(buffer& out, std::uint32_t call_id) override;
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override;
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override;
    void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t bytes) override;
    void write_stream_stop(buffer& out, std::uint32_t stream) override;
    void write_ping(buffer& out, std::uint64_t number) override;
    void write_pong(buffer& out, std::uint64_t number) override;
    void write_go_away(buffer& out, const error& reason) override;
    void write_bye(buffer& out) override;

private:
    verdict take_frame(const frame_header& header, byte_view frame, byte_view rest,
                       session_events& events, std::optional<error>& broken);
    verdict take_call(const frame_header& header, byte_view frame, byte_view rest,
                      session_events& events);
    result<void> take_hello(byte_view frame, session_events& events);

    std::uint64_t taken_ = 0; ///< Bytes of the conversation in the frames taken so far.
    bool magic_seen_ = false;
    bool hello_seen_ = false;
    metadata metadata_; ///< Of the call being taken.
};

} // namespace beckon::native
