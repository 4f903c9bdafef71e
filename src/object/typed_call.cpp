#include "beckon/object/typed_call.hpp"

#include "beckon/object/result_codec.hpp"

namespace beckon::detail {

void reject_method(incoming_call& call, std::string_view interface, std::size_t methods) {
    call.reject(fail(errc::unknown_method, "interface ", interface, " has ", methods,
                     " methods; the peer called number ", call.method));
}

bool reject_arguments(incoming_call& call, error failure, std::string_view method) {
    call.reject(failure.note(concat("reading the arguments of ", method)));
    return false;
}

error result_failure(native::reader& in) { return in.take_failure().note("reading the result"); }
error result_failure(conversion& state) { return state.take_failure().note("reading the result"); }

void send_value(reply_sink& reply, result<value> converted) {
    if (converted) return reply.reply_value(std::move(*converted));
    reply.reject(std::move(converted).error().note("writing the result"));
}

void send_result(reply_sink& reply) {
    if (reply.begin_reply() != nullptr) {
        reply.end_reply();
    } else {
        reply.reply_value({});
    }
}

} // namespace beckon::detail
