#include "protocol/rpyc/access_policy.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "protocol/rpyc/names.hpp"
#include "protocol/rpyc/python_text.hpp"

namespace beckon::rpyc {

result<access_policy> access_policy::make(access_options options) {
    if (options.exposed_prefix.empty()) {
        return fail(errc::invalid_argument,
                    "exposed_prefix is empty; every name begins with it, so that nothing would be "
                    "refused (allow_all_attrs says so openly)");
    }
    if (options.safe_attrs) std::sort(options.safe_attrs->begin(), options.safe_attrs->end());
    access_policy made;
    made.options_ = std::move(options);
    return made;
}

bool access_policy::is_allowed(attribute_access access) const noexcept {
    switch (access) {
    case attribute_access::read: return options_.allow_getattr;
    case attribute_access::write: return options_.allow_setattr.value_or(false);
    case attribute_access::erase: return options_.allow_delattr.value_or(false);
    }
    return false;
}

bool access_policy::is_permitted(std::string_view name) const noexcept {
    if (options_.allow_all_attrs) return true;
    if (options_.allow_exposed_attrs && name.starts_with(options_.exposed_prefix)) return true;
    if (options_.allow_public_attrs && !name.starts_with('_')) return true;
    if (!options_.allow_safe_attrs) return false;
    if (!options_.safe_attrs) return is_safe_attribute(name);
    return std::binary_search(options_.safe_attrs->begin(), options_.safe_attrs->end(), name,
                              std::less<std::string_view>());
}

std::string_view access_policy::without_prefix(std::string_view name) const noexcept {
    if (options_.allow_exposed_attrs && name.starts_with(options_.exposed_prefix))
        name.remove_prefix(options_.exposed_prefix.size());
    return name;
}

bool access_policy::exposes_member(std::string_view prefixed) const noexcept {
    const std::string_view member = without_prefix(prefixed);
    if (member.size() == prefixed.size()) return false;
    return !member.starts_with("__") || (options_.allow_safe_attrs && !options_.safe_attrs);
}

error access_policy::refusal(std::string_view name) {
    constexpr std::size_t most_shown = 200;
    error refused =
        fail(errc::access_denied, "cannot access ", python_repr(value(name), most_shown));
    refused.set_type_name("builtins.AttributeError");
    return refused;
}

} // namespace beckon::rpyc
