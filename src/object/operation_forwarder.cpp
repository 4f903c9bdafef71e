#include "beckon/object/operation_forwarder.hpp"

#include "object/bound_method.hpp"
#include "object/carried_value.hpp"
#include "object/forwarded_method.hpp"
#include "object/iterable_source.hpp"
#include "object/own_call.hpp"
#include "object/python_text.hpp"

namespace beckon {

namespace {

using detail::plan;

/// Where whoever has the object knows calls of methods alone, each name is taken for a method.
[[nodiscard]] plan get_attribute(const object& target, dynamic_request request,
                                 intrusive_ptr<peer> from) {
    std::string name = request.name;
    return detail::plan_step{
        target, std::move(request),
        [target, name = std::move(name), from = std::move(from)](result<value> found) -> plan {
            if (!found && found.error().code() == errc::unsupported)
                return value(intrusive_ptr<referent>(detail::make_forwarded_method(target, name)));
            if (!found || !detail::must_be_carried(*found, from.get())) return found;
            return detail::carry(*found);
        }};
}

/// An object of those may be a function, which is called by a method.
[[nodiscard]] bool knows_methods_alone(const object& target) noexcept {
    const peer* const holder = detail::session_of(target);
    return holder != nullptr && !holder->takes_lent_containers();
}

class operation_forwarder final : public servant {
public:
    explicit operation_forwarder(intrusive_ptr<object_core> target) noexcept
        : servant(nullptr, nullptr, nullptr), target_(object(std::move(target))) {
        policy_ = static_cast<std::uint8_t>(policy::inline_); // it only sends
    }

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "the interface of the object is not known here"));
    }

    void perform(incoming_call& call) noexcept override {
        if (knows_methods_alone(target_) && answer_here(call)) return;
        detail::answer_by(
            *this, call,
            [target = target_](dynamic_request request, intrusive_ptr<peer> from) -> detail::plan {
                if (request.what == operation::get_attribute &&
                    (!request.name.starts_with("__") || request.name == detail::own_call))
                    return get_attribute(target, std::move(request), from);
                if (knows_methods_alone(target)) {
                    if (request.what == operation::describe)
                        return value::list({value::tuple({value(detail::own_call), value()})});
                    if (request.what == operation::call) {
                        request.what = operation::call_method;
                        request.name = detail::own_call;
                    }
                }
                return detail::ask_carrying(target, std::move(request), std::move(from));
            });
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override {
        return target_.interface_name();
    }

private:
    /// What every object can be asked, and what whoever knows calls alone has no words for: it is itself and no other.
    [[nodiscard]] bool answer_here(incoming_call& call) {
        const dynamic_request& asked = *call.request;
        switch (asked.what) {
        case operation::compare: {
            const value& other = asked.arguments[0];
            const bool is_same = other.is(value_kind::reference) &&
                                 other.object() == static_cast<referent*>(target_.core().get());
            const bool can = asked.name == "__eq__" || asked.name == "__ne__";
            call.reply_value(can ? value(is_same == (asked.name == "__eq__")) : value());
            return true;
        }
        case operation::hash: call.reply_value(value(detail::identity_hash(*this))); return true;
        case operation::to_text:
        case operation::to_repr: call.reply_value(value(detail::object_text(*this))); return true;
        case operation::get_attribute:
            if (!asked.name.starts_with("__") || asked.name == detail::own_call) return false;
            call.reject(fail(errc::unknown_method, "object has no attribute ",
                             detail::python_quoted(asked.name)));
            return true;
        default: return false;
        }
    }

    const object target_;
};

} // namespace

intrusive_ptr<servant> make_operation_forwarder(intrusive_ptr<object_core> target) {
    return make_counted<operation_forwarder>(std::move(target));
}

intrusive_ptr<servant> serving_object(object_core& of) {
    if (of.is_local()) return intrusive_ptr<servant>(static_cast<servant*>(&of));
    if (of.interface() != nullptr) return of.interface()->make_forwarder(*of.interface(), of);
    return make_operation_forwarder(intrusive_ptr<object_core>(&of));
}

} // namespace beckon
