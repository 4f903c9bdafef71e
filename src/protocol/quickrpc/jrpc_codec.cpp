// JSON-RPC objects as the original writes them, byte for byte.
#include <cmath>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/codec/json_reader.hpp"
#include "beckon/protocol/quickrpc/codec.hpp"

namespace beckon::quickrpc {

namespace {

constexpr std::string_view prefix = "__";

class object_reader {
public:
    object_reader(std::string_view text, const codec_rules& rules)
        : text_(text), rules_(rules), may_hold_forms_(text.find(prefix) != std::string_view::npos ||
                                                      text.find('\\') != std::string_view::npos) {}

    message read() {
        if (auto failure = parse()) return bad(std::move(*failure));
        const value* const version = whole_.find("jsonrpc");
        if (version == nullptr || *version != value("2.0"))
            return bad(wrong("a message whose member jsonrpc is not \"2.0\""));
        message made;
        if (whole_.find("method") != nullptr) return read_call(std::move(made));
        if (whole_.find("result") != nullptr) {
            made.kind = message_kind::reply;
            if (auto failure = read_answered(made)) return bad(std::move(*failure));
            return understand("result", std::move(made), &message::outcome);
        }
        if (whole_.find("error") != nullptr) return read_failure(std::move(made));
        return bad(wrong("a message without method, result and error"));
    }

private:
    template <typename... Parts>
    [[nodiscard]] static error wrong(const Parts&... parts) {
        return fail(errc::protocol_error, "peer sent ", parts...);
    }
    [[nodiscard]] static message bad(error why) {
        message made;
        made.wrong = std::move(why);
        return made;
    }

    std::optional<error> parse() {
        if (const std::size_t at = utf8_error_offset(text_); at != text_.size())
            return wrong("a message that is not utf-8 at byte ", at);
        // Python's reader takes no space in front, and looks at nothing behind.
        if (static_cast<unsigned char>(text_.front()) <= ' ')
            return wrong("a message that begins with white space");
        json::parse_options options;
        options.max_bytes = text_.size();
        options.max_depth = rules_.max_depth;
        options.max_nodes = rules_.limits.max_nodes;
        options.min_decoded_bytes = rules_.limits.min_decoded_bytes;
        options.decoded_bytes_factor = rules_.limits.decoded_bytes_factor;
        options.lone_surrogates = json::lone_surrogates::replace;
        options.non_finite = true;
        json::reader in(text_, options);
        if (!in.read_value(whole_)) {
            error failure = in.take_failure();
            if (failure.code() == errc::limit_exceeded) return failure;
            return wrong("what is no JSON: ", failure.message());
        }
        if (!whole_.is(value_kind::map) || whole_.find("__bytes") != nullptr)
            return wrong("a ", whole_.type_name(), " in place of an object");
        return {};
    }

    /// A part of the message, with what stands for bytes, times and references turned into that.
    message understand(std::string_view key, message&& made, value message::*into) {
        const value& plain = whole_[key];
        if (!may_hold_forms_) {
            made.*into = plain;
            return std::move(made);
        }
        auto read = from_plain(plain, {.prefix = prefix,
                                       .handles = rules_.handles,
                                       .max_depth = rules_.max_depth,
                                       .max_nodes = rules_.limits.max_nodes,
                                       .loose_bytes = true});
        if (!read) {
            made.kind = message_kind::bad;
            made.wrong = std::move(read).error().note(concat("reading ", key));
            return std::move(made);
        }
        made.*into = *std::move(read);
        return std::move(made);
    }

    message read_call(message&& made) {
        const value& method = whole_["method"];
        made.id = whole_["id"];
        if (!method.is(value_kind::string)) {
            made.wrong = wrong("a call whose method is no string");
            return std::move(made);
        }
        made.kind = message_kind::call;
        made.method = method.string();
        if (whole_.find("params") == nullptr) return std::move(made);
        return understand("params", std::move(made), &message::params);
    }

    /// The number in an answer's id, converted as the original does.
    std::optional<error> read_answered(message& into) {
        const value* const id = whole_.find("id");
        if (id == nullptr) {
            into.id = 0;
            return {};
        }
        if (id->is(value_kind::integer)) {
            into.id = *id;
            return {};
        }
        if (id->is(value_kind::floating) && std::abs(id->float64()) < 0x1p63) {
            into.id = static_cast<std::int64_t>(id->float64());
            return {};
        }
        if (id->is(value_kind::string)) {
            if (auto number = value::integer(id->string())) {
                into.id = *std::move(number);
                return {};
            }
        }
        return wrong("an answer whose id is ", id->to_text(40), "; expected an integer");
    }

    message read_failure(message&& made) {
        const value& object = whole_["error"];
        if (!object.is(value_kind::map))
            return bad(wrong("an error that is ", object.type_name(), "; expected an object"));
        made.kind = message_kind::failure;
        const value& code = object["code"];
        const value* const text = object.find("message");
        made.code = code.is_int64() ? code.int64() : 0;
        made.text = text == nullptr                ? "Unknown error"
                    : text->is(value_kind::string) ? std::string(text->string())
                                                   : text->to_text();
        made.details = object.find("data") != nullptr ? object["data"] : value("");
        // As others tell that they could not read a message: it answers none.
        if (const value* const id = whole_.find("id"); id != nullptr && id->is_null())
            return std::move(made);
        if (auto failure = read_answered(made)) return bad(std::move(*failure));
        if (!may_hold_forms_) return std::move(made);
        const value data = made.details;
        auto read = from_plain(
            data, {.prefix = prefix, .max_depth = rules_.max_depth, .loose_bytes = true});
        if (read) made.details = *std::move(read);
        return std::move(made);
    }

    const std::string_view text_;
    const codec_rules& rules_;
    const bool may_hold_forms_;
    value whole_;
};

class jrpc_codec final : public codec {
public:
    explicit jrpc_codec(jrpc_options options) : options_(std::move(options)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "jrpc"; }
    [[nodiscard]] openings begins() const override {
        return {{"7b|20|09|0a|0d"}, options_.delimiter};
    }
    [[nodiscard]] std::unique_ptr<splitter> make_splitter() const override {
        return split_at(options_.delimiter);
    }
    [[nodiscard]] std::optional<message> decode(byte_view telegram,
                                                const codec_rules& rules) const override {
        if (telegram.empty()) return {};
        return object_reader(as_text(telegram), rules).read();
    }

    [[nodiscard]] result<void> encode(buffer& out, const message& what,
                                      const codec_rules& rules) const override {
        const std::size_t before = out.size();
        auto written = encode_object(out, what, rules);
        if (!written) out.truncate(before);
        return written;
    }

    [[nodiscard]] result<void> frame(buffer& out, byte_view encoded) const override {
        const std::size_t at = as_text(encoded).find(options_.delimiter);
        if (at != std::string_view::npos) {
            return fail(errc::invalid_argument, "message holds the delimiter ",
                        quoted(options_.delimiter), " at byte ", at);
        }
        out.append(encoded);
        out.append(as_bytes(options_.delimiter));
        return {};
    }

    [[nodiscard]] bool carries_security() const noexcept override { return true; }
    [[nodiscard]] bool carries_references() const noexcept override { return true; }
    [[nodiscard]] bool is_text() const noexcept override { return true; }

private:
    static void put(buffer& out, std::string_view text) { out.append(as_bytes(text)); }
    [[nodiscard]] result<void> put_value(buffer& out, const value& from, const codec_rules& rules,
                                         handle_forms* handles = nullptr) const {
        return json::write(out, from,
                           {.spaced = true,
                            .ascii = true,
                            .non_finite = options_.non_finite,
                            .text_keys = true,
                            .floats = json::float_form::python,
                            .prefix = prefix,
                            .handles = handles,
                            .max_depth = rules.max_depth});
    }

    [[nodiscard]] result<void> encode_object(buffer& out, const message& what,
                                             const codec_rules& rules) const {
        put(out, "{\"jsonrpc\": \"2.0\", ");
        switch (what.kind) {
        case message_kind::call:
            put(out, "\"method\": ");
            BECKON_TRY(put_value(out, value(what.method), rules).note("writing the method's name"));
            put(out, ", \"params\": ");
            BECKON_TRY(put_value(out, what.params, rules, rules.handles));
            break;
        case message_kind::reply:
            put(out, "\"result\": ");
            BECKON_TRY(put_value(out, what.outcome, rules, rules.handles));
            break;
        case message_kind::failure:
            put(out, "\"error\": {\"code\": ");
            BECKON_TRY(put_value(out, value(what.code), rules));
            put(out, ", \"message\": ");
            BECKON_TRY(put_value(out, value(what.text), rules));
            put(out, ", \"data\": ");
            BECKON_TRY(put_value(out, what.details.is_null() ? value("") : what.details, rules));
            put(out, "}");
            break;
        case message_kind::bad: return fail(errc::internal, "a bad message is not sent");
        }
        if (is_id(what.id)) {
            put(out, ", \"id\": ");
            BECKON_TRY(put_value(out, what.id, rules));
        }
        put(out, "}");
        return {};
    }

    const jrpc_options options_;
};

} // namespace

result<std::shared_ptr<const codec>> make_jrpc_codec(jrpc_options options) {
    if (options.delimiter.empty())
        return fail(errc::invalid_argument, "delimiter of jrpc is empty; expected ASCII text");
    for (const char letter : options.delimiter) {
        if (static_cast<unsigned char>(letter) < 0x80) continue;
        return fail(errc::invalid_argument, "delimiter of jrpc is ", quoted(options.delimiter),
                    "; expected ASCII text");
    }
    return std::shared_ptr<const codec>(std::make_shared<jrpc_codec>(std::move(options)));
}

} // namespace beckon::quickrpc
