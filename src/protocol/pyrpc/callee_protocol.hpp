// The server's half of pyrpc as a state machine: the bytes of one request in, one reply out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "beckon/protocol/pyrpc/pyrpc.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "protocol/pyrpc/collected_streams.hpp"
#include "protocol/pyrpc/exchange.hpp"
#include "protocol/pyrpc/message.hpp"

namespace beckon::pyrpc {

class callee_protocol final : public dynamic_protocol {
public:
    explicit callee_protocol(callee_options chosen) : options_(std::move(chosen)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "pyrpc"; }
    [[nodiscard]] protocol_traits traits() const noexcept override;

    result<consumed> consume(byte_view input, session_events& events) override;
    result<consumed> consume_last(byte_view input, session_events& events) override;
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override;

    /// A server of pyrpc calls nobody.
    result<void> write_value_call(buffer& out, const call_head& head,
                                  const dynamic_request& request,
                                  reference_exchange& references) override;
    result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                   reference_exchange& references) override;
    result<void> write_value_stream_item(buffer& out, std::uint32_t stream, const value& item,
                                         reference_exchange& references) override;
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override;
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override;
    /// Nothing is lent in this protocol.
    void write_release(buffer&, std::span<const std::pair<std::uint32_t, std::uint32_t>>) override {
    }
    void refuse_open_calls(buffer& out, const error& why) override;

private:
    static constexpr std::uint32_t only_call = 1;

    [[nodiscard]] verdict take(byte_view pickled, byte_view rest, session_events& events);
    [[nodiscard]] verdict run(request&& asked, std::size_t size, byte_view rest,
                              session_events& events);
    void take_put(request&& asked, session_events& events);
    void answer_get(const value& id, session_events& events);
    void answer(session_events& events, const value& result);
    void answer_error(session_events& events, const value& exception);
    void refuse(session_events& events, const bad_request& why);
    void answer_nothing(session_events& events);
    [[nodiscard]] result<void> put_reply(buffer& out, const value& reply);

    const callee_options options_;
    std::size_t most_bytes_ = default_message_bytes;
    std::size_t most_items_ = limits().max_nodes;
    bool taken_ = false;   ///< The request: what follows is nobody's.
    bool is_open_ = false; ///< It is a call, and not answered yet.
    collected_streams streams_;
};

} // namespace beckon::pyrpc
