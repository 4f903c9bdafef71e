#include "protocol/pyrpc/readable.hpp"

#include <chrono>

#include "protocol/pyrpc/call_text.hpp"
#include "protocol/pyrpc/exchange.hpp"
#include "protocol/pyrpc/message.hpp"

namespace beckon::pyrpc {

namespace {

constexpr std::size_t longest_text = 400;

/// Records of a caller's stream have a number where a frame's pickle begins, and no pickle begins so.
[[nodiscard]] bool is_record(byte_view input) noexcept {
    return std::to_integer<unsigned>(input[size_bytes]) <=
           static_cast<unsigned>(outcome_kind::bounced);
}

[[nodiscard]] std::string_view name_of(outcome_kind what) noexcept {
    switch (what) {
    case outcome_kind::reply: return "a reply";
    case outcome_kind::no_connection: return "no connection";
    case outcome_kind::unsent: return "not sent in time";
    case outcome_kind::no_header: return "no reply in time";
    case outcome_kind::no_body: return "no whole reply in time";
    case outcome_kind::closed: return "closed without a reply";
    case outcome_kind::closed_inside: return "closed inside a reply";
    case outcome_kind::too_large: return "a reply that is too large";
    case outcome_kind::bounced: return "nothing";
    }
    return "nothing";
}

[[nodiscard]] std::string cut(std::string text) {
    if (text.size() <= longest_text) return text;
    return std::string(first_characters(text, longest_text)) + "...";
}

class pyrpc_teller final : public teller {
public:
    result<told_message> take(speaker who, byte_view input, bool) override {
        told_message made;
        if (input.size() <= size_bytes) return made;
        if (is_record(input)) return take_record(who, input);
        const std::size_t length = length_at(input);
        if (length > default_message_bytes)
            return fail(errc::protocol_error, "these bytes are no frame of pyrpc: ", length);
        if (input.size() - header_bytes < length) return made;
        made.bytes = header_bytes + length;
        made.message = input.first(made.bytes);
        made.number = value(0); // a connection of its own
        tell(who, made.message.subspan(header_bytes), made);
        return made;
    }

    result<bytes> renamed(byte_view message, const other_names&) override {
        return bytes(message.begin(), message.end());
    }

    void put(buffer& out, byte_view message, std::uint32_t exchange) override {
        constexpr auto patience = std::chrono::hours(24);
        const std::size_t record = begin_order(out, {.kind = order_kind::exchange,
                                                     .number = exchange,
                                                     .connect = patience,
                                                     .send = patience,
                                                     .reply = patience});
        out.append(message);
        end_record(out, record);
    }

private:
    result<told_message> take_record(speaker who, byte_view input) {
        told_message made;
        const std::size_t size = size_at(input).value_or(0);
        const std::size_t head = who == speaker::client ? order_bytes : outcome_bytes;
        if (size < head || size > default_message_bytes + order_bytes)
            return fail(errc::protocol_error, "these bytes are no record of pyrpc: ", size);
        if (input.size() - size_bytes < size) return made;
        made.bytes = size_bytes + size;
        const byte_view record = input.subspan(size_bytes, size);
        const byte_view content = record.subspan(head);
        made.part = told_part::aside;
        if (who == speaker::client) {
            const order what = order_at(record);
            made.exchange = what.number;
            made.text = what.kind == order_kind::cancel ? "gives up" : "nothing";
            if (what.kind != order_kind::exchange || content.size() < header_bytes) return made;
            made.message = content;
            tell(who, content.subspan(header_bytes), made);
        } else {
            const outcome what = outcome_at(record);
            made.exchange = what.number;
            made.text = std::string(name_of(what.kind));
            if (what.kind == outcome_kind::bounced) return made;
            if (what.kind == outcome_kind::reply) {
                framed_ = buffer();
                const std::size_t frame = begin_frame(framed_);
                framed_.append(content);
                end_frame(framed_, frame);
                made.message = framed_.view();
                tell(who, content, made);
            } else {
                made.part = told_part::answer;
                made.content = value::map({{"outcome", name_of(what.kind)}});
            }
        }
        made.number = value(*made.exchange);
        return made;
    }

    static void tell(speaker who, byte_view pickled, told_message& made) {
        made.part = who == speaker::client ? told_part::call : told_part::answer;
        pickle::read_options options = reading({});
        options.is_reply = who == speaker::server;
        const auto read = pickle::read(pickled, options);
        if (!read) {
            made.text = read.error().message();
            made.content = value(pickled);
            return;
        }
        who == speaker::client ? tell_request(*read, made) : tell_reply(*read, made);
    }

    static void tell_request(const value& read, told_message& made) {
        made.text = cut(repr_of(read));
        request what;
        if (read_request(read, read.is(value_kind::map), what)) return;
        if (what.what == request::kind_of_request::get) {
            made.text = cut(concat("fetch ", repr_of(what.id)));
            return;
        }
        const bool waits = what.what == request::kind_of_request::call;
        made.text = cut(concat(waits ? "call " : concat("put ", repr_of(what.id), " "),
                               call_text(what.call.name, what.call.arguments, what.call.named)));
    }

    static void tell_reply(const value& read, told_message& made) {
        const bool is_pair = read.is(value_kind::tuple) && read.size() == 2;
        const value& raised = is_pair ? read[1] : read;
        if (!is_pair || raised.is_null()) {
            made.text = cut(concat("reply ", repr_of(is_pair ? read[0] : read)));
            made.content = value::map({{"result", is_pair ? read[0] : read}});
            return;
        }
        made.text = cut(concat("exception ", told_text(raised)));
        value content = raised;
        if (raised.is(value_kind::exception)) {
            // The stack trace names lines of the program.
            const exception_parts parts = raised.exception();
            made.text = cut(concat("exception ", parts.type, told_arguments(parts.arguments)));
            content = value::map({{"type", parts.type}, {"arguments", parts.arguments}});
        }
        made.content = value::map({{"exception", std::move(content)}});
    }

    buffer framed_;
};

} // namespace

std::unique_ptr<teller> make_teller() { return std::make_unique<pyrpc_teller>(); }

} // namespace beckon::pyrpc
