// Messages that come protected, or should have (docs/wire/json-rpc.md, section 7).
#include <algorithm>

#include "beckon/protocol/jsonrpc/error.hpp"
#include "protocol/jsonrpc/jsonrpc_protocol.hpp"

namespace beckon::jsonrpc {

namespace {

/// A header says a handful of things.
constexpr std::size_t most_pairs = 32;

[[nodiscard]] result<metadata> read_header(const value& params) {
    metadata header;
    if (params.is_null()) return header;
    if (!params.is(value_kind::map) || params.size() > most_pairs) {
        return fail(errc::access_denied, "header ", security_method, " has ", params.to_text(40),
                    "; expected at most ", most_pairs, " texts by name");
    }
    for (const map_entry& each : params.entries()) {
        if (!each.mapped.is(value_kind::string)) {
            return fail(errc::access_denied, "header ", security_method, " has ",
                        quoted(each.key.string()), " ", each.mapped.to_text(40),
                        "; expected a text");
        }
        header.emplace_back(each.key.string(), each.mapped.string());
    }
    return header;
}

[[nodiscard]] bool is_header(const content& read) noexcept {
    return !read.is_batch && read.single.kind == message_kind::notification &&
           read.single.method == security_method;
}

[[nodiscard]] bool asks(const message& each) noexcept {
    return each.kind == message_kind::request || each.kind == message_kind::bad_request;
}

/// What a text says, where it can be read.
[[nodiscard]] std::optional<content> content_of(std::string_view text, const text_rules& rules) {
    std::optional<content> read(std::in_place);
    if (!read_content(text, rules, *read)) read.reset();
    return read;
}

} // namespace

/// Notes a header. Whether it was one.
bool jsonrpc_protocol::take_header(const content& read, session_events& events) {
    if (!is_header(read)) return false;
    auto header = read_header(read.single.params);
    if (!header) {
        events.on_oddity("BKN-JSONRPC-SECURITY", header.error().message());
        header = metadata(); // which proves nothing
    }
    header_.emplace(std::move(header).value());
    return true;
}

/// What the text behind a header says, once it is proven: `opened` keeps it where it was sealed. Nothing where it was
/// refused, or was a header itself and there is no provider that could tell.
std::optional<std::string_view> jsonrpc_protocol::open_text(std::string_view text, bytes& opened,
                                                            session_events& events) {
    const metadata header = *std::exchange(header_, std::nullopt);
    if (!security_) {
        // Of several headers in a row each stands for what follows the last one: nothing between passes for bare.
        if (const auto read = content_of(text, reading_); read && take_header(*read, events)) {
            is_answered_ = false;
            return {};
        }
        refuse_text(text,
                    fail(errc::access_denied,
                         "message has a security header; this side has no provider for it"),
                    events);
        return {};
    }
    // What stands between two texts without marks is part of neither.
    if (options_.framing == framing_kind::none)
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    auto checked = security_->check(as_bytes(text), header);
    if (!checked) {
        refuse_text(text, checked.error(), events);
        return {};
    }
    if (!checked->user.empty()) {
        arrived_.caller = events.caller_named(checked->user);
        if (arrived_.caller == nullptr) {
            refuse_text(text,
                        fail(errc::limit_exceeded,
                             "this conversation has had messages of too many users already"),
                        events);
            return {};
        }
    }
    has_proven_ = true;
    if (!checked->replaced) return text;
    opened = std::move(*checked->replaced);
    return as_text(opened);
}

/// A message that proves nothing where it should. Only what asks for something is answered: two sides that cannot make
/// sense of each other's refusals would go on for ever.
void jsonrpc_protocol::refuse_text(std::string_view text, const error& why,
                                   session_events& events) {
    events.on_oddity("BKN-JSONRPC-SECURITY", concat("message refused: ", why.to_string()));
    const auto read = content_of(text, reading_);
    const bool asked = !read || (read->is_batch ? asks(read->batch.front()) : asks(read->single));
    if (!asked) {
        is_answered_ = false;
        return;
    }
    const bool names_one = read && !read->is_batch;
    const bool is_readable = read && (read->is_batch || read->single.kind == message_kind::request);
    put_refusal_to_all(events, names_one ? read->single.id : value(), to_object(why, false),
                       !is_readable);
}

/// To whoever it is, proven or not. `bare`: what it sent could not be read, so perhaps it cannot read ours.
void jsonrpc_protocol::put_refusal_to_all(session_events& events, const value& id,
                                          const error_object& why, bool bare) {
    using allowed = protected_framing::bare;
    buffer& out = events.begin_answer();
    if (protecting_ != nullptr) protecting_->set_bare(bare ? allowed::always : allowed::at_need);
    put_refusal(out, id, 0, why);
    if (protecting_ != nullptr) protecting_->set_bare(allowed::never);
    events.end_answer();
}

/// A message without a header where one is due. What a peer answers before it has proven who it is may fail calls, and
/// do nothing else: else the callers would wait in vain for one that does not know their key.
void jsonrpc_protocol::take_bare(const content& read, std::string_view text,
                                 session_events& events) {
    const bool is_failure = !read.is_batch && read.single.kind == message_kind::failure;
    if (!is_failure) {
        return refuse_text(text,
                           fail(errc::access_denied, "message has no header ", security_method,
                                "; this side takes messages that are ", security_->name(),
                                " alone"),
                           events);
    }
    const error failure =
        fail(errc::access_denied, "peer, which has not proven who it is, refused a message: ",
             from_object(read.single.error).message());
    events.on_oddity("BKN-JSONRPC-SECURITY", failure.message());
    if (has_proven_) return;
    if (read.single.id.is_null()) {
        for (const std::uint32_t call : calls_.take_all()) events.on_error(call, failure, false);
    } else if (const auto call = calls_.take(read.single.id)) {
        events.on_error(*call, failure, false);
    }
}

} // namespace beckon::jsonrpc
