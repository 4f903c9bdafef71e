#include "service/root_object.hpp"

#include "beckon/object/answer_later.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/operation_forwarder.hpp"

namespace beckon {

namespace {

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
            if (is_own(request.name)) return self();
            if (auto acts = published_method(request)) return acts;
            break;
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
                const std::vector<std::string> names = published_->service_names();
                value told(names.front());
                if (request.name == "get_service_aliases")
                    told = value::tuple(std::vector<value>(names.begin(), names.end()));
                if (is_call) return call.reply_value(std::move(told));
                return call.reply_value(value(
                    make_function([told] { return told; }, request.name, {}, policy::inline_)));
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
        return name.starts_with("get_s") &&
               (name == "get_service_name" || name == "get_service_aliases");
    }
    /// A published function called by its name, or a method of a published object as "object.method"; null where nothing
    /// of the kind is published, and the name is one of the main object's.
    [[nodiscard]] intrusive_ptr<servant> published_method(dynamic_request& request) noexcept {
        const std::string_view name = request.name;
        const std::size_t dot = name.rfind('.');
        if (dot != std::string_view::npos) {
            if (const auto found = published_->find_object(name.substr(0, dot))) {
                request.name.erase(0, dot + 1);
                return serving_object(*found)->acting(request);
            }
        }
        const auto found = published_->find_object(name);
        if (!found) return {};
        auto serving = serving_object(*found);
        if (serving->what() != nature::function && published_->root() != nullptr) return {};
        request.what = operation::call;
        return serving->acting(request);
    }
    /// Those of the main object, and those of all that is published.
    void list_names(incoming_call& call) {
        std::vector<std::string> own{"get_service_aliases", "get_service_name"};
        for (const service_info& each : published_->list()) own.push_back(each.name);
        const intrusive_ptr<object_core> main = published_->root();
        if (!main) return call.reply_value(value(own));
        answer_later(
            *this, call,
            [main](const call_options& options) {
                return beckon::operate(object(main), {operation::names}, options);
            },
            [own = std::move(own)](reply_sink& reply, result<value>& outcome) {
                if (!outcome) return reply.reject(std::move(outcome).error());
                if (!outcome->is_sequence()) {
                    return reply.reject(fail(errc::type_mismatch, "the names of the root are ",
                                             outcome->type_name(), "; expected a list"));
                }
                value all = std::move(outcome).value();
                for (const std::string& each : own) all.push_back(value(each));
                reply.reply_value(std::move(all));
            });
    }

    const std::shared_ptr<publications> published_;
};

} // namespace

intrusive_ptr<servant> make_root_object(std::shared_ptr<publications> published) {
    return make_counted<root_object>(std::move(published));
}

} // namespace beckon
