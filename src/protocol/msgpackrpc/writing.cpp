// What we send: requests, responses, notifications.
#include "beckon/codec/msgpack.hpp"
#include "protocol/msgpackrpc/msgpackrpc_protocol.hpp"

namespace beckon::msgpackrpc {

namespace {

/// What functions of Neovim's API are called.
constexpr std::string_view api_prefix = "nvim_";
/// The number of our own question. No call has it: see call_table, of whose 65,535 places the last is never used.
constexpr std::uint32_t own_question = UINT32_MAX;

} // namespace

/// Who calls a function of Neovim's may get handles, and what those are Neovim alone knows: it is asked before the first such
/// call, on the same way, so that its answer is there before any handle is. Others answer that they have no such function.
bool msgpackrpc_protocol::ask_for_handles(buffer& out, std::string_view before_method) {
    if (has_asked_ || options_.peer_is_beckon || !before_method.starts_with(api_prefix))
        return false;
    has_asked_ = true;
    if (before_method == api_info_function) return false; // the program asks itself
    put_request(out, own_question, {}, api_info_function, options_.compat_old_spec);
    msgpack::put_array(out, 0);
    questions_.set(own_question, {about_api::handles, {}});
    return true;
}

result<void> msgpackrpc_protocol::write_value(buffer& out, const value& from) {
    return msgpack::write(out, from,
                          {.compat_old_spec = options_.compat_old_spec, .handles = &identities_});
}

void msgpackrpc_protocol::put_call(buffer& out, const call_head& head, std::string_view prefix,
                                   std::string_view method) const {
    const bool old_spec = options_.compat_old_spec;
    head.oneway ? put_notification(out, prefix, method, old_spec)
                : put_request(out, head.call_id, prefix, method, old_spec);
}

void msgpackrpc_protocol::put_notice(buffer& out, std::string_view method,
                                     std::size_t parameters) const {
    put_notification(out, {}, method, options_.compat_old_spec);
    msgpack::put_array(out, parameters);
}

result<void> msgpackrpc_protocol::write_arguments(buffer& out, const dynamic_request& request,
                                                  const identities::name_of_theirs* object) {
    const bool is_handle = object != nullptr && object->type != lent_type;
    if (!request.named.empty()) {
        if (!request.arguments.empty() || is_handle) {
            return fail(errc::unsupported, "arguments of ", request.name,
                        " are given by position and by name; MessagePack-RPC takes one or the "
                        "other");
        }
        return write_value(out, request.named);
    }
    if (!is_handle) return write_value(out, request.arguments);
    // A handle is its functions' first argument.
    msgpack::put_array(out, request.arguments.size() + 1);
    identities::put(out, *object);
    for (const value& each : request.arguments) BECKON_TRY(write_value(out, each));
    return {};
}

result<void> msgpackrpc_protocol::write_value_call(buffer& out, const call_head& head,
                                                   const dynamic_request& request,
                                                   reference_exchange& references) {
    identities_.use(references);
    const identities::name_of_theirs* object = nullptr;
    std::string prefix;
    if (head.object != 0) {
        object = identities_.find(head.object);
        if (object == nullptr)
            return fail(errc::internal, "object #", head.object, " of the peer has no name");
        prefix = identities_.prefix(*object);
    } else if (!head.published.empty()) {
        prefix = concat(head.published, '.');
    }
    switch (request.what) {
    case operation::call_method: {
        const bool asked = prefix.empty() && ask_for_handles(out, request.name);
        put_call(out, head, prefix, request.name);
        const auto written = write_arguments(out, request, object);
        if (!written) {
            if (asked) { // which is taken back with the call
                questions_.erase(own_question);
                has_asked_ = false;
            }
            return written;
        }
        if (prefix.empty() && !head.oneway && request.name == api_info_function)
            questions_.set(head.call_id, {about_api::types, {}});
        return {};
    }
    case operation::names:
    case operation::describe:
        // Of all peers only Neovim tells what it has.
        if (!head.published.empty() || (object != nullptr && object->type == lent_type)) break;
        put_call(out, head, {}, api_info_function);
        msgpack::put_array(out, 0);
        questions_.set(head.call_id,
                       {request.what == operation::names ? about_api::names : about_api::signatures,
                        std::move(prefix)});
        return {};
    default: break;
    }
    return fail(errc::unsupported, "MessagePack-RPC has only calls of methods; ",
                to_string(request.what), " is none");
}

result<void> msgpackrpc_protocol::write_value_reply(buffer& out, std::uint32_t call_id,
                                                    const value& result,
                                                    reference_exchange& references) {
    identities_.use(references);
    const std::size_t start = out.size();
    put_response(out, open_.at(call_id));
    msgpack::put_nil(out);
    const auto written = write_value(out, result);
    if (!written) {
        out.truncate(start);
        return written;
    }
    open_.retire(call_id);
    return {};
}

result<void> msgpackrpc_protocol::write_value_stream_item(buffer& out, std::uint32_t stream,
                                                          const value& item,
                                                          reference_exchange& references) {
    identities_.use(references);
    const std::size_t start = out.size();
    put_notice(out, "$item", 2);
    msgpack::put_unsigned(out, stream);
    auto written = write_value(out, item);
    if (!written) out.truncate(start);
    return written;
}

void msgpackrpc_protocol::write_stream_end(buffer& out, std::uint32_t stream,
                                           const error* failure) {
    put_notice(out, "$end", failure != nullptr ? 2 : 1);
    msgpack::put_unsigned(out, stream);
    if (failure != nullptr) put_error(out, *failure, options_.errors, options_.compat_old_spec);
}

void msgpackrpc_protocol::write_stream_credit(buffer& out, std::uint32_t stream,
                                              std::uint32_t more) {
    put_notice(out, "$credit", 2);
    msgpack::put_unsigned(out, stream);
    msgpack::put_unsigned(out, more);
}

void msgpackrpc_protocol::write_stream_stop(buffer& out, std::uint32_t stream) {
    write_stream_credit(out, stream, 0);
}

void msgpackrpc_protocol::write_error(buffer& out, std::uint32_t call_id, const error& failure,
                                      bool) {
    put_response(out, open_.at_or_retired(call_id));
    open_.remove(call_id);
    put_error(out, failure, options_.errors, options_.compat_old_spec);
    msgpack::put_nil(out);
}

void msgpackrpc_protocol::write_cancel(buffer& out, std::uint32_t call_id) {
    questions_.erase(call_id);
    // Others would take it for a call of a function that they lack; their late answer is dropped.
    if (!options_.peer_is_beckon && !identities_.met_beckon()) return;
    put_notice(out, "$cancel", 1);
    msgpack::put_unsigned(out, call_id);
}

void msgpackrpc_protocol::write_release(
    buffer& out, std::span<const std::pair<std::uint32_t, std::uint32_t>> released) {
    for (const auto& [object, count] : released) {
        const identities::name_of_theirs* const name = identities_.find(object);
        if (name == nullptr) continue;
        if (name->type == lent_type) {
            put_notice(out, "$release", 2);
            msgpack::put_integer(out, name->number);
            msgpack::put_unsigned(out, count);
        }
        identities_.released(object, count);
    }
}

} // namespace beckon::msgpackrpc
