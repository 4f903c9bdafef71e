// Messages as MessagePack-RPC has them, with a map as parameters: [0, id, method, {...}], [1, id, error, result] and
// [2, method, {...}]. An error is {"code", "message", "data"}; references have the forms of jrpc. Behind a security
// header a message stands in a byte string.
#include <algorithm>

#include "beckon/codec/msgpack.hpp"
#include "beckon/codec/msgpack_scan.hpp"
#include "beckon/protocol/quickrpc/codec.hpp"

namespace beckon::quickrpc {

namespace {

class value_splitter final : public splitter {
public:
    result<piece> take(byte_view input, std::size_t most, bool) override {
        if (input.empty()) return piece{};
        BECKON_ASSIGN(const bool whole, scan_.look(input, most).note("reading the peer's message"));
        if (!whole) return piece{};
        const std::size_t size = scan_.size();
        scan_.reset();
        return piece{input.first(size), size};
    }

    [[nodiscard]] std::size_t size(byte_view input) const noexcept override {
        if (input.empty()) return 0;
        msgpack::scanner scan = scan_; // each byte was looked at before
        const auto whole = scan.look(input, ~std::size_t{0} >> 1);
        if (!whole) return 1; // so that `take` is asked, and says what is wrong
        return *whole ? scan.size() : std::max(scan.size(), input.size() + 1);
    }

private:
    msgpack::scanner scan_;
};

/// References and streams in the maps that jrpc has for them.
class map_forms final : public msgpack::handle_forms {
public:
    explicit map_forms(beckon::handle_forms* forms) noexcept : forms_(forms) {}

    [[nodiscard]] result<void> write(buffer& out, const value& handle) override {
        if (forms_ == nullptr)
            return fail(errc::unsupported, handle.type_name(), " has no form in msgpack");
        BECKON_ASSIGN(const value form, forms_->to_form(handle));
        return msgpack::write(out, form);
    }
    // The reader asks for the maps of MessagePack-RPC only; `decode` looks for these.
    [[nodiscard]] result<void> read(value&) override { return {}; }

private:
    beckon::handle_forms* const forms_;
};

class msgpack_codec final : public codec {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "msgpack"; }
    [[nodiscard]] openings begins() const override { return {{"94 00", "93 02"}}; }
    [[nodiscard]] std::unique_ptr<splitter> make_splitter() const override {
        return std::make_unique<value_splitter>();
    }

    [[nodiscard]] std::optional<message> decode(byte_view telegram,
                                                const codec_rules& rules) const override {
        map_forms forms(rules.handles);
        auto read =
            msgpack::read(telegram, {.max_depth = rules.max_depth,
                                     .max_nodes = rules.limits.max_nodes,
                                     .min_decoded_bytes = rules.limits.min_decoded_bytes,
                                     .decoded_bytes_factor = rules.limits.decoded_bytes_factor,
                                     .handles = &forms});
        message made;
        if (!read) {
            made.wrong = std::move(read).error().note("reading the peer's message");
            return made;
        }
        auto understood = from_plain(*read, {.prefix = "__",
                                             .handles = rules.handles,
                                             .max_depth = rules.max_depth,
                                             .max_nodes = rules.limits.max_nodes});
        if (!understood) {
            made.wrong = std::move(understood).error().note("reading the peer's message");
            return made;
        }
        if (auto failure = take(*understood, made)) {
            made.kind = message_kind::bad;
            made.wrong = std::move(failure);
        }
        return made;
    }

    [[nodiscard]] result<void> encode(buffer& out, const message& what,
                                      const codec_rules& rules) const override {
        map_forms forms(rules.handles);
        const msgpack::write_options options{
            .max_depth = rules.max_depth, .compat_old_spec = false, .handles = &forms};
        const std::size_t before = out.size();
        auto written = encode_array(out, what, options);
        if (!written) out.truncate(before);
        return written;
    }

    [[nodiscard]] result<void> frame(buffer& out, byte_view encoded) const override {
        out.append(encoded);
        return {};
    }
    [[nodiscard]] bool carries_security() const noexcept override { return true; }
    [[nodiscard]] result<byte_view> unwrap(byte_view telegram) const override {
        // The head of a byte string; the splitter has seen that it is whole.
        const auto kind = std::to_integer<unsigned>(telegram.front());
        const std::size_t head = kind == 0xc4 ? 2 : kind == 0xc5 ? 3 : kind == 0xc6 ? 5 : 0;
        if (head == 0)
            return fail(errc::protocol_error, "peer sent a secured message that is no byte string");
        return telegram.subspan(head);
    }
    [[nodiscard]] result<void> frame_secured(buffer& out, byte_view payload) const override {
        msgpack::put_bytes(out, payload);
        return {};
    }
    [[nodiscard]] bool carries_references() const noexcept override { return true; }

private:
    template <typename... Parts>
    [[nodiscard]] static error wrong(const Parts&... parts) {
        return fail(errc::protocol_error, "peer sent ", parts...);
    }

    [[nodiscard]] static std::optional<error> take(const value& whole, message& into) {
        const std::size_t size = whole.is(value_kind::list) ? whole.size() : 0;
        const value& type = whole[std::size_t{0}];
        if (size == 4 && type == value(1)) return take_answer(whole, into);
        const bool is_call = size == 4 && type == value(0);
        if (!is_call && !(size == 3 && type == value(2)))
            return wrong("a message that is neither call nor answer");
        if (is_call) into.id = whole[1];
        const value& method = whole[size - 2];
        if (!method.is(value_kind::string)) return wrong("a call whose method is no string");
        into.kind = message_kind::call;
        into.method = method.string();
        into.params = whole[size - 1];
        return {};
    }
    [[nodiscard]] static std::optional<error> take_answer(const value& whole, message& into) {
        into.id = whole[1];
        if (!into.id.is(value_kind::integer)) return wrong("an answer whose id is no integer");
        const value& failure = whole[2];
        if (failure.is_null()) {
            into.kind = message_kind::reply;
            into.outcome = whole[3];
            return {};
        }
        if (!failure.is(value_kind::map)) return wrong("an error that is no map");
        into.kind = message_kind::failure;
        const value& code = failure["code"];
        const value& text = failure["message"];
        into.code = code.is_int64() ? code.int64() : 0;
        into.text = text.is(value_kind::string) ? std::string(text.string()) : text.to_text();
        into.details = failure["data"];
        return {};
    }

    [[nodiscard]] static result<void> encode_array(buffer& out, const message& what,
                                                   const msgpack::write_options& options) {
        const bool has_id = is_id(what.id);
        switch (what.kind) {
        case message_kind::call:
            msgpack::put_array(out, has_id ? 4 : 3);
            msgpack::put_unsigned(out, has_id ? 0 : 2);
            if (has_id) BECKON_TRY(msgpack::write(out, what.id));
            BECKON_TRY(msgpack::write(out, value(what.method)).note("writing the method's name"));
            return msgpack::write(out, what.params, options);
        case message_kind::reply:
        case message_kind::failure:
            msgpack::put_array(out, 4);
            msgpack::put_unsigned(out, 1);
            BECKON_TRY(msgpack::write(out, has_id ? what.id : value(0)));
            if (what.kind == message_kind::reply) {
                msgpack::put_nil(out);
                return msgpack::write(out, what.outcome, options);
            }
            BECKON_TRY(msgpack::write(
                out,
                value::map({{"code", what.code}, {"message", what.text}, {"data", what.details}})));
            msgpack::put_nil(out);
            return {};
        case message_kind::bad: break;
        }
        return fail(errc::internal, "a bad message is not sent");
    }
};

} // namespace

std::shared_ptr<const codec> make_msgpack_codec() { return std::make_shared<msgpack_codec>(); }

} // namespace beckon::quickrpc
