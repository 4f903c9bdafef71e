// What we send: requests, answers, batches of answers, notifications.
#include <charconv>

#include "protocol/jsonrpc/jsonrpc_protocol.hpp"

#include "beckon/codec/json.hpp"
#include "beckon/protocol/jsonrpc/error.hpp"

namespace beckon::jsonrpc {

namespace {

constexpr std::string_view opening = "{\"jsonrpc\":\"2.0\",";

void put(buffer& out, std::string_view text) { out.append(as_bytes(text)); }

void put_number(buffer& out, std::uint64_t number) {
    char digits[20];
    const char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    put(out, {digits, static_cast<std::size_t>(end - digits)});
}

/// Text that stands in JSON as it is: names of methods are mostly such.
[[nodiscard]] bool is_plain(std::string_view text) noexcept {
    for (const char letter : text) {
        if (letter < ' ' || letter > '~' || letter == '"' || letter == '\\') return false;
    }
    return true;
}

/// What was read from JSON, or is text of ours, can be written. Names that are not UTF-8 cannot.
[[nodiscard]] result<void> put_value(buffer& out, const value& from,
                                     handle_forms* lends = nullptr) {
    return json::write(out, from, {.handles = lends});
}

/// The name by which a peer finds the object and the method.
[[nodiscard]] result<void> put_method(buffer& out, const call_head& head, std::string_view name) {
    if (!is_plain(head.published) || !is_plain(name)) {
        std::string whole;
        if (head.object != 0) {
            whole = concat("$ref/", head.object, '.');
        } else if (!head.published.empty()) {
            whole = concat(head.published, '.');
        }
        whole += name;
        return put_value(out, value(whole)).note("writing the method's name");
    }
    put(out, "\"");
    if (head.object != 0) {
        put(out, "$ref/");
        put_number(out, head.object);
        put(out, ".");
    } else if (!head.published.empty()) {
        put(out, head.published);
        put(out, ".");
    }
    put(out, name);
    put(out, "\"");
    return {};
}

} // namespace

// --- Answers ---

/// `write` appends the members behind the id, or nothing and an error. A batch's answers are kept until it has all.
template <typename Write>
result<void> jsonrpc_protocol::put_answer(buffer& out, const value& id, std::uint32_t batch,
                                          const Write& write) {
    buffer& into = batch != 0 ? batches_.at(batch).answers : out;
    const std::size_t before = into.size();
    std::size_t start = 0;
    if (batch == 0) {
        start = framing_->begin(out);
    } else {
        put(into, before == 0 ? "[" : ",");
    }
    put(into, opening);
    put(into, "\"id\":");
    result<void> written;
    if (id.is_uint64()) {
        put_number(into, id.uint64());
    } else {
        written = put_value(into, id);
    }
    if (written) written = write(into);
    if (!written) {
        into.truncate(before);
        return written;
    }
    put(into, "}");
    if (batch == 0) return framing_->finish(out, start);
    batch_answered(out, batch);
    return {};
}

void jsonrpc_protocol::batch_answered(buffer& out, std::uint32_t batch) {
    open_batch& answered = batches_.at(batch);
    if (--answered.left != 0) return;
    const std::size_t start = framing_->begin(out);
    out.append(answered.answers.view());
    put(out, "]");
    static_cast<void>(framing_->finish(out, start)); // who asked was proven, or needs not be
    batches_.remove(batch);
}

result<void> jsonrpc_protocol::write_value_reply(buffer& out, std::uint32_t call_id,
                                                 const value& result,
                                                 reference_exchange& references) {
    handles_.use(references);
    const open_request& to = open_.at(call_id);
    const auto put_result = [&](buffer& into) -> beckon::result<void> {
        const std::size_t before = into.size();
        put(into, ",\"result\":");
        BECKON_TRY(put_value(into, result, &handles_));
        if (into.size() <= most_bytes_ || to.batch == 0) return {};
        return fail(errc::limit_exceeded, "results of a batch come to more than ", before,
                    " bytes; limit is ", most_bytes_, " bytes (max_message_bytes)");
    };
    BECKON_TRY(put_answer(out, to.id, to.batch, put_result));
    open_.retire(call_id);
    return {};
}

void jsonrpc_protocol::put_refusal(buffer& out, const value& id, std::uint32_t batch,
                                   const error_object& why) {
    const auto put_error = [&](buffer& into, const std::string& text,
                               const value& data) -> result<void> {
        put(into, ",\"error\":{\"code\":");
        BECKON_TRY(put_value(into, value(why.code)));
        put(into, ",\"message\":");
        BECKON_TRY(put_value(into, value(text)));
        if (!data.is_null()) {
            put(into, ",\"data\":");
            BECKON_TRY(put_value(into, data));
        }
        put(into, "}");
        return {};
    };
    if (put_answer(out, id, batch,
                   [&](buffer& into) { return put_error(into, why.message, why.data); }))
        return;
    // Something in it has no form in JSON: the request is answered all the same.
    if (put_answer(out, id, batch, [&](buffer& into) { return put_error(into, why.message, {}); }))
        return;
    const std::string text = "an error whose text is not utf-8";
    static_cast<void>(
        put_answer(out, id, batch, [&](buffer& into) { return put_error(into, text, {}); }));
}

void jsonrpc_protocol::write_error(buffer& out, std::uint32_t call_id, const error& failure, bool) {
    const open_request& to = open_.at_or_retired(call_id);
    const error_object why = to_object(failure, to.asked_to_end);
    // The answer that was taken back was that of a whole batch.
    if (to.batch != 0 && open_.is_retired(call_id)) return put_refusal(out, value(), 0, why);
    put_refusal(out, to.id, to.batch, why);
    open_.remove(call_id);
}

/// An error that answers no request that could be told.
void jsonrpc_protocol::put_unattributed(session_events& events, std::int64_t number,
                                        std::string_view what) {
    put_refusal_to_all(events, value(), {number, concat(words_of(number), ": ", what), {}}, false);
}

// --- Requests and notifications ---

result<void> jsonrpc_protocol::write_value_call(buffer& out, const call_head& head,
                                                const dynamic_request& request,
                                                reference_exchange& references) {
    handles_.use(references);
    if (request.what != operation::call_method) {
        return fail(errc::unsupported, "jsonrpc has calls of methods only; it cannot ask for ",
                    to_string(request.what),
                    request.name.empty() ? std::string() : concat(" of ", request.name));
    }
    if (!request.named.empty() && !request.arguments.empty()) {
        return fail(errc::unsupported, "arguments of ", request.name,
                    " are given by position and by name; jsonrpc takes one or the other");
    }
    BECKON_TRY(may_call(request.name));
    const std::size_t start = framing_->begin(out);
    put(out, opening);
    put(out, "\"method\":");
    BECKON_TRY(put_method(out, head, request.name));
    const value& params = request.named.empty() ? request.arguments : request.named;
    if (!params.empty()) {
        put(out, ",\"params\":");
        BECKON_TRY(put_value(out, params, &handles_));
    }
    if (head.metadata != nullptr && !head.metadata->empty()) {
        value texts = value::map();
        for (const auto& [key, text] : *head.metadata) texts.insert_or_assign(key, text);
        put(out, ",\"$meta\":");
        BECKON_TRY(put_value(out, texts).note("writing the metadata"));
    }
    if (head.time_left.count() > 0 && !head.oneway && options_.deadlines) {
        put(out, ",\"$deadline_ms\":");
        constexpr nanoseconds almost_one = std::chrono::milliseconds(1) - nanoseconds(1);
        put_number(out, static_cast<std::uint64_t>((head.time_left + almost_one) /
                                                   std::chrono::milliseconds(1)));
    }
    if (!head.oneway) {
        put(out, ",\"id\":");
        put_number(out, calls_.add(head.call_id));
    }
    put(out, "}");
    auto finished = framing_->finish(out, start);
    if (!finished && !head.oneway) calls_.forget(head.call_id);
    if (finished && turns_ == turns::asks) asked_.push_back(head.oneway ? 0 : head.call_id);
    return finished;
}

result<void> jsonrpc_protocol::put_notification(buffer& out, std::string_view method,
                                                const value& params) {
    // Who only answers has nobody to tell; and what cancels a request would come behind its answer.
    if (turns_ == turns::answers || (turns_ == turns::asks && method == "$/cancelRequest"))
        return {};
    const std::size_t before = out.size();
    const std::size_t start = framing_->begin(out);
    put(out, opening);
    put(out, "\"method\":\"");
    put(out, method);
    put(out, "\",\"params\":");
    if (auto written = put_value(out, params, &handles_); !written) {
        out.truncate(before);
        return written;
    }
    put(out, "}");
    auto finished = framing_->finish(out, start);
    if (finished && turns_ == turns::asks) asked_.push_back(0);
    return finished;
}

void jsonrpc_protocol::write_cancel(buffer& out, std::uint32_t call_id) {
    const std::uint64_t id = calls_.id_of(call_id);
    if (id != 0)
        static_cast<void>(put_notification(out, "$/cancelRequest", value::map({{"id", id}})));
}

void jsonrpc_protocol::write_release(
    buffer& out, std::span<const std::pair<std::uint32_t, std::uint32_t>> released) {
    for (const auto& [object, count] : released) {
        static_cast<void>(put_notification(out, "$release", value::list({object, count})));
        handles_.released(object);
    }
}

// --- Streams ---

result<void> jsonrpc_protocol::write_value_stream_item(buffer& out, std::uint32_t stream,
                                                       const value& item,
                                                       reference_exchange& references) {
    handles_.use(references);
    return put_notification(out, "$item", value::list({stream, item}));
}

void jsonrpc_protocol::write_stream_end(buffer& out, std::uint32_t stream, const error* failure) {
    if (failure == nullptr) {
        static_cast<void>(put_notification(out, "$end", value::list({stream})));
        return;
    }
    const error_object told = to_object(*failure, false);
    value form = value::map({{"code", told.code}, {"message", told.message}});
    if (!told.data.is_null()) form.insert_or_assign("data", told.data);
    if (put_notification(out, "$end", value::list({stream, std::move(form)}))) return;
    // What it says has no form in JSON.
    static_cast<void>(put_notification(
        out, "$end",
        value::list({stream, value::map({{"code", told.code}, {"message", "an error"}})})));
}

void jsonrpc_protocol::write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t items) {
    static_cast<void>(put_notification(out, "$credit", value::list({stream, items})));
}

void jsonrpc_protocol::write_stream_stop(buffer& out, std::uint32_t stream) {
    static_cast<void>(put_notification(out, "$credit", value::list({stream, 0})));
}

} // namespace beckon::jsonrpc
