// What a dynamic language can do with an object that has an interface: call its methods, name them, tell it from others.
#include <array>
#include <cstring>
#include <random>
#include <span>

#include "beckon/base/sha256.hpp"
#include "beckon/object/object.hpp"
#include "beckon/object/reference_value.hpp"
#include "beckon/object/servant.hpp"

namespace beckon {

namespace {

/// One method of an object, to be called on its own: what `object.method` without parentheses is.
class bound_method final : public servant {
public:
    bound_method(intrusive_ptr<servant> of, std::string_view name) noexcept
        : servant(nullptr, nullptr, nullptr), of_(std::move(of)), name_(name) {}

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "method ", name_, " has no interface"));
    }
    servant& acting(dynamic_request& request) noexcept override {
        if (request.what != operation::call) return *this;
        request.what = operation::call_method;
        request.name = name_;
        return *of_;
    }
    [[nodiscard]] nature what() const noexcept override { return nature::method; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "method"; }
    [[nodiscard]] bool same(const bound_method& other) const noexcept {
        return of_ == other.of_ && name_ == other.name_;
    }

private:
    const intrusive_ptr<servant> of_;
    const std::string_view name_; ///< Of the descriptor, which the object keeps alive.
};

/// Whether both are the same object, or the same method of it.
[[nodiscard]] bool same(const servant& one, const value& other) noexcept {
    if (!other.is(value_kind::reference)) return false;
    if (other.object() == &one) return true;
    if (one.what() != servant::nature::method) return false;
    const auto* const method = dynamic_cast<const bound_method*>(other.object());
    return method != nullptr && static_cast<const bound_method&>(one).same(*method);
}

/// The same for as long as the object lives, and tells nobody where in memory that is.
[[nodiscard]] std::int64_t identity_hash(const servant& of) {
    struct secret {
        std::array<std::uint32_t, 8> noise{};
        secret() {
            std::random_device device;
            for (std::uint32_t& each : noise) each = device();
        }
    };
    static const secret kept;
    struct {
        std::array<std::uint32_t, 8> noise;
        const servant* object;
    } const mixed{kept.noise, &of};
    const digest sum = sha256(std::as_bytes(std::span(&mixed, 1)));
    std::int64_t hash = 0;
    std::memcpy(&hash, sum.data(), sizeof hash);
    return hash;
}

[[nodiscard]] const method_descriptor* find_method(const servant& of, std::string_view name) {
    const interface_descriptor* const interface = of.interface();
    if (interface == nullptr) return nullptr;
    for (const method_descriptor& each : interface->methods) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

[[nodiscard]] const schema::method& declared(const servant& of, const method_descriptor& method) {
    const interface_descriptor& interface = *of.interface();
    const schema::interface* const found =
        interface.document(interface).find_interface(interface.name);
    return found->methods[static_cast<std::size_t>(&method - interface.methods.data())];
}

[[nodiscard]] value doc_value(const std::string& doc) { return doc.empty() ? value() : value(doc); }

/// What Python calls an object's docstring.
[[nodiscard]] value documentation(const servant& of) {
    const interface_descriptor* const interface = of.interface();
    if (interface == nullptr) return {};
    return doc_value(interface->document(*interface).find_interface(interface->name)->doc);
}

/// Arguments by position and by name as a map of all by name.
[[nodiscard]] result<value> by_name(const schema::method& method, const dynamic_request& request) {
    if (request.arguments.size() > method.parameters.size()) {
        return fail(errc::invalid_argument, method.name, " takes ", method.parameters.size(),
                    " arguments; ", request.arguments.size(), " were given by position");
    }
    value all = request.named;
    for (std::size_t i = 0; i < request.arguments.size(); ++i) {
        const std::string& name = method.parameters[i].name;
        if (all.contains(value(name))) {
            return fail(errc::invalid_argument, "argument ", name, " of ", method.name,
                        " is given by position and by name");
        }
        all.insert_or_assign(name, request.arguments[i]);
    }
    return all;
}

[[nodiscard]] std::string text_of(const servant& of) {
    return concat('<', of.interface_name().empty() ? "object" : of.interface_name(), " object>");
}

} // namespace

void servant::perform(incoming_call& call) noexcept {
    dynamic_request& request = *call.request;
    const auto lacks = [&] {
        call.reject(fail(errc::unknown_method, interface_name(), " has no attribute ",
                         quoted(request.name)));
    };
    switch (request.what) {
    case operation::root: return call.reply_value(value(intrusive_ptr<referent>(this)));
    case operation::call_method: {
        const method_descriptor* const method = find_method(*this, request.name);
        if (method == nullptr) return lacks();
        if (!request.named.empty()) {
            auto all = by_name(declared(*this, *method), request);
            if (!all) return call.reject(std::move(all).error());
            request.arguments = std::move(all).value();
        }
        call.method = static_cast<std::uint16_t>(method - interface()->methods.data());
        call.values = &request.arguments;
        return dispatch(call);
    }
    case operation::get_attribute: {
        if (request.name == "__doc__") return call.reply_value(documentation(*this));
        const method_descriptor* const method = find_method(*this, request.name);
        if (method == nullptr) return lacks();
        return call.reply_value(value(intrusive_ptr<referent>(
            make_counted<bound_method>(intrusive_ptr<servant>(this), method->name))));
    }
    case operation::names:
    case operation::describe: {
        value listed = value::list();
        if (interface() != nullptr) {
            for (const method_descriptor& each : interface()->methods) {
                listed.push_back(
                    request.what == operation::names
                        ? value(each.name)
                        : value::tuple({value(each.name), doc_value(declared(*this, each).doc)}));
            }
        }
        return call.reply_value(std::move(listed));
    }
    case operation::to_text:
    case operation::to_repr: return call.reply_value(value(text_of(*this)));
    case operation::hash: return call.reply_value(value(identity_hash(*this)));
    case operation::compare: {
        const bool equal = !request.arguments.empty() && same(*this, request.arguments[0]);
        if (request.name == "__eq__") return call.reply_value(value(equal));
        if (request.name == "__ne__") return call.reply_value(value(!equal));
        return call.reply_value(value());
    }
    case operation::call:
    case operation::set_attribute:
    case operation::delete_attribute:
    case operation::next_items:
    case operation::leave_context:
    case operation::is_instance: break;
    }
    call.reject(fail(errc::unsupported, "objects of ", interface_name(),
                     " can be called by their methods alone"));
}

} // namespace beckon
