#include "beckon/object/operate.hpp"

#include "beckon/object/dynamic_call.hpp"
#include "object/local_call.hpp"

namespace beckon {

namespace {

/// An operation on its way. What error texts call it is kept with it.
class operation_state final : public detail::future_state<value> {
public:
    explicit operation_state(std::string_view name) : name_(name) { method_.name = name_; }
    [[nodiscard]] const method_descriptor& method() const noexcept { return method_; }

private:
    const std::string name_;
    method_descriptor method_;
};

[[nodiscard]] future<value> operate_remotely(remote_object& target, dynamic_request request,
                                             const call_options& options, bool synchronous) {
    auto state = make_counted<operation_state>(
        request.name.empty() ? to_string(request.what) : std::string_view(request.name));
    const call_request call{&target, &state->method(), 0, &options, synchronous};
    if (request.oneway) {
        target.session().call_dynamic(call, std::move(request), nullptr);
        return ready_future<value>(value());
    }
    state->source = intrusive_ptr<peer>(&target.session());
    state->acquire(); // the session's, until complete()
    target.session().call_dynamic(call, std::move(request), state.get());
    return future<value>(intrusive_ptr<detail::future_state<value>>(std::move(state)));
}

[[nodiscard]] future<value> start(const object& target, dynamic_request request,
                                  const call_options& options, bool synchronous) {
    if (!target) {
        return ready_future<value>(fail(errc::invalid_argument, to_string(request.what),
                                        request.name.empty() ? "" : " of ", request.name,
                                        " through a null reference"));
    }
    object_core& core = *target.core();
    if (core.is_local())
        return detail::operate_locally(static_cast<servant&>(core), std::move(request), options);
    auto& remote = static_cast<remote_object&>(core);
    if (remote.session().is_dynamic())
        return operate_remotely(remote, std::move(request), options, synchronous);
    if (request.what != operation::call_method) {
        return ready_future<value>(fail(errc::unsupported, to_string(request.what),
                                        " of an object at ", remote.session().endpoint_name(),
                                        ", whose protocol has only calls of methods"));
    }
    if (!request.named.empty() && !request.arguments.empty()) {
        return ready_future<value>(fail(errc::unsupported, "arguments of ", request.name,
                                        " are given by position and by name; the protocol of ",
                                        remote.session().endpoint_name(),
                                        " takes one or the other"));
    }
    return call_dynamic(target, request.name,
                        std::move(request.named.empty() ? request.arguments : request.named),
                        options);
}

} // namespace

std::string_view to_string(operation what) noexcept {
    switch (what) {
    case operation::root: return "root";
    case operation::call_method: return "call_method";
    case operation::call: return "call";
    case operation::get_attribute: return "get_attribute";
    case operation::set_attribute: return "set_attribute";
    case operation::delete_attribute: return "delete_attribute";
    case operation::compare: return "compare";
    case operation::to_text: return "to_text";
    case operation::to_repr: return "to_repr";
    case operation::hash: return "hash";
    case operation::names: return "names";
    case operation::describe: return "describe";
    case operation::next_items: return "next_items";
    case operation::leave_context: return "leave_context";
    case operation::is_instance: return "is_instance";
    }
    return "unknown";
}

future<value> operate(const object& target, dynamic_request request, const call_options& options) {
    return start(target, std::move(request), options, false);
}

result<value> operate_and_wait(const object& target, dynamic_request request,
                               const call_options& options) {
    return start(target, std::move(request), options, true).result();
}

} // namespace beckon
