// What we send: calls, answers, and what peers tell each other beside them.
#include <algorithm>

#include "beckon/object/descriptor.hpp"
#include "beckon/schema/schema.hpp"
#include "protocol/quickrpc/error_object.hpp"
#include "protocol/quickrpc/quickrpc_protocol.hpp"

namespace beckon::quickrpc {

namespace {

/// Without the arguments that are null and may be left out.
[[nodiscard]] value told_arguments(const call_head& head, const dynamic_request& request) {
    if (head.interface == nullptr) return request.named;
    const schema::interface* const known =
        head.interface->document(*head.interface).find_interface(head.interface->name);
    if (known == nullptr) return request.named;
    const auto method = std::find_if(known->methods.begin(), known->methods.end(),
                                     [&](const auto& each) { return each.name == request.name; });
    if (method == known->methods.end()) return request.named;
    value told = request.named;
    for (const schema::field& each : method->parameters) {
        if (each.type.kind == schema::kind::optional && told[each.name].is_null())
            told.erase(value(each.name));
    }
    return told;
}

} // namespace

result<void> quickrpc_protocol::put(buffer& out, const message& what, protection how) {
    const auto write = [&]() -> result<void> {
        if (how == protection::never) return output_.put_bare(out, what, rules_);
        auto written = output_.put(out, what, rules_);
        if (written || how == protection::always) return written;
        return output_.put_bare(out, what, rules_);
    };
    if (!keeps_messages_) return write();
    const std::size_t start = out.size();
    static_cast<void>(out.grow(4));
    if (auto written = write(); !written) {
        out.truncate(start);
        return written;
    }
    const std::size_t size = out.size() - start - 4;
    for (std::size_t i = 0; i < 4; ++i)
        out.data()[start + i] = static_cast<std::byte>(size >> (8 * i));
    return {};
}

result<void> quickrpc_protocol::write_value_call(buffer& out, const call_head& head,
                                                 const dynamic_request& request,
                                                 reference_exchange& references) {
    handles_.use(references);
    if (request.what != operation::call_method) {
        return fail(errc::unsupported, "quickrpc has calls of methods only; it cannot ask for ",
                    to_string(request.what),
                    request.name.empty() ? std::string() : concat(" of ", request.name));
    }
    if (!request.named.empty() && !request.arguments.empty()) {
        return fail(errc::unsupported, "arguments of ", request.name,
                    " are given by position and by name; quickrpc takes one or the other");
    }
    message call{.kind = message_kind::call};
    if (head.object != 0) {
        call.method = concat("__ref/", head.object, '.', request.name);
    } else if (!head.published.empty()) {
        call.method = concat(head.published, '.', request.name);
    } else {
        call.method = request.name;
    }
    if (!request.named.empty()) {
        call.params =
            options_.codec->carries_null() ? request.named : told_arguments(head, request);
    } else if (!request.arguments.empty()) {
        call.params = request.arguments;
    }
    if (head.oneway) return put(out, call);
    call.id = options_.rules != nullptr ? calls_.add(head.call_id, options_.rules->next_id())
                                        : calls_.add(head.call_id);
    auto written = put(out, call);
    if (!written) calls_.forget(head.call_id);
    return written;
}

result<void> quickrpc_protocol::write_value_reply(buffer& out, std::uint32_t call_id,
                                                  const value& result,
                                                  reference_exchange& references) {
    handles_.use(references);
    message reply{.kind = message_kind::reply, .id = open_.at(call_id).id, .outcome = result};
    BECKON_TRY(put(out, reply));
    open_.retire(call_id);
    return {};
}

/// An answer there must be: where something in it cannot be written, without that. Whether there is one.
bool quickrpc_protocol::put_failure(buffer& out, value id, const error& failure, protection how) {
    message told{.kind = message_kind::failure, .id = std::move(id)};
    put_error(told, failure, options_.standard_codes);
    if (put(out, told, how)) return true;
    told.details = value();
    if (put(out, told, how)) return true;
    told.text = "an error whose text cannot be told";
    return static_cast<bool>(put(out, told, how));
}

void quickrpc_protocol::write_error(buffer& out, std::uint32_t call_id, const error& failure,
                                    bool) {
    value id = std::move(open_.at_or_retired(call_id).id);
    open_.remove(call_id);
    // Who asked for no answer gets none when it is a failure.
    if (is_id(id)) put_failure(out, std::move(id), failure);
}

// --- Beside calls; none of them exists with codecs that carry no references ---

void quickrpc_protocol::put_notice(buffer& out, std::string_view method, value params) {
    static_cast<void>(put(
        out,
        {.kind = message_kind::call, .method = std::string(method), .params = std::move(params)}));
}

void quickrpc_protocol::write_release(
    buffer& out, std::span<const std::pair<std::uint32_t, std::uint32_t>> released) {
    for (const auto& [object, count] : released) {
        put_notice(out, "__release", value::list({object, count}));
        handles_.released(object);
    }
}

result<void> quickrpc_protocol::write_value_stream_item(buffer& out, std::uint32_t stream,
                                                        const value& item,
                                                        reference_exchange& references) {
    handles_.use(references);
    return put(
        out,
        {.kind = message_kind::call, .method = "__item", .params = value::list({stream, item})});
}

value quickrpc_protocol::failure_form(const error& failure) const {
    message told;
    put_error(told, failure, options_.standard_codes);
    value form = value::map({{"code", told.code}, {"message", told.text}});
    if (!told.details.is_null()) form.insert_or_assign("data", told.details);
    return form;
}

void quickrpc_protocol::write_stream_end(buffer& out, std::uint32_t stream, const error* failure) {
    if (failure == nullptr) return put_notice(out, "__end", value::list({stream}));
    const message told{.kind = message_kind::call,
                       .method = "__end",
                       .params = value::list({stream, failure_form(*failure)})};
    if (put(out, told)) return;
    // What it says has no form.
    put_notice(out, "__end", value::list({stream, value::map({{"message", "an error"}})}));
}

void quickrpc_protocol::write_stream_credit(buffer& out, std::uint32_t stream,
                                            std::uint32_t items) {
    put_notice(out, "__credit", value::list({stream, items}));
}

void quickrpc_protocol::write_stream_stop(buffer& out, std::uint32_t stream) {
    write_stream_credit(out, stream, 0);
}

} // namespace beckon::quickrpc
