#include "protocol/quickrpc/message_input.hpp"

namespace beckon::quickrpc {

metadata texts_in(const value& secinfo) {
    metadata texts;
    if (!secinfo.is(value_kind::map)) return texts;
    for (const map_entry& each : secinfo.entries()) {
        if (each.key.is(value_kind::string) && each.mapped.is(value_kind::string))
            texts.emplace_back(each.key.string(), each.mapped.string());
    }
    return texts;
}

namespace {

[[nodiscard]] bool is_header(const message& read) noexcept {
    return read.kind == message_kind::call && read.method == header_method;
}
[[nodiscard]] message bad(error why) {
    message made;
    made.wrong = std::move(why);
    return made;
}

} // namespace

void message_input::take_header(const message& from, std::size_t end) {
    const bool says_something =
        !from.params.is_null() && !(from.params.is(value_kind::map) && from.params.empty());
    open_ = open_header{says_something ? from.params : value::map(), end};
}

/// What is left of input that has ended, or of a message of the transport's: it is told of, since it is lost.
std::optional<received> message_input::cut_short(std::size_t bytes) {
    const bool had_header = std::exchange(open_, std::nullopt).has_value();
    if (bytes == 0 && !had_header) return {};
    received made;
    made.content =
        bad(bytes == 0 ? fail(errc::protocol_error, "peer sent a header without a message")
                       : fail(errc::protocol_error, "peer sent ", bytes,
                              " bytes of a message that is not whole"));
    return made;
}

/// A message that does not count. A call in it is answered with an error, for which its id is kept.
received message_input::refused(byte_view telegram, error why, const codec_rules& rules) const {
    received made;
    made.content = bad(std::move(why));
    made.is_refused = true;
    codec_rules looking = rules;
    looking.handles = nullptr; // what it lends is not taken
    auto read = codec_.decode(telegram, looking);
    if (!read) return made;
    const bool is_bad = read->kind == message_kind::bad;
    made.is_unreadable = is_bad && !is_id(read->id);
    if (is_bad || read->kind == message_kind::call) made.content.id = std::move(read->id);
    return made;
}

/// What stands behind a header, whose user it proves and what it says.
received message_input::judge(byte_view telegram, const codec_rules& rules) {
    received made;
    made.secinfo = open_->secinfo;
    made.header = texts_in(made.secinfo);
    if (!made.secinfo.is(value_kind::map) || made.header.size() != made.secinfo.size()) {
        made.content = bad(fail(errc::protocol_error, "peer sent a header that is ",
                                made.secinfo.to_text(100), "; expected a map of texts"));
        return made;
    }
    const auto payload = codec_.unwrap(telegram);
    if (!payload) {
        made.content = bad(payload.error());
        return made;
    }
    auto checked = security_->check(*payload, made.header);
    if (!checked) return refused(*payload, std::move(checked).error(), rules);
    has_proven_ = true;
    made.user = std::move(checked->user);
    const byte_view said = checked->replaced ? byte_view(*checked->replaced) : *payload;
    auto read = codec_.decode(said, rules);
    made.content = read ? std::move(*read)
                        : bad(fail(errc::protocol_error, "peer sent a header without a message"));
    return made;
}

result<message_input::step> message_input::take(byte_view input, const codec_rules& rules,
                                                std::size_t most, bool is_last) {
    std::size_t done = 0; // of telegrams without content
    for (;;) {
        const std::size_t begin = open_ ? open_->end : done;
        if (begin > most) {
            return fail(errc::limit_exceeded, "peer sent ", begin,
                        " bytes of headers without a message; limit is ", most,
                        " bytes (max_message_bytes)");
        }
        const byte_view left = input.subspan(begin);
        BECKON_ASSIGN(const splitter::piece found, splitter_->take(left, most, is_last));
        if (found.bytes == 0 || left.empty()) {
            if (!is_last) return step{open_ ? 0 : done, {}};
            return step{input.size(), cut_short(left.size())};
        }
        const std::size_t end = begin + found.bytes;
        if (!open_) {
            auto read = codec_.decode(found.telegram, rules);
            if (!read) {
                done = end;
                continue;
            }
            if (codec_.carries_security() && is_header(*read)) {
                take_header(*read, end);
                continue;
            }
            received made{.content = std::move(*read), .bytes = end - done};
            if (security_ != nullptr && !security_->takes_bare_messages()) {
                // Else a caller would wait in vain for a peer that does not know its key, and so proves nothing either.
                made.is_unproven = made.content.kind == message_kind::failure && !has_proven_;
                if (!made.is_unproven) {
                    made = refused(found.telegram,
                                   fail(errc::access_denied,
                                        "peer sent a message without a header; "
                                        "expected one of security ",
                                        security_->name()),
                                   rules);
                    made.bytes = end - done;
                }
            }
            return step{end, std::move(made)};
        }
        if (found.telegram.empty()) {
            open_->end = end;
            continue;
        }
        received made;
        if (security_ != nullptr) {
            made = judge(found.telegram, rules);
        } else {
            // All headers go, and the message that they are about: it must not pass as one that was never secured.
            const auto read = codec_.decode(found.telegram, rules);
            if (read && is_header(*read)) {
                open_->end = end;
                continue;
            }
            made = refused(found.telegram,
                           fail(errc::access_denied, "peer sent a secured message; this side has "
                                                     "no security to judge it by"),
                           rules);
            // As the original, nothing is answered: whoever secures its messages would not read it.
            made.is_unreadable = false;
            made.content.id = value();
        }
        if (is_header(made.content)) {
            take_header(made.content, end);
            continue;
        }
        made.bytes = end;
        open_.reset();
        return step{end, std::move(made)};
    }
}

} // namespace beckon::quickrpc
