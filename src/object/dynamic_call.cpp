#include "beckon/object/dynamic_call.hpp"

#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/object/stream_value.hpp"
#include "beckon/object/stub.hpp"
#include "beckon/value/coerce.hpp"
#include "object/local_call.hpp"
#include "object/schema_values.hpp"

namespace beckon {

namespace {

/// A call on its way, whose result's type only the schema knows; or nobody, in protocols that tell it themselves.
class dynamic_state final : public detail::future_state<value> {
public:
    dynamic_state(intrusive_ptr<const dynamic_schema> schema, const schema::method* declared)
        : schema_(std::move(schema)), declared_(declared) {}
    explicit dynamic_state(std::string_view name) : name_(name) { named_.name = name_; }

    void on_reply(native::reader& in) noexcept override {
        value outcome = detail::read_by_schema(in, schema_, declared_->result);
        if (in.failed()) return give(in.take_failure().note("reading the result"));
        give(std::move(outcome));
    }
    void on_value(value outcome) noexcept override {
        if (declared_ == nullptr || declared_->result.kind == schema::kind::void_)
            return give(std::move(outcome));
        if (declared_->result.kind == schema::kind::stream && outcome.is_sequence())
            return give(stream_of_items(outcome));
        result<value> fitting = coerce(outcome, schema_->document(), declared_->result);
        if (!fitting) return give(std::move(fitting).error().note("reading the result"));
        schema_->bind_references(declared_->result, *fitting);
        give(std::move(fitting));
    }
    [[nodiscard]] discard_function discarder() const noexcept override {
        if (declared_ == nullptr) return nullptr;
        return {&discard_result, declared_->result, schema_};
    }

    [[nodiscard]] const dynamic_schema* schema() const noexcept { return schema_.get(); }
    [[nodiscard]] const schema::method* declared() const noexcept { return declared_; }
    /// The descriptor of a method that no schema describes.
    [[nodiscard]] const method_descriptor& named() const noexcept { return named_; }

private:
    static void discard_result(native::reader& in, const schema::type& type,
                               const ref_counted& owner) {
        static_cast<void>(detail::read_by_schema(
            in, intrusive_ptr<const dynamic_schema>(static_cast<const dynamic_schema*>(&owner)),
            type));
    }

    const intrusive_ptr<const dynamic_schema> schema_;
    const schema::method* const declared_ = nullptr;
    const std::string name_;
    method_descriptor named_;
};

[[nodiscard]] error missing(const schema::method& method, const schema::field& parameter) {
    return fail(errc::invalid_argument, "argument ", parameter.name, " of ", method.name,
                " is missing");
}

[[nodiscard]] result<value> arrange_by_name(const value& given, const schema::method& method) {
    value arranged = value::list();
    arranged.reserve(method.parameters.size());
    std::size_t used = 0;
    for (const schema::field& parameter : method.parameters) {
        const value* const found = given.find(parameter.name);
        if (found != nullptr) {
            ++used;
        } else if (parameter.type.kind != schema::kind::optional) {
            return missing(method, parameter);
        }
        arranged.push_back(found != nullptr ? *found : value());
    }
    if (used == given.size()) return arranged;
    for (const map_entry& entry : given.entries()) {
        bool known = false;
        for (const schema::field& parameter : method.parameters)
            known = known || entry.key == value(parameter.name);
        if (!known) {
            return fail(errc::invalid_argument, method.name, " has no parameter ",
                        entry.key.to_text(64));
        }
    }
    return arranged;
}

/// The arguments as a list with one for each parameter.
[[nodiscard]] result<value> arrange(value given, const schema::method& method) {
    if (given.is(value_kind::map)) return arrange_by_name(given, method);
    if (!given.is_sequence() && !given.is_null()) {
        return fail(errc::invalid_argument, "arguments of ", method.name,
                    " are a list or a map; found ", given.type_name());
    }
    if (given.size() > method.parameters.size()) {
        return fail(errc::invalid_argument, method.name, " takes ", method.parameters.size(),
                    method.parameters.size() == 1 ? " argument; " : " arguments; ", given.size(),
                    given.size() == 1 ? " was given" : " were given");
    }
    if (given.size() == method.parameters.size() && given.is(value_kind::list)) return given;
    value arranged = value::list();
    arranged.reserve(method.parameters.size());
    for (std::size_t i = 0; i < method.parameters.size(); ++i) {
        if (i >= given.size() && method.parameters[i].type.kind != schema::kind::optional)
            return missing(method, method.parameters[i]);
        arranged.push_back(given.is_null() ? value() : given[i]);
    }
    return arranged;
}

/// Sends the call to the peer that the object lives at.
void send(remote_object& target, const call_request& request, const dynamic_state& shape,
          pending_call* pending, value arguments) {
    peer& session = target.session();
    native::writer* const out = session.begin_call(request, pending);
    if (out == nullptr) {
        if (session.is_dynamic()) {
            shape.declared() != nullptr
                ? detail::send_values(request, std::move(arguments), pending)
                : session.call_dynamic(
                      request, detail::method_request(*request.method, std::move(arguments)),
                      pending);
        }
        return;
    }
    detail::call_guard guard(session, *out);
    const auto& parameters = shape.declared()->parameters;
    for (std::size_t i = 0; i < parameters.size() && !out->failed(); ++i) {
        detail::write_by_schema(*out, *shape.schema(), parameters[i].type, arguments[i]);
        if (out->failed()) out->note(concat("writing argument ", parameters[i].name));
    }
    guard.complete();
}

[[nodiscard]] future<value> start(remote_object& target, const call_request& request,
                                  intrusive_ptr<dynamic_state> state, value arguments) {
    if (request.method->oneway) {
        send(target, request, *state, nullptr, std::move(arguments));
        return ready_future<value>(value());
    }
    state->source = intrusive_ptr<peer>(&target.session());
    state->wants_promise = !request.synchronous && state->declared() != nullptr &&
                           state->declared()->result.kind == schema::kind::interface;
    state->acquire(); // the session's, until complete()
    send(target, request, *state, state.get(), std::move(arguments));
    return future<value>(intrusive_ptr<detail::future_state<value>>(std::move(state)));
}

[[nodiscard]] future<value> call_by_name(const object& target, std::string_view method,
                                         value arguments, const call_options& options,
                                         bool synchronous) {
    if (!target) {
        return ready_future<value>(
            fail(errc::invalid_argument, "call of ", method, " through a null reference"));
    }
    object_core& core = *target.core();
    if (core.interface() == nullptr && !core.is_local() &&
        static_cast<remote_object&>(core).session().is_dynamic()) {
        auto state = make_counted<dynamic_state>(method);
        const call_request request{static_cast<remote_object*>(&core), &state->named(), 0, &options,
                                   synchronous};
        return start(*request.target, request, std::move(state), std::move(arguments));
    }
    result<dynamic_interface> interface =
        dynamic_interface::of(target).note(concat("calling ", method));
    if (!interface) return ready_future<value>(std::move(interface).error());
    const result<std::uint16_t> number = interface->find_method(method);
    if (!number) return ready_future<value>(number.error());
    const schema::method& declared = interface->declaration().methods[*number];
    result<value> arranged = arrange(std::move(arguments), declared);
    if (!arranged) return ready_future<value>(std::move(arranged).error());
    if (core.is_local()) {
        return detail::call_locally(static_cast<servant&>(core), *number,
                                    std::move(arranged).value(), options);
    }
    const call_request request{static_cast<remote_object*>(&core),
                               &interface->descriptor().methods[*number], *number, &options,
                               synchronous};
    auto state = make_counted<dynamic_state>(interface->schema(), &declared);
    return start(*request.target, request, std::move(state), std::move(arranged).value());
}

} // namespace

future<value> call_dynamic(const object& target, std::string_view method, value arguments,
                           const call_options& options) {
    return call_by_name(target, method, std::move(arguments), options, false);
}

result<value> call_dynamic_and_wait(const object& target, std::string_view method, value arguments,
                                    const call_options& options) {
    return call_by_name(target, method, std::move(arguments), options, true).result();
}

result<object> promised_object(const future<value>& call) {
    auto* const pending = dynamic_cast<dynamic_state*>(call.shared().get());
    if (pending != nullptr && !pending->done() && pending->promise_id != 0) {
        auto made = pending->source->promised_object(
            *pending, pending->schema()->find(pending->declared()->result.name));
        if (made) return object(intrusive_ptr<object_core>(std::move(made)));
    }
    auto& state = *call.shared();
    detail::wait_for_result(state.source.get(), state, never);
    const result<value>& outcome = state.outcome();
    if (!outcome) return outcome.error();
    if (!outcome->is(value_kind::reference)) {
        return fail(errc::type_mismatch, "the result of the call is ", outcome->type_name(),
                    "; expected an object");
    }
    return outcome->get<object>();
}

value declared_fields(const error& failure) {
    if (failure.code() != errc::declared) return {};
    const auto* const detail = dynamic_cast<const exception_fields*>(failure.detail().get());
    return detail != nullptr ? detail->fields() : value();
}

void set_declared(error& failure, std::string type, const value& fields) {
    value kept = fields;
    if (fields.is(value_kind::map)) {
        std::vector<record_field> made;
        for (const map_entry& each : fields.entries()) {
            if (each.key.is(value_kind::string)) made.push_back({each.key, each.mapped});
        }
        kept = value::record(type, std::move(made));
    }
    failure.set_type_name(std::move(type));
    failure.set_detail(std::make_shared<exception_fields>(std::move(kept)));
}

error declared_error(std::string_view type, value fields) {
    error failure(errc::declared, std::string(type));
    set_declared(failure, std::string(type), fields);
    return failure;
}

} // namespace beckon
