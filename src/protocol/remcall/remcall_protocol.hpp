// remcall as a state machine: bytes in, session events out, and back.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/numbered.hpp"
#include "beckon/base/flat_map.hpp"
#include "beckon/protocol/remcall/remcall.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "protocol/remcall/contract.hpp"
#include "protocol/remcall/message.hpp"
#include "protocol/remcall/object_numbers.hpp"

namespace beckon::remcall {

inline constexpr std::size_t default_message_bytes = 16u << 20;

class remcall_protocol final : public dynamic_protocol, private message_ends {
public:
    explicit remcall_protocol(options chosen);

    [[nodiscard]] std::string_view name() const noexcept override { return "remcall"; }
    [[nodiscard]] protocol_traits traits() const noexcept override;

    result<consumed> consume(byte_view input, session_events& events) override;
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override;
    /// What the schema said of it where it came first.
    [[nodiscard]] std::string type_name(std::uint32_t object) const override {
        return std::string(objects_.interface_of_theirs(object));
    }

    /// The knock.
    void write_greeting(buffer& out, const greeting& mine) override;
    result<void> write_value_call(buffer& out, const call_head& head,
                                  const dynamic_request& request,
                                  reference_exchange& references) override;
    result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                   reference_exchange& references) override;
    result<void> write_value_stream_item(buffer&, std::uint32_t, const value&,
                                         reference_exchange&) override {
        return fail(errc::unsupported, "remcall has no streams");
    }
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override;
    [[nodiscard]] bool tells_failure(std::uint32_t call_id) const override;
    void refuse_open_calls(buffer& out, const error& why) override;
    void write_cancel(buffer& out, std::uint32_t call_id) override;
    void call_dropped(std::uint32_t call_id) override;
    [[nodiscard]] std::string why_held(std::uint32_t call_id) const override;
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override;
    void write_bye(buffer& out) override;
    void let_go() noexcept override;

private:
    /// A call of ours without an answer, also where nobody waits for that any more.
    struct asked {
        std::uint32_t call_id = 0; ///< 0: nobody wants the answer.
        const method_form* method = nullptr;
        bool given_up = false; ///< What the peer is told once it is known to be a Beckon.
    };
    /// A call of the peer without an answer.
    struct answering {
        std::uint32_t request = 0;
        const method_form* method = nullptr;
    };
    /// A message that only a Beckon understands, while it is not known whether the peer is one.
    struct held_call {
        std::uint32_t call_id = 0;
        bool asks_schema = false; ///< Else `message` is a call.
        operation what = operation::describe;
        std::uint32_t request = 0;
        buffer message;
    };
    /// A question for the peer's schema.
    struct schema_question {
        std::uint32_t call_id = 0; ///< 0: of this side's own, to compare.
        operation what = operation::describe;
    };
    /// An answer that came before the peer's schema did, by which it is known whether it means what was read.
    struct unsure_answer {
        std::uint32_t call_id = 0;
        result<value> read;
    };
    struct untold_failure {
        std::uint32_t request = 0;
        error failure;
    };
    enum class speaks : std::uint8_t { unknown, plain, beckon };

    // What ends messages: remcall_protocol.cpp
    [[nodiscard]] result<std::span<const schema::field>>
    parameters_of(std::uint64_t method) const override;
    [[nodiscard]] result<const schema::type*> result_of(std::uint32_t request) const override;
    [[nodiscard]] result<void> may_send(command what) const override;
    [[nodiscard]] const forms* known_forms() const noexcept override {
        return contract_ ? &contract_->forms() : nullptr;
    }
    [[nodiscard]] std::size_t method_bytes() const noexcept override {
        return contract_ ? contract_->method_bytes() : 0;
    }

    // What comes: remcall_protocol.cpp, incoming.cpp
    void settle(session_events& events);
    void find_main(session_events& events);
    void agree(std::shared_ptr<const contract> on);
    [[nodiscard]] result<verdict> take(byte_view message, byte_view rest, session_events& events);
    [[nodiscard]] result<verdict> take_call(byte_view message, byte_view rest, bool has_deadline,
                                            session_events& events);
    void take_result(byte_view message, session_events& events);
    void take_failure(byte_view message, session_events& events);
    void take_releases(byte_view message, session_events& events);
    void take_cancel(byte_view message, session_events& events);
    [[nodiscard]] result<value> read_arguments(const method_form& method, byte_view message,
                                               std::size_t at);
    [[nodiscard]] result<void> check_target(const object_numbers::lent_object& target,
                                            const method_form& method) const;

    // What Beckons have besides: extension.cpp
    void note_first_bytes(command what, session_events& events);
    void knocked(session_events& events);
    /// Both have announced it, or the program has said that both have it.
    [[nodiscard]] bool may_use(std::uint32_t feature) const noexcept {
        const bool announced = said_hello_ && heard_hello_;
        return (announced || options_.peer == peer_kind::beckon) && (features_ & feature) != 0;
    }
    [[nodiscard]] bool owes_hello() const noexcept;
    void put_hello(buffer& out);
    [[nodiscard]] result<void> take_hello(byte_view message, session_events& events);
    [[nodiscard]] result<void> compare_digests(session_events& events);
    [[nodiscard]] result<void> take_schema(byte_view message, session_events& events);
    [[nodiscard]] result<void> compare_schema(byte_view encoded, session_events& events);
    [[nodiscard]] error end_by_mismatch(error why, session_events& events);
    void fail_calls(const error& why, session_events& events);
    /// Whether the peer has been asked for its schema, to compare.
    [[nodiscard]] bool is_comparing() const noexcept;
    /// Hands an answer to who waits for it; where schemas are being compared, once that is over.
    void deliver(std::uint32_t call_id, result<value> read, session_events& events);
    [[nodiscard]] error ended_while_comparing() const;
    [[nodiscard]] error mismatch() const;
    [[nodiscard]] bool has_no_schema_there() const noexcept;
    void answer_with_schema(session_events& events);
    void put_cancel(buffer& out, std::uint32_t request);
    void send_held(session_events& events);
    void refuse_held(session_events& events);
    [[nodiscard]] std::string what_is_held(const held_call& call) const;
    [[nodiscard]] static error needs_beckon(std::string_view what);
    [[nodiscard]] result<value> told_schema(operation what, byte_view encoded) const;

    // What goes: writing.cpp
    [[nodiscard]] result<const method_form*> method_for(const call_head& head,
                                                        const dynamic_request& request);
    [[nodiscard]] result<void> write_schema_question(buffer& out, const call_head& head,
                                                     operation what);
    [[nodiscard]] result<void> put_call(buffer& out, const call_head& head,
                                        const method_form& method, std::uint32_t request,
                                        const dynamic_request& what);
    [[nodiscard]] result<void> hold(held_call call, std::string_view what);
    [[nodiscard]] std::uint32_t next_request();
    void put_failed(buffer& out, std::uint32_t request, const error& failure) const;

    const options options_;
    bool settled_ = false;
    limits limits_;
    std::shared_ptr<const contract> contract_;
    std::optional<error> no_contract_; ///< Why there is none.
    std::string
        main_prefix_; ///< Before the names of the main object's methods, where it is not the root.
    object_numbers objects_;
    mutable message_scanner scan_; ///< Of the message that the input begins with.

    std::uint32_t last_request_;
    std::unordered_map<std::uint32_t, asked> asked_;     ///< By the number on the wire.
    flat_map<std::uint32_t, std::uint32_t> asked_by_id_; ///< Those numbers, by the session's.
    numbered<answering> open_;
    std::unordered_map<std::uint32_t, std::uint32_t> open_by_request_;

    speaks peer_ = speaks::unknown;
    std::size_t noops_ = 0; ///< That the peer began with.
    bool said_hello_ = false;
    bool heard_hello_ = false;
    bool said_bye_ = false;
    std::uint32_t features_ = 0; ///< Of both sides.
    std::optional<digest> their_digest_;
    std::deque<schema_question> schema_questions_;
    std::vector<held_call> held_;
    std::size_t held_bytes_ = 0;
    std::vector<untold_failure> untold_;
    std::vector<unsure_answer> unsure_;
};

} // namespace beckon::remcall
