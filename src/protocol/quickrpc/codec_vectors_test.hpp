// The recorded messages of both codecs, played through what a session reads and writes with.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/quickrpc_vectors_test.hpp"
#include "protocol/quickrpc/message_input.hpp"
#include "protocol/quickrpc/message_output.hpp"

namespace beckon::quickrpc::vectors {

/// The hooks that a vector describes, in place of a provider.
class recorded_security final : public message_security {
public:
    /// Of a receiver: "passthrough", "raise" or "strip:HEX".
    explicit recorded_security(std::string_view does) : does_(does) {}
    /// Of a sender: what the hook returns.
    explicit recorded_security(const value& returned) : returned_(returned) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "recorded"; }
    [[nodiscard]] result<outgoing> protect(byte_view encoded) override {
        outgoing made{.header = texts_in(described(returned_["secinfo"]))};
        if (returned_["payload_prefix"].is(value_kind::string)) {
            bytes payload = from_hex(returned_["payload_prefix"].string());
            payload.insert(payload.end(), encoded.begin(), encoded.end());
            made.replaced = std::move(payload);
        }
        return made;
    }
    [[nodiscard]] result<incoming> check(byte_view payload, const metadata& header) override {
        checked.emplace_back(bytes(payload.begin(), payload.end()), header);
        if (does_ == "raise") return fail(errc::access_denied, "rejected");
        if (!does_.starts_with("strip:")) return incoming{};
        const byte_view rest = payload.subspan(does_.substr(6).size() / 2);
        return incoming{.replaced = bytes(rest.begin(), rest.end())};
    }
    [[nodiscard]] bool takes_bare_messages() const noexcept override { return true; }

    std::vector<std::pair<bytes, metadata>> checked;

private:
    const std::string does_;
    const value returned_;
};

/// The message that an "encode" vector is about.
inline message message_to_encode(const value& vector) {
    const value& given = vector["arguments"];
    message made;
    if (vector["op"] == value("encode")) {
        made.kind = message_kind::call;
        made.method = given["method"].string();
        made.params = described(given["params"]);
        made.id = described(given["id"]);
        return made;
    }
    made.id = described(given["in_reply_to"]);
    if (vector["op"] == value("encode_reply")) {
        made.kind = message_kind::reply;
        made.outcome = described(given["result"]);
        return made;
    }
    made.kind = message_kind::failure;
    const std::string type = text_of(given["exception"], "class");
    made.text = text_of(given["exception"], "text");
    made.details = concat(type, made.text.empty() ? "" : ": ", made.text, '\n');
    made.code = given["errorcode"].is_int64() ? given["errorcode"].int64() : 0;
    return made;
}

inline result<std::string> encoded(const codec& by, const message& what,
                                   message_security* security) {
    message_output output(by, security);
    buffer out;
    BECKON_TRY(output.put(out, what, {}));
    return std::string(as_text(out.view()));
}

/// What came, as a vector tells it; without secinfo where that is `plain`.
inline value told(const received& came) {
    const message& what = came.content;
    value made = value::map();
    switch (what.kind) {
    case message_kind::call:
        made = value::map({{"kind", "call"}, {"method", what.method}, {"params", what.params}});
        break;
    case message_kind::reply:
        made = value::map({{"kind", "reply"}, {"result", what.outcome}});
        break;
    case message_kind::failure:
        made = value::map({{"kind", "error"}, {"message", what.text}, {"details", what.details}});
        break;
    case message_kind::bad: return value::map({{"kind", "decode_error"}});
    }
    // Beckon does not tell an absent id from a null one, nor from 0: all mean that there is none.
    made.insert_or_assign("id", is_id(what.id) ? what.id : value(0));
    made.insert_or_assign("secinfo", came.secinfo);
    return made;
}

/// A message as the vector has it, in the same form.
inline value wanted(const value& vector) {
    value made = value::map();
    const std::string kind = text_of(vector, "kind");
    made.insert_or_assign("kind", kind);
    if (kind == "decode_error") return made;
    for (const char* const key : {"method", "params", "result", "message", "details"}) {
        if (vector.contains(value(key))) made.insert_or_assign(key, described(vector[key]));
    }
    const value id = described(vector["id"]);
    made.insert_or_assign("id", is_id(id) ? id : value(0));
    made.insert_or_assign(
        "secinfo", vector.contains(value("secinfo")) ? described(vector["secinfo"]) : value::map());
    return made;
}

struct decoded {
    std::vector<value> messages;
    std::string remainder;
};

/// All messages of a chunk, and what is left of it.
inline decoded decode(message_input& input, std::string_view chunk) {
    decoded made;
    byte_view left = as_bytes(chunk);
    for (;;) {
        const auto step = input.take(left, {}, 1 << 20, false);
        if (!step) {
            ADD_FAILURE() << step.error().to_string();
            return made;
        }
        left = left.subspan(step->bytes);
        if (!step->came) break;
        made.messages.push_back(told(*step->came));
    }
    made.remainder = as_text(left);
    return made;
}

} // namespace beckon::quickrpc::vectors
