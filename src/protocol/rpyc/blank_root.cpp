#include "protocol/rpyc/blank_root.hpp"

#include "beckon/object/servant.hpp"

namespace beckon::rpyc {

namespace {

class blank final : public servant {
public:
    blank() noexcept : servant(nullptr, nullptr, nullptr) {
        policy_ = static_cast<std::uint8_t>(policy::inline_);
    }
    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "this side publishes nothing"));
    }
    void perform(incoming_call& call) noexcept override {
        const dynamic_request& request = *call.request;
        switch (request.what) {
        case operation::call: return call.reply_value(value());
        case operation::call_method:
            if (request.name == "getmodule") return call.reply_value(value());
            break;
        case operation::get_attribute:
            if (request.name == "getmodule") return call.reply_value(value(make_blank_root()));
            if (request.name == "eval" || request.name == "execute" ||
                request.name == "namespace" || request.name == "__doc__")
                return call.reply_value(value());
            break;
        default: break;
        }
        servant::perform(call);
    }
    /// A kind that Python asks no methods for: one round trip less before it serves us.
    [[nodiscard]] nature what() const noexcept override { return nature::function; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "nothing"; }
};

} // namespace

intrusive_ptr<referent> make_blank_root() { return make_counted<blank>(); }

} // namespace beckon::rpyc
