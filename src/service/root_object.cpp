#include "service/root_object.hpp"

#include <algorithm>
#include <cctype>

#include "beckon/object/operate.hpp"
#include "beckon/object/operation_forwarder.hpp"

namespace beckon {

namespace {

/// A function without parameters that always gives the same.
class constant_function final : public servant {
public:
    explicit constant_function(value result) noexcept
        : servant(nullptr, nullptr, nullptr), result_(std::move(result)) {
        policy_ = static_cast<std::uint8_t>(policy::inline_);
    }
    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "a function has no interface"));
    }
    void perform(incoming_call& call) noexcept override {
        if (call.request->what != operation::call) return servant::perform(call);
        call.reply_value(result_);
    }
    [[nodiscard]] nature what() const noexcept override { return nature::function; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "function"; }

private:
    const value result_;
};

class root_object final : public servant {
public:
    explicit root_object(std::shared_ptr<publications> published)
        : servant(nullptr, nullptr, nullptr), published_(std::move(published)) {
        policy_ = static_cast<std::uint8_t>(policy::inline_); // of what it answers itself
    }

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "the root object has no interface"));
    }

    intrusive_ptr<servant> acting(dynamic_request& request) noexcept override {
        switch (request.what) {
        case operation::root:
        case operation::hash:
        case operation::names:
        case operation::compare: return self(); // the root is not the object whose members it has
        case operation::call_method:
        case operation::get_attribute:
            if (is_own(request.name) || published_->find_object(request.name)) return self();
            break;
        default: break;
        }
        const intrusive_ptr<object_core> main = published_->root();
        return main ? serving_object(*main)->acting(request) : self();
    }

    void perform(incoming_call& call) noexcept override {
        const dynamic_request& request = *call.request;
        const bool is_call = request.what == operation::call_method;
        if (is_call || request.what == operation::get_attribute) {
            if (is_own(request.name)) {
                value told(service_name());
                if (request.name == "get_service_aliases") told = value::tuple({std::move(told)});
                if (is_call) return call.reply_value(std::move(told));
                return call.reply_value(value(
                    intrusive_ptr<referent>(make_counted<constant_function>(std::move(told)))));
            }
            if (auto found = published_->find_object(request.name); found && !is_call)
                return call.reply_value(value(intrusive_ptr<referent>(std::move(found))));
        }
        if (request.what == operation::names) return list_names(call);
        servant::perform(call);
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Root"; }

private:
    [[nodiscard]] intrusive_ptr<servant> self() noexcept { return intrusive_ptr<servant>(this); }
    [[nodiscard]] static bool is_own(std::string_view name) noexcept {
        return name == "get_service_name" || name == "get_service_aliases";
    }
    /// Those of the main object, and those of all that is published.
    void list_names(incoming_call& call) {
        std::vector<std::string> own{"get_service_aliases", "get_service_name"};
        for (const service_info& each : published_->list()) own.push_back(each.name);
        const intrusive_ptr<object_core> main = published_->root();
        if (!main) return call.reply_value(value(own));
        intrusive_ptr<deferred_reply> reply = call.defer();
        call.enter_handler();
        auto pending = operate(object(main), {operation::names});
        auto& state = *pending.shared();
        state.then([reply = std::move(reply), own = std::move(own), &state,
                    keep = std::move(pending)]() mutable {
            result<value>& outcome = state.outcome();
            reply->lock();
            if (outcome && !outcome->is_sequence()) {
                reply->reject(fail(errc::type_mismatch, "the names of the root are ",
                                   outcome->type_name(), "; expected a list"));
            } else if (outcome) {
                value all = std::move(outcome).value();
                for (std::string& each : own) all.push_back(std::move(each));
                reply->reply_value(std::move(all));
            } else {
                reply->reject(std::move(outcome).error());
            }
            reply->unlock();
        });
        call.leave_handler();
    }
    /// As RPyC makes it of a service's class: "CalculatorService" is "CALCULATOR".
    [[nodiscard]] std::string service_name() const {
        const intrusive_ptr<object_core> main = published_->root();
        std::string name = main ? std::string(main->interface_name()) : std::string("ROOT");
        if (name.ends_with("Service")) name.resize(name.size() - 7);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
            return static_cast<char>(std::toupper(letter));
        });
        return name;
    }
    [[nodiscard]] static intrusive_ptr<servant> serving_object(object_core& main) {
        if (main.is_local()) return intrusive_ptr<servant>(static_cast<servant*>(&main));
        if (main.interface() != nullptr)
            return main.interface()->make_forwarder(*main.interface(), main);
        return make_operation_forwarder(intrusive_ptr<object_core>(&main));
    }

    const std::shared_ptr<publications> published_;
};

} // namespace

intrusive_ptr<servant> make_root_object(std::shared_ptr<publications> published) {
    return make_counted<root_object>(std::move(published));
}

} // namespace beckon
