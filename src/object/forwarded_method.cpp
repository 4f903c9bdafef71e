#include "object/forwarded_method.hpp"

#include <utility>

#include "object/carried_value.hpp"
#include "object/own_call.hpp"

namespace beckon::detail {

namespace {

class forwarded_method final : public servant {
public:
    forwarded_method(object of, std::string name)
        : servant(nullptr, nullptr, nullptr), of_(std::move(of)), name_(std::move(name)) {
        policy_ = static_cast<std::uint8_t>(policy::inline_); // it only sends
    }

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "the types of ", name_, " are not known here"));
    }

    void perform(incoming_call& call) noexcept override {
        dynamic_request& request = *call.request;
        if (!is_own_call(request)) return servant::perform(call);
        request.what = operation::call_method;
        request.name = name_;
        answer_by(*this, call, [of = of_](dynamic_request asked, intrusive_ptr<peer> from) {
            return ask_carrying(of, std::move(asked), std::move(from));
        });
    }

    [[nodiscard]] nature what() const noexcept override { return nature::function; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return name_; }

private:
    const object of_;
    const std::string name_;
};

} // namespace

intrusive_ptr<servant> make_forwarded_method(object of, std::string name) {
    return make_counted<forwarded_method>(std::move(of), std::move(name));
}

} // namespace beckon::detail
