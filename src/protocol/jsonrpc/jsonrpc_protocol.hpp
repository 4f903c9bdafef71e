// The protocol of JSON-RPC 2.0 as a state machine: bytes in, session events out, and back.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>

#include "base/numbered.hpp"
#include "beckon/protocol/jsonrpc/jsonrpc.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "protocol/jsonrpc/framing.hpp"
#include "protocol/jsonrpc/message.hpp"
#include "protocol/jsonrpc/open_requests.hpp"
#include "protocol/jsonrpc/protected_framing.hpp"
#include "session/own_calls.hpp"
#include "session/peer_notices.hpp"
#include "session/plain_handles.hpp"

namespace beckon::jsonrpc {

class jsonrpc_protocol final : public dynamic_protocol, private peer_notices {
public:
    jsonrpc_protocol(const options& chosen, std::unique_ptr<message_security> by);

    [[nodiscard]] std::string_view name() const noexcept override { return "jsonrpc"; }
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
    bool has_filler() const noexcept override { return framing_->allows_blanks(); }
    void write_filler(buffer& out) override { *out.grow(1) = std::byte{' '}; }
    void write_cancel(buffer& out, std::uint32_t call_id) override;
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override;
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override;
    void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t items) override;
    void write_stream_stop(buffer& out, std::uint32_t stream) override;

private:
    // Transports where each message of the client has one answer: turns.cpp
    enum class turns : std::uint8_t { free, asks, answers };
    [[nodiscard]] result<void> may_call(std::string_view name) const;
    void answer_nothing(session_events& events);
    void take_answer(std::string_view text, std::size_t bytes, session_events& events);

    // Texts of the peer: jsonrpc_protocol.cpp
    void prepare(session_events& events);
    result<consumed> consume_some(byte_view input, session_events& events, bool is_last);
    [[nodiscard]] bool take_text(std::string_view text, std::size_t bytes, content& came,
                                 session_events& events);
    /// Elements that have been read and not been told yet. The input keeps one byte for them, so that whoever reads on
    /// after a handler that blocks finds that there is something.
    struct arrivals {
        std::deque<message> waiting;
        std::uint32_t batch = 0;
        std::uint32_t bytes_each = 0;
        const caller_identity* caller = nullptr; ///< Who has proven to have sent them.
    };
    [[nodiscard]] result<verdict> take_message(message&& came, byte_view rest,
                                               session_events& events);

    [[nodiscard]] result<value> understood(const value& plain);

    // What is to be proven: protection.cpp
    [[nodiscard]] bool take_header(const content& read, session_events& events);
    [[nodiscard]] std::optional<std::string_view> open_text(std::string_view text, bytes& opened,
                                                            session_events& events);
    void refuse_text(std::string_view text, const error& why, session_events& events);
    void use_framing(std::unique_ptr<framing> plain);
    void put_refusal_to_all(session_events& events, const value& id, const error_object& why,
                            bool bare);
    void take_bare(const content& read, std::string_view text, session_events& events);

    // Its requests: requests.cpp
    [[nodiscard]] verdict take_request(message&& came, byte_view rest, session_events& events);
    bool take_notification(const message& came, session_events& events);
    void take_cancellation(const value& params, session_events& events);
    [[nodiscard]] result<value> item_from(const value& told) override { return understood(told); }
    [[nodiscard]] error failure_from(const value& told) override;
    void write_stop(buffer& out, std::uint32_t stream) override { write_stream_stop(out, stream); }
    void refuse_request(const message& came, session_events& events);

    // Its answers: answers.cpp
    void take_result(message&& came, session_events& events);
    void take_failure(message&& came, session_events& events);
    void take_bad_answer(const message& came, session_events& events);

    // What we write: writing.cpp
    void put_unattributed(session_events& events, std::int64_t code, std::string_view what);
    void put_refusal(buffer& out, const value& id, std::uint32_t batch, const error_object& why);
    template <typename Write>
    result<void> put_answer(buffer& out, const value& id, std::uint32_t batch, const Write& write);
    void batch_answered(buffer& out, std::uint32_t batch);
    result<void> put_notification(buffer& out, std::string_view method, const value& params);

    const options options_;
    const std::unique_ptr<message_security> security_; ///< Null: messages are not protected.
    protected_framing* protecting_ = nullptr;          ///< The framing, where they are.
    std::unique_ptr<framing> framing_;
    std::optional<metadata> header_; ///< Of the message to come.
    bool has_proven_ = false;        ///< The peer, who it is.
    turns turns_ = turns::free;
    std::deque<std::uint32_t> asked_; ///< Whose answers come next: calls, 0 for what is no call.
    bool is_answered_ = false;        ///< What came last is answered now or later.
    bool prepared_ = false;
    text_rules reading_;
    std::size_t most_bytes_ = 64u << 20;
    arrivals arrived_;
    plain_handles handles_{"$"};
    own_calls calls_;
    numbered<open_request> open_;
    numbered<open_batch> batches_;
};

} // namespace beckon::jsonrpc
