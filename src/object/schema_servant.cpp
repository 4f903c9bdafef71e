#include "object/schema_servant.hpp"

#include "beckon/object/answer_later.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/value/coerce.hpp"
#include "object/schema_values.hpp"

namespace beckon::detail {

schema_servant::schema_servant(const dynamic_interface& interface) noexcept
    // The schema's own descriptor, even for a C++ interface: its functions are not to be called directly.
    : servant(interface.schema()->find(interface.descriptor().name), nullptr, nullptr),
      schema_(interface.schema()), declaration_(interface.declaration()) {}

void schema_servant::dispatch(incoming_call& call) noexcept {
    if (call.method >= declaration_.methods.size()) {
        return call.reject(fail(errc::unknown_method, "interface ", declaration_.name, " has ",
                                declaration_.methods.size(), " methods; the peer called number ",
                                call.method));
    }
    const schema::method& method = declaration_.methods[call.method];
    result<value> arguments = take_arguments(call, method);
    if (!arguments) {
        return call.reject(
            std::move(arguments).error().note(concat("reading the arguments of ", method.name)));
    }
    serve(call, method, std::move(arguments).value());
}

result<value> schema_servant::take_arguments(incoming_call& call,
                                             const schema::method& method) const {
    value arguments;
    if (call.arguments == nullptr) {
        BECKON_ASSIGN(arguments, coerce_arguments(*call.values, schema_->document(), method));
        for (std::size_t i = 0; i < method.parameters.size(); ++i)
            schema_->bind_references(method.parameters[i].type, arguments[i]);
    } else {
        arguments = value::list();
        arguments.reserve(method.parameters.size());
        for (const schema::field& parameter : method.parameters) {
            arguments.push_back(read_by_schema(*call.arguments, schema_, parameter.type));
            if (call.arguments->failed()) {
                return call.arguments->take_failure().note(
                    concat("reading argument ", parameter.name));
            }
        }
    }
    return arguments;
}

void schema_servant::reply_with(reply_sink& reply, const schema::method& method,
                                const value& outcome) const {
    if (native::writer* const out = reply.begin_reply()) {
        write_by_schema(*out, *schema_, method.result, outcome);
        return reply.end_reply();
    }
    if (method.result.kind == schema::kind::void_) return reply.reply_value({});
    result<value> fitting = coerce(outcome, schema_->document(), method.result);
    if (!fitting) return reply.reject(std::move(fitting).error().note("writing the result"));
    reply.reply_value(std::move(fitting).value());
}

namespace {

class dynamic_forwarder final : public schema_servant {
public:
    dynamic_forwarder(const dynamic_interface& interface, object_core& target) noexcept
        : schema_servant(interface), target_(intrusive_ptr<object_core>(&target)) {}

private:
    void serve(incoming_call& call, const schema::method& method, value arguments) override {
        answer_later(
            *this, call,
            [this, &method, arguments = std::move(arguments)](const call_options& options) mutable {
                return call_dynamic(target_, method.name, std::move(arguments), options);
            },
            [this, &method](reply_sink& reply, result<value>& outcome) {
                if (!outcome) return reply.reject(outcome.error());
                reply_with(reply, method, *outcome);
            });
    }

    const object target_;
};

} // namespace

intrusive_ptr<servant> make_dynamic_forwarder(const interface_descriptor& descriptor,
                                              object_core& target) {
    static_cast<void>(descriptor);
    // The target is of the interface that the forwarder is made for, so it knows what that looks like.
    const result<dynamic_interface> interface =
        dynamic_interface::of(object(intrusive_ptr<object_core>(&target)));
    return make_counted<dynamic_forwarder>(interface.value(), target);
}

} // namespace beckon::detail
