// What a dynamic language can do with an object that has an interface: call its methods, name them, tell it from others.
#include "beckon/object/object.hpp"
#include "beckon/object/reference_value.hpp"
#include "beckon/object/servant.hpp"
#include "object/bound_method.hpp"
#include "object/declaration.hpp"
#include "object/fetched_call.hpp"
#include "object/misfit.hpp"
#include "object/python_text.hpp"
#include "object/python_words.hpp"

namespace beckon {

namespace {

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
    return detail::declaration_of(interface)
        ->methods[static_cast<std::size_t>(&method - interface.methods.data())];
}

/// What Python calls an object's docstring.
[[nodiscard]] value documentation(const servant& of) {
    const interface_descriptor* const interface = of.interface();
    if (interface == nullptr) return {};
    return detail::doc_value(detail::declaration_of(*interface)->doc);
}

/// Arguments by position and by name as a map of all by name. REQUIRES: they fit the method.
[[nodiscard]] value by_name(const schema::method& method, const dynamic_request& request) {
    value all = request.named;
    for (std::size_t i = 0; i < request.arguments.size(); ++i) {
        all.insert_or_assign(method.parameters[i].name, request.arguments[i]);
    }
    return all;
}

} // namespace

void servant::perform(incoming_call& call) noexcept {
    dynamic_request& request = *call.request;
    const auto lacks = [&] {
        call.reject(fail(errc::unknown_method, detail::python_quoted(interface_name()),
                         " object has no attribute ", detail::python_quoted(request.name)));
    };
    const auto refuse = [&](errc code, std::string_view type, std::string_view what) {
        error failure = fail(code, detail::python_quoted(interface_name()), what);
        failure.set_type_name(std::string(type));
        call.reject(std::move(failure));
    };
    switch (request.what) {
    case operation::root: return call.reply_value(value(intrusive_ptr<referent>(this)));
    case operation::call_method: {
        const method_descriptor* const method = find_method(*this, request.name);
        if (method == nullptr) return lacks();
        const schema::method& wanted = declared(*this, *method);
        if (auto fits =
                detail::expect_fit(interface_name(), wanted, request.arguments, request.named);
            !fits) {
            return call.reject(std::move(fits).error());
        }
        if (!request.named.empty()) request.arguments = by_name(wanted, request);
        call.method = static_cast<std::uint16_t>(method - interface()->methods.data());
        call.values = &request.arguments;
        if (detail::may_refer_somewhere(request.arguments)) {
            const schema::document& document = interface()->document(*interface());
            if (detail::needs_fetching(request.arguments, document, wanted)) {
                return detail::fetch_and_dispatch(*this, call, std::move(request.arguments),
                                                  document, wanted);
            }
        }
        return dispatch(call);
    }
    case operation::get_attribute: {
        if (request.name == "__doc__") return call.reply_value(documentation(*this));
        const method_descriptor* const method = find_method(*this, request.name);
        if (method == nullptr) return lacks();
        return call.reply_value(value(intrusive_ptr<referent>(
            make_counted<detail::bound_method>(intrusive_ptr<servant>(this), method->name,
                                               detail::doc_value(declared(*this, *method).doc)))));
    }
    case operation::names:
    case operation::describe: {
        value listed = value::list();
        if (interface() != nullptr) {
            for (const method_descriptor& each : interface()->methods) {
                listed.push_back(
                    request.what == operation::names
                        ? value(each.name)
                        : value::tuple(
                              {value(each.name), detail::doc_value(declared(*this, each).doc)}));
            }
        }
        return call.reply_value(std::move(listed));
    }
    case operation::to_text:
    case operation::to_repr: return call.reply_value(value(detail::object_text(*this)));
    case operation::hash: return call.reply_value(value(detail::identity_hash(*this)));
    case operation::compare: {
        const bool equal =
            !request.arguments.empty() && detail::same_object(*this, request.arguments[0]);
        if (request.name == "__eq__") return call.reply_value(value(equal));
        if (request.name == "__ne__") return call.reply_value(value(!equal));
        return call.reply_value(value());
    }
    case operation::set_attribute:
    case operation::delete_attribute:
        return refuse(errc::access_denied, "builtins.AttributeError",
                      " has no attributes to write");
    case operation::call:
        return refuse(errc::unsupported, "builtins.TypeError", " object is not callable");
    case operation::next_items:
        return refuse(errc::unsupported, "builtins.TypeError", " object is not iterable");
    case operation::leave_context:
        return refuse(errc::unsupported, "builtins.AttributeError",
                      " object is no context manager");
    case operation::is_instance:
        return refuse(errc::unsupported, "builtins.TypeError", " object is no class");
    }
}

} // namespace beckon
