#include "dynamic_listener.hpp"

#include "beckon/base/text.hpp"
#include "beckon/codec/json.hpp"
#include "command.hpp"
#include "fetch.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::operation;
using beckon::servant;
using beckon::value;

constexpr std::string_view itself = "__call__";

/// What `listener.method` is until it is called.
class listening_method final : public servant {
public:
    listening_method(beckon::intrusive_ptr<servant> of, std::string name) noexcept
        : servant(nullptr, nullptr, nullptr), of_(std::move(of)), name_(std::move(name)) {}

    void dispatch(beckon::incoming_call& call) noexcept override {
        call.reject(beckon::fail(errc::unsupported, "method ", name_, " has no interface"));
    }
    beckon::intrusive_ptr<servant> acting(beckon::dynamic_request& request) noexcept override {
        if (request.what != operation::call) return beckon::intrusive_ptr<servant>(this);
        request.what = operation::call_method;
        request.name = name_;
        return of_;
    }
    [[nodiscard]] nature what() const noexcept override { return nature::method; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "method"; }

private:
    const beckon::intrusive_ptr<servant> of_;
    const std::string name_;
};

class listener final : public servant {
public:
    listener(std::shared_ptr<const dynamic_peer> peer, std::shared_ptr<void> held) noexcept
        : servant(nullptr, nullptr, nullptr), peer_(std::move(peer)), held_(std::move(held)) {}

    void dispatch(beckon::incoming_call& call) noexcept override {
        call.reject(beckon::fail(errc::unsupported, "listener has no interface"));
    }
    void perform(beckon::incoming_call& call) noexcept override {
        beckon::dynamic_request& request = *call.request;
        switch (request.what) {
        case operation::call: request.name = itself; return hear(call);
        case operation::call_method:
            if (request.name != itself && request.name.starts_with('_')) break;
            return hear(call);
        case operation::get_attribute:
            if (request.name != itself && request.name.starts_with('_')) break;
            return call.reply_value(value(
                beckon::intrusive_ptr<beckon::referent>(beckon::make_counted<listening_method>(
                    beckon::intrusive_ptr<servant>(this), request.name))));
        // A Python peer takes only what says so for something that can be called.
        case operation::names: return call.reply_value(value::list({value(itself)}));
        case operation::describe:
            return call.reply_value(value::list({value::tuple({value(itself), value()})}));
        default: break;
        }
        servant::perform(call);
    }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "listener"; }

private:
    void hear(beckon::incoming_call& call) const noexcept {
        call.enter_handler();
        auto line = told(*call.request);
        if (line) print_line(*line);
        call.leave_handler();
        if (!line) return call.reject(std::move(line).error());
        call.reply_value({});
    }

    [[nodiscard]] beckon::result<std::string> told(const beckon::dynamic_request& request) const {
        value heard = value::map({{"method", request.name}, {"arguments", request.arguments}});
        if (!request.named.empty()) heard.insert_or_assign("named", request.named);
        BECKON_ASSIGN(const value content, fetch(*peer_, heard));
        return beckon::json::to_string(content);
    }

    const std::shared_ptr<const dynamic_peer> peer_;
    const std::shared_ptr<void> held_;
};

} // namespace

beckon::object make_dynamic_listener(std::shared_ptr<const dynamic_peer> peer,
                                     std::shared_ptr<void> held) {
    return beckon::object(beckon::intrusive_ptr<beckon::object_core>(
        beckon::make_counted<listener>(std::move(peer), std::move(held))));
}

} // namespace command
