// basic-socket-rpc as a state machine: what both roles share, and what each of them is.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>

#include "beckon/base/flat_map.hpp"
#include "beckon/codec/basic/payload.hpp"
#include "beckon/protocol/basic/basic.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "protocol/basic/commands.hpp"

namespace beckon::basic {

inline constexpr std::size_t default_message_bytes = 64u << 20;
inline constexpr std::uint64_t version[] = {0, 0, 1};

/// Numbers of messages; the same number means another thing in the other direction.
enum class message_type : std::uint8_t { init = 0, command = 1, exception = 4 };

/// Cuts the input into messages.
class basic_protocol : public dynamic_protocol {
public:
    explicit basic_protocol(const options& chosen) noexcept : options_(chosen) {}

    [[nodiscard]] std::string_view name() const noexcept final { return "basic"; }
    result<consumed> consume(byte_view input, session_events& events) final;
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept final;

    void write_release(buffer&, std::span<const std::pair<std::uint32_t, std::uint32_t>>) final {}
    result<void> write_value_stream_item(buffer&, std::uint32_t, const value&,
                                         reference_exchange&) final {
        return fail(errc::unsupported, "basic-socket-rpc has no streams");
    }

protected:
    [[nodiscard]] static protocol_traits common_traits() noexcept;
    /// One whole message. `rest` is the input behind it.
    [[nodiscard]] virtual result<verdict> take(std::uint8_t type, byte_view payload, byte_view rest,
                                               session_events& events) = 0;
    /// The input is out of step and nothing further can be read.
    [[nodiscard]] virtual error out_of_step(error why, session_events& events) = 0;
    void settle(session_events& events);

    const options options_;
    limits limits_;
    command_tables tables_;

private:
    bool settled_ = false;
    std::size_t most_bytes_ = default_message_bytes;
};

/// The side that calls.
class client_protocol final : public basic_protocol {
public:
    using basic_protocol::basic_protocol;

    [[nodiscard]] protocol_traits traits() const noexcept override;
    /// INIT: the first one, and again while the server lets us wait.
    void write_greeting(buffer& out, const greeting& mine) override;
    result<void> write_value_call(buffer& out, const call_head& head,
                                  const dynamic_request& request,
                                  reference_exchange& references) override;
    result<void> write_value_reply(buffer&, std::uint32_t, const value&,
                                   reference_exchange&) override {
        return fail(errc::unsupported, "a client of basic-socket-rpc is not called");
    }
    void write_error(buffer&, std::uint32_t, const error&, bool) override {}
    void refuse_open_calls(buffer&, const error&) override {}
    void call_sent(std::uint32_t call_id) override;

private:
    /// What a call that waits for its answer reads it by.
    struct asked {
        std::uint32_t call_id = 0;
        std::uint32_t command = 0;
        std::shared_ptr<const command_table> table; ///< Null: bytes as they are.
        intrusive_ptr<question> reader;             ///< That reads them, where there is one.
    };

    [[nodiscard]] result<verdict> take(std::uint8_t type, byte_view payload, byte_view rest,
                                       session_events& events) override;
    [[nodiscard]] error out_of_step(error why, session_events& events) override;
    [[nodiscard]] result<void> take_admission(std::uint8_t type, byte_view payload,
                                              session_events& events);
    [[nodiscard]] result<void> take_exception(byte_view payload, session_events& events);
    void take_result(byte_view payload, session_events& events);
    [[nodiscard]] result<void> write_raw(buffer& out, std::uint16_t number,
                                         const dynamic_request& request, asked& made);

    bool let_in_ = false;
    bool greeted_ = false; ///< An INIT waits for its answer.
    std::uint64_t refusals_ = 0;
    flat_map<std::uint32_t, asked> unsent_; ///< Written, and perhaps not sent yet.
    std::deque<asked> asked_;               ///< In the order of their answers.
};

/// The side that is called.
class server_protocol final : public basic_protocol {
public:
    using basic_protocol::basic_protocol;

    [[nodiscard]] protocol_traits traits() const noexcept override;
    result<void> write_value_call(buffer&, const call_head&, const dynamic_request&,
                                  reference_exchange&) override {
        return fail(errc::unsupported,
                    "a client of basic-socket-rpc cannot be called: it only reads answers");
    }
    result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                   reference_exchange& references) override;
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override;
    void refuse_open_calls(buffer& out, const error& why) override;
    [[nodiscard]] bool answered(buffer& out) override;
    void write_go_away(buffer& out, const error& reason) override;
    void write_bye(buffer& out) override;

private:
    struct open_command {
        enum class kind : std::uint8_t { command, init, place, own } is = kind::command;
        bool done = false;
        bool is_last = false;                       ///< Nothing follows its answer.
        std::uint32_t command = 0;                  ///< Its place in the table, or its number.
        std::shared_ptr<const command_table> table; ///< Null: bytes as they are.
        buffer answer;                              ///< Before its turn has come.
    };

    [[nodiscard]] result<verdict> take(std::uint8_t type, byte_view payload, byte_view rest,
                                       session_events& events) override;
    [[nodiscard]] error out_of_step(error why, session_events& events) override;
    [[nodiscard]] result<verdict> take_init(byte_view payload, byte_view rest,
                                            session_events& events);
    [[nodiscard]] result<verdict> take_command(byte_view payload, byte_view rest,
                                               session_events& events);
    [[nodiscard]] verdict ask(open_command what, dynamic_request request, std::size_t payload_bytes,
                              byte_view rest, session_events& events);
    template <typename Write>
    [[nodiscard]] result<verdict> answer_now(session_events& events, const Write& write);
    [[nodiscard]] result<verdict> refuse_now(session_events& events, const error& why);
    [[nodiscard]] open_command* find(std::uint32_t call_id) noexcept;
    [[nodiscard]] result<void> write_outcome(buffer& out, const open_command& of,
                                             const value& outcome);
    void send_or_keep(buffer& out, open_command& answered, std::size_t begin);
    static void write_exception(buffer& out, const error& failure);
    static void write_init(buffer& out, bool is_in);

    bool established_ = false;
    bool told_end_ = false;
    bool shuts_down_ = false;
    bool is_over_ = false;
    std::uint32_t first_open_ = 1; ///< The number of the first of `open_`.
    std::size_t kept_bytes_ = 0;   ///< Of answers before their turn.
    std::deque<open_command> open_;
};

} // namespace beckon::basic
