// A message taken apart without a session: what both sides of a recorded conversation said, and what ours says.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "beckon/codec/brine.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/exception_dump.hpp"
#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/message.hpp"

namespace beckon::rpyc::testing {

/// An object as messages name it. `is_ours`: it lives on the side that this program plays.
class mentioned final : public referent {
public:
    mentioned(bool ours, std::string pack) : is_ours(ours), id_pack(std::move(pack)) {}
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "mentioned"; }
    /// "builtins.list".
    [[nodiscard]] std::string class_name() const {
        const limits usual;
        brine::reader in(as_bytes(id_pack), usual);
        in.get_tuple_of(3);
        in.enter();
        return std::string(in.get_text());
    }

    const bool is_ours;
    const std::string id_pack; ///< Brine.
};

[[nodiscard]] inline const mentioned& as_mentioned(const value& reference) {
    return static_cast<const mentioned&>(*reference.object());
}

/// Makes references of what messages mention. What is put is looked up in `actual`, where our objects have other names.
class mentions final : public identity_exchange {
public:
    bool sender_is_us = false;
    std::map<std::string, std::string> actual; ///< Of our objects.
    bool unknown = false;                      ///< Something was put that `actual` lacks.

    result<lent_reference> lend(referent* object) override {
        const auto& one = static_cast<const mentioned&>(*object);
        if (!one.is_ours) return lent_reference{true, as_bytes(one.id_pack)};
        const auto found = actual.find(one.id_pack);
        unknown = unknown || found == actual.end();
        return lent_reference{false, as_bytes(found == actual.end() ? one.id_pack : found->second)};
    }
    result<lent_reference> lend_container(const value& container) override {
        return fail(errc::unsupported, container.type_name(), " is in no recorded message");
    }
    result<value> come_home(const id_pack& pack) override { return make(!sender_is_us, pack); }
    result<value> borrow(const id_pack& pack) override { return make(sender_is_us, pack); }

private:
    [[nodiscard]] static value make(bool ours, const id_pack& pack) {
        return value(intrusive_ptr<referent>(
            make_counted<mentioned>(ours, std::string(as_text(pack.encoded)))));
    }
};

struct heard {
    message_kind kind = message_kind::request;
    std::int64_t number = 0;
    handler asked = handler::ping;
    thread_binding threads;
    value content;                ///< Arguments or result.
    std::optional<error> failure; ///< Of an exception,
    bytes dump;                   ///< and its brine.
    layout laid_out;
};

/// Takes one message apart; it must be whole and right.
[[nodiscard]] inline heard take_apart(byte_view message, bool bound, mentions& sees,
                                      bool sender_is_us) {
    static const limits usual{.max_message_bytes = 64u << 20};
    sees.sender_is_us = sender_is_us;
    heard made;
    made.laid_out = {dialect_of(message, bound).value(), bound};
    envelope head = read_envelope(message, made.laid_out, usual).value();
    made.kind = head.kind;
    made.threads = head.threads;
    brine::reader sequence(head.sequence, usual);
    made.number = sequence.get_integer();
    brine::reader& body = head.body;
    const byte_view brine = message.last(body.offset() + body.left());
    if (made.kind == message_kind::request)
        made.asked = static_cast<handler>(read_handler(body).value());
    if (made.kind == message_kind::exception) {
        const byte_view rest = brine.last(body.left());
        made.dump.assign(rest.begin(), rest.end());
        made.failure.emplace(read_exception(body).value().failure);
    } else {
        made.content = unbox(body, brine, sees).value();
    }
    return made;
}

/// Appends a frame of what was heard, under another number and with our objects under their actual names.
inline void put_heard(buffer& out, const heard& said, std::int64_t number, const value& content,
                      mentions& sees) {
    const std::size_t start = begin_frame(out);
    if (said.kind == message_kind::request) {
        put_request(out, said.laid_out, number, said.asked, said.threads);
    } else {
        buffer sequence;
        brine::put_integer(sequence, number);
        put_envelope(out, said.laid_out, said.kind, sequence.view(), said.threads);
    }
    if (said.failure) {
        out.append(said.dump);
    } else {
        static_cast<void>(box(out, content, sees).value());
    }
    static_cast<void>(finish_frame(out, start, true, 64u << 20).value());
}

} // namespace beckon::rpyc::testing
