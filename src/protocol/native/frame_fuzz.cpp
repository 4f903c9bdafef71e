// Feeds arbitrary bytes to the reader of native frames, once whole and once in pieces: it must tell of the same messages
// in the same order, end in the same way, and never leave a whole message lying.
#include <cstdlib>
#include <string>

#include "protocol/native/native_protocol.hpp"

namespace {

using namespace beckon;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Writes down what it is told, content and all.
class listener final : public session_events, private reference_exchange {
public:
    result<void> on_greeting(const greeting& peer) override {
        add("greeting ", peer.limits.max_message_bytes, ' ', peer.limits.max_calls_in_flight, ' ',
            peer.limits.max_call_bytes, ' ', peer.limits.stream_window_bytes, ' ', peer.user, ' ',
            as_text(peer.secret), ' ', peer.software);
        return {};
    }
    verdict on_call(const call_head& head, native::reader& arguments, byte_view message,
                    byte_view) override {
        add_head("call ", head);
        add(message.size(), " bytes: ");
        add_content(arguments);
        return verdict::go_on;
    }
    void on_bad_call(const call_head& head, error failure) override {
        add_head("bad call ", head);
        add(failure.to_string());
    }
    void on_reply(std::uint32_t call_id, native::reader& result) override {
        add("reply ", call_id, ": ");
        add_content(result);
    }
    verdict on_value_call(const call_head&, dynamic_request, byte_view) override {
        return verdict::stop;
    }
    void on_value_reply(std::uint32_t, value) override {}
    void on_error(std::uint32_t call_id, error failure, bool untaken) override {
        add("error ", call_id, untaken ? " untaken: " : ": ", failure.to_string());
    }
    void on_cancel(std::uint32_t call_id) override { add("cancel ", call_id); }
    void on_release(std::uint32_t object, std::uint32_t count) override {
        add("release ", object, ' ', count);
    }
    void on_stream_item(std::uint32_t stream, native::reader& item) override {
        add("item ", stream, ": ");
        add_content(item);
    }
    void on_value_stream_item(std::uint32_t, value, std::uint32_t) override {
    } // of dynamic protocols
    void on_stream_end(std::uint32_t stream, std::optional<error> failure) override {
        add("end ", stream, ' ', failure ? failure->to_string() : "");
    }
    void on_stream_credit(std::uint32_t stream, std::uint32_t size) override {
        add("credit ", stream, ' ', size);
    }
    void on_stream_stop(std::uint32_t stream) override { add("stop ", stream); }
    void on_ping(std::uint64_t number) override { add("ping ", number); }
    void on_pong(std::uint64_t number) override { add("pong ", number); }
    void on_go_away(error reason) override { add("go away: ", reason.to_string()); }
    void on_bye() override { add("bye"); }
    void on_oddity(std::string_view id, std::string_view text) override { add(id, ' ', text); }
    buffer& begin_answer() noexcept override { return answers_; }
    void end_answer() override { answers_.clear(); }
    void drop_answer() override { answers_.clear(); }
    [[nodiscard]] bool shows_something() const noexcept override { return false; }
    [[nodiscard]] const beckon::limits& limits() const noexcept override { return limits_; }
    [[nodiscard]] reference_exchange& references() noexcept override { return *this; }

    std::string heard;

private:
    result<wire_reference> lend(referent*) override { return wire_reference{}; }
    result<intrusive_ptr<referent>> borrow(wire_reference, std::string_view) override {
        return intrusive_ptr<referent>();
    }
    referent* find_lent(std::uint32_t) noexcept override { return nullptr; }
    result<std::uint32_t> lend_stream(referent*) override { return 0u; }
    result<intrusive_ptr<referent>> borrow_stream(std::uint32_t) override {
        return intrusive_ptr<referent>();
    }
    result<void> borrow_stream(std::uint32_t, native::stream_sink&) override { return {}; }

    template <typename... Parts>
    void add(const Parts&... parts) {
        heard += concat(parts...);
        heard += '\n';
    }
    void add_head(std::string_view what, const call_head& head) {
        add(what, head.call_id, ' ', head.object, ' ', head.method, ' ', head.oneway, ' ',
            head.has_parent, ' ', head.parent, ' ', head.promise, ' ', head.time_left.count(), ' ',
            head.wire_bytes);
        if (head.metadata == nullptr) return;
        for (const auto& [key, text] : *head.metadata) add(key, '=', text);
    }
    void add_content(native::reader& in) {
        require(!in.failed());
        add(as_text(in.get_raw(in.left())));
        require(!in.failed() && in.left() == 0);
    }

    beckon::limits limits_{.max_message_bytes = 16u << 20};
    buffer answers_;
};

/// How a run ended, and what was heard until then.
struct ending {
    std::string heard;
    std::optional<errc> failure;
    bool stopped = false;
    bool operator==(const ending&) const = default;
};

ending run(byte_view input, std::size_t piece) {
    native::native_protocol protocol;
    listener events;
    ending how;
    bytes carried;
    while (!input.empty() && !how.failure && !how.stopped) {
        const byte_view next = input.first(std::min(piece, input.size()));
        input = input.subspan(next.size());
        carried.insert(carried.end(), next.begin(), next.end());
        const result<consumed> used = protocol.consume(carried, events);
        if (!used) {
            how.failure = used.error().code();
            break;
        }
        require(used->bytes <= carried.size());
        how.stopped = used->next == verdict::stop;
        carried.erase(carried.begin(), carried.begin() + static_cast<std::ptrdiff_t>(used->bytes));
        const std::size_t whole = protocol.message_size(carried);
        require(how.stopped || whole == 0 || whole > carried.size());
    }
    how.heard = std::move(events.heard);
    return how;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const byte_view all(reinterpret_cast<const std::byte*>(input), size);
    // Byte by byte, but in no more than some hundred pieces.
    require(run(all, size) == run(all, 1 + size / 512));
    return 0;
}
