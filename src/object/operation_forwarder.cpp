#include "beckon/object/operation_forwarder.hpp"

#include "beckon/object/answer_later.hpp"
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
        answer_later(
            *this, call,
            [this, request = std::move(*call.request)](const call_options& options) mutable {
                return operate(target_, std::move(request), options);
            });
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
