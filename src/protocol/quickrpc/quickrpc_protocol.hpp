// quickrpc's protocol as a state machine: bytes in, session events out, and back.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/numbered.hpp"
#include "beckon/protocol/quickrpc/quickrpc.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "beckon/session/message_rules.hpp"
#include "protocol/quickrpc/message_input.hpp"
#include "protocol/quickrpc/message_output.hpp"
#include "session/own_calls.hpp"
#include "session/peer_notices.hpp"
#include "session/plain_handles.hpp"

namespace beckon::quickrpc {

class quickrpc_protocol final : public dynamic_protocol, private peer_notices {
public:
    /// REQUIRES: a codec is chosen.
    explicit quickrpc_protocol(options chosen);

    [[nodiscard]] std::string_view name() const noexcept override { return "quickrpc"; }
    [[nodiscard]] protocol_traits traits() const noexcept override;
    void use_messages(bool answered) override;

    result<consumed> consume(byte_view input, session_events& events) override {
        return consume_some(input, events, false);
    }
    result<consumed> consume_last(byte_view input, session_events& events) override {
        return consume_some(input, events, true);
    }
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override;
    [[nodiscard]] std::string type_name(std::uint32_t object) const override {
        return handles_.name_of(object);
    }

    result<void> write_value_call(buffer& out, const call_head& head,
                                  const dynamic_request& request,
                                  reference_exchange& references) override;
    result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                   reference_exchange& references) override;
    result<void> write_value_stream_item(buffer& out, std::uint32_t stream, const value& item,
                                         reference_exchange& references) override;
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override;
    void refuse_open_calls(buffer& out, const error& why) override {
        for (const std::uint32_t number : open_.numbers()) write_error(out, number, why, false);
    }
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override;
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override;
    void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t items) override;
    void write_stream_stop(buffer& out, std::uint32_t stream) override;

private:
    struct open_request {
        value id; ///< Echoed; peers may use one twice, or none.
    };

    // What comes: quickrpc_protocol.cpp, requests.cpp
    void prepare(session_events& events);
    result<consumed> consume_some(byte_view input, session_events& events, bool is_last);
    [[nodiscard]] result<std::size_t> begin_transport_message(byte_view input);
    [[nodiscard]] result<verdict> take_message(received&& came, byte_view rest,
                                               session_events& events);
    [[nodiscard]] result<verdict> take_bad(received&& came, byte_view rest, session_events& events);
    [[nodiscard]] static verdict tell(std::string_view what, value content, const received& came,
                                      byte_view rest, session_events& events);
    [[nodiscard]] verdict take_call(received&& came, byte_view rest, session_events& events);
    [[nodiscard]] bool is_answered(const message& call) const;
    [[nodiscard]] verdict take_refusal(received&& came, byte_view rest, session_events& events);
    [[nodiscard]] verdict take_answer(received&& came, byte_view rest, session_events& events);
    [[nodiscard]] error failure_from(const value& told) override;
    void write_stop(buffer& out, std::uint32_t stream) override { write_stream_stop(out, stream); }

    // What goes: writing.cpp
    enum class protection : std::uint8_t { always, where_it_can, never };
    [[nodiscard]] result<void> put(buffer& out, const message& what,
                                   protection how = protection::always);
    void put_notice(buffer& out, std::string_view method, value params);
    bool put_failure(buffer& out, value id, const error& failure,
                     protection how = protection::always);
    [[nodiscard]] value failure_form(const error& failure) const;

    const options options_;
    bool prepared_ = false;
    codec_rules rules_;
    std::size_t most_bytes_ = 64u << 20;
    std::size_t bad_messages_ = 0;
    bool keeps_messages_ = false;
    std::size_t left_of_transport_message_ = 0;
    plain_handles handles_{"__"};
    message_input input_;
    message_output output_;
    own_calls calls_;
    numbered<open_request> open_;
};

} // namespace beckon::quickrpc
