#include "beckon/object/operation_forwarder.hpp"

#include "beckon/object/operate.hpp"

namespace beckon {

namespace {

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
        dynamic_request request = std::move(*call.request);
        intrusive_ptr<deferred_reply> reply = call.defer();
        call.enter_handler();
        {
            const current_call_scope scope(reply->context);
            call_options options;
            if (reply->context.metadata != nullptr) options.metadata = *reply->context.metadata;
            auto pending = operate(target_, std::move(request), options);
            auto& state = *pending.shared();
            if (cancellation* const asked = reply->context.cancellation) {
                static_cast<void>(
                    asked->on_request([shared = pending.shared()] { shared->abandon(); }));
            }
            state.then([reply = std::move(reply), &state, keep = std::move(pending)]() mutable {
                reply->lock();
                result<value>& outcome = state.outcome();
                if (outcome) {
                    reply->reply_value(std::move(outcome).value());
                } else {
                    reply->reject(std::move(outcome).error());
                }
                reply->unlock();
            });
        }
        call.leave_handler();
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override {
        return target_.interface_name();
    }

private:
    const object target_;
};

} // namespace

intrusive_ptr<servant> make_operation_forwarder(intrusive_ptr<object_core> target) {
    return make_counted<operation_forwarder>(std::move(target));
}

} // namespace beckon
