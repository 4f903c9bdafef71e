#include "beckon/codec/terse.hpp"

#include "beckon/codec/json.hpp"
#include "beckon/protocol/quickrpc/codec.hpp"

namespace beckon::quickrpc {

namespace {

class terse_codec final : public codec {
public:
    explicit terse_codec(bool six_digits) : six_digits_(six_digits) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "terse"; }
    [[nodiscard]] openings begins() const override {
        return {{"41-5a|5f|61-7a"}};
    } // of a method's name
    [[nodiscard]] bool carries_null() const noexcept override { return false; }
    [[nodiscard]] std::unique_ptr<splitter> make_splitter() const override {
        return split_at("\n");
    }

    [[nodiscard]] std::optional<message> decode(byte_view telegram,
                                                const codec_rules& rules) const override {
        const std::string_view text = as_text(telegram);
        if (terse::is_blank(text)) return {};
        message made;
        auto read = terse::read(text, rules.limits, rules.max_depth);
        if (!read) {
            made.wrong = std::move(read).error().note("reading the peer's message");
            return made;
        }
        made.id = read->id;
        switch (read->kind) {
        case terse::line::what::call: return take_call(std::move(*read), std::move(made), rules);
        case terse::line::what::reply:
            made.kind = message_kind::reply;
            return understood(read->outcome, std::move(made), &message::outcome, rules);
        case terse::line::what::failure:
            made.kind = message_kind::failure;
            made.text = std::move(read->message);
            made.details = details_of(std::move(read->details), rules);
            break;
        }
        return made;
    }

    [[nodiscard]] result<void> encode(buffer& out, const message& what,
                                      const codec_rules& rules) const override {
        const terse::write_options options{.six_digits = six_digits_, .max_depth = rules.max_depth};
        std::uint64_t id = 0;
        if (what.id.is_uint64()) {
            id = what.id.uint64();
        } else if (is_id(what.id) && !what.id.is_int64()) {
            return fail(errc::unsupported, "id ", what.id.to_text(40),
                        " has no form in terse; expected an integer");
        }
        result<void> written;
        switch (what.kind) {
        case message_kind::call:
            written = terse::write_call(out, what.method, what.params, id, options);
            break;
        case message_kind::reply:
            written = terse::write_reply(out, id, what.outcome, options);
            break;
        case message_kind::failure: {
            BECKON_ASSIGN(const std::string details, text_of(what.details, rules));
            written = terse::write_failure(out, id, what.text, details);
            break;
        }
        case message_kind::bad: return fail(errc::internal, "a bad message is not sent");
        }
        // The line feed belongs to the frame.
        if (written) out.truncate(out.size() - 1);
        return written;
    }

    [[nodiscard]] result<void> frame(buffer& out, byte_view encoded) const override {
        out.append(encoded);
        out.append(as_bytes("\n"));
        return {};
    }

private:
    /// Details are text; what a Beckon declares is JSON in it, as jrpc would have it.
    [[nodiscard]] static result<std::string> text_of(const value& details,
                                                     const codec_rules& rules) {
        if (details.is_null()) return std::string();
        if (details.is(value_kind::string)) return std::string(details.string());
        return json::to_string(details, {.prefix = "__", .max_depth = rules.max_depth});
    }
    [[nodiscard]] static value details_of(std::string text, const codec_rules& rules) {
        if (!text.starts_with("{\"type\":")) return text;
        const auto plain =
            json::parse(text, {.max_depth = rules.max_depth, .max_nodes = rules.limits.max_nodes});
        if (!plain) return text;
        auto told = from_plain(*plain, {.prefix = "__", .max_depth = rules.max_depth});
        return told ? *std::move(told) : value(text);
    }
    [[nodiscard]] static message understood(const value& plain, message&& made,
                                            value message::*into, const codec_rules& rules) {
        auto read = from_plain(
            plain,
            {.prefix = "__", .max_depth = rules.max_depth, .max_nodes = rules.limits.max_nodes});
        if (read) {
            made.*into = *std::move(read);
        } else {
            made.kind = message_kind::bad;
            made.wrong = std::move(read).error().note("reading the peer's message");
        }
        return std::move(made);
    }
    [[nodiscard]] static message take_call(terse::line&& read, message&& made,
                                           const codec_rules& rules) {
        made.kind = message_kind::call;
        made.method = std::move(read.method);
        return understood(read.params, std::move(made), &message::params, rules);
    }

    const bool six_digits_;
};

} // namespace

std::shared_ptr<const codec> make_terse_codec(bool six_digits) {
    return std::make_shared<terse_codec>(six_digits);
}

} // namespace beckon::quickrpc
