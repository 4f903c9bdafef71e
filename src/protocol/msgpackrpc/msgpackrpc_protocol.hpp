// MessagePack-RPC as a state machine: bytes in, session events out, and back.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/numbered.hpp"
#include "beckon/base/flat_map.hpp"
#include "beckon/codec/msgpack_scan.hpp"
#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "protocol/msgpackrpc/error_object.hpp"
#include "protocol/msgpackrpc/identities.hpp"
#include "protocol/msgpackrpc/message.hpp"
#include "session/peer_notices.hpp"

namespace beckon::msgpackrpc {

class msgpackrpc_protocol final : public dynamic_protocol, private peer_notices {
public:
    explicit msgpackrpc_protocol(options chosen);

    [[nodiscard]] std::string_view name() const noexcept override { return "msgpack"; }
    [[nodiscard]] protocol_traits traits() const noexcept override {
        return {.dynamic = true,
                .greets = false,
                .has_pings = false,
                .has_credit = false,
                .tells_parents = false,
                .addresses_by_name = true,
                .initial_stream_items = 16,
                .answers_after_end = true,
                .max_message_bytes = default_message_bytes};
    }

    result<consumed> consume(byte_view input, session_events& events) override;
    /// What is known of the message so far; at least one byte more than has come while its end is not known.
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override;
    [[nodiscard]] std::string type_name(std::uint32_t object) const override;

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
    void write_cancel(buffer& out, std::uint32_t call_id) override;
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override;
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override;
    void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t more) override;
    /// A credit of no items: a reader that wants no more.
    void write_stream_stop(buffer& out, std::uint32_t stream) override;

private:
    static constexpr std::size_t default_message_bytes = 64u << 20;
    /// Asked of Neovim's API. The program's own question is `types`; names and signatures it asked for in other words, so that
    /// the answer is turned into them; `handles` is ours, and nobody waits for the answer.
    enum class about_api : std::uint8_t { types, names, signatures, handles };
    struct api_question {
        about_api what = about_api::types;
        std::string prefix;
    };

    // What comes: msgpackrpc_protocol.cpp, requests.cpp
    void settle(session_events& events);
    result<verdict> take_message(byte_view whole, byte_view rest, session_events& events);
    result<void> take_response(message& came, session_events& events);
    void learn_handles(msgpack::reader& answer);
    [[nodiscard]] result<value> answer_about_api(const api_question& asked, value answer);
    result<verdict> take_request(message& came, std::size_t size, byte_view rest,
                                 session_events& events);
    void tell_error_event(const message& came, session_events& events);
    [[nodiscard]] bool take_own_notification(message& came, std::size_t size,
                                             session_events& events);
    [[nodiscard]] result<dynamic_request> read_arguments(message& came);
    [[nodiscard]] result<std::uint32_t> split_object(std::string_view& method) const;
    [[nodiscard]] error failure_from(const value& told) override {
        return read_error(told, identities_.types().errors);
    }
    void write_stop(buffer& out, std::uint32_t stream) override { write_stream_stop(out, stream); }

    // What goes: writing.cpp
    result<void> write_arguments(buffer& out, const dynamic_request& request,
                                 const identities::name_of_theirs* object);
    result<void> write_value(buffer& out, const value& from);
    [[nodiscard]] bool ask_for_handles(buffer& out, std::string_view before_method);
    void put_call(buffer& out, const call_head& head, std::string_view prefix,
                  std::string_view method) const;
    /// The head of one of those that peers tell each other; its parameters are to follow.
    void put_notice(buffer& out, std::string_view method, std::size_t parameters) const;

    const options options_;
    msgpack::read_options reading_;
    bool settled_ = false;
    std::size_t most_bytes_ = default_message_bytes;
    mutable msgpack::scanner scan_; ///< Of the message that the input begins with.
    identities identities_;
    /// The peer's numbers of requests that wait for answers, by ours: theirs may be 0, and double.
    numbered<std::uint32_t> open_;
    flat_map<std::uint32_t, api_question> questions_; ///< By the calls' numbers.
    bool has_asked_ = false; ///< Neovim what its handles are, or somebody who may be Neovim.
};

} // namespace beckon::msgpackrpc
