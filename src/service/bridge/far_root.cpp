#include "service/bridge/far_root.hpp"

#include <algorithm>

#include "beckon/object/answer_later.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/operation_forwarder.hpp"
#include "object/carried_value.hpp"
#include "service/bridge/far_path.hpp"

namespace beckon::bridging {

namespace {

using detail::plan;
using detail::plan_step;

/// "a.b.method" of an object that has attributes: the method of its a's b.
[[nodiscard]] plan walk(object at, dynamic_request request, intrusive_ptr<peer> from) {
    const std::size_t dot = request.name.find('.');
    if (dot == std::string::npos)
        return detail::ask_carrying(std::move(at), std::move(request), std::move(from));
    dynamic_request first{.what = operation::get_attribute, .name = request.name.substr(0, dot)};
    request.name.erase(0, dot + 1);
    return plan_step{std::move(at), std::move(first),
                     [request = std::move(request),
                      from = std::move(from)](result<value> attribute) mutable -> plan {
                         if (!attribute) return attribute;
                         if (!attribute->is(value_kind::reference)) {
                             return fail(errc::unknown_object, quoted(request.name), " of ",
                                         attribute->type_name(), ", which is no object");
                         }
                         return walk(attribute->as<object>(), std::move(request), std::move(from));
                     }};
}

/// Asks the root first what it is, and then that.
[[nodiscard]] plan ask_root(object shown, dynamic_request request, intrusive_ptr<peer> from) {
    return plan_step{
        std::move(shown),
        {operation::root, "root"},
        [request = std::move(request), from = std::move(from)](result<value> root) mutable -> plan {
            if (!root) return root;
            if (!root->is(value_kind::reference)) {
                return fail(errc::type_mismatch, "the other side of the bridge shows ",
                            root->type_name(), " first; expected an object");
            }
            return walk(root->as<object>(), std::move(request), std::move(from));
        }};
}

class far_root final : public servant {
public:
    far_root(std::shared_ptr<far_names> names, std::shared_ptr<void> keeps)
        : servant(nullptr, nullptr, nullptr), names_(std::move(names)), keeps_(std::move(keeps)) {
        policy_ = static_cast<std::uint8_t>(policy::inline_); // of what it answers itself
    }

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "the root object has no interface"));
    }

    intrusive_ptr<servant> acting(dynamic_request& request) noexcept override {
        auto found = route(request);
        return found ? std::move(found) : intrusive_ptr<servant>(this);
    }

    void perform(incoming_call& call) noexcept override {
        const dynamic_request& request = *call.request;
        switch (request.what) {
        case operation::root:
        case operation::hash:
        case operation::compare: return servant::perform(call);
        case operation::get_attribute:
            if (auto found = names_->typed()->find_object(request.name))
                return call.reply_value(value(intrusive_ptr<referent>(std::move(found))));
            break;
        default: break;
        }
        switch (names_->how()) {
        case naming::unknown: return refuse(call);
        case naming::directory: return look_again(call);
        case naming::by_root: return ask(call);
        case naming::by_path: return by_path(call);
        case naming::single: break;
        }
        if (request.what == operation::names) return call.reply_value(names());
        if (names_->typed_root() == nullptr) {
            return call.reject(
                fail(errc::unsupported, quoted(request.name),
                     " cannot be asked of the other side of the bridge: its protocol does not tell "
                     "types, and the bridge was given no schema"));
        }
        servant::perform(call);
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Root"; }

private:
    /// What has an interface, and is asked by that; null where there is nothing of the kind. The request is then its own.
    [[nodiscard]] intrusive_ptr<servant> route(dynamic_request& request) const {
        const bool is_call = request.what == operation::call_method;
        if (!is_call && request.what != operation::get_attribute) return {};
        const std::string_view name = request.name;
        if (const std::size_t dot = name.rfind('.'); is_call && dot != std::string_view::npos) {
            const auto found = names_->typed()->find_object(name.substr(0, dot));
            if (!found) return {};
            request.name.erase(0, dot + 1);
            return serving_object(*found)->acting(request);
        }
        const auto root = names_->typed_root();
        // Without a name: by protocols that have to know the root's interface before the first call.
        if (!root || (!name.empty() && !has_method(*root, name))) return {};
        if (!is_call && names_->typed()->find_object(name)) return {};
        return serving_object(*root)->acting(request);
    }
    [[nodiscard]] static bool has_method(const object_core& of, std::string_view name) {
        return std::any_of(of.interface()->methods.begin(), of.interface()->methods.end(),
                           [&](const method_descriptor& each) { return each.name == name; });
    }

    void refuse(incoming_call& call) {
        answer_later(*this, call, [names = names_](const call_options&) {
            return ready_future<value>(names->refusal());
        });
    }

    void ask(incoming_call& call) {
        detail::answer_by(
            *this, call, [names = names_](dynamic_request request, intrusive_ptr<peer> from) {
                return ask_root(names->untyped_root(), std::move(request), std::move(from));
            });
    }

    void by_path(incoming_call& call) {
        const dynamic_request& request = *call.request;
        const bool is_special = request.name.starts_with("__");
        if (request.what == operation::get_attribute && !is_special) {
            return call.reply_value(
                value(intrusive_ptr<referent>(make_far_path(names_, request.name))));
        }
        if (request.what == operation::names) return call.reply_value(names());
        if (request.what != operation::call_method || is_special) return servant::perform(call);
        detail::answer_by(*this, call,
                          [names = names_](dynamic_request asked, intrusive_ptr<peer> from) {
                              return detail::ask_carrying(names->untyped_root(), std::move(asked),
                                                          std::move(from));
                          });
    }

    /// Of a peer that lists what it has: there may be more now than when it was asked last.
    void look_again(incoming_call& call) {
        answer_later(*this, call,
                     [this, request = std::move(*call.request)](const call_options& options) {
                         return start(ask_anew(intrusive_ptr<far_root>(this), request, options));
                     });
    }
    static task<value> ask_anew(intrusive_ptr<far_root> self, dynamic_request request,
                                call_options options) {
        task<void> learning = far_names::learn(self->names_);
        co_await learning;
        if (request.what == operation::get_attribute) {
            if (auto found = self->names_->typed()->find_object(request.name))
                co_return value(intrusive_ptr<referent>(std::move(found)));
        }
        const intrusive_ptr<servant> serving = self->route(request);
        if (serving) {
            future<value> asked =
                operate(object(intrusive_ptr<object_core>(serving)), std::move(request), options);
            value outcome = co_await asked;
            co_return outcome;
        }
        if (request.what == operation::names) co_return self->names();
        throw_error(self->unknown(request));
    }

    [[nodiscard]] value names() const {
        value listed = value::list();
        if (const auto root = names_->typed_root()) {
            for (const method_descriptor& each : root->interface()->methods)
                listed.push_back(value(each.name));
        }
        for (const service_info& each : names_->typed()->list()) listed.push_back(value(each.name));
        return listed;
    }
    [[nodiscard]] error unknown(const dynamic_request& request) const {
        std::string known;
        for (const service_info& each : names_->typed()->list())
            known += concat(known.empty() ? "" : ", ", each.name);
        return fail(errc::unknown_method, "the other side of the bridge has no ",
                    request.name.empty() ? to_string(request.what) : std::string_view(request.name),
                    known.empty() ? "" : "; it publishes ", known);
    }

    const std::shared_ptr<far_names> names_;
    const std::shared_ptr<void> keeps_;
};

} // namespace

intrusive_ptr<servant> make_far_root(std::shared_ptr<far_names> names,
                                     std::shared_ptr<void> keeps) {
    return make_counted<far_root>(std::move(names), std::move(keeps));
}

} // namespace beckon::bridging
