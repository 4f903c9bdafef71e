#include "beckon/object/dynamic_servant.hpp"

#include <vector>

#include "beckon/object/answer_later.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/skeleton.hpp"
#include "object/schema_servant.hpp"

namespace beckon {

const value& call_arguments::operator[](std::string_view name) const noexcept {
    for (std::size_t i = 0; i < method_->parameters.size(); ++i) {
        if (method_->parameters[i].name == name) return values_[i];
    }
    static const value& none = *new const value; // threads of a runtime may outlive statics
    return none;
}

namespace {

class dynamic_servant final : public detail::schema_servant {
public:
    dynamic_servant(const dynamic_interface& interface,
                    std::vector<dynamic_handler> by_number) noexcept
        : schema_servant(interface), handlers_(std::move(by_number)) {}

private:
    void serve(incoming_call& call, const schema::method& method, value arguments) override {
        dynamic_handler& handler = handlers_[call.method];
        if (!handler) return call.reject(detail::missing_method(declaration().name, method.name));
        const call_arguments given(method, std::move(arguments));
        std::optional<result<value>> outcome;
        call.enter_handler();
        try {
            outcome.emplace(handler(given));
        } catch (const value_error& failure) {
            outcome.emplace(failure.failure());
        } catch (...) {
            outcome.emplace(error_of_current_exception());
        }
        call.leave_handler();
        if (!*outcome) return call.reject(std::move(*outcome).error());
        reply_with(call, method, **outcome);
    }

    std::vector<dynamic_handler> handlers_; // by method number; empty where there is none
};

/// Passes each call on by its name.
class described_servant final : public detail::schema_servant {
public:
    described_servant(const dynamic_interface& interface, object target) noexcept
        : schema_servant(interface), target_(std::move(target)) {
        policy_ = static_cast<std::uint8_t>(policy::inline_); // the target has its own
    }

private:
    void serve(incoming_call& call, const schema::method& method, value arguments) override {
        answer_later(
            *this, call,
            [this, &method, arguments = std::move(arguments)](const call_options& options) mutable {
                dynamic_request request;
                request.name = method.name;
                request.arguments = std::move(arguments);
                return operate(target_, std::move(request), options);
            },
            [this, &method](reply_sink& reply, result<value>& outcome) {
                if (!outcome) return reply.reject(outcome.error());
                reply_with(reply, method, *outcome);
            });
    }

    const object target_;
};

} // namespace

result<object> make_typed_object(const dynamic_interface& interface, object target) {
    if (!target) return fail(errc::invalid_argument, "a null reference implements nothing");
    return object(
        intrusive_ptr<object_core>(make_counted<described_servant>(interface, std::move(target))));
}

result<object> make_dynamic_object(const dynamic_interface& interface, dynamic_handlers handlers,
                                   policy execution) {
    std::vector<dynamic_handler> by_number(interface.declaration().methods.size());
    for (auto& [name, handler] : handlers) {
        BECKON_ASSIGN(const std::uint16_t number, interface.find_method(name));
        by_number[number] = std::move(handler);
    }
    auto made = make_counted<dynamic_servant>(interface, std::move(by_number));
    made->set_execution(execution);
    return object(intrusive_ptr<object_core>(std::move(made)));
}

} // namespace beckon
