#include "protocol/jsonrpc/jsonrpc_protocol.hpp"

#include <algorithm>
#include <limits>

#include "beckon/protocol/jsonrpc/error.hpp"
#include "session/guarded_security.hpp"

namespace beckon {

std::unique_ptr<protocol> make_jsonrpc_protocol(const jsonrpc::options& options,
                                                std::unique_ptr<message_security> security) {
    if (security != nullptr) security = std::make_unique<guarded_security>(std::move(security));
    return std::make_unique<jsonrpc::jsonrpc_protocol>(options, std::move(security));
}

} // namespace beckon

namespace beckon::jsonrpc {

namespace {
constexpr std::size_t json_depth = 256;
} // namespace

jsonrpc_protocol::jsonrpc_protocol(const options& chosen, std::unique_ptr<message_security> by)
    : peer_notices("$", "BKN-JSONRPC-PARAMS"), options_(chosen), security_(std::move(by)) {
    use_framing(make_framing(chosen.framing));
    if (security_) security_->needs_text();
}

void jsonrpc_protocol::use_framing(std::unique_ptr<framing> plain) {
    if (!security_) {
        framing_ = std::move(plain);
        return;
    }
    auto protects = std::make_unique<protected_framing>(std::move(plain), *security_);
    protecting_ = protects.get();
    framing_ = std::move(protects);
}

protocol_traits jsonrpc_protocol::traits() const noexcept {
    return {.dynamic = true,
            .greets = false,
            .has_pings = false,
            .has_credit = false,
            .tells_parents = false,
            .addresses_by_name = true,
            .initial_stream_items = 16,
            .wants_acknowledgement = true,
            .answers_after_end = true,
            .keeps_messages = true,
            .max_message_bytes = 64u << 20};
}

void jsonrpc_protocol::use_messages(bool answered) {
    use_framing(make_message_framing());
    if (answered) turns_ = options_.only_answers ? turns::answers : turns::asks;
    if (!answered) return;
    handles_.forbid_streams("HTTP, where each message has one answer; WebSocket carries them");
    if (turns_ == turns::asks)
        handles_.forbid_lending("HTTP, whose clients cannot be called; WebSocket carries it");
}

void jsonrpc_protocol::prepare(session_events& events) {
    handles_.use(events.references());
    if (std::exchange(prepared_, true)) return;
    const limits& allowed = events.limits();
    most_bytes_ = allowed.max_message_bytes;
    json::parse_options& json = reading_.json;
    json.max_bytes = allowed.max_message_bytes;
    // JSON nests deeper than the native protocol: who has set no limit gets its own.
    json.max_depth = allowed.max_depth == limits{}.max_depth ? json_depth : allowed.max_depth;
    json.max_nodes = allowed.max_nodes;
    json.min_decoded_bytes = allowed.min_decoded_bytes;
    json.decoded_bytes_factor = allowed.decoded_bytes_factor;
    json.lone_surrogates = json::lone_surrogates::replace;
    reading_.lenient = options_.lenient;
    reading_.most_in_batch = 16 * allowed.max_calls_in_flight;
}

std::size_t jsonrpc_protocol::message_size(byte_view input) const noexcept {
    if (!arrived_.waiting.empty() && !input.empty()) return 1;
    const std::size_t size = framing_->size(input);
    // What is too long already is offered, to be refused.
    return size > input.size() && input.size() > most_bytes_ ? 0 : size;
}

result<consumed> jsonrpc_protocol::consume_some(byte_view input, session_events& events,
                                                bool is_last) {
    prepare(events);
    std::size_t at = 0;
    while (at < input.size()) {
        if (!arrived_.waiting.empty()) {
            message next = std::move(arrived_.waiting.front());
            arrived_.waiting.pop_front();
            if (arrived_.waiting.empty()) ++at; // the byte that was kept for them
            BECKON_ASSIGN(const verdict then,
                          take_message(std::move(next), input.subspan(at), events));
            if (then != verdict::go_on) return consumed{at, then};
            handles_.use(events.references());
            continue;
        }
        const byte_view left = input.subspan(at);
        result<framed> taken =
            is_last ? framing_->take_last(left, most_bytes_) : framing_->take(left, most_bytes_);
        if (!taken) {
            put_unattributed(events, code::parse_error, taken.error().message());
            return std::move(taken).error();
        }
        if (taken->bytes == 0) break;
        at += taken->bytes;
        if (!taken->text) continue;
        if (turns_ == turns::asks) {
            take_answer(*taken->text, taken->bytes, events);
            handles_.use(events.references());
            continue;
        }
        content came;
        is_answered_ = true;
        const bool has_single = take_text(*taken->text, taken->bytes, came, events);
        if (turns_ == turns::answers && !is_answered_) answer_nothing(events);
        if (has_single) {
            BECKON_ASSIGN(const verdict then,
                          take_message(std::move(came.single), input.subspan(at), events));
            if (then != verdict::go_on) return consumed{at, then};
            handles_.use(events.references());
        }
        if (!arrived_.waiting.empty()) --at;
    }
    return consumed{at, verdict::go_on};
}

/// Reads a text. Whether it holds a single message; the elements of a batch wait to be taken.
bool jsonrpc_protocol::take_text(std::string_view text, std::size_t bytes, content& came,
                                 session_events& events) {
    beckon::bytes opened;
    const bool is_proven = header_.has_value();
    arrived_.caller = nullptr;
    if (is_proven) {
        const auto proven = open_text(text, opened, events);
        if (!proven) return false;
        text = *proven;
    }
    const result<void> read = read_content(text, reading_, came);
    if (!read) {
        const bool is_json = read.error().code() == errc::protocol_error;
        if (!is_json) events.on_oddity("BKN-JSONRPC-BROKEN", read.error().message());
        put_unattributed(events, is_json ? code::invalid_request : code::parse_error,
                         read.error().message());
        return false;
    }
    if (take_header(came, events)) {
        is_answered_ = false;
        return false;
    }
    if (security_ && !is_proven && !security_->takes_bare_messages()) {
        take_bare(came, text, events);
        return false;
    }
    arrived_.batch = 0;
    const auto most = std::numeric_limits<std::uint32_t>::max();
    arrived_.bytes_each = static_cast<std::uint32_t>(std::min<std::size_t>(bytes, most));
    if (!came.is_batch) {
        is_answered_ = came.single.kind == message_kind::request ||
                       came.single.kind == message_kind::bad_request;
        return true;
    }
    std::uint32_t to_answer = 0;
    for (message& each : came.batch) {
        if (each.kind == message_kind::request || each.kind == message_kind::bad_request)
            ++to_answer;
    }
    arrived_.bytes_each /= static_cast<std::uint32_t>(came.batch.size());
    is_answered_ = to_answer != 0;
    if (to_answer != 0) arrived_.batch = batches_.add({to_answer, {}});
    for (message& each : came.batch) arrived_.waiting.push_back(std::move(each));
    return false;
}

/// Values as the session has them: what stands for bytes, times and references is that.
result<value> jsonrpc_protocol::understood(const value& plain) {
    return from_plain(plain, {.handles = &handles_,
                              .max_depth = reading_.json.max_depth,
                              .max_nodes = reading_.json.max_nodes});
}

result<verdict> jsonrpc_protocol::take_message(message&& came, byte_view rest,
                                               session_events& events) {
    switch (came.kind) {
    case message_kind::request:
    case message_kind::notification: return take_request(std::move(came), rest, events);
    case message_kind::result: take_result(std::move(came), events); break;
    case message_kind::failure: take_failure(std::move(came), events); break;
    case message_kind::bad_response: take_bad_answer(came, events); break;
    case message_kind::bad_request:
        // In a batch each element that is no answer is counted on to be answered.
        if (came.says_nothing && arrived_.batch == 0 && calls_.knows(came.id)) {
            take_bad_answer(came, events);
        } else {
            refuse_request(came, events);
        }
        break;
    }
    return verdict::go_on;
}

} // namespace beckon::jsonrpc
