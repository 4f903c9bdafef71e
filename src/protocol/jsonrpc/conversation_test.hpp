// A session that only writes down what the protocol tells it, for tests of the protocol alone.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/protocol/jsonrpc/jsonrpc.hpp"

namespace beckon::jsonrpc::testing {

class named_object final : public referent {
public:
    explicit named_object(std::uint32_t its_number) : number(its_number) {}
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Named"; }
    const std::uint32_t number;
};

class conversation final : public session_events, public reference_exchange {
public:
    explicit conversation(const options& chosen = {}, const beckon::limits& allowed = sized({}),
                          std::unique_ptr<message_security> by = nullptr)
        : speaks(make_jsonrpc_protocol(chosen, std::move(by))), limits_(allowed) {}

    /// What a session makes of limits that leave the size to the protocol.
    [[nodiscard]] static beckon::limits sized(beckon::limits allowed) {
        if (allowed.max_message_bytes == 0) allowed.max_message_bytes = 64u << 20;
        return allowed;
    }

    /// Gives the protocol more input; what it leaves comes again with the next.
    void hear(std::string_view more) {
        input_ += more;
        const auto used = speaks->consume(as_bytes(input_), *this);
        if (!used) {
            told.push_back(concat("broken: ", used.error().to_string()));
            input_.clear();
            return;
        }
        if (used->next == verdict::go_on) input_.erase(0, used->bytes);
    }
    /// Nothing comes any more.
    void hear_end() {
        const auto used = speaks->consume_last(as_bytes(input_), *this);
        if (used) input_.erase(0, used->bytes);
    }
    void hear_line(std::string_view text) { hear(concat(text, '\n')); }
    /// What was told since the last look.
    [[nodiscard]] std::vector<std::string> news() { return std::exchange(told, {}); }
    /// What was written since the last look.
    [[nodiscard]] std::string written() {
        std::string all(as_text(out.view()));
        out.clear();
        return all;
    }
    /// Makes a call of ours, whose number in the session is given.
    result<void> call(std::uint32_t number, std::string name, value arguments = value::list(),
                      std::uint32_t object = 0, bool oneway = false) {
        call_head head;
        head.call_id = number;
        head.object = object;
        head.oneway = oneway;
        dynamic_request request;
        request.name = std::move(name);
        (arguments.is(value_kind::map) ? request.named : request.arguments) = std::move(arguments);
        return speaks->write_value_call(out, head, request, *this);
    }
    result<void> reply(std::uint32_t number, const value& outcome) {
        return speaks->write_value_reply(out, number, outcome, *this);
    }
    void fail_call(std::uint32_t number, const error& failure) {
        speaks->write_error(out, number, failure, false);
    }

    // Of the session.
    result<void> on_greeting(const greeting&) override { return {}; }
    verdict on_call(const call_head&, native::reader&, byte_view, byte_view) override {
        told.emplace_back("a native call");
        return verdict::go_on;
    }
    verdict on_value_call(const call_head& head, dynamic_request request, byte_view rest) override {
        std::string text = head.oneway ? "notified " : concat("called ", head.call_id, ' ');
        if (head.object != 0) text += concat('#', head.object, '.');
        text += request.name;
        if (!request.arguments.empty()) text += concat(' ', request.arguments.to_text());
        if (!request.named.empty()) text += concat(' ', request.named.to_text());
        if (head.time_left.count() != 0)
            text += concat(" within ", head.time_left / std::chrono::milliseconds(1), " ms");
        if (head.metadata != nullptr) {
            for (const auto& [key, content] : *head.metadata)
                text += concat(' ', key, '=', content);
        }
        if (head.caller != nullptr) text += concat(" by ", head.caller->name);
        told.push_back(std::move(text));
        rests.push_back(rest.size());
        last_call = head.call_id;
        if (then == verdict::taken_over)
            input_ = std::string(as_text(rest)); // as the next reader finds it
        return then;
    }
    void on_bad_call(const call_head& head, error failure) override {
        told.push_back(
            concat("bad call ", head.oneway ? 0 : head.call_id, ": ", failure.to_string()));
        if (!head.oneway) fail_call(head.call_id, failure);
    }
    void on_reply(std::uint32_t, native::reader&) override { told.emplace_back("a native reply"); }
    const caller_identity* caller_named(std::string_view user) override {
        if (user == "one too many") return nullptr;
        callers_.push_back({std::string(user), {}});
        return &callers_.back();
    }
    void on_value_reply(std::uint32_t number, value outcome) override {
        told.push_back(concat("reply ", number, ' ', outcome.to_text()));
        results.push_back(std::move(outcome));
    }
    void on_error(std::uint32_t number, error failure, bool) override {
        told.push_back(concat("error ", number, ' ', failure.to_string()));
        failures.push_back(std::move(failure));
    }
    void on_cancel(std::uint32_t number) override { told.push_back(concat("cancel ", number)); }
    void on_release(std::uint32_t object, std::uint32_t count) override {
        told.push_back(concat("release ", object, ' ', count));
    }
    void on_stream_item(std::uint32_t, native::reader&) override {}
    void on_value_stream_item(std::uint32_t stream, value item, std::uint32_t) override {
        told.push_back(concat("item ", stream, ' ', item.to_text()));
    }
    void on_stream_end(std::uint32_t stream, std::optional<error> failure) override {
        told.push_back(
            concat("end ", stream, failure ? " " : "", failure ? failure->to_string() : ""));
    }
    void on_stream_credit(std::uint32_t stream, std::uint32_t items) override {
        told.push_back(concat("credit ", stream, ' ', items));
    }
    void on_stream_stop(std::uint32_t stream) override { told.push_back(concat("stop ", stream)); }
    void on_ping(std::uint64_t) override {}
    void on_pong(std::uint64_t) override {}
    void on_go_away(error) override {}
    void on_bye() override {}
    void on_oddity(std::string_view id, std::string_view text) override {
        told.push_back(concat(id, ": ", text));
    }
    [[nodiscard]] buffer& begin_answer() noexcept override { return out; }
    void end_answer() override {}
    void drop_answer() override {}
    [[nodiscard]] bool shows_something() const noexcept override { return true; }
    [[nodiscard]] const beckon::limits& limits() const noexcept override { return limits_; }
    [[nodiscard]] reference_exchange& references() noexcept override { return *this; }

    // Of its references: an object of number n is ours where n is below 100.
    result<wire_reference> lend(referent* object) override {
        if (object == nullptr) return wire_reference{};
        const std::uint32_t number = static_cast<named_object&>(*object).number;
        return wire_reference{number < 100 ? reference_kind::mine : reference_kind::yours, number};
    }
    result<intrusive_ptr<referent>> borrow(wire_reference from, std::string_view name) override {
        told.push_back(concat("borrowed ", from.kind == reference_kind::yours ? "our " : "its ",
                              from.object, ' ', name));
        return intrusive_ptr<referent>(new named_object(from.object));
    }
    [[nodiscard]] referent* find_lent(std::uint32_t) noexcept override { return nullptr; }
    result<std::uint32_t> lend_stream(referent*) override {
        return fail(errc::unsupported, "no streams here");
    }
    result<intrusive_ptr<referent>> borrow_stream(std::uint32_t) override {
        return fail(errc::unsupported, "no streams here");
    }
    result<void> borrow_stream(std::uint32_t, native::stream_sink&) override {
        return fail(errc::unsupported, "no streams here");
    }

    const std::unique_ptr<protocol> speaks;
    std::vector<std::string> told;
    std::vector<std::size_t> rests; ///< Bytes that were left when a call was told.
    std::vector<value> results;
    std::vector<error> failures;
    std::uint32_t last_call = 0;
    verdict then = verdict::go_on; ///< What is answered to calls.
    buffer out;

private:
    const beckon::limits limits_;
    std::string input_;
    std::deque<caller_identity> callers_;
};

} // namespace beckon::jsonrpc::testing
