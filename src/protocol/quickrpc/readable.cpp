#include "protocol/quickrpc/readable.hpp"

#include <array>

#include "session/told_plain.hpp"

namespace beckon::quickrpc {

namespace {

constexpr std::size_t most_message_bytes = 16u << 20;

/// References and streams stay the maps that they are.
class forms_as_they_are final : public handle_forms {
public:
    result<value> to_form(const value& handle) override { return handle; }
    result<value> from_form(const value& form) override { return form; }
};

class quickrpc_teller final : public teller {
public:
    explicit quickrpc_teller(std::shared_ptr<const codec> by)
        : codec_(std::move(by)), splitters_{codec_->make_splitter(), codec_->make_splitter()} {}

    void use_messages() override { keeps_messages_ = true; }

    result<told_message> take(speaker who, byte_view input, bool is_last) override {
        told_message made;
        if (input.empty()) return made;
        BECKON_ASSIGN(const splitter::piece found,
                      splitters_[static_cast<std::size_t>(who)]->take(input, most_message_bytes,
                                                                      is_last || keeps_messages_));
        if (found.bytes == 0) return made;
        made.bytes = found.bytes;
        made.message = input.first(found.bytes);
        const auto read = codec_->decode(found.telegram, rules());
        if (!read) {
            made.part = told_part::aside;
            made.text = "nothing";
            return made;
        }
        tell(who, *read, made);
        return made;
    }

    result<bytes> renamed(byte_view message_bytes, const other_names& names) override {
        bytes as_it_was(message_bytes.begin(), message_bytes.end());
        BECKON_ASSIGN(const splitter::piece found,
                      codec_->make_splitter()->take(message_bytes, most_message_bytes, true));
        const auto read = codec_->decode(found.telegram, rules());
        if (!read) return as_it_was;
        message other = *read;
        if (read->kind == message_kind::call) {
            auto called = plain_.renamed({read->method, read->params}, names);
            other.method = std::move(called.method);
            other.params = std::move(called.params);
        } else if (read->kind == message_kind::reply || read->kind == message_kind::failure) {
            if (const value* const call = names.find_call(read->id)) other.id = *call;
            other.outcome = plain_.renamed(read->outcome, names);
        }
        if (other.method == read->method && other.params == read->params && other.id == read->id &&
            other.outcome == read->outcome)
            return as_it_was;
        buffer encoded;
        BECKON_TRY(codec_->encode(encoded, other, rules()));
        buffer out;
        BECKON_TRY(codec_->frame(out, encoded.view()));
        return bytes(out.view().begin(), out.view().end());
    }

private:
    [[nodiscard]] codec_rules rules() {
        codec_rules made;
        made.limits.max_message_bytes = most_message_bytes;
        made.handles = &forms_;
        return made;
    }

    void tell(speaker who, const message& said, told_message& made) const {
        made.number = is_id(said.id) ? said.id : value();
        const std::string number = is_id(said.id) ? told_text(said.id, 60) : "?";
        switch (said.kind) {
        case message_kind::call: {
            const auto called = plain_.content(who, {said.method, said.params});
            const bool waits = is_id(said.id);
            made.part = waits ? told_part::call : told_part::other;
            if (!waits && plain_.is_aside(said.method)) made.part = told_part::aside;
            made.text = concat(waits ? concat("call #", number) : "notify", " ", said.method,
                               told_arguments(said.params));
            made.content = value::map({{"method", called.method}, {"params", called.params}});
            return;
        }
        case message_kind::reply:
            made.part = told_part::answer;
            made.text = concat("reply #", number, " ", told_text(said.outcome));
            made.content = value::map({{"result", plain_.content(who, said.outcome)}});
            return;
        case message_kind::failure:
            made.part = told_part::answer;
            made.text = concat("error #", number, " ", said.code, " ", quoted(said.text, 200),
                               said.details.is_null() ? "" : " ",
                               said.details.is_null() ? "" : told_text(said.details));
            made.content = value::map({{"error", value::map({{"code", said.code},
                                                             {"message", said.text},
                                                             {"details", said.details}})}});
            return;
        case message_kind::bad:
            made.text = said.wrong ? said.wrong->message() : "what cannot be read";
            made.content = value(made.message);
            return;
        }
    }

    const std::shared_ptr<const codec> codec_;
    std::array<std::unique_ptr<splitter>, 2> splitters_;
    bool keeps_messages_ = false;
    forms_as_they_are forms_;
    const told_plain plain_{"__"};
};

} // namespace

std::unique_ptr<teller> make_teller(std::shared_ptr<const codec> by) {
    if (!by) by = make_jrpc_codec().value();
    return std::make_unique<quickrpc_teller>(std::move(by));
}

} // namespace beckon::quickrpc
