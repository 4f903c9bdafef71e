#include "object/schema_servant.hpp"

#include "beckon/object/answer_later.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/stream_value.hpp"
#include "beckon/value/coerce.hpp"
#include "object/carried_value.hpp"
#include "object/schema_values.hpp"

namespace beckon::detail {

schema_servant::schema_servant(const dynamic_interface& interface) noexcept
    // The schema's own descriptor, even for a C++ interface: its functions are not to be called directly.
    : servant(interface.schema()->find(interface.descriptor().name), nullptr, nullptr),
      schema_(interface.schema()), declaration_(interface.declaration()) {}

namespace {

/// Lists that came where the method takes streams.
void give_streams(value& arguments, const schema::method& method) {
    for (std::size_t i = 0; i < method.parameters.size(); ++i) {
        const schema::field& parameter = method.parameters[i];
        if (parameter.type.kind != schema::kind::stream) continue;
        if (arguments.is(value_kind::map)) {
            const value* const given = arguments.find(parameter.name);
            if (given != nullptr && given->is_sequence())
                arguments.insert_or_assign(parameter.name, stream_of_items(value(*given)));
        } else if (i < arguments.size() && arguments[i].is_sequence()) {
            arguments.replace(i, stream_of_items(value(arguments[i])));
        }
    }
}

} // namespace

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
        give_streams(*call.values, method);
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

/// Whether there may be something in it of which the type says nothing.
[[nodiscard]] bool may_hold_anything(const schema::type& type) noexcept {
    switch (type.kind) {
    case schema::kind::any:
    case schema::kind::list:
    case schema::kind::map:
    case schema::kind::tuple:
    case schema::kind::optional:
    case schema::kind::record:
    case schema::kind::variant: return true;
    default: return false;
    }
}

class dynamic_forwarder final : public schema_servant {
public:
    dynamic_forwarder(const dynamic_interface& interface, object_core& target) noexcept
        : schema_servant(interface), target_(intrusive_ptr<object_core>(&target)) {}

private:
    void serve(incoming_call& call, const schema::method& method, value arguments) override {
        answer_later(
            *this, call,
            [this, &method, from = intrusive_ptr<peer>(call.context.session),
             arguments = std::move(arguments)](const call_options& options) mutable {
                return pass(method, std::move(arguments), std::move(from), options);
            },
            [this, &method](reply_sink& reply, result<value>& outcome) {
                if (!outcome) return reply.reject(outcome.error());
                reply_with(reply, method, *outcome);
            });
    }

    /// Values of any kind may have to be carried; what the schema gives a kind has it already.
    [[nodiscard]] future<value> pass(const schema::method& method, value arguments,
                                     intrusive_ptr<peer> from, const call_options& options) {
        const peer* const to = &static_cast<remote_object&>(*target_.core()).session();
        const bool carries_result =
            from && !from->takes_lent_containers() && may_hold_anything(method.result);
        if (!carries_result && !must_be_carried(arguments, to))
            return call_dynamic(target_, method.name, std::move(arguments), options);
        return call_carrying(target_, method.name, std::move(arguments),
                             carries_result ? std::move(from) : nullptr, options);
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
