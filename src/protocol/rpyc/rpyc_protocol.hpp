// The protocol of RPyC as a state machine: bytes in, session events out, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "beckon/base/flat_map.hpp"
#include "beckon/protocol/rpyc/rpyc.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "protocol/rpyc/access_policy.hpp"
#include "protocol/rpyc/arguments.hpp"
#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/holdings.hpp"
#include "protocol/rpyc/identities.hpp"
#include "protocol/rpyc/message.hpp"
#include "protocol/rpyc/open_requests.hpp"

namespace beckon::rpyc {

class rpyc_protocol final : public dynamic_protocol {
public:
    rpyc_protocol(options chosen, access_policy access);

    [[nodiscard]] std::string_view name() const noexcept override { return "rpyc"; }
    [[nodiscard]] protocol_traits traits() const noexcept override {
        return {.dynamic = true,
                .greets = false,
                .has_pings = false,
                .answers_pings = true,
                .has_credit = false,
                .tells_parents = false,
                .lends_containers = true,
                .wants_acknowledgement = true,
                .wants_own_records = true,
                .max_message_bytes = 64u << 20,
                .default_timeout = std::chrono::seconds(30)};
    }

    result<consumed> consume(byte_view input, session_events& events) override;
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override;
    [[nodiscard]] std::string type_name(std::uint32_t object) const override;

    result<void> write_value_call(buffer& out, const call_head& head,
                                  const dynamic_request& request,
                                  reference_exchange& references) override;
    result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                   reference_exchange& references) override;
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override;
    void refuse_open_calls(buffer& out, const error& why) override {
        for (const std::uint32_t number : open_.numbers()) write_error(out, number, why, false);
    }
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override;
    void write_ping(buffer& out, std::uint64_t number) override;
    void write_bye(buffer& out) override;

private:
    // Messages of the peer: rpyc_protocol.cpp
    result<verdict> take_message(byte_view message, byte_view rest, session_events& events);
    result<void> settle_dialect(byte_view message);
    result<verdict> take_answer(envelope& answer, byte_view brine, session_events& events);
    result<void> take_pong(envelope& answer, byte_view brine, session_events& events);

    // Its requests: requests.cpp
    result<verdict> take_request(envelope& request, byte_view message, byte_view rest,
                                 session_events& events);
    /// What a request asks for: of an object, or answered at once.
    struct asked;
    result<void> read_request(handler what, argument_reader& arguments, asked& into,
                              session_events& events);
    result<void> read_attribute(argument_reader& arguments, attribute_access access, asked& into);
    result<void> read_release(const id_pack& target, argument_reader& arguments, asked& into,
                              session_events& events);
    result<void> read_old_slicing(argument_reader& arguments, asked& into);
    void answer_at_once(std::uint32_t call_id, const value& result, session_events& events);

    // Ours: writing.cpp
    result<void> write_arguments(buffer& out, byte_view target, const dynamic_request& request);
    void begin_request(buffer& out, std::int64_t number, handler what, thread_binding threads);
    /// A chain of calls of its own.
    [[nodiscard]] thread_binding new_chain() noexcept { return {++chains_, 0}; }
    [[nodiscard]] std::int64_t next_own_number() noexcept { return own_numbers_ + own_++; }
    /// Of an object of the peer's it was asked whether it is an instance of a class.
    void note_asked(referent* object);
    void begin_answer(buffer& out, const open_request& to, message_kind kind);

    /// Calls have their numbers in the session. Those of operators have them above these: "not implemented" says there that
    /// the other operand is to be asked, which is null to callers. The peer keeps that for us, and a call that is given up
    /// before it was sent leaves nothing behind.
    static constexpr std::int64_t operator_numbers_ = std::int64_t{1} << 32;
    /// Requests of ours that no caller waits for have numbers that no call has.
    static constexpr std::int64_t own_numbers_ = std::int64_t{2} << 32;

    const options options_;
    const access_policy access_;
    layout layout_;
    bool settled_ = false; ///< The peer has shown which dialect it speaks.
    bool spoken_ = false;  ///< We have sent something in ours.
    std::optional<frame_reader> frames_;
    std::size_t most_bytes_ = 64u << 20; ///< Of an answer.
    identities identities_;
    open_requests open_;
    holdings holdings_;
    /// What it may let go of though we never lent it: a Python peer takes it for ours while it answers.
    std::set<std::string, std::less<>> asked_;
    std::int64_t own_ = 0;
    flat_map<std::int64_t, std::uint64_t> pings_; ///< By the number of the request.
    std::uint64_t chains_ = 0; ///< Stand for threads in the eyes of a peer that binds them.
};

} // namespace beckon::rpyc
