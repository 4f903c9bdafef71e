#include "protocol/basic/readable.hpp"

#include <deque>

#include "protocol/basic/basic_protocol.hpp"
#include "protocol/basic/failure.hpp"
#include "protocol/basic/numbers.hpp"

namespace beckon::basic {

namespace {

constexpr std::size_t size_bytes = 4;
constexpr std::size_t most_unanswered = 4'096;

[[nodiscard]] std::uint64_t number_in(byte_view from) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < from.size(); ++i)
        number |= std::to_integer<std::uint64_t>(from[i]) << (8 * i);
    return number;
}

class basic_teller final : public teller {
public:
    result<told_message> take(speaker who, byte_view input, bool) override {
        told_message made;
        if (input.size() < size_bytes) return made;
        const std::uint64_t size = number_in(input.first(size_bytes));
        if (size < head_bytes || size > default_message_bytes) {
            return fail(errc::protocol_error, "these bytes are no message of basic: ", size,
                        " bytes");
        }
        if (input.size() < size) return made;
        made.bytes = static_cast<std::size_t>(size);
        made.message = input.first(made.bytes);
        const auto type = static_cast<message_type>(input[size_bytes]);
        const byte_view payload = made.message.subspan(head_bytes);
        who == speaker::client ? tell_asked(type, payload, made) : tell_answer(type, payload, made);
        return made;
    }

    result<beckon::bytes> renamed(byte_view message, const other_names&) override {
        return beckon::bytes(message.begin(), message.end());
    }

private:
    void tell_asked(message_type type, byte_view payload, told_message& made) {
        made.part = told_part::call;
        std::string what = concat("message of type ", static_cast<unsigned>(type));
        if (type == message_type::init) {
            what = "init";
        } else if (type == message_type::command && payload.size() >= 2) {
            what = concat("command ", number_in(payload.first(2)));
            payload = payload.subspan(2);
        }
        made.text = payload.empty() ? what : concat(what, " ", quoted(as_text(payload), 120));
        if (asked_.size() < most_unanswered) asked_.push_back(what);
    }

    void tell_answer(message_type type, byte_view payload, told_message& made) {
        made.part = told_part::other; // answers come in the order of what was asked
        std::string to;
        if (!asked_.empty()) {
            to = concat(" to ", asked_.front());
            asked_.pop_front();
        }
        if (type == message_type::exception) {
            if (const auto failure = read_failure(cursor(payload))) {
                made.text = concat("exception", to, ": ", failure->type, ": ", failure->text);
                made.content =
                    value::map({{"exception",
                                 value::map({{"type", failure->type}, {"text", failure->text}})}});
                return;
            }
        }
        made.text = concat("reply", to, payload.empty() ? "" : " ",
                           payload.empty() ? "" : quoted(as_text(payload), 120));
        made.content =
            value::map({{"type", static_cast<unsigned>(type)}, {"payload", value(payload)}});
    }

    std::deque<std::string> asked_;
};

} // namespace

std::unique_ptr<teller> make_teller() { return std::make_unique<basic_teller>(); }

} // namespace beckon::basic
