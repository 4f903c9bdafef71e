#include "beckon/protocol/jsonrpc/notify.hpp"

#include "beckon/session/session.hpp"

namespace beckon::jsonrpc {

void detail::send_notification(const object& target, dynamic_request request) {
    if (!target || target.core()->is_local()) {
        throw_error(fail(errc::invalid_argument, "notification ", request.name, " of ",
                         target ? "an object of this program" : "a null reference",
                         "; expected an object at a peer"));
    }
    auto& remote = static_cast<remote_object&>(*target.core());
    const std::string name = request.name;
    method_descriptor method;
    method.name = name;
    method.oneway = true;
    if (!remote.session().is_dynamic()) {
        throw_error(fail(errc::unsupported, "notification ", name, " to ",
                         remote.session().endpoint_name(),
                         ", whose protocol has calls by its schema only"));
    }
    remote.session().call_dynamic({&remote, &method, 0, nullptr, false}, std::move(request),
                                  nullptr);
    remote.session().send_now();
}

object caller() {
    const call_context* const serving = current_call();
    if (serving == nullptr || serving->session == nullptr) return {};
    auto* const conversation = dynamic_cast<session*>(serving->session);
    if (conversation == nullptr) return {};
    return object(intrusive_ptr<object_core>(conversation->published_object({})));
}

} // namespace beckon::jsonrpc
